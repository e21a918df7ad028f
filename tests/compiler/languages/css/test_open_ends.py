"""Parts of a sheet that browsers give up."""

import pytest

from buildassets.compiler.languages.css.open_ends import open_ends

pytestmark = pytest.mark.usefixtures("each_lexer")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("a { color: red", ["`{` is never closed"]),
        ("a { color: red }\n}\nb { color: red }", ["`}` closes nothing"]),
        ("a { width: calc(1px; }\nb { color: red }", ["`(` is never closed"]),
        ("a { color: red) }", ["`)` closes nothing"]),
        ("a[href { color: red }", ["`[` is never closed"]),
        ("@media print { a { color: red }", ["`{` is never closed"]),
        ('a { content: "b }\nc { color: red }', ["unclosed string"]),
        ("a { color: red } /* b", ["unclosed comment"]),
        ("a { background: url(b", ["unclosed `url(`"]),
        ("a { background: url(b c) }", ["a URL with a space, a quote or a parenthesis in it is ignored"]),
        ("} } ]", ["`}` closes nothing", "`}` closes nothing", "`]` closes nothing"]),
    ],
)
def test_constructs_that_browsers_give_up_are_found(text: str, messages: list[str]) -> None:
    assert [found.message for found in open_ends(text)] == messages


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeffa { color: red }",
        "<!-- a { color: red } -->",
        "a { content: '('; background: url(b\\)c) } /* { */",
        "a { --b: { c: d }; --e: [f] }",
        "a { filter: progid:DXImageTransform.Microsoft.gradient(startColorstr='#1', endColorstr='#2') }",
        "@import url(a.css);\n@layer b;\na\\{b { color: red }",
    ],
)
def test_complete_text_is_left_alone(text: str) -> None:
    assert open_ends(text) == []
