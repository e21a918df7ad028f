"""Sheets that are put inline, against the same sheets loaded one by one: what elements look like in Chromium."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.building import build, load_config
from tests.conftest import write_tree

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

DOT: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
IMAGES: Final = {f"assets/{folder}dot.svg": DOT for folder in ("", "css/", "css/sub/")}
ELEMENTS: Final = '<p id="p1" class="a">.<p id="p2" class="a b">.<p id="p3">.<q id="q1" class="b">.</q>'
LOOKS: Final = """[...document.querySelectorAll("[id]")].map((element) => {
  const style = getComputedStyle(element);
  const names = ["color", "backgroundColor", "outlineColor", "backgroundImage", "animationName", "width"];
  const values = names.map((name) => style[name].replaceAll(location.origin, ""));
  return [element.id, ...values, style.getPropertyValue("--x")].join(" ");
})"""

# Each case is the text of `css/main.css` and those of other sheets.
CASES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "order": ('@import "a.css"; @import "b.css"; p { color: red }', {"a": "p{color:blue}", "b": "p{width:9px}"}),
    "own rules come last": ('@import "a.css"; .a { color: red }', {"a": ".a { color: blue }"}),
    "the last of two counts": (
        '@import "a.css"; @import "b.css"; @import "a.css";',
        {"a": "p { color: red }", "b": "p { color: blue }"},
    ),
    "the last of a diamond counts": (
        '@import "a.css"; @import "b.css";',
        {"a": '@import "c.css"; p { color: red }', "b": '@import "c.css"; q { color: red }', "c": "p { color: blue }"},
    ),
    "media": ('@import "a.css" screen; @import "b.css" print;', {"a": "p{color:red}", "b": "p{color:blue}"}),
    "a list of media": ('@import "a.css" print, (min-width: 2px);', {"a": "p { color: red }"}),
    "media in media": (
        '@import "a.css" screen; q { color: red }',
        {"a": '@import "b.css" (min-width: 99999px); p { color: red }', "b": "p { width: 9px }"},
    ),
    "media that are none": ('@import "a.css" 3; @import "b.css" layer(;', {"a": "p{color:red}", "b": "q{color:red}"}),
    "supports a declaration": ('@import "a.css" supports(display: grid);', {"a": "p { color: red }"}),
    "supports a condition": ('@import "a.css" supports((display: grid) and (not (a: b)));', {"a": "p { color: red }"}),
    "supports a selector": ('@import "a.css" supports(selector(:has(a))) screen;', {"a": "p { color: red }"}),
    "does not support": ('@import "a.css" supports(not (display: grid));', {"a": "p { color: red }"}),
    "supports nothing": (
        '@import "a.css" supports(); @import "b.css" supports(a b);',
        {"a": "p{color:red}", "b": "p{}"},
    ),
    "a layer": ('@import "a.css" layer(x); p { color: blue }', {"a": ".a { color: red !important }"}),
    "a layer in a layer": (
        '@layer x.y, x.z; @import "a.css" layer(x); p { width: 4px }',
        {"a": '@import "b.css" layer(z); @layer y { .a { color: red } }', "b": "p { color: blue }"},
    ),
    "layers without names": (
        '@import "a.css" layer; @import "b.css" layer; @import "a.css" layer;',
        {"a": "p { color: red !important }", "b": ".a { color: blue !important }"},
    ),
    "an anonymous layer holds its imports": (
        '@import "a.css" layer; @import "c.css" layer(x);',
        {"a": '@import "b.css"; p { color: red }', "b": "#p1 { color: blue; width: 3px }", "c": "p { width: 4px }"},
    ),
    "the order of layers": (
        '@layer x, y; @import "a.css" layer(y); @import "b.css" layer(x);',
        {"a": "p { color: red }", "b": ".a { color: blue }"},
    ),
    "the first of two gives the order of layers": (
        '@import "a.css" layer(x); @import "b.css" layer(y); @import "a.css" layer(x);',
        {"a": ".a { color: red }", "b": "p { color: blue }"},
    ),
    "layers inside of the first of two": (
        '@import "a.css"; @import "b.css"; @import "a.css";',
        {"a": "@media screen { @layer x { .a { color: red } } }", "b": "@layer y { p { color: blue } }"},
    ),
    "layers inside of media that do not hold": (
        '@import "a.css" print; @import "b.css"; @import "a.css" print; @import "c.css";',
        {
            "a": "@layer x { q { color: red } }",
            "b": "@layer y { p { color: red } }",
            "c": "@layer x { p { color: blue } }",
        },
    ),
    "a layer in a rule": (
        '@import "a.css"; @import "b.css"; @import "a.css";',
        {"a": ".a { @layer x { color: red } }", "b": "@layer y { p { color: blue } }"},
    ),
    "a layer named like no name": (
        '@import "a.css" layer(initial); @import "b.css" layer();',
        {"a": "p{color:red}", "b": "q{color:red}"},
    ),
    "a layer with gaps": (
        '@import/**/"a.css"/**/layer( x.y )/**/supports( display:grid )/**/screen/**/;',
        {"a": "p{color:red}"},
    ),
    "all conditions": (
        '@import url("a.css") layer(x) supports(display: grid) screen and (min-width: 1px); p { color: blue }',
        {"a": ".a { color: red; outline-color: lime }"},
    ),
    "important rules in layers": (
        '@import "a.css" layer(x); @import "b.css" layer(y); p { color: lime !important }',
        {"a": "p { color: red !important }", "b": "p { color: blue !important }"},
    ),
    "a cycle": (
        '@import "a.css"; p { color: red }',
        {"a": '@import "b.css"; p { width: 3px }', "b": '@import "a.css"; p { width: 4px }'},
    ),
    "a cycle that declares a layer": (
        '@import "a.css"; @layer y { p { color: red } } @layer x { p { color: blue } }',
        {"a": '@import "main.css" layer(x); q { color: red }'},
    ),
    "a sheet that imports itself": ('@import "main.css"; p { color: red }', {}),
    "two sheets around a cycle": (
        '@import "a.css"; @import "b.css";',
        {"a": '@import "b.css"; p { color: red }', "b": '@import "a.css"; p { color: blue }'},
    ),
    "URLs": (
        '@import "sub/a.css"; p { outline-color: red }',
        {"sub/a": 'p { background: url(dot.svg) } .b { background: url("../dot.svg") }'},
    ),
    "a URL in a property of one's own": (
        '@import "sub/a.css"; q { color: red }',
        {"sub/a": "q { --image: url(../../dot.svg); background: var(--image) }"},
    ),
    "sheets in folders": (
        "@import url(sub/a.css);",
        {"sub/a": '@import "b.css"; @import "../c.css"; p{color:red}', "sub/b": "q{color:red}", "c": "p{width:5px}"},
    ),
    "charsets": (
        '@charset "utf-8"; @import "a.css";',
        {"a": '@charset "utf-8"; p { --x: "ä" }', "b": ""},
    ),
    "animations": (
        '@import "a.css" layer(x); @import "b.css"; p { animation: k 1s paused }',
        {"a": "@keyframes k { from { width: 7px } }", "b": '@import "a.css"; @keyframes k { from { width: 8px } }'},
    ),
    "registered properties": (
        '@import "a.css" screen; q { --x: red }',
        {"a": '@property --x { syntax: "<length>"; inherits: false; initial-value: 3px } p { width: var(--x) }'},
    ),
    "open ends": (
        '@import "a.css" screen; @import "b.css"; q { color: lime }',
        {"a": "p { color: red", "b": "@media screen { .a { width: 8px; color: rgb(1, 2, 3"},
    ),
    "an import without a semicolon": ('@import "a.css" screen', {"a": '@import url("b.css"', "b": "p { color: red }"}),
    "a brace that closes nothing": (
        '@import "a.css" screen; p { width: 7px }',
        {"a": "q { color: red } } .a { color: red } .b { color: blue }"},
    ),
    "comments of HTML": ('@import "a.css" screen;', {"a": "<!-- p { color: red } --> q { color: blue } <!--"}),
    "at-rules that nobody knows": (
        '@foo; @import "a.css"; @bar { p { color: red } } @import "b.css";',
        {"a": "p{color:red}", "b": "q{color:red}"},
    ),
    "imports that are none": (
        '@import "a.css" {} @import "b.css"; p { @import "a.css"; }',
        {"a": "p{color:red}", "b": "q{color:red}"},
    ),
    "a layer between imports": (
        '@import "a.css"; @layer x; @import "b.css";',
        {"a": "p{color:red}", "b": "q{color:red}"},
    ),
    "nested rules": (
        '@import "a.css" layer(x);',
        {"a": "& p { color: red } p { &.a { width: 3px } @media screen { color: blue } }"},
    ),
    "names with escapes": ("@\\69mport url(\\61.css) \\6c ayer(x) S\\43REEN;", {"a": "p { color: red }"}),
    "an import of a data URL": (
        '@import "a.css"; @import "data:text/css,p{color:red}"; @import "b.css";',
        {"a": ".a { color: blue } p { color: lime }", "b": "q { color: red }"},
    ),
    "a data URL in the first sheet": (
        '@import "a.css" layer(x); @import "b.css"; p { width: 3px }',
        {
            "a": '@import "data:text/css,p{color:red}" layer(y) supports(color: red) screen; .a { color: blue }',
            "b": "q{color:red}",
        },
    ),
    "a data URL in the second sheet": (
        '@import "b.css"; @import "a.css";',
        {"a": '@import "data:text/css,p{color:red}"; .b { color: blue }', "b": "p { color: lime }"},
    ),
}


def looks(browser: Browser, serve: Callable[[Path], str], folder: Path, *, inline: bool) -> Any:
    """Return the looks of the elements in a page with `css/main.css`."""
    config = replace(load_config(start=str(folder)), inline_imports=inline, output=str(folder / f"build-{inline}"))
    result = build(config)
    assert result.manifest is not None, result.diagnostics
    style = Assets(Path(config.output, "manifest.json")).stylesheet("css/main.css")
    page = f'<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">{style}<body>{ELEMENTS}'
    browser.open(serve(write_tree(Path(config.output), {"index.html": page})))
    return browser.value(LOOKS)


def files(main: str, others: Mapping[str, str]) -> dict[str, str]:
    """The project with these sheets."""
    sheets = {f"assets/css/{name}.css": text for name, text in others.items()}
    return {"buildassets.toml": 'integrity = "none"\n', "assets/css/main.css": main, **sheets, **IMAGES}


@pytest.mark.parametrize("name", CASES)
def test_elements_look_alike(browser: Browser, serve: Callable[[Path], str], tmp_path: Path, name: str) -> None:
    main, others = CASES[name]
    write_tree(tmp_path, files(main, others))
    plain = looks(browser, serve, tmp_path, inline=False)
    assert looks(browser, serve, tmp_path, inline=True) == plain
