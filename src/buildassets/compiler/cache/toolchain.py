"""The files that make up the toolchain: this package, the packages of engines, the programs on PATH."""

import os
import sys

TYPE_CHECKING = False  # as in `typing`, whose import would take a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterator


def toolchain_files(folder: str, *, with_modules: bool = True) -> "Iterator[str]":
    """Files and folders that change when another version of a tool is installed; some may not exist.

    `folder` is the project's: npm installs tools there or in a folder above. The modules of this package are among them
    only `with_modules`: to list them takes longer than all else here.
    """
    if with_modules:
        yield from (path for _, path in own_files())
    yield from (path for path in sys.path if is_for_packages(path) or os.path.isfile(path))
    yield from folders_of_modules(folder)
    yield from filter(None, os.environ.get("PATH", "").split(os.pathsep))
    yield from what_npm_installed(folder)
    yield os.path.join(folder, "buildassets.lock")  # locked tools go before all these


def own_files() -> "Iterator[tuple[str, str]]":
    """The modules of this package: for each its path below the package, with slashes, and its absolute path."""
    package = os.path.abspath(sys.modules["buildassets"].__path__[0])
    for inner, folders, files in os.walk(package):
        folders.sort()
        for file in sorted(files):
            if file.endswith(".py"):
                path = os.path.join(inner, file)
                yield path[len(package) + 1 :].replace(os.sep, "/"), path


def is_for_packages(path: str) -> bool:
    """Whether only installers write to this folder of `sys.path`."""
    return path.endswith("-packages")


def folders_of_modules(folder: str) -> "Iterator[str]":
    """Other folders of `sys.path`, such as those of PYTHONPATH; the names in them count, not their times.

    The project's `folder` is left out: it changes with each build. The program of an engine that lies in it is recorded
    by that engine.
    """
    yield from (path for path in sys.path if os.path.isdir(path) and not is_for_packages(path) and path != folder)


def what_npm_installed(folder: str) -> "Iterator[str]":
    """The files that npm writes at each install, in `folder` and those above it; most do not exist."""
    while True:
        yield os.path.join(folder, "node_modules", ".package-lock.json")
        if folder == (folder := os.path.dirname(folder)):
            break


def environment() -> str:
    """The part of the environment that decides where engines look and what they find, as text."""
    variables = map(os.environ.get, ("PATH", "NODE_PATH", "SASS_PATH", "BUILDASSETS_TOOLS_DIR"))
    return repr([sys.version, sys.prefix, sys.path, *variables])
