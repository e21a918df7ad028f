"""Declarations outside of functions are found, whatever stands in the bodies of these."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from buildassets.compiler.languages.javascript.scopes import DeclarationKind, Script, read_script
from tests.compiler.languages.javascript.js_programs import SCRIPTS
from tests.compiler.languages.javascript.test_lexer import DIVISIONS, REGEXPS

pytestmark = pytest.mark.usefixtures("each_lexer")

BODIES = (
    "a = '}' + \"}\" + `}` + '\\'}' // }\n/* } */",
    "a = `${`${{}}`}}`; b",
    "a = `}${b}}${[c(`)`)]}{`",
    "a = [1, .5, 1., 0xF, 5n, 1..b, 1e3]; #c in d; e.#f",
    "if (a(b)[c]) /[}\"]/.test(d); e = (f) / 2 + '/'",
    "for (;;) /}/g.exec(a)[0] / 2",
    "a = b\n(c) / 2 / d // '",
    "été = { é: 1 }; 日本\xa0+\u2003\ufeff1\u2028;",
    "a = b--> c; d",
    "a <!-- }\n",
    "a\n--> }\nb",
    "a = b <! --c",
    "\\u{61} = 1",
    "a = 'b\\\n}'",
    "() => ({}) / 2",
    "class A { if(a) { /}/ } static {} #b = /}/ }",
    "} /}/.test(a) {",
    "x = {} / 2; '}'",
    "a(]",
    "a = 3in b",
    "@a",
    "'a",
    "`a",
    "`${a",
    "`${a]}`",
    "a = /b\n",
    "/* a",
    "a\n/* '",
    "// a }",
    "#",
    "a = 1 /",
)
# A comment that names a file has to be found: a function that begins with one is read token by token.
READ_ALL = "/*# sourceURL=a.js */"
FUNCTIONS = (
    ("(function(){", "})()"),
    ("function f(){", "}"),
    ("async function f(){", "}"),
    ("x=()=>{", "}"),
    ("class A{m(){", "}}"),
    ("class A{static{", "}}"),
    ("x={m(){", "}}"),
    ("x={class:1};function f(){", "}"),
    ("f(async x=>{", "})"),
    ("class A extends f(function(){", "}){}"),
    ("let{x=function(){", "}}=y"),
)
STATEMENTS = (
    "var a=1",
    "let b",
    "function c(){}",
    "class d extends x(function(){}){}",
    "x={class:1,function:2}",
    "typeof e",
    "arguments",
    "for(var g of h){}",
    "var{i=function(){j,k}}=l",
    "'use strict'",
    "if(m){var n}",
    "async function o(){}",
    "import('p')",
)
OTHERS = [body for body in BODIES if body != "/* a"]  # which would end where READ_ALL does
statements = st.lists(
    st.sampled_from([*STATEMENTS, *OTHERS, *REGEXPS, *DIVISIONS, *SCRIPTS.values()]), max_size=4
).flatmap(lambda texts: st.sampled_from(("\n", ";", ";\n")).map(lambda gap: gap.join(texts)))


def fields_of(script: Script) -> dict[str, Any]:
    """The fields of a script without its places."""
    return {
        "ends": (script.first, script.last),
        "strict": script.is_strict,
        "declarations": [
            (one.name, one.sort, one.source.replace(READ_ALL, " " * len(READ_ALL))) for one in script.declarations
        ],
        "arguments": script.arguments is None,
        "asked": sorted(script.asked),
        "module": script.module is None,
        "unclosed": script.unclosed and script.unclosed[1],
    }


@given(statements, st.sampled_from(FUNCTIONS), statements, statements)
def test_a_function_that_is_passed_over_leaves_the_same_script(
    before: str, function: tuple[str, str], body: str, after: str
) -> None:
    opening, end = function
    assume("/*" not in before)  # what is left open there, the mark would close
    passed_over, read = (f"{before};{opening}{mark}{body}\n{end};{after}" for mark in (" " * len(READ_ALL), READ_ALL))
    assert fields_of(read_script(passed_over)) == fields_of(read_script(read))


@pytest.mark.parametrize(
    "text",
    [
        "(function(){ //# sourceMappingURL=a.map\n})()",
        "(function(){ a('//# sourceURL=b'); /*# sourceURL=c */ })()",
        "x = () => { /* } */ //@ sourceURL=d\n }",
    ],
)
def test_comments_that_name_files_are_found_in_functions(text: str) -> None:
    (cut,) = read_script(text).cuts
    assert text[slice(*cut)].startswith(("//# sourceMappingURL=a", "/*# sourceURL=c", "//@ sourceURL=d"))


@pytest.mark.parametrize("text", ["() => { import.meta }", "() => { a; import /* b */\n. meta.url }"])
def test_module_syntax_is_found_in_functions(text: str) -> None:
    assert read_script(text).module
    assert not read_script(text.replace("import", "a.import")).module
    assert not read_script(text.replace("import", "'import").replace("meta", "meta'").replace("\n", " ")).module


@pytest.mark.parametrize(
    "text", ["() => { ( }", "() => { ' }", "() => { ` }", "() => { `${ }", "() => { /* }", "() => { 3in a }"]
)
def test_unclosed_brackets_in_a_function_are_found(text: str) -> None:
    assert read_script(text).unclosed


def test_words_of_a_function_do_not_bear_on_what_follows_it() -> None:
    text = "f(function () {{ mark }; x = {{ class: 1, function: 2 }} }, [function () {{ var b }}]); if (c) {{ var d }}"
    for mark in ("", READ_ALL):
        declared = read_script(
            text.replace("{{", "{").replace("}}", "}").replace("{ mark };", f"{{ {mark}")
        ).declarations
        assert [(one.name, one.sort) for one in declared] == [("d", DeclarationKind.VAR)]
