"""Distinguishes programs that a project brings from those of the machine and of the running interpreter."""

import os
import sys
from collections.abc import Iterator

from buildassets.programs.on_path import program_on_path

_MODULES = "node_modules"


def lies_in_project(path: str, folder: str) -> bool:
    """Whether the project in the absolute `folder` brings the program at `path`, however that was found.

    Such a program lies, or leads by a link, below the folder, or below a `node_modules` there or in a folder above.
    Programs of the running interpreter do not count: a `.venv` in the project is usual, and runs already.
    """
    own = tuple(dict.fromkeys((_top(sys.prefix), _top(os.path.realpath(sys.prefix)))))
    tops = tuple(_tops(folder))
    return any(
        place.startswith(tops) and not place.startswith(own)
        for place in (os.path.abspath(path), os.path.realpath(path))
    )


def program_outside(name: str, folder: str) -> str | None:
    """The absolute path of the first program `name` on PATH that the project in `folder` does not bring, or None."""
    for place in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = program_on_path(name, place or os.curdir)
        if found and not lies_in_project(found, folder):
            return os.path.abspath(found)
    return None


def _tops(folder: str) -> Iterator[str]:
    for above in dict.fromkeys((os.path.abspath(folder), os.path.realpath(folder))):
        yield _top(above)
        while above != (above := os.path.dirname(above)):
            yield _top(os.path.join(above, _MODULES))


def _top(folder: str) -> str:
    return os.path.join(folder, "")
