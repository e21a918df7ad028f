"""What every test may use: real files through `write_tree` and `read_tree`, and real tools through `tool`."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is: on a full one, laws that hold failed for it.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

Tree = Mapping[str, str | bytes]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` renews what is expected, to be read as a diff before it is committed."""
    parser.addoption("--update-golden", action="store_true", help="write what is expected anew")


def write_tree(folder: Path, tree: Tree) -> Path:
    """Write `tree` (POSIX path → content) below `folder`; gives `folder`."""
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every regular file below `folder`: POSIX path → bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def find_tool(*names: str) -> str:
    """The first of the programs `names` that PATH has. None: the test fails under CI and is skipped elsewhere."""
    for name in names:
        if found := shutil.which(name):
            return found
    return missing_tool(f"none of {', '.join(names)} is on PATH")


def missing_tool(message: str) -> NoReturn:
    """Fail the test under CI and skip it elsewhere: something is missing that the machine should have."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Tree], Path]:
    """Writes a tree into the test's own folder."""
    return lambda files: write_tree(tmp_path, files)


@pytest.fixture(scope="session")
def node() -> str:
    """The path of node."""
    return find_tool("node", "nodejs")
