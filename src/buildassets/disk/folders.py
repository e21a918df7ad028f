"""Walks, makes and removes folders of any depth.

The functions of the standard library, up to Python 3.11 and later, recurse for each level, and a project may have more
levels than Python allows calls. Follows no links: where the system can, each folder on the way is opened by a
descriptor, so that none can become a link meanwhile. Imports the vocabulary only.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EEXIST, EINVAL, ELOOP

from buildassets.disk.plain_files import leads_to_folder, linked_folder

BY_DESCRIPTORS = {os.unlink, os.rmdir, os.rename, os.open, os.mkdir} <= os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
# A folder as a place for other calls, for which it need not be readable, where the system has that.
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


def path_below(folder: str, path: str) -> str | None:
    """The absolute `path` relative to `folder`, with slashes; None where it is not below it. Touches no disk.

    On Windows either may have slashes, as storage joins names.
    """
    path, start = path.replace(os.sep, "/"), folder.replace(os.sep, "/")
    start = start if start.endswith("/") else f"{start}/"
    return path[len(start) :] if path.startswith(start) else None


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
    make_folders(top)
    for _, name in sorted({os.path.dirname(name): name for name in names}.items()):
        with opened_below(top, name, makes=True):
            pass


@contextmanager
def opened_below(top: str, name: str, *, makes: bool = False) -> Iterator[tuple[int | None, str]]:
    """The folder of the file `name` below `top`, and the file's name in it: a path, where there are no descriptors.

    With `makes`, its folders are made, unless they exist. Raises OSError, also where one of them is a link.
    """
    parts = name.split("/")
    if os.path.isabs(name) or not all(part.strip(".") for part in parts):
        raise OSError(EINVAL, "it does not lie below its folder", name)
    if not BY_DESCRIPTORS:
        if linked := linked_folder(top, name):
            raise _linked(os.path.join(top, linked))
        if makes:
            make_folders(os.path.join(top, *parts[:-1]))
        yield None, os.path.join(top, *parts)
        return
    descriptor = os.open(top, _FOLDER)
    try:
        for number, part in enumerate(parts[:-1], 1):
            descriptor = _inner(descriptor, part, os.path.join(top, *parts[:number]), makes=makes)
        yield descriptor, parts[-1]
    except OSError as fault:
        if not os.path.isabs(os.fsdecode(fault.filename or "")):
            fault.filename = os.path.join(top, *parts)  # in place of its last part
        raise
    finally:
        os.close(descriptor)


def _inner(around: int, part: str, path: str, *, makes: bool) -> int:
    """A descriptor of the folder `part`, at `path`, in that of `around`, which is closed where it succeeds."""
    if makes:
        with suppress(FileExistsError):
            os.mkdir(part, dir_fd=around)
    try:
        descriptor = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=around)
    except OSError as fault:
        if os.path.islink(path):
            raise _linked(path) from None
        raise OSError(fault.errno, fault.strerror, path) from None
    os.close(around)
    return descriptor


def _linked(path: str) -> OSError:
    return OSError(ELOOP, "a folder in it is a symbolic link, and not followed", path)


def remove_temporary(top: str) -> None:
    """Remove the file or folder `top`, made for a moment, with its content; skips what cannot be removed."""
    if os.path.islink(top):
        return
    with suppress(OSError):  # fails for a folder
        os.unlink(top)
    if BY_DESCRIPTORS:
        with suppress(OSError):
            _empty_by_descriptor(top)
            os.rmdir(top)
    else:
        _remove_by_path(top)


def _empty_by_descriptor(top: str) -> None:
    """Remove the content of the folder `top`, even if that, or a folder in it, becomes a link meanwhile.

    A folder in a folder of it is moved up first, so that two descriptors are enough for any depth. Raises OSError.
    """
    around = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    refused: set[str] = set()
    try:
        while names := set(_left(around)) - refused:
            for name in names:
                try:
                    _empty_moved_up(around, name)
                    os.rmdir(name, dir_fd=around)
                except OSError:
                    refused.add(name)
    finally:
        os.close(around)


def _empty_moved_up(around: int, name: str) -> None:
    descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=around)
    try:
        for inner in _left(descriptor):
            with suppress(OSError):
                os.rename(inner, os.urandom(8).hex(), src_dir_fd=descriptor, dst_dir_fd=around)
    finally:
        os.close(descriptor)


def _left(folder: int) -> list[str]:
    """The names in a folder once all in it that can be unlinked is, which folders cannot."""
    for name in os.listdir(folder):
        with suppress(OSError):
            os.unlink(name, dir_fd=folder)
    return os.listdir(folder)


def _remove_by_path(top: str) -> None:
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
