"""Removes and moves what lies below a folder: the door for both, which follows no link below that folder.

Where the system can, each folder on the way is opened by a descriptor, so that none can become a link meanwhile.
"""

import os
from contextlib import suppress

from buildassets.disk.files import put_in_place
from buildassets.disk.folders import opened_below, path_below
from buildassets.foundation.permission import Permission, require


def remove_file(top: str, name: str, *, permission: Permission) -> None:
    """Remove the file or link `name`, with slashes, below the folder `top`.

    Raises OSError, also where a folder on the way is a link, and NotPermittedError.
    """
    require(permitted=permission.deletes, what=f"to remove `{name}`")
    with opened_below(top, name) as (folder, last):
        os.unlink(last, dir_fd=folder)


def remove_path(top: str, path: str, *, permission: Permission) -> None:
    """The same for an absolute `path`, which has to lie below `top`."""
    remove_file(top, path_below(top, path) or "", permission=permission)


def remove_empty_folder(top: str, name: str, *, permission: Permission) -> None:
    """Remove the folder `name` below `top`, and each folder around it below `top`, as long as they are empty."""
    require(permitted=permission.deletes, what=f"to remove `{name}`")
    with suppress(OSError):
        while name:
            with opened_below(top, name) as (folder, last):
                os.rmdir(last, dir_fd=folder)
            name = os.path.dirname(name)


def move(top: str, name: str, target: str, *, replaces: bool = False, permission: Permission) -> None:
    """Rename the file or folder `name` to `target`, both below `top`, whose folders are made. Raises OSError.

    With `replaces`, a file that is there is replaced.
    """
    require(permitted=permission.deletes, what=f"to move `{name}`")
    with opened_below(top, name) as (source, old), opened_below(top, target, makes=True) as (folder, new):
        if replaces:
            put_in_place(old, new, source, folder)
        else:
            os.rename(old, new, src_dir_fd=source, dst_dir_fd=folder)
