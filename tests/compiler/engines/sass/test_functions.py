"""The functions for assets, alone and as both compilers call them."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.engines.protocol import Compiled, Engine, EngineInput, EngineOptions
from buildassets.compiler.engines.registry import start_engine
from buildassets.compiler.engines.sass.functions import FUNCTIONS, AssetCalls, outside, uncalled
from buildassets.compiler.languages.css.lexer import Kind, tokens
from buildassets.compiler.languages.css.references import scan
from buildassets.foundation.paths import from_url
from tests.conftest import write_tree

Compile = Callable[..., Compiled]


@pytest.fixture(scope="module", params=["libsass", "dart-sass"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Both compilers, with the URL prefix `/s/`."""
    engine = start_engine(request.param, EngineOptions("/", os.path.basename, (), "/s/"))
    yield engine
    engine.close()


@pytest.fixture
def compile_tree(engine: Engine, tmp_path: Path) -> Compile:
    """Writes partials and compiles a sheet beside them."""

    def compiled(text: str, **partials: str) -> Compiled:
        write_tree(tmp_path, {f"_{name}.scss": content for name, content in partials.items()})
        return engine.run(EngineInput(text, str(tmp_path / "app.scss"), "app.scss"))

    return compiled


def value(compiled: Compiled) -> str:
    """The value of the only declaration."""
    assert compiled.diagnostics == ()
    found = re.fullmatch(r"(?:@charset [^;]*;\n)?a \{\n  b: ([^\n]*);\n\}\n", compiled.text)
    assert found, compiled.text
    return found[1]


# What they give


@pytest.mark.parametrize(
    ("call", "url"),
    [
        ('asset-url("img/a.png")', "/s/img/a.png"),
        ('asset_url("img/a.png")', "/s/img/a.png"),
        ("asset-url(img)", "/s/img"),
        ('asset-url($path: "a.png")', "/s/a.png"),
        ('asset-url("a#{1 + 1}.png")', "/s/a2.png"),
        ('asset-url("a.svg?v=1#icon")', "/s/a.svg?v=1#icon"),
        ('asset-url("a b (1)%.png")', "/s/a%20b%20%281%29%25.png"),
        ('asset-url("é\\"😀.png")', "/s/%C3%A9%22%F0%9F%98%80.png"),
        ('asset-url("a.eot?)\\"#(")', "/s/a.eot?%29%22#%28"),
        ('asset-url("./a b.png")', "./a%20b.png"),
        ('asset-url("../img/a.png?x")', "../img/a.png?x"),
        ('asset-url("/icons/a.png")', "/icons/a.png"),
        ('asset-url("//cdn.example/a b.png")', "//cdn.example/a%20b.png"),
        ('asset-url("https://cdn.example/a.png")', "https://cdn.example/a.png"),
        ('asset-url("#icon")', "#icon"),
        ('asset-url("data:image/svg+xml,%3Csvg/>")', "data:image/svg+xml,%3Csvg/%3E"),
        ('image-url("a.png")', "/s/a.png"),
        ('font-url("a.woff2")', "/s/a.woff2"),
        ('javascript-url("app")', "/s/app.js"),
        ('javascript-url("app.min?x")', "/s/app.min.js?x"),
        ('javascript-url("app.js")', "/s/app.js"),
        ('stylesheet-url("./print")', "./print.css"),
        ('stylesheet-url("https://a.example/print")', "https://a.example/print"),
        ('asset-data-url("img/a.svg")', "/s/img/a.svg?buildassets-data-url"),
        ('asset-data-url("img/a.svg?v=1#icon")', "/s/img/a.svg?buildassets-data-url#icon"),
        ('asset-data-url("../a.svg")', "../a.svg?buildassets-data-url"),
        ('asset-data-url("/s/a.svg")', "/s/a.svg?buildassets-data-url"),
    ],
)
def test_call_gives_a_url(compile_tree: Compile, call: str, url: str) -> None:
    compiled = compile_tree(f"a {{ b: {call} }}")
    assert (value(compiled), compiled.asset_urls) == (f'url("{url}")', (url,))


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.endswith("-path")])
def test_path_can_be_joined_with_other_strings(compile_tree: Compile, name: str) -> None:
    suffix = {"javascript": ".js", "stylesheet": ".css"}.get(name.partition("-")[0], ".eot")
    sheet = f'a {{ b: url("#{{{name}("x{suffix}")}}?#iefix") }}'
    assert value(compile_tree(sheet)) == f'url("/s/x{suffix}?#iefix")'


@pytest.mark.parametrize("value_of_url", ['asset-path("x.png")', 'asset-path("x.png") + ""', '#{asset-path("x.png")}'])
def test_path_in_a_url_is_a_reference(compile_tree: Compile, value_of_url: str) -> None:
    text = compile_tree(f"a {{ b: url({value_of_url}) }}").text
    assert [reference.url for reference in scan(text)] == ["/s/x.png"]


def test_path_has_the_length_of_the_url(compile_tree: Compile) -> None:
    assert "b: 8;" in compile_tree('a { b: str-length(asset-path("x.png")) }').text


def test_custom_property_with_an_interpolated_call_refers(compile_tree: Compile) -> None:
    text = compile_tree('a { --icon: #{asset-url("x.png")} }').text
    assert [reference.url for reference in scan(text)] == ["/s/x.png"]


def test_calls_in_partials_mixins_and_functions_are_answered(compile_tree: Compile) -> None:
    partial = '$v: asset-url("v.png"); @function f($x) { @return asset-url($x); } @mixin m($x) { b: $v, f($x); }'
    text = compile_tree('@import "one"; a { @include m("w.png") }', one=partial).text
    assert 'b: url("/s/v.png"), url("/s/w.png");' in text


def test_indented_sheets_call_them_too(engine: Engine, tmp_path: Path) -> None:
    sheet = 'a\n  b: asset-url("x.png")\n'
    assert value(engine.run(EngineInput(sheet, str(tmp_path / "app.sass"), "app.sass"))) == 'url("/s/x.png")'


@pytest.mark.parametrize("engine", ["dart-sass"], indirect=True)
def test_path_in_an_image_set_is_a_reference(compile_tree: Compile) -> None:
    text = compile_tree('a { b: image-set(asset-path("x.png") 1x) }').text
    assert [reference.url for reference in scan(text)] == ["/s/x.png"]


@pytest.mark.parametrize("engine", ["dart-sass"], indirect=True)
def test_modules_see_the_functions(compile_tree: Compile) -> None:
    sheet = """@use "one"; @use "sass:meta";
        a { b: one.$v, meta.call(meta.get-function("asset-url"), "w.png") }"""
    text = compile_tree(sheet, one='$v: asset-url("v.png");').text
    assert 'b: url("/s/v.png"), url("/s/w.png");' in text


@pytest.mark.parametrize("name", ["asset-url", "asset_url"])
def test_function_of_the_users_own_wins(compile_tree: Compile, name: str) -> None:
    compiled = compile_tree(f'@function {name}($x) {{ @return own; }} a {{ b: asset-url("x") }}')
    assert (value(compiled), compiled.asset_urls) == ("own", ())


def test_a_sheet_can_ask_whether_there_is_the_function(compile_tree: Compile) -> None:
    assert "b: true" in compile_tree("a { b: function-exists(font-path) }").text


# What they refuse


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("1px", "a number"),
        ("null", "null"),
        ("true", "a boolean"),
        ("false", "a boolean"),
        ("red", "a color"),
        ('("a" "b")', "a list"),
        ("(a: b)", "a map"),
    ],
)
def test_argument_of_another_type_is_an_error_in_the_partial(compile_tree: Compile, argument: str, kind: str) -> None:
    compiled = compile_tree('@import "one"; a { @include m }', one=f"@mixin m {{\n  b: image-url({argument});\n}}")
    (found,) = (one for one in compiled.diagnostics if one.is_error)
    assert found.message == f"`image-url()` takes the path of an asset, which is a string and not {kind}"
    assert (found.code, found.location and (found.location.file, found.location.line, found.location.column)) == (
        "scss/syntax",
        ("_one.scss", 2, 6),
    )
    assert any("app.scss:1:" in note for note in found.notes)


@pytest.mark.parametrize("arguments", ["", '"a", "b"', '$other: "a"'])
def test_wrong_arguments_are_an_error_in_their_line(compile_tree: Compile, arguments: str) -> None:
    compiled = compile_tree('@import "one";', one=f"a {{\n  b: asset-url({arguments});\n}}")
    (found,) = (one for one in compiled.diagnostics if one.is_error)
    assert found.code == "scss/syntax"
    assert found.location
    assert (found.location.file, found.location.line) == ("_one.scss", 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('asset-url("")', "`asset-url()` is given an empty path"),
        ('asset-data-url("https://a.example/b")', "`asset-data-url()` cannot embed `https://a.example/b`"),
        ('asset-data-url("/b.svg")', "`asset-data-url()` cannot embed `/b.svg`"),
        ('asset-data-url("#b")', "`asset-data-url()` cannot embed `#b`"),
    ],
)
def test_path_of_no_asset_is_an_error(compile_tree: Compile, call: str, message: str) -> None:
    (found,) = compile_tree(f"a {{ b: {call} }}").diagnostics
    assert found.is_error
    assert found.message.startswith(message)


# Law


@given(st.text(st.characters(codec="utf-8", exclude_characters="?#"), min_size=1))
def test_url_of_any_name_means_that_name_and_needs_no_escapes(name: str) -> None:
    text, _ = AssetCalls("/s/").value("asset-url", "d/" + name, "a string")
    assert [token.kind for token in tokens(text)] == [Kind.FUNCTION, Kind.STRING, Kind.DELIMITER]
    assert "\\" not in text
    assert from_url(text.removeprefix('url("/s/').removesuffix('")')) == "d/" + name


# What is left in the CSS


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ('a { --b: asset-url("x") }', ["asset-url("]),
        ('a { --b: asset_url("x"); --c: image-path("y") }', ["asset_url(", "image-path("]),
        ('a { b: "asset-url(x)"; /* asset-url(x) */ c: my-asset-url(x); d: --asset-url(x) }', []),
        ('@import url(asset-path("x"));', ["asset-path("]),
        ('@import url("asset-path(x)");', []),
    ],
)
def test_uncalled_functions_are_found(css: str, found: list[str]) -> None:
    assert [css[start:end] for start, end in uncalled(css)] == found


@pytest.mark.parametrize(
    ("css", "count"),
    [
        ('a { content: "/s/x.png" }', 1),
        ("a { --b: /s/x.png; --c: /s/x.png?v }", 2),
        ('a { b: url("/s/x.png"); c: url(/s/x.png?v) }', 0),
        ('@import "/s/x.png"; a { b: image-set("/s/x.png" 1x) }', 0),
        ("/* /s/x.png */ a { b: c }", 0),
        ('a { b: "/s/x.png" /* /s/x.png */ } /* */ c { d: "/s/x.png" }', 2),
        ('a { content: "/s/x.png.gz" }', 1),
        ('a { content: "https://a.example/s/x.png", "/s/x.pn", "./s/x.png" }', 0),
    ],
)
def test_urls_outside_of_references_are_found(css: str, count: int) -> None:
    references = [(reference.start, reference.end) for reference in scan(css)]
    found = list(outside(css, ["/s/x.png", "/s/y.png"], references))
    assert [css[start:end] for start, end in found] == ["/s/x.png"] * count
