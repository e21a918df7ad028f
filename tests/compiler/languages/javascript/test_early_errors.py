"""Faults that browsers refuse and esbuild accepts, and similar code."""

import pytest

from buildassets.compiler.languages.javascript.early_errors import early_error
from tests.conftest import lexers_in_python

RETURNS = [
    "return 1",
    "f();\nreturn;",
    "if (a) { return }",
    "if (a) {} else { return }",
    "for (const a of b) { while (c) { return a } }",
    "try { return } catch (e) { return } finally {}",
    "{ { return } }",
    "var f = function () { return 1 };\nreturn f",
    "switch (a) {} { return }",
    "let a = `${b}`; return",
    "var é = 1; return é",
]
FINE = [
    "function f() { return 1 }",
    "var f = function () { if (a) { return } };",
    "const f = (a) => { return a }",
    "async () => { for await (const a of b) { return a } }",
    "({ return: 1, f() { return 2 }, if(a) { return a } })",
    "class A { if(a) { return a } static b() { return 1 } get c() { return 2 } }",
    "a.return(); a?.return; a.if(b)\n{ c }",
    "x = { y: { z() { return } } }",
    "(function () { return })(); !function () { return }()",
    "`${(() => { return 1 })()}`",
    "'return'; /return/; // return",
    "class A { #return; b() { return this.#return } }",
    "var {a} = b; let [c] = d; var a = 1",
    "for (var [a] of b); for (let {c} in d); for (var {e} = f;;);",
    "function F(a = new.target) { if (new.target) { () => new.target } } class A { b = new.target }",
    "a.new.target; a. new.target; new targets(); x = { f() { return new.target } }",
    "let.a; x = let; (let[let]); var$ [1]; a.var\n[1]",
    "f = ({var: [a]}) => a; ({let: {b}} = c)",
    "àreturn; returnà(); ({À: 1, Àreturn: 2}); élet[0]; àvar\n{ a }",
]


@pytest.mark.parametrize("text", RETURNS)
def test_return_outside_of_functions_is_found(text: str) -> None:
    found = early_error(text)
    assert found is not None
    assert (found.message, text[found.start : found.end]) == ("`return` outside of functions", "return")


@pytest.mark.parametrize(
    "text", ["f(a); b = new.target", "{ a = new.target }", "const f = () => new\n. target", "new.target"]
)
def test_new_target_outside_of_functions_is_found(text: str) -> None:
    found = early_error(text)
    assert found is not None
    assert found.message == "`new.target` outside of functions"
    assert text[found.start : found.end].startswith("new")


@pytest.mark.parametrize("text", FINE)
@pytest.mark.parametrize("before", ["", "x = a <!--b\n"], ids=["by patterns", "by tokens"])
def test_valid_scripts_have_no_early_error(text: str, before: str) -> None:
    assert early_error(before + text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [("let {a};", "let"), ("var [a]", "var"), ("f(); let [a], b = 1", "let"), ("for (let {a};;);", "let")],
)
def test_a_pattern_without_a_value_is_found(text: str, words: str) -> None:
    found = early_error(text)
    assert found is not None
    assert (found.message, text[found.start : found.end]) == (f"a pattern behind `{words}` has no value", words)


def test_a_refused_regular_expression_is_found_in_its_place() -> None:
    text = "/* a */ const b = 'é', c = /(d/g.test(b)"
    found = early_error(text)
    assert found is not None
    assert text[found.start : found.end] == "/(d/g"
    assert found.message == "browsers refuse this regular expression: a group is never closed"


def test_the_place_counts_the_text_before_it() -> None:
    text = "const a = `x${'y'}z`; // é\n/b/g;\nreturn a"
    found = early_error(text)
    assert found is not None
    assert found.start == text.index("return")


def test_control_characters_are_not_taken_for_placeholders() -> None:
    with lexers_in_python():
        assert early_error("a = \x04 + 'b'") is None
