"""Walks, makes and removes folders of any depth.

The functions of the standard library, up to Python 3.11 and later, recurse for each level, and a project may have more
levels than Python allows calls. Follows no links. Imports the vocabulary only.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EEXIST, ELOOP

from buildassets.disk.plain_files import leads_to_folder, linked_folder


def path_below(folder: str, path: str) -> str | None:
    """The absolute `path` relative to `folder`, with slashes; None where it is not below it. Touches no disk."""
    start = folder if folder.endswith(os.sep) else folder + os.sep
    return path[len(start) :].replace(os.sep, "/") if path.startswith(start) else None


def is_within(folder: str, path: str) -> bool:
    """Whether the absolute `path` is `folder` or lies in it."""
    return path == folder or path_below(folder, path) is not None


def upward(path: str) -> Iterator[str]:
    """Yield the absolute `path` and the folders above it, up to the root."""
    yield path
    while path != (path := os.path.dirname(path)):
        yield path


def link_on_the_way(folder: str, path: str) -> str | None:
    """The first link on the way from `folder` to the absolute `path`, which counts as well; None if there is none."""
    try:
        around = os.path.commonpath([folder, path])
    except ValueError:  # another drive of Windows
        around = os.path.dirname(path)
    name = path_below(around, path)
    linked = linked_folder(around, f"{name}/") if name else None
    return os.path.join(around, *linked.split("/")) if linked else None


class NamesInFolder:
    """A set of file names below a folder that also finds names in another case, if the file system does.

    On macOS and Windows a file is listed in the case in which it was first written, whatever the set has.
    """

    def __init__(self, folder: str, names: Collection[str]) -> None:
        self._folder = folder
        self._names = names
        self._by_caseless = {name.casefold(): name for name in names}

    def __contains__(self, name: str) -> bool:
        if name in self._names:
            return True
        alike = self._by_caseless.get(name.casefold())
        if alike is None:
            return False
        try:
            return os.path.samefile(os.path.join(self._folder, name), os.path.join(self._folder, alike))
        except OSError:
            return False


def walk(top: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each folder from `top` downward with the names of the folders and of the files in it, as `os.walk` gives them.

    Skips folders whose names the caller removes from the list, and those that cannot be read.
    """
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        folders: list[str] = []
        files: list[str] = []
        links: set[str] = set()
        with suppress(OSError):
            with os.scandir(folder) as entries:
                for entry in entries:
                    (folders if leads_to_folder(entry) else files).append(entry.name)
                    if entry.is_symlink():
                        links.add(entry.name)
            yield folder, folders, files
            waiting += [os.path.join(folder, name) for name in reversed(folders) if name not in links]


def files_below(folder: str) -> Iterator[str]:
    """The names below `folder` of all files, links and the like, sorted within each folder. Raises OSError."""
    levels = [("", iter(_sorted(folder)))]
    while levels:
        prefix, entries = levels[-1]
        entry = next(entries, None)
        if entry is None:
            levels.pop()
        elif entry.is_dir(follow_symlinks=False):
            levels.append((f"{prefix}{entry.name}/", iter(_sorted(entry.path))))
        else:
            yield prefix + entry.name


def _sorted(folder: str) -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def make_folders(path: str) -> None:
    """Make the folder `path` and its parents, unless they exist. Raises OSError."""
    missing = []
    around = path
    while around and not os.path.lexists(around):
        missing.append(around)
        around = os.path.dirname(around)
    if not missing and not os.path.isdir(path):
        raise FileExistsError(EEXIST, os.strerror(EEXIST), path)
    for folder in reversed(missing):
        try:
            os.mkdir(folder)
        except FileExistsError:  # another program has just made it, or it is no folder
            if not os.path.isdir(folder):
                raise


def make_folders_below(top: str, names: Iterable[str]) -> None:
    """Make the folders of the files `names` below the folder `top`, unless they exist.

    Raises OSError, also where one of them is a link: by a link, another user could direct our files elsewhere.
    """
    for around in sorted({os.path.dirname(name) for name in names}):
        if linked := linked_folder(top, f"{around}/"):
            raise OSError(ELOOP, "a folder in it is a symbolic link, and not followed", os.path.join(top, linked))
        make_folders(os.path.join(top, around))


def remove_temporary(top: str) -> None:
    """Remove the file or folder `top`, made for a moment, with its content; skips what cannot be removed."""
    if os.path.islink(top):
        return
    with suppress(OSError):  # fails for a folder
        os.unlink(top)
    seen = []
    for folder, folders, files in walk(top):
        seen.append(folder)
        for name in (*files, *folders):
            with suppress(OSError):  # fails for folders, which are removed below, but not for links to them
                os.unlink(os.path.join(folder, name))
    for folder in reversed(seen):
        with suppress(OSError):
            os.rmdir(folder)


@contextmanager
def temporary_folder() -> Iterator[str]:
    """A new folder that no other user may read, removed at the end."""
    from tempfile import mkdtemp  # 5 ms

    folder = mkdtemp(prefix="buildassets-")
    try:
        yield folder
    finally:
        remove_temporary(folder)
