"""Opening what a name that a user gives leads to, if that is a file.

A named pipe has whoever opens it wait for a writer that may never come, a device may give bytes without an end.
Standard library only, as a web process loads it.
"""

import os
import stat
from errno import EINVAL, EISDIR, ENXIO, EOPNOTSUPP

_KINDS = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"))
# To open must not wait, and no terminal becomes the one that ends this process. Windows has neither.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_FLAGS = getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


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


def _no_file(path: str, mode: int) -> OSError:
    if stat.S_ISDIR(mode):
        return IsADirectoryError(EISDIR, os.strerror(EISDIR), path)
    kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "a device")
    return OSError(EINVAL, f"it is {kind} and no file", path)
