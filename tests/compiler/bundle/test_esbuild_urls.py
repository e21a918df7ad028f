"""Where pieces point, found in what esbuild wrote, and the edits that make them name assets."""

import pytest

from buildassets.compiler.bundle.esbuild_urls import Aim, aims, edit_of, own_base, own_edits
from buildassets.compiler.engines.esbuild.bundle import HOST, META_URL, BundlePiece, Format
from buildassets.compiler.languages.edits import edited, in_order
from buildassets.compiler.languages.scan import scan
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath

BASE = LogicalPath("js/app.js")
NAMES = frozenset(("chunk-A.js", "files/a b.svg", "files/c#d.svg", "files/c"))


def found(text: str, name: str = "e0.js") -> list[Aim]:
    return aims(BundlePiece(name, b""), text, NAMES, lambda _: "/p/src/main.ts")


def linked(text: str, target: str, name: str = "e0.js") -> str:
    edits = [edit_of(aim, text, BASE, LogicalPath(target), own=own_base("esm", BASE)) for aim in found(text, name)]
    return edited(text, in_order(edits))


def owned(text: str, form: Format) -> str:
    edits = own_edits(text, found(text), form, own_base(form, BASE))
    return edited(text, in_order(edits))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f'import{{a}}from"{HOST}chunk-A.js";', 'import{a}from"./chunks/x.js";'),
        (f"import '{HOST}chunk-A.js'", "import './chunks/x.js'"),
        (f'export * from "{HOST}chunk-A.js"', 'export * from "./chunks/x.js"'),
        (f'import("{HOST}chunk-A.js").then(f)', 'import("./chunks/x.js").then(f)'),
    ],
)
def test_import_of_a_chunk_is_relative(code: str, expected: str) -> None:
    assert linked(code, "js/chunks/x.js") == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f'var a="{HOST}files/a b.svg";', 'var a=new URL("../i/a%20b.svg",import.meta.url).href;'),
        (f'return"{HOST}files/a b.svg"', 'return new URL("../i/a%20b.svg",import.meta.url).href'),
        (f'"{HOST}files/a b.svg"in x', 'new URL("../i/a%20b.svg",import.meta.url).href in x'),
        (f'a="{HOST}files/a b.svg?v=1#x"', 'a=new URL("../i/a%20b.svg?v=1#x",import.meta.url).href'),
        (f"a='{HOST}files/a\\x20b.svg'", 'a=new URL("../i/a%20b.svg",import.meta.url).href'),
    ],
)
def test_imported_file_is_an_expression(code: str, expected: str) -> None:
    assert linked(code, "i/a b.svg") == expected
    assert [one.url for one in scan(Syntax.JAVASCRIPT, expected)] == [expected.split('"')[1]]


@pytest.mark.parametrize(
    ("url", "piece", "tail"),
    [
        ("files/c#d.svg", "files/c#d.svg", ""),
        ("files/c#d.svg#e", "files/c#d.svg", "#e"),
        ("files/c#e", "files/c", "#e"),
    ],
)
def test_name_may_hold_what_begins_a_fragment(url: str, piece: str, tail: str) -> None:
    (aim,) = found(f'a="{HOST}{url}"')
    assert (aim.piece, aim.tail) == (piece, tail)


@pytest.mark.parametrize(
    ("url", "path", "tail"),
    [
        ("./a.png", "/p/src/a.png", ""),
        ("../i/a%20b.png?v=1", "/p/i/a b.png", "?v=1"),
        ("a.png", "/p/src/a.png", ""),
    ],
)
def test_url_next_to_a_source_is_a_file(url: str, path: str, tail: str) -> None:
    (aim,) = found(f'new URL("{url}", {META_URL})')
    assert (aim.path, aim.tail, aim.script) == (path, tail, None)


@pytest.mark.parametrize("url", ["https://h.test/a", "/a.png", "#a", "?a", "", "data:,", "//h/a"])
def test_url_that_is_not_next_to_the_source_is_left_alone(url: str) -> None:
    assert found(f'new URL("{url}", {META_URL})') == []


@pytest.mark.parametrize("code", ['new URL("a.png", base)', f"new URL(`${{x}}.png`, {META_URL})", f"f({META_URL})"])
def test_other_urls_are_left_alone(code: str) -> None:
    assert [aim for aim in found(code) if "$" not in aim.path] == []


@pytest.mark.parametrize(
    ("code", "script"),
    [
        ('new Worker(new URL("w.ts", M))', "iife"),
        ('new SharedWorker(new URL("w.ts", M), "name")', "iife"),
        ('new Worker(new URL("w.ts", M), { type: "module" })', "esm"),
        ('new Worker(new URL("w.ts",M),{name:"a",type:`module`})', "esm"),
        ('new Worker(/* @__PURE__ */ new URL("w.ts", M))', "iife"),
        ('x.addModule(new URL("w.js", M))', "esm"),
        ('new Image(new URL("w.png", M))', None),
    ],
)
def test_script_is_bundled_in_the_format_of_its_use(code: str, script: str | None) -> None:
    (aim,) = found(code.replace("M)", f"{META_URL})"))
    assert aim.script == script


def test_sheet_points_at_files_by_both_ways() -> None:
    text = f'a{{b:url("{HOST}files/a b.svg#x")}}c{{d:image-set("../e.png" 1x)}}f{{g:url(https://h.test/i)}}'
    assert [(aim.piece or aim.path, aim.tail) for aim in found(text, "e0.css")] == [
        ("files/a b.svg", "#x"),
        ("/p/e.png", ""),
    ]
    assert 'url("../i/x.svg#x")' in linked(text, "i/x.svg", "e0.css")


def test_own_url_is_held_in_a_classic_script_only() -> None:
    text = f'"use strict";(()=>{{f(new URL("a.png",{META_URL}))}})();'
    classic = owned(text, "iife")
    assert classic.startswith('"use strict";(()=>{var ASSET_URL_')
    assert "import.meta.url" not in classic
    assert owned(text, "esm") == text.replace(META_URL, "import.meta.url")
    assert [one.url for one in scan(Syntax.JAVASCRIPT, classic)] == ["a.png"]


def test_script_without_its_url_is_unchanged() -> None:
    assert owned("p(1);", "iife") == "p(1);"
