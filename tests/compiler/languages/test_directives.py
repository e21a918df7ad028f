"""Directives in the head of a script or sheet, and the remaining text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.directives import read_header


def directives(text: str) -> list[tuple[str, str]]:
    return [(one.name, one.argument) for one in read_header(text, "a.js").directives]


def codes(text: str) -> list[str]:
    return [one.code for one in read_header(text, "a.js").diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        "//= require x",
        "// = require x\n",
        "//=require x",
        "//= require 'x'",
        '//= require "x"  ',
        "\ufeff\n\n  //= require x",
        "// licence\n\n/* more */ //= require x",
        "/*= require x */",
        "/*= require x*/",
        "/**\n * a\n *= require x\n **/",
        "/*\r\n *= require x\r\n */\r\n",
        "/*\n= require x\n*/",
        "/* *= require x */ a()",
    ],
)
def test_a_directive_is_read_in_each_of_its_forms(text: str) -> None:
    assert directives(text) == [("require", "x")]


@pytest.mark.parametrize(
    "text",
    [
        "a();\n//= require x",
        "/* a */ b() //= require x",
        "'//= require x'",
        "// require x",
        "// a = require x",
        "/* = require x",
        "// see //= require x",
        "/* ===== Layout ===== */",
        "//= Layout",
        "// = 1",
    ],
)
def test_other_comments_stay(text: str) -> None:
    header = read_header(text, "a.js")
    assert (header.directives, header.diagnostics, header.text) == ((), (), text)


def test_directives_are_taken_out_and_lines_stay_where_they_were() -> None:
    text = "/*\r\n * a\r\n *= require x\r\n */\r\n//= require_self\r\n// b\r\nc()\r\n"
    assert read_header(text, "a.js").text == "/*\r\n * a\r\n\r\n */\r\n\r\n// b\r\nc()\r\n"


def test_marks_of_a_block_comment_stay() -> None:
    assert read_header("/*= require a\n *= require b */c{}", "a.css").text == "/*\n*/c{}"


def test_folders_are_the_own_one_where_none_is_named() -> None:
    assert directives("//= require_tree\n//= require_directory ..\n//= link_tree ./a b\n//= require_self") == [
        ("require_tree", "."),
        ("require_directory", ".."),
        ("link_tree", "./a"),
        ("require_self", ""),
    ]


def test_the_second_argument_is_a_kind() -> None:
    assert read_header("//= link_directory ./a .css", "a.js").directives[0].kind == ".css"


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("//= requires x", "directive/unknown", 5),
        ("/*\n *= require_dir x\n */", "directive/unknown", 5),
        ("//= require", "directive/argument", 5),
        ("//= require_tree x", "directive/argument", 5),
    ],
)
def test_a_directive_that_cannot_be_followed_is_reported_in_its_place(text: str, code: str, column: int) -> None:
    (fault,) = read_header(text, "a.js").diagnostics
    assert fault.location is not None
    assert (fault.code, fault.location.file, fault.location.column) == (code, "a.js", column)


def test_a_misspelt_directive_names_the_nearest() -> None:
    assert read_header("//= requires x", "a.js").diagnostics[0].hint == "did you mean `require`?"


def test_the_place_of_a_directive_is_that_of_its_argument() -> None:
    (directive,) = read_header("\ufeff/*\n\t*= require 'x/y'\n*/", "a.css").directives
    assert (directive.location.line, directive.location.column, directive.location.length) == (2, 13, 5)


@given(st.text(st.sampled_from("/*=\n \tar'\"x.require"), max_size=60))
def test_any_text_is_read_and_keeps_its_lines(text: str) -> None:
    assert read_header(text, "a.js").text.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("//= require b c", "`require` takes one name: `c` is one too many", "write `require c` in a line of its own"),
        (
            "//= require b // note",
            "`require` takes one name: `//` is one too many",
            "put the comment into a line of its own",
        ),
        ("//= stub b c", "`stub` takes one name: `c` is one too many", "write `stub c` in a line of its own"),
        (
            "//= require_tree . .js",
            "`require_tree` takes one name: `.js` is one too many",
            "leave out what is too much",
        ),
        ("//= require_self x", "`require_self` takes no name: `x` is one too many", "leave out what is too much"),
        (
            "//= link_tree . .js .css",
            "`link_tree` takes a folder and a kind: `.css` is one too many",
            "leave out what is too much",
        ),
        (
            "//= require_self\n//= require a\n//= require_self",
            "`require_self` is in this file twice",
            "leave out one of them",
        ),
    ],
)
def test_a_directive_that_has_too_much_is_refused(text: str, message: str, hint: str) -> None:
    (fault,) = read_header(text, "a.js").diagnostics
    assert (fault.code, fault.message, fault.hint) == ("directive/argument", message, hint)


def test_the_place_of_what_is_too_much_is_all_of_it() -> None:
    (fault,) = read_header("//= require a // the first", "a.js").diagnostics
    assert fault.location is not None
    assert (fault.location.line, fault.location.column, fault.location.length) == (1, 15, 12)


def test_the_second_argument_of_a_folder_is_a_kind() -> None:
    (found,) = read_header("//= link_directory ../js .js", "a.js").directives
    assert (found.argument, found.kind) == ("../js", ".js")
