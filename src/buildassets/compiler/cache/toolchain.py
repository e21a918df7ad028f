"""What compiles besides the sources: this package, the engines' packages, the programs on PATH."""

import os
import sys

TYPE_CHECKING = False  # what `typing` has; loading that takes a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterator


def toolchain_files(folder: str) -> "Iterator[str]":
    """Files and folders that change when another version of any of them is installed; some may not be there.

    `folder` is the project's, in which or above which npm may have installed some.
    """
    yield from (path for _, path in own_files())
    yield from (path for path in sys.path if is_for_packages(path) or os.path.isfile(path))
    yield from folders_of_modules(folder)
    yield from filter(None, os.environ.get("PATH", "").split(os.pathsep))
    yield from what_npm_installed(folder)
    yield os.path.join(folder, "buildassets.lock")  # in which tools may be that go before all these


def own_files() -> "Iterator[tuple[str, str]]":
    """The modules of this package: the path of each below it, with slashes, and the absolute one."""
    package = os.path.abspath(sys.modules["buildassets"].__path__[0])
    for inner, folders, files in os.walk(package):
        folders.sort()
        for file in sorted(files):
            if file.endswith(".py"):
                path = os.path.join(inner, file)
                yield path[len(package) + 1 :].replace(os.sep, "/"), path


def is_for_packages(path: str) -> bool:
    """Whether a folder of `sys.path` is one that an installer writes, and nobody else."""
    return path.endswith("-packages")


def folders_of_modules(folder: str) -> "Iterator[str]":
    """Other folders of `sys.path`, as PYTHONPATH names some: of these the names in them count, not when they changed.

    Left out is the project's `folder`, which changes with each build. A program that is there all the same is known to
    the engine that it belongs to.
    """
    yield from (path for path in sys.path if os.path.isdir(path) and not is_for_packages(path) and path != folder)


def what_npm_installed(folder: str) -> "Iterator[str]":
    """What npm writes whenever it installs, in `folder` and in those around it; most are not there."""
    while True:
        yield os.path.join(folder, "node_modules", ".package-lock.json")
        if folder == (folder := os.path.dirname(folder)):
            break


def environment() -> str:
    """What of the environment decides where engines look and what they find."""
    variables = map(os.environ.get, ("PATH", "NODE_PATH", "SASS_PATH", "BUILDASSETS_TOOLS_DIR"))
    return repr([sys.version, sys.prefix, sys.path, *variables])
