"""References of style sheets: what a browser fetches, where it stands, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.css.lexer import Kind, Token, tokens, unescaped
from buildassets.compiler.languages.css.references import REFERRING, scan
from buildassets.compiler.languages.reference import Reference, ReferenceKind

pytestmark = pytest.mark.usefixtures("each_lexer")

ONE_REFERENCE = [
    ("a{b:url(x.png)}", "x.png"),
    ("a{b:url(\n x.png\t)}", "x.png"),
    ("a{b:URL('x.png')}", "x.png"),
    ('a{b:url( "x.png" )}', "x.png"),
    ("a{b:u\\72l(x.png)}", "x.png"),
    ("a{b:\\75 rl('x.png')}", "x.png"),
    ('a{b:\\75\\52\\4C("x.png")}', "x.png"),
    ("a{--b:url(x.png)}", "x.png"),
    ("a{b:url(x.png", "x.png"),
    ('a{b:url("x.png', "x.png"),
    ('a{b:url("x.png" crossorigin(anonymous) integrity("y"))}', "x.png"),
    ('a{b:src("x.png")}', "x.png"),
    ('a{b:src( /* why */ "x.png")}', "x.png"),
    ("a{b:var(--c,url(x.png))}", "x.png"),
    ("a{b:url(x.eot?#iefix)format('eot')}", "x.eot?#iefix"),
    ("a{b:url(#x)}", "#x"),
    ('@import "x.css";', "x.css"),
    ("@IMPORT'x.css'", "x.css"),
    ("@import/* why */url(x.css);", "x.css"),
    ('@import url("x.css")layer(y) supports(b:url(z)) screen;', "x.css"),
    ('@import "x.css" layer supports(b:url("z")) print,(min-width:1px);', "x.css"),
    ('@\\69mport "x.css";', "x.css"),
    ('@import "x.css', "x.css"),
    ('\ufeff@import "x.css";', "x.css"),
    ("\ufeffurl(x.css)", "x.css"),
    ("<!--url(x.css)", "x.css"),
    ('a{b:image-set("x.png" type("image/png"))}', "x.png"),
    ('a{b:-webkit-image-set("x.png" 1x)}', "x.png"),
    ("a{b:IMAGE-SET(url(x.png) 1x)}", "x.png"),
    ('a{b:image-set(/* ) */ url( "x.png" ) 1x);content:"y"}', "x.png"),
    ("@font-face{src:local('y'),url(x.woff)}", "x.woff"),
    ("@supports (b:url(y)){a{b:url(x.png)}}", "x.png"),
    ("@document url(y),url-prefix('z'){a{b:url(x.png)}}", "x.png"),
    ("@namespace url(y);a{b:url(x.png)}", "x.png"),
    ("@namespace s 'y';a{b:url(x.png)}", "x.png"),
    ('a{content:"\\"url(y)";b:url(x.png)}', "x.png"),
    ("/* it's */a{b:url(x.png)}/* isn't */", "x.png"),
    ("a{b:url(y z);c:url(x.png)}", "x.png"),
    ("a{content:'y\n;b:url(x.png)}", "x.png"),
    (".a\\(b{b:url(x.png)}", "x.png"),
    (".\\@2x{b:url(x.png)}", "x.png"),
    ("a{b:url(data:y) url(x.png) url( 'DATA:z')}", "x.png"),
    ("a{b:'url(data:y)';c:url( x.png)}", "x.png"),
    ("a{b:5url(y) +url(x.png)}", "x.png"),
    ("a{b:'y'url(x.png)}", "x.png"),
    ("/**/url(x.png)", "x.png"),
    (".\\5url(y){b:url(x.png)}", "x.png"),
    (".\\5 url(y){b:url(x.png)}", "x.png"),
    (".\\[url\\(y\\)\\]{b:url(x.png)}", "x.png"),
    ("a{b:--url(y);c:url(x.png)}", "x.png"),
    ("<!---url(y)url(x.png)", "x.png"),
    ("\\<!--url(y)url(x.png)", "x.png"),
    ("a{b:off-set('y') e-set(z);c:src('x.png')}", "x.png"),
    ("a{b:url('x.png')}/* url(y) */c{d:'\\75 rl(y) @import'}", "x.png"),
]


@pytest.mark.parametrize(("text", "url"), ONE_REFERENCE)
def test_urls_that_a_browser_fetches_are_found(text: str, url: str) -> None:
    assert [reference.url for reference in scan(text)] == [url]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a{b:c}",
        "a{b:.5url(x)}",
        "a{b:curl(x) -url(y) url-prefix(z)}",
        "#url(x){}",
        'a{content:"url(x)"}',
        "a{content:'@import \"x\"'}",
        "/* url(x) @import 'y' */",
        'a{filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src="x")}',
        "a{b:url() url('') url( )}",
        "a{b:url(data:image/png;base64,AA==) url('DATA:,x')}",
        "a{b:src(var(--x))}",
        'a{b:image-set(type("x"))}',
        '@namespace "x";@namespace url(y);@namespace s url("z");',
        "@supports (b:url(x)) and (c:image-set('y' 1x)){}",
        "@-moz-document url('x'),domain(y){}",
        "@media url(x){}",
        "@import;",
        "@import screen url(x);",
        "@charset 'x';",
        "a{b:url(x y)}",
        "a{b:url(x'y')}",
        "a{b:'url(x)\n}",
        "a{b:url\n(x)}",
        "a{b:url/**/(x)}",
    ],
)
def test_urls_that_no_browser_fetches_are_left_alone(text: str) -> None:
    assert scan(text) == []


def test_references_are_in_the_order_of_the_text() -> None:
    text = '@import "a";b{c:image-set("d" 1x,url(e) 2x),url("f")}g{h:url(i)}/*# sourceMappingURL=j */'
    assert [reference.url for reference in scan(text)] == ["a", "d", "e", "f", "i", "j"]


def test_a_place_is_the_raw_text_without_quotes_and_white_space() -> None:
    text = "a{b:url( x\\20 y ),url(' z '),url(q"
    assert [text[found.start : found.end] for found in scan(text)] == ["x\\20 y", " z ", "q"]


@pytest.mark.parametrize(
    ("raw", "url"),
    [("'\\61 b'", "ab"), ("'a\\\nb'", "ab"), ('"a\\"b"', 'a"b'), ("a\\)", "a)"), ("a%20b", "a%20b"), ("é", "é")],
)
def test_a_url_is_what_its_escapes_mean(raw: str, url: str) -> None:
    assert [reference.url for reference in scan(f"a{{b:url({raw})}}")] == [url]


@pytest.mark.parametrize(
    "text",
    [
        "a{}/*# sourceMappingURL=x.map */",
        "a{}/*# sourceMappingURL=x.map*/\n/* by */\n",
        "/*@ sourceMappingURL=x.map */",
        "/*#sourceMappingURL=x.map */",
        "/*# sourceMappingURL=y.map */a{}/*# sourceMappingURL=x.map */",
        "@media print/*# sourceMappingURL=x.map */",
        "a{b:url('c' /*# sourceMappingURL=x.map */",
        "a{b:url(data:c)}\n/*# sourceMappingURL=x.map */",
        "a{b:'\\\n'}\n/*# sourceMappingURL=x.map */ /* sourceMappingURL=y.map */",
        "a{}\r\n/*# sourceMappingURL=x.map */\n/* cut",
        "a{b:'('}\n/*# sourceMappingURL=x.map */",
        ":is(/* ) */\n/*# sourceMappingURL=x.map */",
        "/**/\n\n/*# sourceMappingURL=x.map */" + "\n" * 500,
    ],
)
def test_the_last_comment_names_the_source_map(text: str) -> None:
    found = scan(text)[-1]
    assert (found.url, text[found.start : found.end], found.kind) == ("x.map", "x.map", ReferenceKind.SOURCE_MAP)


@pytest.mark.parametrize(
    "text",
    [
        "/*# sourceMappingURL=x.map */a{}",
        "/* # sourceMappingURL=x.map */",
        "/*# sourceMappingURL=x y */",
        "/*# sourceMappingURL= */",
        "/*# sourceMappingURL=data:application/json,{} */",
        "a{content:'/*# sourceMappingURL=x.map */'}",
        "/*# sourceMappingURL=x.map",
        "a{b:'\\\n/*# sourceMappingURL=x.map */",
        "a{b:'\\\r\n/*# sourceMappingURL=x.map */",
        "a{b:url(y z\n/*# sourceMappingURL=x.map */",
        "a{b:url(y z\\)\n/*# sourceMappingURL=x.map */",
        "a\n/*/\n/*# sourceMappingURL=x.map */",
        "a\n/* (\n/*# sourceMappingURL=x.map */",
        "a{}\n/*# sourceMappingURL=x.map */\x0b",
        "a{}\n/*# sourceMappingURL=x.map */ /* */ b",
    ],
)
def test_no_other_comment_names_a_source_map(text: str) -> None:
    assert scan(text) == []


CSS_TEXT = st.lists(
    st.sampled_from(
        [
            *(
                "url(",
                "URL(",
                "src(",
                "image-set(",
                "-webkit-image-set(",
                "type(",
                "@import",
                "@media ",
                "@\\69mport ",
                "@",
            ),
            *(
                "\\75 rl(",
                "u\\rl(",
                "\\",
                "\\\n",
                "\\(",
                '"',
                "'",
                "a",
                "b.png",
                "1",
                "#",
                "-",
                "--",
                "<!--",
                "-->",
                "<",
            ),
            *(
                "/*",
                "*/",
                "/",
                "/*#",
                "(",
                ")",
                "{",
                "}",
                ";",
                ",",
                " ",
                "\n",
                "\x01",
                "\ufeff",
                "é",
                "data:",
                "+",
                ".",
            ),
            "/*# sourceMappingURL=m */",
        ]
    ),
    max_size=30,
).map("".join)

CLOSER = {"(": ")", "[": "]", "{": "}"}


def by_tokens(text: str) -> list[str]:
    """The raw texts of all references but source maps, found by looking at one token after the other."""
    found: list[str] = []
    brackets: list[str] = []  # of a prelude or a referring call
    state = ""  # "import" where the next word may refer, "prelude", "call"
    for token in tokens(text):
        raw = text[token.start : token.end]
        name = unescaped(raw).lower()
        if not state:
            if token.kind is Kind.AT_KEYWORD:
                state = "import" if name == "@import" else "prelude"
            elif token.kind is Kind.FUNCTION and name in REFERRING:
                state, brackets = "call", [name]
            elif token.kind is Kind.URL:
                found.append(argument(raw))
            continue
        if refers(token, state, brackets):
            found.append(argument(raw))
        state = next_state(token, name, state, brackets)
    return [raw for raw in found if raw and raw[:5].lower() != "data:"]


def refers(token: Token, state: str, brackets: list[str]) -> bool:
    if state == "import":
        return token.kind in (Kind.URL, Kind.STRING)
    return state == "call" and (
        token.kind is Kind.URL or (token.kind is Kind.STRING and bool(brackets) and brackets[-1] in REFERRING)
    )


def next_state(token: Token, name: str, state: str, brackets: list[str]) -> str:
    if token.kind in (Kind.SPACE, Kind.COMMENT):
        return state
    if token.kind is Kind.FUNCTION:
        brackets.append(name)
        return "import" if state == "import" and name in ("url(", "src(") else state.replace("import", "prelude")
    if token.kind is Kind.DELIMITER:
        if state != "call" and not brackets and name in "{;}":
            return ""
        if name in CLOSER:
            brackets.append(name)
        elif brackets and name == CLOSER.get(brackets[-1], ")"):
            brackets.pop()
            if state == "call" and not brackets:
                return ""
    return state.replace("import", "prelude")


def argument(raw: str) -> str:
    if raw[0] in "\"'":
        is_closed = len(raw) > 1 and raw[-1] == raw[0] and next(tokens(raw + " ")).end == len(raw)
        return raw[1:-1] if is_closed else raw[1:]
    inside = raw[raw.index("(") + 1 :].lstrip(" \t\n\r\f")
    is_closed = inside.endswith(")") and next(tokens(raw + " ")).end == len(raw)
    return (inside[:-1] if is_closed else inside).rstrip(" \t\n\r\f")


@given(CSS_TEXT)
def test_swallowing_finds_what_single_tokens_show(text: str) -> None:
    found = [text[reference.start : reference.end] for reference in urls(scan(text))]
    assert [raw.rstrip(" \t\n\r\f") for raw in found] == [raw.rstrip(" \t\n\r\f") for raw in by_tokens(text)]


def urls(references: list[Reference]) -> list[Reference]:
    return [reference for reference in references if reference.kind is ReferenceKind.URL]
