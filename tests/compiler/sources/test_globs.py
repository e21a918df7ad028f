"""Globs against paths, and the time that a match takes."""

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.sources.globs import compile_globs, pattern_advice
from tests.conftest import watchdog

FILES = {
    name: name.replace(".scss", ".css")
    for name in ("js/a.js", "js/b.js", "js/c.css", "lib/x/y.js", "css/site.scss", "img/a.png")
}
WANTED = "name the files that are wanted: no pattern takes away what others match"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.map", "a.map"),
        ("*.map", "js/vendor/a.map"),
        ("node_modules", "a/node_modules/b/c.js"),
        (".*", "a/.git/config"),
        ("**/*.map", "a.map"),
        ("**/*.map", "a/b/c.map"),
        ("js/*.js", "js/a.js"),
        ("js/**", "js/a/b.js"),
        ("js/**/*.js", "js/a.js"),
        ("js/**/b/**/*.js", "js/x/b/y/z.js"),
        ("**/a/**/**/b", "x/a/y/z/b"),
        ("vendor/", "vendor/a/b.js"),
        ("./app.css", "app.css"),
        ("./app.css", "./app.css"),
        ("/media/**", "/media/a.png"),
        ("?.css", "é.css"),
        ("[ab].css", "b.css"),
        ("[a-c]x", "bx"),
        ("[!a]x", "bx"),
        ("[]]", "]"),
        ("[a-]", "-"),
        ("[&&||~~--]", "|"),
        ("[*]", "*"),
        ("a[", "a["),
        ("{a,b}", "{a,b}"),
        ("a.b+c", "a.b+c"),
        ("\\d", "\\d"),
        ("*a*b*c", "xaybzc"),
        ("*.css", "a\nb.css"),
        ("*.css", "\udcff.css"),
        ("**", "a/b"),
    ],
)
def test_glob_matches(pattern: str, path: str) -> None:
    assert compile_globs([pattern])(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.map", "a.mapx"),
        ("*.map", "a.MAP"),
        ("a.css", "ba.css"),
        ("js/*.js", "js/a/b.js"),
        ("js/*.js", "x/js/a.js"),
        ("js/*", "js/"),
        ("js/**/*.js", "jsx/a.js"),
        ("**/a/*/b", "a/b"),
        ("vendor/", "vendor"),
        ("vendor/", "x/vendor/a"),
        ("./app.css", "x/app.css"),
        ("/media/**", "media/a.png"),
        ("?", "/"),
        ("a?b", "a/b"),
        ("a[!x]b", "a/b"),
        ("a[+-9]b", "a/b"),
        ("[z-a]", "z"),
        ("[!a]x", "ax"),
        ("a.c", "abc"),
        ("*a*b*c", "acb"),
        ("a", "a\n"),
        ("", ""),
    ],
)
def test_glob_does_not_match(pattern: str, path: str) -> None:
    assert not compile_globs([pattern])(path)


def test_without_patterns_nothing_matches() -> None:
    assert not compile_globs([])("")
    assert not compile_globs([])("a")


def test_one_of_several_patterns_is_enough() -> None:
    matches = compile_globs(["*.map", "vendor/", "./top.js"])
    assert [path for path in ("a/b.map", "vendor/x", "top.js", "a/top.js") if matches(path)] == [
        "a/b.map",
        "vendor/x",
        "top.js",
    ]


@pytest.mark.parametrize(("pattern", "is_whole"), [("vendor", True), ("vendor/**", True), ("vendor/*", False)])
def test_folder_matches_when_everything_below_does(pattern: str, is_whole: bool) -> None:
    assert bool(compile_globs([pattern])("vendor/")) is is_whole


@given(st.text("ab*?", max_size=8), st.text("ab", min_size=1, max_size=10))
def test_within_a_segment_stars_mean_what_the_shell_means(pattern: str, name: str) -> None:
    expected = bool(pattern) and fnmatchcase(name, pattern)
    assert bool(compile_globs([pattern])(name)) is expected


@given(
    st.lists(st.sampled_from(["a", "b", "*", "**"]), min_size=2, max_size=7),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=9),
)
def test_double_stars_mean_any_number_of_segments(pattern: list[str], path: list[str]) -> None:
    assert bool(compile_globs(["/".join(pattern)])("/".join(path))) is _matches(pattern, path)


def _matches(pattern: list[str], path: list[str]) -> bool:
    """The meaning, spelled out; a `**` at the end wants something to stand there, as the slash before it says."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        if len(pattern) == 1:
            return bool(path)
        return any(_matches(pattern[1:], path[skip:]) for skip in range(len(path) + 1))
    return bool(path) and pattern[0] in ("*", path[0]) and _matches(pattern[1:], path[1:])


@given(st.text(max_size=12))
def test_any_text_is_a_glob(pattern: str) -> None:
    compile_globs([pattern])("a/b")


@given(st.text(min_size=1, max_size=12).filter(lambda text: not re.search(r"[*?\[]|^\./|/$|^\*\*$", text)))
def test_text_without_wildcards_matches_itself(text: str) -> None:
    assert compile_globs([text])(text)


def test_hostile_glob_takes_no_time() -> None:
    matches = compile_globs(["/".join(["**/a*a*a*a*b"] * 10), "*a" * 20 + "b"])
    with watchdog(3):
        assert not matches("/".join(["a" * 50] * 200))


@pytest.mark.parametrize(
    ("pattern", "kind", "hint"),
    [
        ("js/{a,b}.js", ".js", "write a pattern for each: `js/a.js`, `js/b.js`; braces have no special meaning"),
        (
            "{a,b}/{c,d,e}.js",
            ".js",
            "write a pattern for each: `a/c.js`, `a/d.js`, `a/e.js`, `b/c.js`, …; braces have no special meaning",
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
