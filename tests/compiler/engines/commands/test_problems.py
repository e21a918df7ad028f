"""What a pattern finds in the lines that programs print."""

import pytest

from buildassets.compiler.engines.commands.problems import Problem, lines_of, problems

USUAL = r"^(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)$"


@pytest.mark.parametrize(
    ("pattern", "printed", "found"),
    [
        (USUAL, "a.less:3:7: no such mixin\n", [Problem("no such mixin", "a.less", 3, 7)]),
        (USUAL, "a.less:3:7: x\r\nhm\nb.less:1:1: y", [Problem("x", "a.less", 3, 7), Problem("y", "b.less", 1, 1)]),
        (USUAL, "\x1b[31ma.less\x1b[0m:3:7: red\n", [Problem("red", "a.less", 3, 7)]),
        (r"line (?P<line>\d+)", "Error at line 12!", [Problem("", "", 12, 0)]),
        (r"ERR (?P<message>.*)", "12:00 ERR it is wrong", [Problem("it is wrong")]),
        (r"(?P<file>\w+)(?::(?P<line>\d+))?", "a", [Problem("", "a")]),
        (r"(?P<line>[a-z]+)", "twelve", [Problem("")]),
        (USUAL, "nothing of the kind", []),
    ],
)
def test_pattern_finds_problems(pattern: str, printed: str, found: list[Problem]) -> None:
    assert list(problems(pattern, printed.encode())) == found


def test_bytes_that_are_not_text_are_shown() -> None:
    assert lines_of(b"\xff\0\x07a\n\n  \nb \n") == ["\ufffda", "b"]


def test_a_long_output_is_searched_at_its_beginning_alone() -> None:
    output = b"a.less:1:1: first\n" + b"x" * 5000 + b"a.less:2:1: behind\n" + b"%b\n" % (b"y" * 1000) * 500
    assert list(problems(USUAL, output + b"a.less:3:1: last\n")) == [Problem("first", "a.less", 1, 1)]
    assert list(problems(r"(?P<message>x+)", b"x" * 5000)) == [Problem("x" * 1000)]
