"""References in JavaScript, and similar text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.javascript.references import scan, scan_tokens
from buildassets.compiler.languages.reference import Reference, ReferenceKind

pytestmark = pytest.mark.usefixtures("each_lexer")

MODULE, LATER, RESOLVED = ReferenceKind.MODULE, ReferenceKind.LATER, ReferenceKind.RESOLVED
URL, SOURCE_MAP = ReferenceKind.URL, ReferenceKind.SOURCE_MAP

FORMS = [
    ('import "x"', MODULE),
    ("import/*a*/'x'", MODULE),
    ('import a from "x"', MODULE),
    ('import a, * as b from "x"', MODULE),
    ('import{a as b,"c" as d,default as from}from"x"', MODULE),
    ('import { a } // b\nfrom /* c */ "x"', MODULE),
    ('import from from "x"', MODULE),
    ('import { from } from "x"', MODULE),
    ('import{export as a}from"x"', MODULE),
    ('import a, { b, export as c } from "x"', MODULE),
    ('export{export}from"x"', MODULE),
    ('export{a as export,import as b}from"x"', MODULE),
    ('export { a as import } /**/ from "x"', MODULE),
    ('export * as export from "x"', MODULE),
    ('a; export{export as import, a as from}from"x"', MODULE),
    ('import a from "x" with { type: "json" }', MODULE),
    ('import defer * as a from "x"', MODULE),
    ('import source a from "x"', MODULE),
    ('export * from "x"', MODULE),
    ('export * as default from "x"', MODULE),
    ('export { a, b as c } from "x"', MODULE),
    ('import("x")', LATER),
    ("import(`x`)", LATER),
    ('async () => { a = await (b) / 2; import("x"); c / 1 }', LATER),
    ('a = b // if\n(c) / 2; import("x"); d / 1', LATER),
    ('var \\u0061\n/"/.test(import("x"))', LATER),
    ('import(\n// a\n"x"\n,)', LATER),
    ('#!import("y")\nimport("x")', LATER),
    ('\ufeff#! it\'s import("y")\u2028import("x")', LATER),
    ('import("x", { with: { type: "json" } })', LATER),
    ('import.source("x")', LATER),
    ('import . defer("x")', LATER),
    ('import.meta.resolve("x")', RESOLVED),
    ('[...import("x")]', LATER),
    ('`${import("x")}`', LATER),
    ('`a${`b${{ c: import("x") }}`}d`', LATER),
    ('if (a) /"/.test(import("x"))', LATER),
    ('a = (b) / c; "/"; import("x")', LATER),
    ('function f() {} /"/.test(import("x"))', LATER),
    ('a = function () {} / import("x") / "b"', LATER),
    ('return /"/; import("x")', LATER),
    ('a.return / import("x") / b', LATER),
    ('new URL("x", import.meta.url)', URL),
    ('new URL(\n"x",\nimport.meta.url,)', URL),
    ('new Worker(new URL("x", import.meta.url), { type: "module" })', URL),
    ("new/**/URL(`x`, import . meta /**/ . url)", URL),
    ("a()\n//# sourceMappingURL=x", SOURCE_MAP),
    ("a()\n//@ sourceMappingURL=x\n\n", SOURCE_MAP),
    ("a();//# sourceMappingURL=x", SOURCE_MAP),
    ("/*# sourceMappingURL=x */", SOURCE_MAP),
    ("//# sourceMappingURL=a\n//# sourceMappingURL=x\n// b", SOURCE_MAP),
    ("var a\n/'/.test(b); import(\"x\") // '", LATER),
    ("let a = b, c\n/'/.test(d); import(\"x\") // '", LATER),
    ("var a,\nb\n/'/.test(c); import(\"x\") // '", LATER),
    ("let /**/ a\n/'/.test(b); import(\"x\") // '", LATER),
]

NO_REFERENCES = [
    'a.import("x")',
    'a?.import("x")',
    'a\n.import("x")',
    'a. /* b */ import("x")',
    'this.#import("x")',
    'reimport("x"); $import("x")',
    '({ import: "x" })',
    '({ from: "x" })',
    '({ import() { return "x" } })',
    'class A { import(a = "x") {} }',
    'class A { from\n"x" = 1 }',
    'a = from\n"x"',
    'Array.from("x")',
    'import(a + "x")',
    'import("x" + a)',
    "import(`x${a}`)",
    "import(a)",
    'new URL("x" + y, import.meta.url)',
    'new URL("x", base)',
    'new URL("x", import.meta.url + a)',
    'new URL("x")',
    'URL("x", import.meta.url)',
    'renew URL("x", import.meta.url)',
    "'import(\"x\")'",
    '`import("x")`',
    '// import "x"',
    '/* import "x" */',
    'a = /import("x")/',
    'if (a) /import("x")/.test(b)',
    '<!-- import("x")',
    'a\n--> import("x")',
    "//# sourceMappingURL=x\na()",
    'a = "//# sourceMappingURL=x"',
    "a = `\n//# sourceMappingURL=x\n`",
    "/*\n//# sourceMappingURL=x\n*/",
    "//# sourceMappingURL=data:application/json;base64,e30=",
    "//# sourceMappingURL=",
]


@pytest.mark.parametrize(("text", "kind"), FORMS)
def test_reference_is_found_at_its_place(text: str, kind: ReferenceKind) -> None:
    place = text.rindex("x", 0, text.rfind("x ") + 1 or None) if kind is SOURCE_MAP else _place(text)
    assert scan(text) == [Reference(place, place + 1, "x", kind)]


def _place(text: str) -> int:
    return next(text.index(quoted) + 1 for quoted in ('"x"', "'x'", "`x`") if quoted in text)


@pytest.mark.parametrize("text", NO_REFERENCES)
def test_similar_text_is_left_alone(text: str) -> None:
    assert scan(text) == []


HEADS = [
    ('"use strict";\nimport "a";import b from"c"\nexport*from \'d\'', "acd"),
    ('import a from "b"\nwith\n{ type: "json" }\nimport("c")', "bc"),
    ('\ufeff/* import "x" */ import a, { b as c } from "d"; // import "y"\r\nexport { default as e }\nfrom "f"', "df"),
    ('import "a"\n/import "b"/.test(c)', "a"),
    ('import "a"\n`${import("b")} import "c"`', "ab"),
    ('import { a,\n// from "x"\nb } from "c"', "c"),
    ('import { "a" as b } from "c"; export * as "d" from "e"', "ce"),
    ("import $, * as from from 'a'", "a"),
    ('import source from "a"; import defer from "b"; import defer * as c from "d"; import source e from "f"', "abdf"),
    ('import\na\nfrom "b"\nimport\n"c"', "bc"),
    ('export default from\n"a"', ""),
    ('import.meta; import("a")', "a"),
    ('importa; import_ ("b"); export_.c({}, "d"); import "e"', "e"),
    ('import a from "b" // "c"\n<!-- import "d"', "bd"),  # in a module that is no comment
]
AFTER_COMMENTS = [
    ('a = `\n/* `\n* import("b")', "b"),
    ('a = "\\\n/* "\n* import("b")', "b"),
    ('a = "\\\r\n// " + import("b")', "b"),
    ('a = "\\\n\\\n// " + import("b")', "b"),
    ('a = `${\n/* b */ import("c")}`', "c"),
    ('a = `\n/* ${import("c")} */`', "c"),
    ('a = `\n// ${import("b")}`', "b"),
    ('a = `\n// ` + import("b")', "b"),
    ('a\n/*\n/*/ import("b")', "b"),
    ('a\n/*\n// */ import("b")', "b"),
    ('a\n// b\rimport("c")', "c"),
    ('a\n// b\u2028import("c")', "c"),
    ('a\n/* "\' */ import("b") // import("c")', "b"),
    ('a\n/**\n * import("b")\n */\nimport("c")\n/* import("d")', "c"),
    ('import { a } // b c\nfrom "d"', "d"),
    ('import /* a b */ c from "d"', "d"),
    ('import/**/{ a }/**/from "b"\n// said b from "c"', "b"),
    ('import{ a\n,b }from "c"; d = "e f from " + "g"', "c"),
]


@pytest.mark.parametrize(("text", "urls"), [*HEADS, *AFTER_COMMENTS])
def test_shortcuts_agree_with_the_tokens(text: str, urls: str) -> None:
    assert [found.url for found in scan(text)] == list(urls)
    assert scan(text) == list(scan_tokens(text))


VITE_LISTS = [
    'const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./a","../b","c"])))=>i.map(i=>d[i]);import("d")',
    "\ufeff#!x\nconst __vite__mapDeps = (e, t = __vite__mapDeps, n = t.f || (t.f = ['./a', `../b`])) => 1; import('d')",
    'f(()=>import("./a"),["../b","c"],import.meta.url).then(()=>import("d"))',
]


@pytest.mark.parametrize("text", VITE_LISTS)
def test_lists_of_vite_are_references_where_they_are_relative(text: str) -> None:
    found = scan(text)
    assert [one.url for one in found] == ["./a", "../b", "d"]
    assert all(text[one.start : one.end] == one.url for one in found)


def test_comment_that_begins_long_before_is_one() -> None:
    begun = "a\n/*" + "\n * b" * 2_000
    assert scan(f'{begun}\n import("c")') == []
    assert [found.url for found in scan(f'{begun} */\n import("c")')] == ["c"]


@pytest.mark.parametrize("text", [*(text for text, _ in FORMS), *NO_REFERENCES])
def test_both_ways_of_reading_agree(text: str) -> None:
    assert scan(text) == list(scan_tokens(text))


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        (r"\x61\u0062\u{63}", "abc"),
        (r"\'\"\\", "'\"\\"),
        ("a\\\r\nb", "ab"),
        (r"\ud83d\ude00", "😀"),
        (r"a\/b", "a/b"),
        (r"\0", "\0"),
    ],
)
def test_escapes_are_resolved(raw: str, url: str) -> None:
    assert scan(f'import("{raw}")') == [Reference(8, 8 + len(raw), url, LATER)]


@pytest.mark.parametrize("raw", [r"\u12", r"\x1", r"\u{110000}", r"\u{ffffffffffff}"])
def test_specifier_with_a_meaningless_escape_is_none(raw: str) -> None:
    assert scan(f'import("{raw}")') == []


STATEMENTS = st.sampled_from(
    [
        *(text for text, _ in (*HEADS, *AFTER_COMMENTS) if "--" not in text),
        *(text for text, kind in FORMS if kind is not SOURCE_MAP and "return" not in text),
        *(text for text in NO_REFERENCES if "sourceMapping" not in text and "--" not in text and "renew" not in text),
        *('a = "\'"', "a = '//'", "a = (b + c) / d", "if (a(b)) /['\"`]/.test(c)", "a = b / c / d", "// '", "/* ` */"),
        *("a = `'${b}\"`", "for (;;) { a /= 2 }", "a = { b: /`/ }", "x = a ? /'/ : b / 2", "a = b\n/ c / d", "a++ / b"),
        *('while (a) /"/g.exec(b)', "a = (b / 2 + c) / d", "a = [b][0] / 2 / c", "a = async () => {}", "b: /'/"),
    ]
)


@given(st.lists(STATEMENTS).map("\n;".join))
def test_both_ways_of_reading_agree_on_programs(text: str) -> None:
    assert scan(text) == list(scan_tokens(text))


@given(
    st.text()
    | st.lists(st.sampled_from(["import(", '"', "'", "`", "${", "}", "/", "*", "\n", "from", "new URL("])).map("".join)
)
def test_any_text_can_be_scanned(text: str) -> None:
    assert all(text[found.start - 1] in "\"'`=" for found in scan(text))
