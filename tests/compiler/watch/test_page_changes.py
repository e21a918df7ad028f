"""What a rebuild means for an open page, by two builds of the same project."""

from pathlib import Path

import pytest

from buildassets.compiler.watch.page_changes import PageChanges, names_of, page_changes
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "buildassets.toml": "",
    "assets/css/app.css": '@import "base.css"; a { background: url("../img/a.svg") }',
    "assets/css/base.css": "a { color: red }",
    "assets/css/module.css": "p { color: red }",
    "assets/fonts/a.woff2": b"one",
    "assets/css/fonts.css": '@font-face { font-family: a; src: url("../fonts/a.woff2") }',
    "assets/img/a.svg": "<svg/>",
    "assets/img/b.svg": "<svg/>",
    "assets/js/app.js": 'import "./part.js"; export const a = 1;',
    "assets/js/part.js": 'import sheet from "../css/module.css" with { type: "css" };',
    "assets/js/picture.js": 'export const url = new URL("../img/b.svg", import.meta.url);',
    "assets/index.html": '<link rel="stylesheet" href="css/app.css"><img src="img/b.svg">',
    "assets/site.webmanifest": '{"icons": [{"src": "img/a.svg"}]}',
}


def changes(folder: Path, *edits: Tree, settings: Tree | None = None) -> PageChanges:
    """What a page of `SITE`, with other `settings`, has to do after `edits`, each of which is built."""
    write_tree(folder, {**SITE, **(settings or {})})
    before = build(load_config(start=str(folder)), mode="development").manifest
    assert before is not None
    after = before
    for edit in edits:
        write_tree(folder, edit)
        made = build(load_config(start=str(folder)), mode="development").manifest
        assert made is not None
        after = made
    assets = folder / "build/assets"
    return page_changes(names_of(before), after, lambda file: (assets / file).read_bytes())


def swapped(found: PageChanges) -> list[str]:
    assert found.reload is None
    return [swap.path for swap in found.swaps]


def test_nothing_changed_means_nothing(tmp_path: Path) -> None:
    assert changes(tmp_path, {}) == PageChanges()


def test_an_imported_sheet_is_swapped_with_those_that_import_it(tmp_path: Path) -> None:
    found = changes(tmp_path, {"assets/css/base.css": "a { color: blue }"})
    assert swapped(found) == ["css/app.css", "css/base.css", "index.html"]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"assets/index.html": '<link rel="stylesheet" href="css/app.css"><p>new'}, "index.html"),
        ({"assets/img/b.svg": "<svg></svg>"}, "img/b.svg"),
        ({"assets/css/base.css": "a { color: blue }"}, None),
    ],
)
def test_a_page_that_keeps_its_name_is_loaded_again_if_its_own_text_changes(
    tmp_path: Path, edit: Tree, expected: str | None
) -> None:
    plain: Tree = {"buildassets.toml": 'plain = ["index.html", "img/b.svg"]\n'}
    assert changes(tmp_path, edit, settings=plain).reload == expected


def test_a_swap_names_both_files_and_the_new_integrity(tmp_path: Path) -> None:
    swap = changes(tmp_path, {"assets/css/base.css": "a { color: blue }"}).swaps[1]
    assert (tmp_path / "build/assets" / swap.old).read_text() == "a { color: red }"
    assert (tmp_path / "build/assets" / swap.new).read_text() == "a { color: blue }"
    assert swap.integrity is not None
    assert swap.integrity.startswith("sha384-")


def test_an_image_is_swapped_with_the_sheets_that_name_it(tmp_path: Path) -> None:
    found = changes(tmp_path, {"assets/img/a.svg": "<svg />"})
    assert swapped(found) == ["css/app.css", "img/a.svg", "index.html", "site.webmanifest"]


def test_a_font_is_swapped_by_its_sheet(tmp_path: Path) -> None:
    assert swapped(changes(tmp_path, {"assets/fonts/a.woff2": b"two"})) == ["css/fonts.css", "fonts/a.woff2"]


def test_sheet_that_a_module_imports_leaves_the_module_unchanged(tmp_path: Path) -> None:
    found = changes(tmp_path, {"assets/css/module.css": "p { color: blue }"})
    assert swapped(found) == ["css/module.css", "js/app.js", "js/part.js"]


def test_a_script_loads_the_page_again(tmp_path: Path) -> None:
    found = changes(tmp_path, {"assets/js/app.js": 'import "./part.js"; export const a = 2;'})
    assert found == PageChanges(reload="js/app.js")


def test_a_script_that_changed_together_with_its_sheet_loads_the_page_again(tmp_path: Path) -> None:
    edit = {"assets/css/module.css": "p { color: blue }", "assets/js/part.js": f"{SITE['assets/js/part.js']!s} f();"}
    assert changes(tmp_path, edit) == PageChanges(reload="js/part.js")


def test_an_image_that_a_script_names_loads_the_page_again(tmp_path: Path) -> None:
    assert changes(tmp_path, {"assets/img/b.svg": "<svg />"}) == PageChanges(reload="js/picture.js")


@pytest.mark.parametrize("name", ["data.json", "page.html", "sound.mp3", "code.wasm"])
def test_whatever_a_page_cannot_exchange_loads_it_again(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {f"assets/{name}": "1"})
    assert changes(tmp_path, {f"assets/{name}": "2"}) == PageChanges(reload=name)


def test_new_assets_change_no_page(tmp_path: Path) -> None:
    assert changes(tmp_path, {"assets/js/new.js": "f()"}) == PageChanges()


def test_source_maps_change_no_page(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/css/site.scss": "a { color: red }"})
    settings = {"buildassets.toml": "source_maps = true"}
    write_tree(tmp_path, {**SITE, **settings})
    edit = {**settings, "assets/css/site.scss": "\na { color: red }"}
    assert swapped(changes(tmp_path, settings, edit)) == ["css/site.css"]


def test_another_import_map_loads_the_page_again(tmp_path: Path) -> None:
    found = changes(tmp_path, {"buildassets.toml": '[importmap]\n"app" = "js/app.js"'})
    assert found == PageChanges(reload="import map")
