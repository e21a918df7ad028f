"""PostCSS, Less, Stylus and swc as commands, configured as docs/guides/commands.md has them."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.result import BuildResult
from tests.building import only, printed, released
from tests.command import built
from tests.conftest import Tree, write_tree
from tests.corpus.packages import packages_of

pytestmark = pytest.mark.corpus

PAGE: Final = Path(__file__).parents[2] / "docs/guides/commands.md"
LISTS: Final = Path(__file__).with_name("commands")
BESIDE: Final[Tree] = {
    "postcss.config.js": 'module.exports = { plugins: [require("postcss-nested"), require("autoprefixer")] };',
    ".swcrc": '{"jsc": {"parser": {"syntax": "typescript"}, "target": "es2022"}}',
}
SOURCES: Final = {
    "postcss": ("assets/a.css", "a { b { user-select: none } }\n"),
    "less": ("assets/a b.less", '@import "theme";\na { color: @red }\n'),
    "stylus": ("assets/a.styl", "@import 'theme'\na\n  color c\n"),
    "swc": ("assets/a.ts", "const a: number = 1;\nexport default a;\n"),
}
PARTIALS: Final = {"assets/theme.less": "@red: #f00;", "assets/theme.styl": "c = #f00\n"}

Build = Callable[[str, Tree], BuildResult]


def settings(name: str) -> str:
    """The table of that command in the page."""
    (block,) = re.findall(r"```toml\n(# postcss.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (table,) = re.findall(
        rf"^\[tool\.buildassets\.(commands\.{name}\]\n.*?)(?:\n\n|\Z)", block, re.DOTALL | re.MULTILINE
    )
    return f"minify = false\nexclude = ['theme.*']\n[{table}\n"


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds a project that has the packages installed."""
    (tmp_path / "node_modules").symlink_to(packages_of(LISTS))
    write_tree(tmp_path, {**BESIDE, **PARTIALS})
    return lambda name, files: built(tmp_path, files, settings(name))


@pytest.mark.parametrize(
    ("name", "asset", "text"),
    [
        ("postcss", "a.css", "a b { -webkit-user-select: none; -moz-user-select: none; user-select: none }\n"),
        ("less", "a b.css", "a {\n  color: #f00;\n}\n"),
        ("stylus", "a.css", "a {\n  color: #f00;\n}\n"),
        ("swc", "a.js", "const a = 1;\nexport default a;\n"),
    ],
)
def test_command_makes_the_expected_asset(tmp_path: Path, build: Build, name: str, asset: str, text: str) -> None:
    result = build(name, dict([SOURCES[name]]))
    assert not result.diagnostics, printed(result)
    assert re.sub(r"\s+", " ", released(tmp_path, result, asset)) == re.sub(r"\s+", " ", text)
    assert result.manifest is not None
    package = {"postcss": "postcss-cli", "swc": "@swc/cli"}.get(name, name)
    assert re.fullmatch(rf"{package} \d+\.\d+\.\d+ \(node_modules\)", result.manifest.engines[name])


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("postcss", "b { c: d }\na { b {", 2, "Unclosed block"),
        ("less", "b { c: d }\na { color: @none }", 2, "NameError: variable @none is undefined"),
        ("stylus", "b\n  c d\na\n  color none(\n", 5, "`stylus` reports a problem here"),
    ],
)
def test_problem_of_a_command_has_its_place(build: Build, name: str, text: str, line: int, words: str) -> None:
    file = SOURCES[name][0]
    one = only(build(name, {file: text}))
    assert one.location is not None, one
    assert (one.code, one.message, one.location.file, one.location.line) == ("command/problem", words, file, line)


def test_problems_of_swc_have_their_places(build: Build) -> None:
    first, *_ = build("swc", {"assets/a.ts": "call(1);\nconst a: = 1;\n"}).diagnostics
    assert first.location is not None
    assert (first.code, first.location.file, first.location.line) == ("command/problem", "assets/a.ts", 2)
    assert any("initialized" in note or "Expected" in note for note in first.notes)


@pytest.mark.parametrize("name", SOURCES)
def test_command_makes_what_it_makes_by_hand(tmp_path: Path, build: Build, name: str) -> None:
    file, text = SOURCES[name]
    result = build(name, {file: text})
    program, *options = {
        "postcss": ("postcss", file, "--no-map"),
        "less": ("lessc", file),
        "stylus": ("stylus", "--print", file),
        "swc": ("swc", file),
    }[name]
    done = subprocess.run([f"node_modules/.bin/{program}", *options], cwd=tmp_path, capture_output=True, check=True)
    asset = Path(file).stem + (".js" if name == "swc" else ".css")
    by_hand = done.stdout.decode()
    assert released(tmp_path, result, asset).strip() == by_hand.partition("Successfully compiled")[0].strip()


def test_less_is_the_same_in_another_folder(tmp_path: Path) -> None:
    file, text = SOURCES["less"]
    for folder in ("here", "there/deep"):
        write_tree(tmp_path / folder, PARTIALS)
        (tmp_path / folder / "node_modules").symlink_to(packages_of(LISTS))
        built(tmp_path / folder, {file: text}, settings("less"))
    manifests = {(tmp_path / folder / "build/manifest.json").read_bytes() for folder in ("here", "there/deep")}
    assert len(manifests) == 1
