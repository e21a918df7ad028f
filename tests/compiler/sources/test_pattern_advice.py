"""Advice for patterns that match nothing."""

import pytest

from buildassets.compiler.sources.pattern_advice import pattern_advice

FILES = {
    name: name.replace(".scss", ".css")
    for name in ("js/a.js", "js/b.js", "js/c.css", "lib/x/y.js", "css/site.scss", "img/a.png")
}
WANTED = "name the files that are wanted: no pattern takes away what others match"


@pytest.mark.parametrize(
    ("pattern", "kind", "hint"),
    [
        ("js/{a,b}.js", ".js", "write a pattern for each: `js/a.js`, `js/b.js`; braces stand for themselves"),
        (
            "{a,b}/{c,d,e}.js",
            ".js",
            "write a pattern for each: `a/c.js`, `a/d.js`, `a/e.js`, `b/c.js`, …; braces stand for themselves",
        ),
        ("!js/b.js", ".js", WANTED),
        ("js", ".js", "it is a folder: write `js/*.js`"),
        ("./js/", ".css", "it is a folder: write `js/*.css`"),
        ("lib", ".js", "it is a folder: write `lib/**/*.js`"),
        ("css", ".css", "it is a folder: write `css/*.scss`"),
    ],
)
def test_a_pattern_of_another_syntax(pattern: str, kind: str, hint: str) -> None:
    assert pattern_advice(pattern, kind, FILES) == hint


@pytest.mark.parametrize("pattern", ["js/d.js", "j", "img", "js/{a}.js", "gone/*.js"])
def test_a_pattern_of_which_nothing_is_known(pattern: str) -> None:
    assert pattern_advice(pattern, ".js", FILES) is None
