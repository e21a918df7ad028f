"""`resolve = "bundler"`: imports without a suffix, the index of a folder, and `~package` in Sass."""

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
    assert 'or set `resolve = "bundler"`, which finds `~` there' in done.stderr


def test_a_file_that_appears_takes_the_place_of_an_index(tmp_path: Path) -> None:
    settings = SETTINGS.format("rewrite", 'resolve = "bundler"\n', "libsass")
    run(write_tree(tmp_path, {**FILES, "buildassets.toml": settings}), "build")
    write_tree(tmp_path, {"assets/js/lib.js": "export {};\n"})
    assert run(tmp_path, "build").returncode == 0
    assert "js/lib.js" in references(tmp_path)["js/app.js"]
