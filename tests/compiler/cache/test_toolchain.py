import os
from pathlib import Path

from buildassets.compiler.cache import toolchain as module
from buildassets.compiler.cache.toolchain import toolchain_files


def test_what_npm_installed_in_the_project_or_above_it_is_among_the_tools(tmp_path: Path) -> None:
    found = set(toolchain_files(str(tmp_path / "site/front")))
    for folder in ("site/front", "site", "."):
        assert os.path.normpath(tmp_path / folder / "node_modules/.package-lock.json") in found


def test_this_package_is_among_the_tools(tmp_path: Path) -> None:
    assert module.__file__ in set(toolchain_files(str(tmp_path)))


def test_modules_of_this_package_can_be_left_out(tmp_path: Path) -> None:
    everything, rest = (list(toolchain_files(str(tmp_path), with_modules=each)) for each in (True, False))
    assert everything[-len(rest) :] == rest
    assert all(path.endswith(".py") for path in everything[: -len(rest)])
