"""Opening what a name that a user gives leads to, if that is a file.

A named pipe has whoever opens it wait for a writer that may never come, a device may give bytes without an end.
Standard library only, as a web process loads it.
"""

import os
import stat
from errno import EINVAL, EISDIR, ELOOP, ENXIO, EOPNOTSUPP
from functools import lru_cache

_KINDS = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"))
# To open must not wait, and no terminal becomes the one that ends this process. Windows has neither.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_FLAGS = getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_REPLACED = " (deleted)"  # what Linux writes behind the path of a file that another has taken the place of


def plain(path: str, flags: int = os.O_RDONLY) -> int:
    """A descriptor of the file at `path`, which `open` takes.

    Raises OSError as `os.open` does, and where it is no file: IsADirectoryError for a folder, for others an error whose
    text names what it is.
    """
    try:
        descriptor = os.open(path, flags | _FLAGS | _AT_ONCE)
    except BlockingIOError:  # a file server has lent this file to another machine and calls it back: to wait helps
        descriptor = os.open(path, flags | _FLAGS)
    except OSError as fault:
        if fault.errno in (ENXIO, EOPNOTSUPP):  # what a socket, and a device without a driver, answer
            raise _no_file(path, os.stat(path).st_mode) from None
        raise
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    raise _no_file(path, mode)


def plain_below(folder: str, name: str) -> int:
    """The same for the file `name` below `folder`, where no link leads from there to it: whoever writes into the folder
    could make it any file of the machine. The folder itself may be reached by links. Raises OSError.
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
    """Whether the open file is the one at `name` below `folder`, and none that a link led to."""
    try:
        # Where it is, and not where it seems to be: folders may be exchanged while it is opened.
        place = os.readlink(f"/proc/self/fd/{descriptor}").removesuffix(_REPLACED)
    except OSError:  # not every system has that
        return linked_folder(folder, name) is None
    path = "/" + name.removesuffix(_REPLACED)
    if place == _real(folder) + path:
        return True
    _real.cache_clear()  # the folder may be a link that leads elsewhere by now
    return place == _real(folder) + path


@lru_cache(maxsize=16)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def linked_folder(folder: str, name: str) -> str | None:
    """The first of the folders between `folder` and the file `name` below it that is a link, by its name below it."""
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
