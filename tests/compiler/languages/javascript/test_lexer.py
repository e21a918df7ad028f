"""Every construct that decides what is a string, a comment, a template, a regular expression or code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.javascript.lexer import Kind, tokens


def of_kind(text: str, kind: Kind, *, module: bool | None = None) -> list[str]:
    return [text[start:end] for found, start, end in tokens(text, module=module) if found is kind]


def code(text: str, *, module: bool | None = None) -> list[str]:
    return [text[start:end] for kind, start, end in tokens(text, module=module) if kind >= Kind.NAME]


REGEXPS = [
    "/r/",
    "x = /r/",
    "x = [/r/, /r/]",
    "f(/r/)",
    "x ? /r/ : /r/",
    "({a: /r/})",
    "({a = /r/} = {})",
    "return /r/",
    "return\n/r/",
    "typeof /r/",
    "case /r/: /r/",
    "switch (x) { case y ? 1 : 2: /r/; default: /r/ }",
    "x in /r/",
    "x instanceof /r/",
    "throw /r/",
    "void /r/, delete /r/",
    "if (a) /r/.test(b)",
    "if (a(b)) /r/.test(c); else /r/.test(d)",
    "while (a) /r/.test(b)",
    "for (;;) /r/.test(a)",
    "for (const a of /r/) /r/",
    "for (of of /r/) /r/",
    "for (const of of of) /r/",
    "for (let of of /r/);",
    "for await (const a of b) /r/",
    "for (a in /r/) /r/",
    "with (a) /r/",
    "do /r/.test(a); while (b) /r/",
    "{} /r/",
    "{ a: 1 } /r/",
    "a: /r/",
    "a: {} /r/",
    "if (a) {} /r/",
    "try {} catch (e) {} /r/",
    "try {} catch {} finally {} /r/",
    "switch (a) {} /r/",
    "function f() {} /r/",
    "function* f() { yield /r/; yield\n/r/ }",
    "async function f() { await /r/ }",
    "function f() { return\n{} /r/ }",
    "async function f() {} /r/",
    "class A {} /r/",
    "class A extends B {} /r/",
    "class A extends {} {} /r/",
    "class A extends class {} {} /r/",
    "class A { static { /r/ } a = /r/; b() { /r/ } }",
    "class A { static {} } /r/",
    "class A { if(a) { /r/ } get return() { /r/ } }",
    "class A { a = () => {}\n b() { /r/ } }",
    "class A { a = 1\n static { /r/ } }",
    "class A { async *a() { yield /r/; await /r/ } }",
    "class A { *a() { yield /r/ } async b() { await /r/ } }",
    "({ *a() { yield /r/ }, async b() { await /r/ } })",
    "({ async *[a]() { yield /r/; await /r/ } })",
    "x = () => {}\n/r/",
    "x = a => /r/",
    "x = async a => await /r/",
    "x = async a => f(await /r/)",
    "x = async () => { await /r/ }",
    "x\n++/r/.lastIndex",
    "x = 1\n++\n/r/.lastIndex",
    "+/r/, -/r/, !/r/, ~/r/",
    "a + + /r/",
    "a < /r/",
    "a > /r/ || /r/ && /r/ ?? /r/",
    "a / /r/",
    "a => {}\n/r/",
    "break\n/r/",
    "break a\n/r/",
    "debugger\n/r/",
    "'use strict'; /r/",
    "import 'a'\n/r/",
    "import a from 'a'\n/r/",
    "import a from 'a' with { type: 'json' }\n/r/",
    "export { a }\n/r/",
    "export { a } from 'a'\n/r/",
    "export default /r/",
    "export default function () {} /r/",
    "export default async function () {} /r/",
    "export default class {} /r/",
    "export const a = /r/",
    "await /r/; import 'a'",
    "await /r/; import.meta.url",
    "new /r/.a",
    "[... /r/]",
    "`${/r/}`",
    "`${`${/r/}`}`; /r/",
    "`${{}}`; /r/",
    "/* a */ /r/",
    "// a\n/r/",
    "let\nx = /r/",
    "async\nfunction f() {} /r/",
    "x = 1\nfunction f() {} /r/",
    "x = 1\n{} /r/",
    "x = a ? () => {} : /r/",
    "if (a) function f() {} /r/",
    "export * as class from 'a'\n/r/",
    # A declaration without initialiser ends with its line, one with an initialiser where nothing goes on
    "var a\n/r/",
    "let a\n/r/",
    "var a, b\n/r/",
    "var a = 1, b\n/r/",
    "let a = 1, b\n/r/",
    "let\na\n/r/",
    "var a\n, b\n/r/",
    "var a\n= 1\n, b\n/r/",
    "var a = 1 // c\n  , b // d\n/r/",
    "var a = () => {}\n, b\n/r/",
    "var a = () => {}, b\n/r/",
    "var a = b ? c : d, e\n/r/",
    "var { a } = b, c\n/r/",
    "var [a] = b, c\n/r/",
    "let { a } = b, c\n/r/",
    "var a = [1, 2], b\n/r/",
    "var a = f(1, 2), b\n/r/",
    "var a = function () {}, b\n/r/",
    "var a = { b, c }, d\n/r/",
    "var a = async b => b, c\n/r/",
    "var a /* */\n/r/",
    "var a /*\n*/ /r/",
    "var a = 1\n+ 2, b\n/r/",
    "var a = b\n/* c */ , d\n/r/",
    "var a = 1\n// c\n// d\n, b\n/r/",
    "export let a\n/r/",
    "var async\n/r/",
    "var of\n/r/",
    "var yield\n/r/",
    "var await\n/r/",
    "let async\n/r/",
    "let of\n/r/",
    "let from\n/r/",
    "let as\n/r/",
    "let yield\n/r/",
    "var let\n/r/",
    "var get, set\n/r/",
    "for (var a\nof /r/);",
    "for (let a\nof /r/);",
    "for (let of\nof /r/);",
    "for (var a\nin /r/);",
    "for (let async of /r/);",
    "for (var a in b, /r/);",
    "for (var a = 1, b = /r/;;);",
    "for (let a of b) /r/",
    "var a\n++/r/.lastIndex",
    "var a\n{} /r/",
    "var a\nfunction f() {} /r/",
    "var a = `${b}`, c\n/r/",
    "var a = class { b = 1 }, c\n/r/",
    "function f() { var a\n/r/ }",
    "if (a) { let b\n/r/ }",
    "var a = 'x'\nin b, c\n/r/",
    "var a = b\n.c, d\n/r/",
    "function* f() { var a = yield\n, b\n/r/ }",
    "var a = 1, b\nvar c\n/r/",
    "var \\u0061\n/r/",
    "var a\n/r/.test(b), c",
    "let a, { b } = c, d\n/r/",
    "let a;\nlet\nb\n/r/",
    "await using a = b, c = d, e = /r/; import 'a'",
    "switch (a) { case 1: var b\n/r/ }",
    "a: { var b, c\n/r/ }",
    "var a = x => x, b\n/r/",
    "var a = 1, b = function () {} / c / d, e\n/r/",
]

DIVISIONS = [
    "a / b",
    "a /= b / c",
    "1 / 2",
    "1. / 2",
    "'a' / b",
    "`a` / b",
    "`a${b}` / c",
    "/r/.a / b".replace("/r/", "r"),
    "(a) / b / c",
    "a[b] / c / d",
    "a() / b / c",
    "this / a / b",
    "a.return / b / c",
    "a?.if / b / c",
    "a\n.typeof / b / c",
    "a.b.if(c) / d / e",
    "a.#in / b / c",
    "x = {} / a / b",
    "x = { a: { } } / a / b",
    "return_ / a / b",
    "({}) / a / b",
    "({} / a / b)",
    "f({} / a / b)",
    "() => ({} / a / b)",
    "function f() { return {} / a / b }",
    "function* f() { yield {} / a / b }",
    "x = function () {} / a / b",
    "x = async function () {} / a / b",
    "x = class {} / a / b",
    "x = class { a() {} } / a / b",
    "x++ / a / b",
    "x-- / a / b",
    "yield / a / b",
    "await / a / b",
    "function f() { yield / a / b; await / a / b }",
    "async / a / b",
    "async (x) / a / b",
    "let / a / b",
    "of / a / b",
    "get / a / b; set / a / b; static_ / a / b",
    "for (of of of / a / b);",
    "x = of / a / b",
    "x\nof / a / b",
    "({ get: 1 }.get / a / b)",
    "({ if: 1, return: 2 }).if / a / b",
    "export default {} / a / b",
    "import.meta / a / b",
    "new.target / a / b",
    "super.a / b / c",
    "\\u0072eturn / a / b",
    "a\n/ b / c",
    "a /* */ / b / c",
    "null / true / false",
    "var { a } = b / c / d",
    "`${a / b / c}`",
    "x = a ? b / c : d / e",
    "class A { a = 1 / b / c }",
    "𠮷 / a / b",
    "é / a / b",
    "var a = b\n/ c / d",
    "var a = 1, b = c\n/ d / e",
    "var a = 1\nb, c\n/ d / e",
    "var a = 1\nif (b) c, d\n/ e / f",
    "var a\nb, c\n/ d / e",
    "var a = () => {}\nb, c\n/ d / e",
    "var a = b\n++c, d\n/ e / f",
    "var a\n(b), c\n/ d / e",
    "var a\n;b, c\n/ d / e",
    "var a;\nb, c\n/ d / e",
    "var a = (b, c\n/ d / e)",
    "var a = [b, c\n/ d / e]",
    "var a = f(b, c\n/ d / e)",
    "var a = { b: 1, c: d\n/ e / f }",
    "var { a = b, c = d\n/ e / f } = g",
    "var a = 1\n'b', c\n/ d / e",
    "var a = 1\n!b, c\n/ d / e",
    "var a = 1 // x\n/* y */ b, c\n/ d / e",
    "var a = 1\n// x\nb, c\n/ d / e",
    "let a = 1\nb, c\n/ d / e",
    "{ var a = 1 }\nb, c\n/ d / e",
    "let = 1, b\n/ c / d",
    "let\n/ c / d",
    "let / c / d",
    "let, b\n/ c / d",
    "x = let\n/ c / d",
    "x = let[0]\n/ c / d",
    "f(let, b\n/ c / d)",
    "for (var a = b\n/ c / d;;);",
    "for (var a of b\n/ c / d);",
    "var a = 1\n/* c */ b, c\n/ d / e",
    "var a = b\n.5, c\n/ d / e",
    "function f() { var a = 1\nreturn b, c\n/ d / e }",
    "var a = 1\nfunction f() {}\nb, c\n/ d / e",
    "do var a = 1\nwhile (b)\nc, d\n/ e / f",
    "var a = function () { b, c\n/ d / e }",
    "if (a) var b = 1\nelse c, d\n/ e / f",
    "var a = 1\ninfinity, c\n/ d / e",
    "var a = `${b, c\n/ d / e}`",
    "x = let\ny\n/ c / d",
    "const a = 1\nb, c\n/ d / e",
    "function* f() { var a = yield\nb, c\n/ d / e }",
    "const a = async\nb, c\n/ d / e",
]


@pytest.mark.parametrize("text", REGEXPS)
def test_slash_where_an_operand_is_wanted_begins_a_regular_expression(text: str) -> None:
    assert of_kind(text, Kind.REGEXP) == ["/r/"] * text.count("/r/")
    assert of_kind(text, Kind.BAD) == []


@pytest.mark.parametrize("text", DIVISIONS)
def test_slash_after_an_operand_divides(text: str) -> None:
    assert of_kind(text, Kind.REGEXP) == []
    assert of_kind(text, Kind.BAD) == []


@pytest.mark.parametrize(
    "regexp",
    ["/a/", "/a/gimsuy", "/[/]/", r"/\//", r"/[\]/]/", "/[[a-z]--[/]]/v", "/=/", "/(?<a>b)/", r"/[[]/", "/'/", "/`${/"],
)
def test_regular_expression_ends_at_its_own_slash(regexp: str) -> None:
    assert of_kind(f"x = {regexp} / 2", Kind.REGEXP) == [regexp]


@pytest.mark.parametrize(
    "number",
    ["0", "1", "1.", ".5", "1.5e-3", "1e+10", "0xFFn", "0b1_0", "0o17", "1_000", "10n", "017", "089.5", "1_0.2_5E1_0"],
)
def test_number_is_one_token(number: str) -> None:
    assert code(f"x={number};") == ["x", "=", number, ";"]


def test_dot_after_a_number_may_be_another_token() -> None:
    assert code("1..toString() 1.0.a 017.a 1n.a") == [
        *("1.", ".", "toString", "(", ")", "1.0", ".", "a", "017", ".", "a", "1n", ".", "a"),
    ]


@pytest.mark.parametrize("string", ['""', r"'\''", '"\\\n"', '"\\\r\n"', '"\u2028\u2029"', r'"\\"', '"//"', "'/*`${'"])
def test_string_is_one_token(string: str) -> None:
    assert of_kind(f"f({string})", Kind.STRING) == [string]


@pytest.mark.parametrize("name", ["a", "$", "_", "é", "𠮷", r"\u0061b", r"a\u{62}", "#a", "a\u200d", "a1", "日本"])
def test_name_is_one_token(name: str) -> None:
    assert code(f"{name};") == [name, ";"]


def test_longest_punctuator_wins() -> None:
    text = ">>>= ... === !== **= <<= >>= >>> &&= ||= ??= => == != <= >= && || ?? ?. ++ -- += -= *= %= &= |= ^= << >> **"
    assert code(text) == text.split()


def test_question_mark_before_a_fraction_is_a_token() -> None:
    assert code("a?.5:b?.c") == ["a", "?", ".5", ":", "b", "?.", "c"]


def test_template_is_cut_at_its_holes() -> None:
    assert code("`a${b}c${{d:`e`}}f`") == ["`a${", "b", "}c${", "{", "d", ":", "`e`", "}", "}f`"]


@pytest.mark.parametrize("template", ["``", "`$`", "`$$`", r"`\``", r"`\${`", "`\n`", "`{}`", "`//`"])
def test_template_without_holes_is_one_token(template: str) -> None:
    assert of_kind(template, Kind.TEMPLATE) == [template]


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\u2029"])
def test_every_line_terminator_ends_a_comment(end: str) -> None:
    assert of_kind(f"// a{end}b", Kind.COMMENT) == ["// a"]
    assert of_kind(f"// a{end}b", Kind.LINE_END) == [end]


def test_white_space_between_line_ends_belongs_to_them() -> None:
    assert of_kind("a \n \r\n\u2028 b", Kind.LINE_END) == ["\n \r\n\u2028"]
    assert of_kind("a \n \r\n\u2028 b", Kind.SPACE) == [" ", " "]


def test_every_space_separator_is_white_space() -> None:
    spaces = "\t\v\f \xa0\u1680\u2000\u200a\u202f\u205f\u3000\ufeff"
    assert of_kind(f"a{spaces}b", Kind.SPACE) == [spaces]


@pytest.mark.parametrize("text", ["#!/usr/bin/env node\na", "\ufeff#!a\nb"])
def test_hashbang_is_only_at_the_start(text: str) -> None:
    assert len(of_kind(text, Kind.HASHBANG)) == 1
    assert of_kind(f"a\n{text}", Kind.HASHBANG) == []


def test_line_end_in_a_comment_counts() -> None:
    assert code("x /*\n*/ ++\n/r/") == ["x", "++", "/r/"]


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("a <!-- b", ["<!-- b"]),
        ("--> a", ["--> a"]),
        ("a\n  --> b", ["--> b"]),
        ("a /*\n*/ /* */ --> b", ["/*\n*/", "/* */", "--> b"]),
        ("a --> b", []),
        ("a /* */ --> b", ["/* */"]),
    ],
)
def test_html_like_comments_are_comments_in_scripts_only(text: str, comments: list[str]) -> None:
    assert of_kind(text, Kind.COMMENT) == comments
    in_module = of_kind(text, Kind.COMMENT, module=True)
    assert in_module == [comment for comment in comments if comment.startswith("/*")]


@pytest.mark.parametrize(
    "declaration",
    [
        "import 'a'",
        "import a from 'b'",
        "import{a}from'b'",
        "import*as a from'b'",
        "export{}",
        "export default 1",
        "export*from'a'",
        "export const a = 1",
        "import.meta.url",
        "import/**/a from 'b'",
        "import\n'a'",
        "import /* */ . // a\n meta",
        "b\nimport a from 'c'",
    ],
)
def test_declaration_makes_a_module(declaration: str) -> None:
    assert "<!--b" not in of_kind(f"a\n<!--b\n{declaration}", Kind.COMMENT)


@pytest.mark.parametrize(
    "text",
    [
        *("import('a')", "import /* 'a' */ ('a')", "a.import", "a.export", "'import a'", "// export a"),
        *("a.import.meta", "({import: 1})", "({ get export() {}, import() {} })", "class A { import = 1; export }"),
        *("class A { import\na() {} }", "class A { static import\n'a'() {} }", "class A { a = 1\nimport\nb }"),
        *("class A { export\na = 1 }", "class A { export\n#a }", "class A { import\n[a] = 1; export\n[a] }"),
    ],
)
def test_similar_words_make_no_module(text: str) -> None:
    assert "<!-- b" in of_kind(f"{text}\n<!-- b", Kind.COMMENT)


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("'a\nb", ["'a"]),
        ('"a\\', ['"a', "\\"]),
        ("`a\nb", ["`a\nb"]),
        ("`${a}b\nc", ["}b\nc"]),
        ("/* a\nb", ["/* a\nb"]),
        ("x = /a\nb", ["/a"]),
        ("x = /[/]\nb", ["/[/]"]),
        ("a @ b", ["@"]),
        ("a # b", ["#"]),
        ("\\x", ["\\"]),
        ("\x00", ["\x00"]),
    ],
)
def test_unclosed_tokens_are_bad_up_to_their_end(text: str, bad: list[str]) -> None:
    assert of_kind(text, Kind.BAD) == bad


JAVASCRIPT_PIECES = st.sampled_from(
    [
        *"(){}[]`'\"/\\*<>!-=;:,.?#@\n\r\u2028 ax1",
        "${",
        "*/",
        "/*",
        "//",
        "=>",
        "-->",
        "<!--",
        "++",
        "async ",
        "await ",
        "class ",
        "function ",
        "yield ",
        "import ",
        "export ",
        "let ",
        "of ",
        "return ",
        "static ",
    ]
)


@given(st.text() | st.lists(JAVASCRIPT_PIECES).map("".join), st.sampled_from([None, True, False]))
def test_tokens_cover_any_text_end_to_end(text: str, module: bool | None) -> None:
    position = 0
    for _, start, end in tokens(text, module=module):
        assert start == position < end
        position = end
    assert position == len(text)


def test_deep_nesting_needs_no_recursion() -> None:
    text = "(" * 100_000 + "/r/" + ")" * 100_000 + "/2"
    assert of_kind(text, Kind.REGEXP) == ["/r/"]
