"""Globs match what `Dir.glob` of Ruby itself matches, in its order."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from buildassets.compat.jammit.compile.ruby_globs import Listing
from tests.conftest import missing_tool, watchdog, write_tree

FILES = (
    *("a.js", "b.js", "a-b.js", "B.js", ".hidden.js", "x.jst", "[odd].js", "{c}.js", "d,e.js"),
    *("lib/a.js", "lib/deep/b.js", "lib/deep/er/c.jst", ".git/d.js", "lib/.e/f.js", "lib-2/a.js", "vendor/a.min.js"),
)
PATTERNS = (
    *("*.js", "**/*.js", "lib/**/*.js", "**/b.js", "lib/*.js", "*.{js,jst}", "{lib,vendor}/*.js", "{b,a}.js", "?.js"),
    *("[ab].js", "[!a].js", "[a-z].js", "*/*.js", "lib/**", "**", "a.js", "none.js", "lib/../a.js", "./a.js"),
    *("**/deep/**/*.jst", "lib*/a.js", "{lib/{a,deep/b},vendor/*}.js", ".*.js", "\\[odd\\].js", "lib//a.js", "**.js"),
    *("*", "lib/", "[^ab].js", "{a,}b.js", "**/{deep,lib}/*.js", "[z-a].js", "[z-ab].js", "[!z-a].js"),
    *(
        "*a*.js",
        "*b*.j*",
        "*-*b*",
        "*?*",
        "*[ab]*.js",
        "l*b*",
        "*a*s",
        "**a**.js",
        "**/**/a.js",
        "**/**",
        "**/*/**/*.jst",
    ),
    *("**/**/deep/**/**/*", "lib/./a.js", "lib/deep/.", "a.js/.", "*b*/*", "**/.", "*.js/*", "\\**"),
    *("[^].js", "[!]*.js", "[]].js", "[]a].js", "[a&&b].js", "[a^].js", "[--b].js"),
)
PROGRAM = """
require "json"
found = JSON.parse(STDIN.read).map do |pattern|
  Dir[File.join(Dir.pwd, pattern)].sort.select { |path| File.file?(path) }
end
puts found.to_json
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tree(tmp_path_factory.mktemp("globs"), dict.fromkeys(FILES, ""))


@pytest.fixture(scope="module")
def matched_by_ruby(tree: Path) -> dict[str, list[str]]:
    if shutil.which("ruby") is None:
        missing_tool("ruby is not installed")
    given = json.dumps(PATTERNS)
    done = subprocess.run(["ruby", "-e", PROGRAM], input=given, cwd=tree, capture_output=True, text=True, check=True)
    return dict(zip(PATTERNS, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_what_ruby_matches(tree: Path, matched_by_ruby: dict[str, list[str]], pattern: str) -> None:
    ruby = list(dict.fromkeys(str(Path(path).resolve()) for path in matched_by_ruby[pattern]))
    assert Listing().files(pattern, (str(tree),)) == ruby


@pytest.mark.parametrize("pattern", ["*a" * 20 + "*b", "*?a" * 20 + "*b", "*[ab]" * 20 + "*c*", "**a" * 20 + "c"])
def test_stars_match_in_time_that_grows_with_the_name(tmp_path: Path, pattern: str) -> None:
    write_tree(tmp_path, {"a" * 250: ""})
    with watchdog():
        assert Listing().files(pattern, (str(tmp_path),)) == []


@pytest.mark.parametrize(
    "pattern", ["**/" * 20 + "*.b", "**/*/" * 9 + "*.b", "**/n/" * 10 + "n/*.b", "{n,**}/" * 6 + "*.b"]
)
def test_folders_are_read_once(tmp_path: Path, pattern: str) -> None:
    write_tree(tmp_path, {f"{'n/' * 40}a.a": ""})
    with watchdog():
        assert Listing().files(pattern, (str(tmp_path),)) == []


def test_several_folders_are_sorted_together(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one/b.js": "", "other/a.js": "", "one/a.js": ""})
    found = Listing().files("*.js", (str(tmp_path / "other"), str(tmp_path / "one")))
    assert found == [str(tmp_path / name) for name in ("one/a.js", "one/b.js", "other/a.js")]


def test_the_folders_that_decide_are_known(tmp_path: Path) -> None:
    write_tree(tmp_path, {"lib/deep/b.js": ""})
    listing = Listing()
    listing.files("lib/**/*.js", (str(tmp_path),))
    listing.files("none/a.js", (str(tmp_path),))
    assert {str(tmp_path / name) for name in ("lib", "lib/deep")} <= listing.folders.keys()


@pytest.mark.parametrize(
    "pattern",
    [
        "{a,b}" * 40,
        "**/" * 200 + "x.js",
        "*" * 5000,
        "[" * 5000,
        "[" * 400_000 + "]",
        "x" * 100_000 + "{" + "," * 100_000 + "}",
    ],
)
def test_long_patterns_end_soon(tmp_path: Path, pattern: str) -> None:
    with watchdog():
        assert Listing().files(pattern, (str(tmp_path),)) == []
