"""Diagnostics: places in texts, and how they are shown."""

import json
import pickle
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.errors import BuildError, ConfigError, ManifestError
from buildassets.foundation.diagnostics import (
    Location,
    cells,
    error,
    locate,
    looked_in,
    place,
    reason_text,
    render_text,
    sort_key,
    to_json,
    warning,
    wrapped,
)

CSS = '.hero {\n  background: url("../img/hero.avif");\n}\n'


def _at(text: str, mark: str) -> Location:
    start = text.index(mark)
    return locate("a.css", text, start, start + len(mark))


def test_diagnostic_is_shown_as_in_the_contract() -> None:
    shown = render_text(
        error(
            "reference/missing",
            "cannot find `img/hero.avif`",
            _at(CSS, "../img/hero.avif"),
            notes=["looked in `assets/` and `vendor/`"],
            hint="did you mean `img/hero.webp`?",
        )
    )
    assert shown == (
        "error[reference/missing]: cannot find `img/hero.avif`\n"
        "  --> a.css:2:20\n"
        "   |\n"
        '2  |   background: url("../img/hero.avif");\n'
        "   |                    ^^^^^^^^^^^^^^^^\n"
        "note: looked in `assets/` and `vendor/`\n"
        "\n"
        "hint: did you mean `img/hero.webp`?"
    )


def test_warning_without_a_place_is_one_line() -> None:
    assert render_text(warning("a/b", "message")) == "warning[a/b]: message"


def test_file_alone_is_a_place() -> None:
    assert render_text(error("a/b", "message", Location("a.css"))) == "error[a/b]: message\n  --> a.css"


def test_only_errors_fail_the_build() -> None:
    assert error("a/b", "c").is_error
    assert not warning("a/b", "c").is_error


@pytest.mark.parametrize(
    ("text", "mark", "line", "column", "excerpt"),
    [
        ("abc", "a", 1, 1, "abc"),
        ("a\nbc", "c", 2, 2, "bc"),
        ("a\r\nbc", "c", 2, 2, "bc"),
        ("a\rbc\r", "c", 2, 2, "bc"),
        ("a\r\n\n\rb", "b", 4, 1, "b"),
        ("é😀x", "x", 1, 3, "é😀x"),
        ("\ufeffabc", "a", 1, 1, "abc"),
        ("\ufeffabc", "\ufeff", 1, 1, "abc"),
        ("\ufeff\nabc", "b", 2, 2, "abc"),
        ("ab\n", "\n", 1, 3, "ab"),
        ("ab\r\n", "\n", 1, 3, "ab"),
    ],
)
def test_place_counts_as_editors_do(text: str, mark: str, line: int, column: int, excerpt: str) -> None:
    location = _at(text, mark)
    assert (location.line, location.column, location.excerpt) == (line, column, excerpt)


@pytest.mark.parametrize(
    ("start", "end", "length"), [(0, None, 1), (0, 2, 2), (1, 9, 3), (0, 0, 1), (4, 9, 1), (99, None, 1)]
)
def test_span_ends_with_its_line(start: int, end: int | None, length: int) -> None:
    assert locate("a", "abcd\nefgh", start, end).length == length


@given(st.text("ab\r\n"), st.booleans(), st.integers(0, 20), st.integers(0, 20))
def test_excerpt_is_the_line_of_the_place(text: str, has_bom: bool, start: int, length: int) -> None:
    location = locate("a", "\ufeff" * has_bom + text, start, start + length)
    assert location.excerpt == re.split("\r\n|\r|\n", text)[location.line - 1]
    assert 1 <= location.column <= len(location.excerpt) + 1


@given(st.text("ab\r\n"), st.integers(0, 20), st.integers(0, 20))
def test_a_place_far_down_counts_as_one_at_the_top(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    above = "x\n" * 10_000
    top, far = (locate("a", before + text, len(before) + start, len(before) + start + length) for before in ("", above))
    assert far == replace(top, line=top.line + 10_000)


@pytest.mark.parametrize("column", [1, 30, 5000, 9999, 10_000])
def test_long_line_is_shown_in_part(column: int) -> None:
    line = "".join(chr(0x4E00 + number) for number in range(10_000))
    location = place("a", 1, column, line)
    assert len(location.excerpt) == 120
    assert location.excerpt[location.excerpt_column - 1] == line[column - 1]
    assert location.column == column


def test_carets_end_with_a_long_line_that_is_shown_in_part() -> None:
    *_, code, carets = render_text(error("a/b", "c", locate("a", "x" * 500, 0, 500))).split("\n")
    assert len(carets) == len(code)
    assert carets.endswith("^" * 120)


def test_tab_is_kept_so_that_carets_are_in_their_column() -> None:
    *_, carets = render_text(error("a/b", "c", _at("\t\ta", "a"))).split("\n")
    assert carets == "   | \t\t^"


@pytest.mark.parametrize(("text", "mark"), [("a\xa0\x00b", "b"), ("\u200b\u202eb", "b"), ("x\x1by", "\x1b")])
def test_carets_are_below_the_shown_part_of_a_line(text: str, mark: str) -> None:
    *_, code, carets = render_text(error("a/b", "c", _at(text, mark))).split("\n")
    shown = mark if mark.isprintable() else "\\x1b"
    assert code[carets.index("^") : carets.rindex("^") + 1] == shown


@pytest.mark.parametrize(
    ("text", "mark", "carets"),
    [
        ("😀😀x", "x", "    ^"),
        ("日本x", "x", "    ^"),
        ("e\u0301\u0302x", "x", " ^"),
        ("éßx", "x", "  ^"),
        ("a 日本 b", "日本", "  ^^^^"),
        ("a e\u0301e b", "e\u0301e", "  ^^"),
        ("\t日\tx", "x", "\t  \t^"),
        ("a\tb", "a\tb", "^\t^"),
        ("a\u2028b", "b", "       ^"),
    ],
)
def test_carets_are_below_the_cells_of_a_terminal(text: str, mark: str, carets: str) -> None:
    assert render_text(error("a/b", "c", _at(text, mark))).split("\n")[-1] == f"   | {carets}"


def test_carets_behind_the_end_of_a_line_fit_into_a_terminal() -> None:
    for width in range(10, 20):
        found = place("a.css", 7, width + 1, "a" * width, length=1)
        *_, excerpt, carets = render_text(error("a/b", "m", found), 20).split("\n")
        assert (len(carets), carets[-1]) == (len(excerpt) + 1, "^")
        assert len(carets) <= 20


@given(st.text(max_size=150), st.integers(0, 149), st.integers(1, 30), st.integers(20, 200))
def test_an_excerpt_fits_into_a_terminal(text: str, column: int, length: int, columns: int) -> None:
    line = "".join(text.splitlines())
    found = place("a.css", 7, min(column, len(line)) + 1, line, length=length)
    shown = render_text(error("a/b", "m", found), columns).split("\n")
    assert [one for one in shown if cells(one.expandtabs(8)) > columns] == []
    assert "^" in shown[-1] or not line


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
@pytest.mark.parametrize("mark", ["first", "middle", "last"])
def test_carets_are_below_their_place_at_every_width(columns: int, mark: str) -> None:
    text = f"first{'.' * 50}我middle{'.' * 50}last"
    found = place("a.css", 1, text.index(mark) + 1, text, length=len(mark))
    *_, excerpt, carets = render_text(error("a/b", "m", found), columns).split("\n")
    cut = cells(excerpt[: excerpt.index(mark)])
    assert carets == carets[:4].ljust(cut) + "^" * len(mark)


def test_cut_excerpt_has_an_ellipsis() -> None:
    found = place("a.css", 1, 61, "." * 60 + "x" + "." * 60)
    assert render_text(error("a/b", "m", found), 40).split("\n")[-2:] == [
        f"1  | …{'.' * 16}x{'.' * 16}…",
        "   |                  ^",
    ]


@given(st.text(alphabet="ab `猫", min_size=1), st.integers(1, 80))
def test_lines_of_a_terminal_end_between_words(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert " ".join(lines).split() == text.split()
    assert all(cells(line) <= columns or " " not in line.strip() for line in lines)


def test_a_hint_is_wrapped_to_the_width_of_the_terminal() -> None:
    found = warning("a/b", "all of it", hint="write it again, and all of it")
    assert render_text(found, 20) == "warning[a/b]: all of\nit\n\nhint: write it\nagain, and all of it"


def test_without_a_width_nothing_is_cut() -> None:
    text = "." * 110
    assert text in render_text(error("a/b", "m", place("a.css", 1, 1, text)))


def test_gutter_grows_with_the_line_number() -> None:
    lines = render_text(error("a/b", "c", place("a", 12345, 1, "x"))).split("\n")
    assert lines[2:] == ["      |", "12345 | x", "      | ^"]


@pytest.mark.parametrize("name", ["a\x1b[31m.css", "a\nb.css", "caf\udce9.css", "a\u202eb", "a\x07"])
def test_file_name_cannot_command_a_terminal(name: str) -> None:
    diagnostic = error("a/b", f"`{name}`", Location(name), notes=[name], hint=name)
    shown = render_text(diagnostic)
    assert len(shown.split("\n")) == 5
    assert all(line.isprintable() for line in shown.split("\n"))


def test_letters_of_any_script_are_shown() -> None:
    assert render_text(error("a/b", "`é ß 日本\u3000😀`")) == "error[a/b]: `é ß 日本\u3000😀`"


def test_json_has_the_same_fields() -> None:
    document = to_json(error("a/b", "c", _at(CSS, "url"), notes=["n"], hint="h"))
    assert json.loads(json.dumps(document)) == {
        "severity": "error",
        "code": "a/b",
        "message": "c",
        "location": {
            "file": "a.css",
            "line": 2,
            "column": 15,
            "length": 3,
            "excerpt": '  background: url("../img/hero.avif");',
            "excerpt_column": 15,
        },
        "notes": ["n"],
        "hint": "h",
    }


def test_json_without_a_place_has_null() -> None:
    document = to_json(warning("a/b", "c"))
    assert (document["severity"], document["location"], document["hint"]) == ("warning", None, None)


def test_diagnostics_are_ordered_by_file_then_place_then_code_and_by_no_chance() -> None:
    expected = [
        error("z/z", "no place"),
        error("z/z", "m", Location("a.css")),
        error("a/a", "m", Location("a.css", 2, 1)),
        error("b/b", "m", Location("a.css", 2, 1)),
        error("a/a", "m", Location("a.css", 2, 10)),
        error("a/a", "m", Location("a.css", 10, 1)),
        error("a/a", "m", Location("b.css", 1, 1)),
        error("a/a", "m", Location("b.css", 1, 1), notes=["reached from one"]),
        error("a/a", "m", Location("b.css", 1, 1), notes=["reached from other"]),
        error("a/a", "m", Location("b.css", 1, 1), notes=["reached from other"], hint="so"),
    ]
    backwards = expected[::-1]
    assert sorted(backwards, key=sort_key) == expected


def test_reason_of_the_system_is_in_our_form() -> None:
    assert reason_text(FileNotFoundError(2, "No such file or directory")) == "no such file or directory"
    assert reason_text(OSError()) == "unknown error"


@pytest.mark.parametrize(("kind", "exit_code"), [(BuildError, 1), (ConfigError, 2), (ManifestError, 1)])
def test_error_crosses_processes_with_its_diagnostics(kind: Any, exit_code: int) -> None:
    raised = kind([error("a/b", "first"), warning("a/c", "second")])
    copied = pickle.loads(pickle.dumps(raised))
    assert type(copied) is kind
    assert copied.diagnostics == raised.diagnostics
    assert copied.exit_code == exit_code
    assert str(copied) == "first\nsecond"


def test_note_names_five_of_many_folders() -> None:
    assert looked_in(["a"]) == "looked in `a/`"
    assert looked_in(["a", "b"]) == "looked in `a/` and `b/`"
    assert looked_in([*"abcde"]) == "looked in `a/`, `b/`, `c/`, `d/` and `e/`"
    assert looked_in([f"app{number}" for number in range(173)]).endswith("`app4/` and 168 more")
