"""SVG, HTML and JSON in a build: minified for production, with their references, unless an engine is `none`."""

import json
from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

SVG = '<svg xmlns="http://www.w3.org/2000/svg"  width="4" height="2">\n  <path d="M0 0"/>\n</svg>\n'
TREE: Tree = {
    "assets/a.svg": SVG,
    "assets/b.min.svg": SVG,
    "assets/c.json": '{ "a": 1 }\n',
    "assets/d.webmanifest": '{ "icons": [ { "src": "a.svg" } ] }\n',
    "assets/e.html": '<img  src="a.svg">\n\n<p>a  b</p>\n',
    "assets/f.json": '{ "a": 1, }\n',
}


def texts_of(folder: Path, settings: str = "", mode: Mode = "production", tree: Tree = TREE) -> dict[str, str]:
    """The texts of the release, by logical path."""
    write_tree(folder, {**tree, "buildassets.toml": settings})
    result = build(load_config(start=str(folder)), mode=mode)
    assert result.manifest
    files = {path: folder / "build/assets" / entry.file for path, entry in result.manifest.assets.items()}
    return {path: file.read_text().replace(files.get("a.svg", file).name, "A") for path, file in files.items()}


def test_each_kind_is_minified_with_its_references(tmp_path: Path) -> None:
    assert texts_of(tmp_path) == {
        "a.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><path d="M0 0"/></svg>',
        "b.min.svg": SVG,
        "c.json": '{"a":1}',
        "d.webmanifest": '{"icons":[{"src":"A"}]}',
        "e.html": '<img src="A">\n<p>a b</p>\n',
        "f.json": '{ "a": 1, }\n',
    }
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert manifest["assets"]["a.svg"]["width"] == 4
    assert manifest["generator"]["engines"].keys() == {"svg", "html", "json"}


@pytest.mark.parametrize("settings", ["minify = false", '[engines]\nsvg = "none"\nhtml = "none"\njson = "none"'])
def test_none_is_minified_where_that_is_off(tmp_path: Path, settings: str) -> None:
    texts = texts_of(tmp_path, settings)
    assert (texts["a.svg"], texts["c.json"]) == (SVG, '{ "a": 1 }\n')
    assert texts["e.html"].endswith("<p>a  b</p>\n")


def test_in_development_none_is_minified(tmp_path: Path) -> None:
    assert texts_of(tmp_path, mode="development")["a.svg"] == SVG


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("css/plain.css?v=1", "a b"),
        ("css/pre.css", "a  b"),
        ("css/made.css", "a  b"),
        ("https://cdn.example/a.css", "a  b"),
        ("/css/plain.css", "a  b"),
    ],
)
def test_texts_stay_unless_the_linked_sheet_is_known_to_preserve_nothing(
    tmp_path: Path, href: str, expected: str
) -> None:
    sheets: Tree = {
        "plain.css": "p { color: red }",
        "pre.css": "p { white-space: pre }",
        "made.scss": "p { color: red }",
    }
    tree: Tree = {f"assets/css/{name}": text for name, text in sheets.items()}
    page = texts_of(tmp_path, tree={**tree, "assets/a.html": f'<link rel="stylesheet" href="{href}"><p>a  b</p>'})[
        "a.html"
    ]
    assert page.endswith(f"<p>{expected}</p>")


def test_an_edit_of_a_linked_sheet_changes_the_page(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.css": "p{color:red}", "assets/a.html": '<link rel="stylesheet" href="a.css"><p>a  b</p>'}
    assert texts_of(tmp_path, tree=tree)["a.html"].endswith("<p>a b</p>")
    changed: Tree = {**tree, "assets/a.css": "p{white-space:pre}"}
    assert texts_of(tmp_path, tree=changed)["a.html"].endswith("<p>a  b</p>")
