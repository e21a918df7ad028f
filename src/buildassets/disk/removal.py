"""Removes and moves what lies below a folder: the door for both, which follows no link below that folder.

Where the system can, each folder on the way is opened by a descriptor, so that none can become a link meanwhile.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL, ELOOP

from buildassets.disk.folders import make_folders_below, path_below
from buildassets.disk.plain_files import linked_folder
from buildassets.foundation.permission import Permission, require

_BY_DESCRIPTORS = {os.unlink, os.rmdir, os.rename, os.open} <= os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_FOLDER = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


def remove_file(top: str, name: str, *, permission: Permission) -> None:
    """Remove the file or link `name`, with slashes, below the folder `top`.

    Raises OSError, also where a folder on the way is a link, and NotPermittedError.
    """
    require(permitted=permission.deletes, what=f"to remove `{name}`")
    with _opened(top, name) as (folder, last):
        os.unlink(last, dir_fd=folder)


def remove_path(top: str, path: str, *, permission: Permission) -> None:
    """The same for an absolute `path`, which has to lie below `top`."""
    remove_file(top, path_below(top, path) or "", permission=permission)


def remove_empty_folder(top: str, name: str, *, permission: Permission) -> None:
    """Remove the folder `name` below `top`, and each folder around it below `top`, as long as they are empty."""
    require(permitted=permission.deletes, what=f"to remove `{name}`")
    with suppress(OSError):
        while name:
            with _opened(top, name) as (folder, last):
                os.rmdir(last, dir_fd=folder)
            name = os.path.dirname(name)


def move(top: str, name: str, target: str, *, permission: Permission) -> None:
    """Rename the file or folder `name` to `target`, both below `top`, whose folders are made. Raises OSError."""
    require(permitted=permission.deletes, what=f"to move `{name}`")
    make_folders_below(top, [target])
    with _opened(top, name) as (source, old), _opened(top, target) as (folder, new):
        os.rename(old, new, src_dir_fd=source, dst_dir_fd=folder)


@contextmanager
def _opened(top: str, name: str) -> Iterator[tuple[int | None, str]]:
    """The folder that holds `name` below `top`, and the name in there: a path, where there are no descriptors."""
    parts = name.split("/")
    if os.path.isabs(name) or not all(part.strip(".") for part in parts):
        raise OSError(EINVAL, "it does not lie below its folder", name)
    if not _BY_DESCRIPTORS:
        if linked := linked_folder(top, name):
            raise _linked(top, linked)
        yield None, os.path.join(top, *parts)
        return
    descriptor = os.open(top, os.O_RDONLY | _FOLDER)
    try:
        for number, part in enumerate(parts[:-1], 1):
            descriptor = _inner(descriptor, part, top, "/".join(parts[:number]))
        yield descriptor, parts[-1]
    except OSError as fault:
        fault.filename = os.path.join(top, *parts)  # in place of its last part
        raise
    finally:
        os.close(descriptor)


def _inner(around: int, part: str, top: str, name: str) -> int:
    """A descriptor of the folder `part` in that of `around`, which is closed where it succeeds."""
    try:
        descriptor = os.open(part, os.O_RDONLY | _FOLDER | os.O_NOFOLLOW, dir_fd=around)
    except OSError as fault:
        if os.path.islink(os.path.join(top, name)):
            raise _linked(top, name) from None
        raise OSError(fault.errno, fault.strerror, os.path.join(top, name)) from None
    os.close(around)
    return descriptor


def _linked(top: str, name: str) -> OSError:
    return OSError(ELOOP, "a folder in it is a symbolic link, and not followed", os.path.join(top, name))
