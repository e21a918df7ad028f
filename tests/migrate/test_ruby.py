"""Calls with literal arguments are read; whatever else is Ruby is not guessed."""

from typing import Any

import pytest

from buildassets.migrate.ruby import RubyCall, call, statements
from tests.growth.test_growth import cpu_seconds, growth


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('pin "a"', RubyCall("pin", ("a",))),
        ("pin 'a', to: \"b.js\", preload: false", RubyCall("pin", ("a",), {"to": "b.js", "preload": False})),
        ('pin("a", to: "b.js")', RubyCall("pin", ("a",), {"to": "b.js"})),
        ('pin "a", :to => "b.js"', RubyCall("pin", ("a",), {"to": "b.js"})),
        ('pin "a", preload: ["x", "y"]', RubyCall("pin", ("a",), {"preload": ["x", "y"]})),
        ('pin "a", preload: %w[x y]', RubyCall("pin", ("a",), {"preload": ["x", "y"]})),
        ("enable_integrity!", RubyCall("enable_integrity!")),
        ('pin "a", to: "b#{c}.js"', None),
        ('pin "a", to: asset("b")', None),
        ("pin name", None),
        ('pin "a" if x', None),
        ('pin "a" + "b"', None),
        ("X.each { |x| pin x }", None),
        ('"pin"', None),
    ],
)
def test_a_call_is_read(text: str, found: RubyCall | None) -> None:
    assert call(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('pin "a" # @1.2', [('pin "a"', [1], False)]),
        (
            'paths += %w[a b]\n  .map { |p| p }\n  &.compact\npin "c"',
            [
                ("paths += %w[a b] .map { |p| p } &.compact", [1, 2, 3], False),
                ('pin "c"', [4], False),
            ],
        ),
        (
            '# c\n\npin "a",\n  to: "b#c.js"\npin "c"',
            [('pin "a", to: "b#c.js"', [3, 4], False), ('pin "c"', [5], False)],
        ),
        (
            "if x\n  pin 'a'\nend\npin 'b'",
            [("if x", [1], True), ("pin 'a'", [2], True), ("end", [3], True), ("pin 'b'", [4], False)],
        ),
        ("a.each do |x|\n  pin x\nend", [("a.each do |x|", [1], True), ("pin x", [2], True), ("end", [3], True)]),
        (
            "class A < B\n  x = 1\n  if y\n    z\n  else\n    v\n  end\n  w unless u\nend",
            [
                *(("class A < B", [1], False), ("x = 1", [2], False), ("if y", [3], True), ("z", [4], True)),
                *(("else", [5], True), ("v", [6], True), ("end", [7], True), ("w unless u", [8], True)),
                ("end", [9], False),
            ],
        ),
        (
            "R.configure do\n  a = if b\n    c\n  end\n  d 'x if y'\n  if e then f end\n  g\nend",
            [
                *(("R.configure do", [1], False), ("a = if b", [2], True), ("c", [3], True), ("end", [4], True)),
                *(("d 'x if y'", [5], False), ("if e then f end", [6], True), ("g", [7], False), ("end", [8], False)),
            ],
        ),
        ("=begin x\npin 'a'\n=end\npin 'b'\n__END__\npin 'c'", [("pin 'b'", [4], False)]),
        ("p %w[\n a.js\n b.js\n]", [("p %w[ a.js b.js ]", [1, 2, 3, 4], False)]),
    ],
)
def test_statements_know_their_lines_and_whether_they_are_conditional(text: str, found: list[Any]) -> None:
    read = [(one.text, [number for number, _ in one.lines], one.is_conditional) for one in statements(text)]
    assert read == found


@pytest.mark.parametrize("text", ["pin " + "[" * 5000, "pin " + '"' * 5000, "(" * 5000 + "\n" * 5000, "if x\n" * 5000])
def test_unclosed_text_ends(text: str) -> None:
    assert [*map(call, (one.text for one in statements(text)))]


@pytest.mark.busy(reason="compares CPU times, which grow where other processes take the caches")
@pytest.mark.parametrize("line", ["a (1\n", "a [\n", "a,\n", "class a\n"])
def test_time_to_read_grows_with_the_lines(line: str) -> None:
    assert growth(lambda count: cpu_seconds(lambda: [*statements(line * count)]), 5_000, 4, limit=8) < 8


@pytest.mark.busy(reason="compares CPU times, which grow where other processes take the caches")
@pytest.mark.parametrize(
    ("text", "argument"), [("pin [{}1]", "1, "), ("pin {}1", "1, "), ("pin 1, {}b: 1", ":a => 1, ")]
)
def test_time_to_read_a_call_grows_with_its_arguments(text: str, argument: str) -> None:
    def read(count: int) -> None:
        assert call(text.format(argument * count))

    assert growth(lambda count: cpu_seconds(lambda: read(count)), 20_000, 4, limit=8) < 8
