"""Brackets, strings and comments that a script leaves open, or closes without opening."""

import pytest

from buildassets.compiler.languages.javascript.unclosed import unclosed

pytestmark = pytest.mark.usefixtures("each_lexer")


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("f(", "`(` is never closed", "("),
        ("f)", "`)` closes nothing", ")"),
        ("a = [1, 2", "`[` is never closed", "["),
        ("f(a, [1, 2)", "`[` is never closed", "["),
        ("function a() {\n  if (b) {\n}\nc()", "`{` is never closed", "{\n  if"),
        ("if (a) { b() }}\nc()", "`}` closes nothing", "}\nc"),
        ("a = `b ${c", "`${` is never closed", "${"),
        ("a = `b ${c) d`", "`)` closes nothing", ")"),
        ("a = 'b", "unclosed string", "'b"),
        ('a = "b\nc"', "unclosed string", '"b'),
        ("a = `b", "unclosed template", "`b"),
        ("a = /b", "unclosed regular expression", "/b"),
        ("a = <p>b</p>;\n", "`<p>` is JSX, which browsers do not run", "<p>"),
        ("a = <>\n  <B.C d={e} />\n</>", "`<>` is JSX, which browsers do not run", "<>"),
        ("a = (\n  <p>it's</p>\n);", "`<p>` is JSX, which browsers do not run", "<p>"),
        ("function a() {\n  return <br>\n}", "`<br>` is JSX, which browsers do not run", "<br>"),
        ("export default <img src={x}>;", "`<img>` is JSX, which browsers do not run", "<img"),
        ("a = /b/, c && <Foo/>;", "`<Foo>` is JSX, which browsers do not run", "<Foo/>"),
        ("\ufeffa = b ? <A {...c} /> : <B/>;", "`<A>` is JSX, which browsers do not run", "<A"),
        ("if (a) <p>b</p>", "`</p>` is JSX, which browsers do not run", "</p>"),
        ("a = b < /c", "unclosed regular expression", "/c"),
        ("a = /[/]", "unclosed regular expression", "/["),
        ("a /* b", "unclosed comment", "/*"),
        ("\ufeffa = `b", "unclosed template", "`b"),
        ("#!/usr/bin/env node\nf(", "`(` is never closed", "("),
        ("<!-- don't\nf(", "`(` is never closed", "("),
    ],
)
def test_unclosed_text_is_found(text: str, message: str, at: str) -> None:
    found = unclosed(text)
    assert found is not None
    assert (found.message, text.startswith(at, found.start)) == (message, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#!/usr/bin/env node ( it's\nf()",
        "\ufeff#!/usr/bin/env node (\nf()",
        "<!-- don't (\nf()\n--> don't (",
        "/* a\n */ --> don't (\nf()",
        "while (i --> 0) f()",
        "a = b <!--c(",
        "a = b / c / d; if (e) /)/.test(f)",
        "a = /[/(]/; b = c++ / 2 / (d)",
        "if (a) {}\n/[(]/g.test(a)",
        "a = `(${`{${b}`}[`",
        'a = \'\\\n(\'; b = "\\")"; // (',
        "@decorated('(') class A { #b = `)`; static { c() } }",
        "a = \u2028(b)\u2029",
        "return (function* () { yield /(/ })",
        "a?.[0]?.(1); b ?? (c)",
        "a = b.return <c/>d/1",
        "a = `\n  b = <p>c</p>`; d = ': <p>'; // = <p>\n/* = <p>\n= <p> */ e = /= <p>/",
        "a = /(?<b>c)|[=<>]/; d = e <f> (g)",
    ],
)
def test_complete_text_is_left_alone(text: str) -> None:
    assert unclosed(text) is None


def test_a_module_has_no_html_like_comments() -> None:
    text = "a = b <!--c(\n"
    assert unclosed(text, module=True) is not None
    assert unclosed(text, module=False) is None
