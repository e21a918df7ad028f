"""A project whose work executors do, and what a local build releases of it."""

from pathlib import Path

from tests.command import run
from tests.conftest import MadeOnce, Tree, read_tree, write_tree

SITE: Tree = {
    "buildassets.toml": "",
    "assets/_theme.scss": "$space: 4px;",
    **{f"assets/s{n}.scss": f"@use 'theme'; .s{n} {{ .a {{ margin: theme.$space * {n} }} }}" for n in range(12)},
    **{f"assets/c{n}.css": f".c{n} {{ color : red; background: url(a.svg) }}\n" * 30 for n in range(12)},
    **{f"assets/j{n}.js": f"function f{n} ( a ) {{ return a + {n} ; }}\n" * 30 for n in range(12)},
    "assets/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


def released_alone(made_once: MadeOnce, name: str, files: Tree) -> Tree:
    """Return the release of `files`, whose name is `name`, by a local build; one process of a test run makes it."""
    return read_tree(made_once(f"alone-{name}", lambda folder: _build(write_tree(folder, files))) / "build")


def _build(folder: Path) -> None:
    assert run(folder, "build", "--no-cache", "-q").returncode == 0
