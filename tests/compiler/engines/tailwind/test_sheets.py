import pytest

from buildassets.compiler.engines.tailwind.sheets import expanded


@pytest.mark.parametrize(
    ("glob", "globs"),
    [
        ("a.html", ["a.html"]),
        ("*.{html,js}", ["*.html", "*.js"]),
        ("{a,{b,c}}/{1..3}", ["a/1", "a/2", "a/3", "b/1", "b/2", "b/3", "c/1", "c/2", "c/3"]),
        ("{3..1}", ["3", "2", "1"]),
        ("{1..5..2}", ["1", "3", "5"]),
        ("{a}{,b}", ["{a}", "{a}b"]),
        ("{a", ["{a"]),
    ],
)
def test_braces_stand_for_several_globs(glob: str, globs: list[str]) -> None:
    assert expanded(glob) == globs


def test_braces_without_end_are_cut_off() -> None:
    assert len(expanded("{1..99999}" * 3)) == 1000
