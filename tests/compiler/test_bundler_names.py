"""`resolve = "bundler"`: imports without a suffix, and the index of a folder. And `~package` in Sass and CSS."""

import json
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, write_tree

FILES: Tree = {
    "assets/js/app.js": 'import "./util"; import "./lib"; import "./own.js"; import("./late");\n',
    "assets/js/util.js": "export {};\n",
    "assets/js/util/index.js": "export {};\n",
    "assets/js/lib/index.js": 'import "../own";\n',
    "assets/js/own.js": "export {};\n",
    "assets/js/late.mjs": "export {};\n",
    "assets/css/app.scss": '@import "~theme/a";\n',
    "node_modules/theme/_a.scss": '@import "~other/b";\n',
    "node_modules/other/b.scss": "a { top: 0 }\n",
}
SETTINGS = 'compress = []\nminify = false\nmodules = "{}"\n{}[engines]\nscss = "{}"\n'


def references(folder: Path) -> dict[str, list[str]]:
    assets = json.loads((folder / "build/manifest.json").read_text())["assets"]
    return {path: entry.get("references", []) for path, entry in assets.items()}


@pytest.mark.parametrize("engine", ["libsass", "dart-sass"])
@pytest.mark.parametrize("modules", ["rewrite", "importmap"])
def test_names_as_bundlers_find_them(tmp_path: Path, engine: str, modules: str) -> None:
    settings = SETTINGS.format(modules, 'resolve = "bundler"\n', engine)
    done = run(write_tree(tmp_path, {**FILES, "buildassets.toml": settings}), "build")
    assert done.returncode == 0, done.stderr
    assert references(tmp_path)["js/app.js"] == ["js/late.mjs", "js/lib/index.js", "js/own.js", "js/util.js"]
    assert references(tmp_path)["js/lib/index.js"] == ["js/own.js"]
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    sheet = (tmp_path / "build/assets" / manifest["assets"]["css/app.css"]["file"]).read_text()
    assert "top: 0" in sheet
    if modules == "importmap":
        assert manifest["modules"]["js/util"] == "js/util.js"


def test_names_without_the_setting_have_hints_that_name_it(tmp_path: Path) -> None:
    settings = SETTINGS.format("rewrite", "", "libsass")
    done = run(write_tree(tmp_path, {**FILES, "buildassets.toml": settings}), "build")
    assert done.returncode == 1
    assert 'hint: write `./util.js`, or set `resolve = "bundler"`, which finds it' in done.stderr


SHEET = '@import "~normalize.css";\n@import "~theme/css/a.css";\n.x { background: url(~theme/b.png?v=1) }\n'
THEME: Tree = {"theme/css/a.css": "a { top: 0 }\n", "theme/b.png": b"", "theme/_s.scss": ".y { left: 0 }\n"}
NORMALIZE: Tree = {"normalize.css/normalize.css": "b { top: 0 }\n"}


def _below(folder: str, tree: Tree) -> Tree:
    return {f"{folder}/{path}": content for path, content in tree.items()}


@pytest.mark.parametrize("suffix", ["css", "scss", "sass"])
@pytest.mark.parametrize("is_vendored", [True, False], ids=["vendored", "npm"])
def test_packages_are_found_by_a_tilde_in_sheets(suffix: str, is_vendored: bool, tmp_path: Path) -> None:
    described: Tree = {
        "theme/package.json": '{"name": "theme"}',
        "normalize.css/package.json": '{"name": "normalize.css", "style": "normalize.css"}',
    }
    sheet = SHEET if suffix == "css" else f'{SHEET}@import "~theme/s";\n'
    sheet = sheet.replace(";", "").replace("{ ", "\n  ").replace(" }", "") if suffix == "sass" else sheet
    packages = {**THEME, **NORMALIZE, **({} if is_vendored else described)}
    sources = '["assets"]' if is_vendored else '["assets", { path = "node_modules", prefix = "npm", npm = true }]'
    folder, below = ("assets/vendor", "vendor") if is_vendored else ("node_modules", "npm")
    settings = f"sources = {sources}\ncompress = []\nminify = false\n"
    tree: Tree = {**_below(folder, packages), f"assets/app.{suffix}": sheet, "buildassets.toml": settings}
    done = run(write_tree(tmp_path, tree), "build")
    assert done.returncode == 0, done.stderr
    found = references(tmp_path)["app.css"]
    assert found == [f"{below}/{path}" for path in ("normalize.css/normalize.css", "theme/b.png", "theme/css/a.css")]
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    text = (tmp_path / "build/assets" / manifest["assets"]["app.css"]["file"]).read_text()
    assert ("~" in text, "left: 0" in text) == (False, suffix != "css")


def test_a_package_of_a_tilde_is_found_once_it_is_vendored_and_own_files_go_before_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.css": "a { b: url(~theme/b.png) }", "buildassets.toml": 'missing = "warn"\n'})
    done = run(tmp_path, "build")
    assert "warning[reference/missing]: cannot find `~theme/b.png`" in done.stderr
    assert "hint: run `buildassets vendor add theme`, or correct the name" in done.stderr
    write_tree(tmp_path, {"assets/vendor/theme/b.png": b"x"})
    assert run(tmp_path, "build").returncode == 0
    assert references(tmp_path)["app.css"] == ["vendor/theme/b.png"]
    write_tree(tmp_path, {"assets/~theme/b.png": b"y"})
    assert run(tmp_path, "build").returncode == 0
    assert references(tmp_path)["app.css"] == ["~theme/b.png"]


def test_an_installed_package_that_is_no_asset_has_the_root_as_its_hint(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.css": '@import "~theme/a.css";', "node_modules/theme/package.json": "{}"})
    done = run(tmp_path, "build")
    assert 'add `{ path = "node_modules", prefix = "npm", npm = true }` to `sources`' in done.stderr


def test_a_file_that_appears_takes_the_place_of_an_index(tmp_path: Path) -> None:
    settings = SETTINGS.format("rewrite", 'resolve = "bundler"\n', "libsass")
    run(write_tree(tmp_path, {**FILES, "buildassets.toml": settings}), "build")
    write_tree(tmp_path, {"assets/js/lib.js": "export {};\n"})
    assert run(tmp_path, "build").returncode == 0
    assert "js/lib.js" in references(tmp_path)["js/app.js"]
