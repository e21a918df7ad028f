"""Distinguishes what a project brings from what the machine, the running interpreter and other users bring.

Finds programs as `shutil.which` does, whose import takes 2 ms: each build looks for some.
"""

import os
import site
import sys
from collections.abc import Callable, Iterator

from buildassets.disk.folders import link_on_the_way
from buildassets.disk.owners import REPOSITORY_MARKS, advice, distrust, modules_folders
from buildassets.foundation.diagnostics import Diagnostic, Location, error

_TOP_MARKS = (*REPOSITORY_MARKS, "buildassets-workspace.toml")


def lies_in_project(path: str, folder: str) -> bool:
    """Whether the project in the absolute `folder` brings what is at `path`, however that was found.

    It lies, or leads by a link, below the folder, below the repository or workspace around that, or below a
    `node_modules` there or in a folder above. The environment of the running interpreter does not count, as a `.venv`
    in the project is usual, and runs already; but a project that lies in the environment does.
    """
    return brought_by(folder)(path)


def brought_by(folder: str) -> Callable[[str], bool]:
    """The same question for many paths."""
    tops, own = tuple(_tops(folder)), tuple(_environment())

    def is_brought(path: str) -> bool:
        places = (os.path.abspath(path), os.path.realpath(path))
        return any(length >= _longest(own, place) for place in places if (length := _longest(tops, place)))

    return is_brought


def reason_not_own(folder: str, path: str, shown: Callable[[str], str]) -> str | None:
    """Why the absolute `path`, which the project in `folder` configures for results, may not be its own; or None.

    A link may lead anywhere, and a folder outside of the project, and of the innermost repository or workspace around
    it, may be that of another project. In a home folder that is a repository are projects of all kinds.
    """
    if linked := link_on_the_way(folder, path):
        return f"`{shown(linked)}` is a symbolic link, and not followed"
    home = os.path.expanduser("~")
    around = next((one for one in _marked(folder) if one != home), folder)
    if not _top(path).startswith((_top(folder), _top(around))):
        return f"`{shown(path)}` lies outside of the project"
    return None


def foreign_file_fault(path: str, start: str, shown: str) -> Diagnostic | None:
    """Return the error for a file at `path`, found from `start` upward, that may not decide what runs; or None."""
    if (reason := distrust(path, start)) is None:
        return None
    hint, notes = advice(path, start)
    return error("config/owner", f"`{shown}` is not used: {reason}", Location(shown), notes=notes, hint=hint)


def lies_in_environment(path: str) -> bool:
    """Whether `path` lies in a folder of installed packages of the running interpreter."""
    return any(path.startswith(_top(os.path.realpath(one))) for one in site.getsitepackages())


def program_outside(name: str, folder: str) -> str | None:
    """The absolute path of the first program `name` on PATH that the project in `folder` does not bring, or None."""
    for place in path_outside(folder).split(os.pathsep):
        found = program_on_path(name, place) if place else None
        if found and not lies_in_project(found, folder):
            return found
    return None


def path_outside(folder: str) -> str:
    """PATH without relative folders, and without those of the project in `folder`.

    A program outside of the project may itself start others by their names, as a script of npm does with `node`.
    """
    is_brought = brought_by(folder)
    given = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(one for one in given if os.path.isabs(one) and not is_brought(os.path.join(one, "program")))


def _longest(folders: tuple[str, ...], place: str) -> int:
    """The length of the longest of `folders` that `place` lies in; 0 if it lies in none."""
    return max((len(one) for one in folders if place.startswith(one)), default=0)


def _environment() -> Iterator[str]:
    for one in dict.fromkeys((sys.prefix, os.path.realpath(sys.prefix))):
        yield _top(one)
    # The standard library may lie in a home folder, which counts as the project of who runs a command there.
    for one in (os.path.dirname(os.__file__), *site.getsitepackages()):
        yield _top(one)
        yield _top(os.path.realpath(one))


def _tops(folder: str) -> Iterator[str]:
    for start in dict.fromkeys((os.path.abspath(folder), os.path.realpath(folder))):
        yield _top(start)
        yield _top(_around(start))
        yield from map(_top, modules_folders(start))


def _around(folder: str) -> str:
    """The outermost repository or workspace around `folder`, up to the home folder; without one, `folder` itself."""
    return next(reversed([*_marked(folder)]), folder)


def _marked(folder: str) -> Iterator[str]:
    """Yield the repositories and workspaces around `folder`, the innermost first, up to the home folder."""
    home, above = os.path.expanduser("~"), folder
    while above != os.path.dirname(above) and (above == home or not _top(home).startswith(_top(above))):
        if any(os.path.exists(os.path.join(above, mark)) for mark in _TOP_MARKS):
            yield above
        above = os.path.dirname(above)


def _top(folder: str) -> str:
    return os.path.join(folder, "")


def program_on_path(name: str, folders: str | None = None) -> str | None:
    """The path of the program `name` in one of `folders`, which are joined as in PATH, or else in those of PATH."""
    if sys.platform == "win32":  # where suffixes count, and the working directory may
        from shutil import which

        return which(name, path=folders)
    given = os.environ.get("PATH", os.defpath) if folders is None else folders
    paths = (os.path.join(folder, name) for folder in given.split(os.pathsep)) if given else ()
    return next((path for path in paths if os.access(path, os.X_OK) and not os.path.isdir(path)), None)
