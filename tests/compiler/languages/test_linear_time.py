"""Long texts are read in linear time: in each, one piece is repeated for which quadratic work would take minutes."""

import pytest

from buildassets.compiler.languages.css import lexer as css
from buildassets.compiler.languages.css import references as css_references
from buildassets.compiler.languages.css.join import is_closed
from buildassets.compiler.languages.css.minify import essence
from buildassets.compiler.languages.directives import read_header
from buildassets.compiler.languages.edits import Member
from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.minify import pieces, reduced
from buildassets.compiler.languages.json import webmanifest
from buildassets.compiler.languages.markup import html, html_minify, svg, svg_minify
from buildassets.compiler.languages.scan import join
from buildassets.foundation.media import Syntax
from tests.conftest import watchdog

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("text", ["//=" * 200_000, "/*" + "*=" * 200_000, "\n " * 200_000 + "x", "//" + "= " * 200_000])
def test_directives_take_linear_time(text: str) -> None:
    with watchdog():
        assert read_header(text, "a.js").directives == ()


CSS_TOKENS = [
    '"',
    "'\n",
    "/*",
    "*/",
    "(",
    "{",
    "url(",
    "url('",
    "url( ",
    "\\",
    "\\\n",
    "a/**/",
    "1e",
    "-",
    "<!-",
    "#",
    "@",
    "\\75 ",
]


@pytest.mark.parametrize("repeated", CSS_TOKENS)
def test_css_tokens_take_linear_time(repeated: str) -> None:
    text = repeated * (250_000 // len(repeated))
    with watchdog():
        assert sum(len(piece) for _, piece, _ in css.pieces(text)) == len(text)
        assert len(css.faults(text)) <= len(text)


CSS_URLS = [
    "url(",
    "url('",
    "url( ",
    "a(",
    "@import ",
    "@a(",
    "image-set(",
    "/*#",
    "/*# */",
    "/*# sourceMappingURL=*",
    "\\(",
    "\\75 ",
]


@pytest.mark.parametrize(
    "repeated",
    [
        *CSS_URLS,
        "url('x'",
        "/*# sourceMappingURL=x */",
        '"\n',
        "<!-",
        "#\\",
        "a\\(",
        "5url(",
        "sourceMappingURL=",
        "/*#sourceMappingURL= ",
        "(\n",
        "@a\\",
    ],
)
def test_css_references_take_linear_time(repeated: str) -> None:
    text = repeated * (250_000 // len(repeated)) + "url(x)"
    with watchdog():
        assert len(css_references.scan(text)) <= len(text)


@pytest.mark.parametrize(
    "piece", ["a:b ", "a ", "f(", "--a:(", "--a:((b)", "a:f(g(h(", "a,", "a>", " ", "a:1+", "--a: "]
)
def test_css_essence_takes_linear_time(piece: str) -> None:
    with watchdog():
        essence("x{" + piece * (100_000 // len(piece)))


@pytest.mark.parametrize(
    "piece", ["a{", "a{b:(", "a[", "url(", "a{url('", "@a;", "{}", "a{b:c(d(e(", "\\", "/*", "a{}@b{"]
)
def test_css_outline_takes_linear_time(piece: str) -> None:
    text = piece * 50_000
    with watchdog():
        is_closed(text)


@pytest.mark.parametrize(
    "piece",
    [
        "/[",
        "`${",
        "/*",
        '"\\',
        "<!--",
        "(",
        "{",
        "[",
        "a=>{",
        "class{",
        "?",
        "import('",
        'new URL("',
        "}",
        "-->",
        "`",
        "\\",
        ")/[",
        "\n-->",
        "/*\n*/-->",
        "a\n",
        "1_",
        "\\u{",
        "async(",
        "'\n",
        "`}",
        "function*",
        "x/",
        "await ",
        "var a=1\n",
        "var a=()=>{}\n//\n//\n,",
        "let a,",
    ],
)
@pytest.mark.parametrize("tail", ["", "\nexport {}"])
def test_javascript_tokens_take_linear_time(piece: str, tail: str) -> None:
    text = piece * (100_000 // len(piece)) + tail
    with watchdog():
        assert sum(end - start for _, start, end in tokens(text)) == len(text)


@pytest.mark.parametrize("initialiser", ["1", "() => {}"])
def test_comments_after_an_initialiser_take_linear_time(initialiser: str) -> None:
    text = f"var a = {initialiser}\n" + "//\n" * 100_000 + ", b\n/r/"
    with watchdog():
        assert [text[start:end] for kind, start, end in tokens(text) if kind is Kind.REGEXP] == ["/r/"]


@pytest.mark.parametrize(
    "piece",
    [
        "a / b;",
        "/a/;",
        "}/a/;",
        "`${",
        "`${a}`",
        "/*",
        "/*!*/",
        "//!\n",
        "\n\n",
        "a .",
        "1 .",
        "'",
        '"\\',
        "(a)/b;",
        "{",
        " ",
    ],
)
def test_javascript_reduction_takes_linear_time(piece: str) -> None:
    with watchdog():
        reduced(pieces(piece * (100_000 // len(piece))))


def test_a_line_of_slashes_takes_linear_time() -> None:
    text = "x=" + "1/" * 100_000 + "1"
    with watchdog(10):
        assert reduced(pieces(text)) == text


@pytest.mark.parametrize("text", ["var{a}=b;" * 50_000, "var [" * 50_000, "{" * 100_000, "var a=1,b\n" * 50_000])
def test_joins_of_javascript_take_linear_time(text: str) -> None:
    with watchdog():
        join(Syntax.JAVASCRIPT, [Member("a.js", text)])


@pytest.mark.parametrize("repeated", ['"\\"', "{", '{"a":', "[[1],", '["",'])
def test_webmanifests_take_linear_time(repeated: str) -> None:
    with watchdog():
        assert webmanifest.scan(repeated * (1_000_000 // len(repeated))) == []
        assert len(webmanifest.scan('{"icons":[' + '{"src":"x"},' * 80_000 + "{}]}")) == 80_000


SVG = [
    *("<", "<a ", "<a b='", "<!", "<!--", "<!DOCTYPE ", "<!DOCTYPE '", "<!DOCTYPE [", "<!DOCTYPE[<!--", "<!DOCTYPE[<"),
    *("<?", "<?x ", "<![CDATA[", "<![CDATA[]", "<style>", "<style><![CDATA[", "<style>&amp;", "<style>url(&amp;)"),
    *("&", "&a", "&#", "<image href='&amp;x'/>", "<rect fill='url(x)'/>", "</", "<svg>"),
]


@pytest.mark.parametrize("repeated", SVG)
def test_svg_references_take_linear_time(repeated: str) -> None:
    text = repeated * (500_000 // len(repeated))
    with watchdog(5):
        assert len(svg.scan(text)) <= len(text)


HTML = [
    *(
        "<",
        "<a ",
        "<a/",
        "<a b=",
        '<a b="',
        "<a b='c",
        "</",
        "</a ",
        "<!",
        "<!-",
        "<!--",
        "<!-- -",
        "--",
        "<?",
        "<svg>",
    ),
    *("<svg><![CDATA[", "<script>", "<script><!--", "<script><!--<script", "<style>", "<title>", "<textarea>a", "&"),
    *(
        "&a",
        "&#",
        "&#x",
        "<img src=x.png>",
        "<img src=&amp;>",
        "<svg></math>",
        "<svg><desc>",
        "<svg><p>",
        "<base href>",
    ),
    *("<noscript><!--</noscript>", "<svg><style>&amp;", "<p style='url(&quot;x"),
]


@pytest.mark.parametrize("repeated", HTML)
def test_html_references_take_linear_time(repeated: str) -> None:
    text = repeated * (500_000 // len(repeated))
    with watchdog(5):
        assert len(html.scan(text)) <= len(text)


@pytest.mark.parametrize("repeated", [*HTML, "a<!-- b -->", "<pre></pre>a"])
def test_minification_of_html_takes_linear_time(repeated: str) -> None:
    text = repeated * (500_000 // len(repeated))
    with watchdog(10):
        html_minify.minified(text)


@pytest.mark.parametrize("repeated", ["a<!-- b -->", "a<b/>", "<b>", "<?b?>", "&lt;"])
def test_minification_of_svg_takes_linear_time(repeated: str) -> None:
    text = f"<svg>{repeated * (500_000 // len(repeated))}</svg>"
    with watchdog(10):
        svg_minify.minified(text)


@pytest.mark.parametrize(
    "repeated", [" ", "/", "b ", "b=c ", "a, ", "a (", ",", "(", "&amp;", "url(x)", "url(&quot;", "{"]
)
@pytest.mark.parametrize("start", ["<img ", '<img srcset="', "<p style='", "<svg><style>", "<style>"])
def test_html_references_of_an_element_take_linear_time(start: str, repeated: str) -> None:
    text = start + repeated * (500_000 // len(repeated)) + "\"'>"
    with watchdog(5):
        assert len(html.scan(text)) <= len(text)
