"""Opens a path only if it is a regular file.

Opening a named pipe waits for a writer that may never come, and a device may give bytes without end. Standard library
only, as a web process loads it.
"""

import os
import stat
from errno import EACCES, EINVAL, EISDIR, ELOOP, ENXIO, EOPNOTSUPP
from functools import lru_cache

_KINDS = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"))
# Opening must not wait, and must not make a terminal the controlling one of this process. Windows has no such flags.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_FLAGS = getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
OPENING = _FLAGS | _AT_ONCE  # beside how a file is to be used
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
MOST_SETTINGS_BYTES = 4_000_000  # of a configuration or a lock, which are parsed as a whole
_REPLACED = " (deleted)"  # Linux appends it to the path of an open file that has been replaced


def plain(path: str, flags: int = os.O_RDONLY) -> int:
    """A descriptor of the regular file at `path`, which `open` accepts.

    Raises OSError as `os.open` does, and for all that is no regular file: IsADirectoryError for a folder, else an error
    that names the kind.
    """
    return plain_with_size(path, flags)[0]


def plain_with_size(path: str, flags: int = os.O_RDONLY) -> tuple[int, int]:
    """The same, and the size of the file in bytes."""
    try:
        descriptor = os.open(path, flags | OPENING)
    except BlockingIOError:  # a file server is calling the file back from another machine, so waiting helps
        descriptor = os.open(path, flags | _FLAGS)
    except OSError as fault:
        is_folder = fault.errno == EACCES and os.path.isdir(path)  # which Windows does not open
        if is_folder or fault.errno in (ENXIO, EOPNOTSUPP):  # those of a socket, and of a device without a driver
            raise _no_file(path, os.stat(path).st_mode) from None
        raise
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status.st_size
    os.close(descriptor)
    raise _no_file(path, status.st_mode)


def fault_of_special(path: str) -> OSError | None:
    """The error of `plain` for what is neither a file nor a folder, without opening it; None for all else."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return None
    return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else _no_file(path, mode)


def plain_below(folder: str, name: str) -> int:
    """Like `plain`, for the file `name` below `folder`, which must not be reached by a symbolic link.

    By a link, anybody who can write into the folder could have us read any file of the machine. Links on the way to
    `folder` itself are allowed. Raises OSError.
    """
    try:
        descriptor = plain(os.path.join(folder, name), os.O_RDONLY | _NO_LINK)
    except OSError as fault:
        if fault.errno == ELOOP:
            raise _linked(folder, name) from None
        raise
    if _lies_at(descriptor, folder, name):
        return descriptor
    os.close(descriptor)
    raise _linked(folder, name)


def _lies_at(descriptor: int, folder: str, name: str) -> bool:
    """Whether the open file really is the one at `name` below `folder`, and not the target of a link."""
    try:
        # The real place of the open file, since folders may be replaced while it is opened.
        place = os.readlink(f"/proc/self/fd/{descriptor}").removesuffix(_REPLACED)
    except OSError:  # only Linux has this folder
        return linked_folder(folder, name) is None
    path = "/" + name.removesuffix(_REPLACED)
    if place == _real(folder) + path:
        return True
    _real.cache_clear()  # `folder` may be a link whose target has changed
    return place == _real(folder) + path


@lru_cache(maxsize=16)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def linked_folder(folder: str, name: str) -> str | None:
    """The name below `folder` of the first folder on the way to the file `name` that is a link; None if none is."""
    end = name.find("/")
    while end > 0:
        if os.path.islink(os.path.join(folder, name[:end])):
            return name[:end]
        end = name.find("/", end + 1)
    return None


def _linked(folder: str, name: str) -> OSError:
    linked = linked_folder(folder, name)
    what = f"its folder `{os.path.basename(linked)}`" if linked else "it"
    return OSError(ELOOP, f"{what} is a symbolic link", os.path.join(folder, name))


def _no_file(path: str, mode: int) -> OSError:
    if stat.S_ISDIR(mode):
        return IsADirectoryError(EISDIR, os.strerror(EISDIR), path)
    kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "a device")
    return OSError(EINVAL, f"it is {kind} and no file", path)


def leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a folder, or a link that leads to one; a link that leads to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False
