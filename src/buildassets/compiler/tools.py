"""What compiles besides the sources: this package, the engines' packages, the programs on PATH."""

import os
import sys

TYPE_CHECKING = False  # what `typing` has; loading that takes a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterator


def tools(folder: str) -> "Iterator[str]":
    """Files and folders that change when another version of any of them is installed; some may not be there.

    `folder` is the project's, in which or above which npm may have installed some.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for inner, folders, files in os.walk(package):
        folders.sort()
        yield from (os.path.join(inner, file) for file in sorted(files) if file.endswith(".py"))
    yield from (path for path in sys.path if path.endswith("-packages"))
    yield from filter(None, os.environ.get("PATH", "").split(os.pathsep))
    while True:
        yield os.path.join(folder, "node_modules", ".package-lock.json")  # npm writes it whenever it installs
        if folder == (folder := os.path.dirname(folder)):
            break


def environment() -> str:
    """What of the environment decides where engines look and what they find."""
    return repr([sys.version, sys.prefix, *map(os.environ.get, ("PATH", "NODE_PATH", "SASS_PATH"))])
