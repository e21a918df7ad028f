"""Releases of installed packages in the build of an application."""

from pathlib import Path

import pytest

from buildassets.compiler.result import BuildResult
from buildassets.manifest.model import loads
from tests.building import build, codes, load_config, manifest_of, only_error
from tests.conftest import Tree, read_tree, write_tree
from tests.wheels.packages import install, site

__all__ = ["site"]


def merged(folder: Path, settings: str = 'packages = ["cards"]', files: Tree | None = None) -> BuildResult:
    write_tree(folder, {"assets/app.css": "a { color: red }\n", "buildassets.toml": settings, **(files or {})})
    return build(load_config(start=str(folder)))


def test_files_keep_their_names_and_bytes_below_the_name(site: Path, tmp_path: Path) -> None:
    release = install(site, "cards")
    manifest = manifest_of(merged(tmp_path))
    theirs = {f"cards/{name}": content for name, content in read_tree(release / "assets").items()}
    ours = read_tree(tmp_path / "build/assets/cards")
    assert {f"cards/{name}": content for name, content in ours.items()} == theirs
    assert manifest.assets["cards/css/card.css"].file in theirs


def test_a_package_is_merged_without_an_import(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    assert codes(merged(tmp_path)) == []


def test_entries_have_the_references_imports_and_sizes_of_the_package(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    assets = manifest_of(merged(tmp_path)).assets
    assert assets["cards/css/card.css"].references == ("cards/img/logo.svg",)
    assert assets["cards/js/card.js"].imports == ("cards/js/size.js",)
    assert (assets["cards/img/logo.svg"].width, assets["cards/img/logo.svg"].height) == (2, 3)


def test_members_of_an_import_cycle_keep_their_names(site: Path, tmp_path: Path) -> None:
    cycle: Tree = {
        "assets/a.js": 'import { b } from "./b.js"\nexport const a = () => b\n',
        "assets/b.js": 'import { a } from "./a.js"\nexport const b = () => a\n',
    }
    release = install(site, "cards", cycle)
    merged(tmp_path)
    assert read_tree(tmp_path / "build/assets/cards") == read_tree(release / "assets")


def test_a_sheet_of_the_application_refers_to_a_file_of_the_package(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    files: Tree = {"assets/logo.css": "a { background: url(cards/img/logo.svg) }\n"}
    manifest = manifest_of(merged(tmp_path, files=files))
    sheet = (tmp_path / "build/assets" / manifest.assets["logo.css"].file).read_text()
    assert manifest.assets["cards/img/logo.svg"].file in sheet


def test_an_inlined_sheet_of_the_package_keeps_its_references(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    files: Tree = {"assets/all.css": '@import "cards/css/card.css";\n'}
    manifest = manifest_of(merged(tmp_path, 'packages = ["cards"]\ninline_imports = true\n', files))
    sheet = (tmp_path / "build/assets" / manifest.assets["all.css"].file).read_text()
    assert f"url({manifest.assets['cards/img/logo.svg'].file})" in sheet


def test_a_package_that_is_not_listed_brings_nothing(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    assert sorted(manifest_of(merged(tmp_path, "")).assets) == ["app.css"]


def test_plain_names_are_not_taken(site: Path, tmp_path: Path) -> None:
    install(site, "cards", settings='plain = ["js/size.js"]\n', files={"assets/js/size.js": "1\n", "assets/a.css": ""})
    assert sorted(manifest_of(merged(tmp_path)).assets) == ["app.css", "cards/a.css"]


def test_a_file_of_the_application_with_the_same_path_is_an_error(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    fault = only_error(merged(tmp_path, files={"assets/cards/css/card.css": "b { color: red }\n"}))
    assert fault.code == "source/duplicate"


def test_copies_under_plain_names_in_the_package_give_way(site: Path, tmp_path: Path) -> None:
    release = install(site, "cards")
    write_tree(site, {"cards/static/cards/css/card.css": "b { color: red }\n"})
    settings = f'packages = ["cards"]\nsources = ["assets", "{(site / "cards/static").as_posix()}"]\n'
    manifest = manifest_of(merged(tmp_path, settings))
    assert (release / "assets" / manifest.assets["cards/css/card.css"].file.removeprefix("cards/")).is_file()


def test_a_new_release_of_the_package_is_taken_over(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    before = manifest_of(merged(tmp_path)).assets["cards/css/card.css"].file
    install(site, "cards", {"assets/css/card.css": ".card { color: blue }\n"})
    assert manifest_of(merged(tmp_path)).assets["cards/css/card.css"].file != before


@pytest.mark.parametrize("settings", ['packages = ["cards"]', 'packages = { installed = ["cards"] }'])
def test_both_forms_of_the_key_merge_the_release(site: Path, tmp_path: Path, settings: str) -> None:
    install(site, "cards")
    assert "cards/css/card.css" in manifest_of(merged(tmp_path, settings)).assets


def test_a_package_of_a_package_brings_what_the_package_refers_to_only(site: Path, tmp_path: Path) -> None:
    install(site, "icons")
    sheet: Tree = {"assets/a.css": "a { background: url(icons/img/logo.svg) }\n"}
    install(site, "cards", sheet, settings='packages = ["icons"]\n')
    assets = manifest_of(merged(tmp_path)).assets
    assert [path for path in assets if path.startswith("cards/")] == ["cards/a.css", "cards/icons/img/logo.svg"]


def test_packages_that_list_each_other_do_not_grow(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    names = set()
    for other, name in [("cards", "icons"), ("icons", "cards")] * 2:
        release = install(site, name, settings=f'packages = ["{other}"]\n')
        assets = loads((release / "manifest.json").read_text()).assets
        names.add(frozenset(path.replace(other, "other") for path in assets))
    assert len(names) == 1
    assert len([path for path in manifest_of(merged(tmp_path)).assets if path.startswith("cards/")]) == 4
