"""Lists the files that a release directory holds, as members; archives are read into the same form."""

import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from buildassets.disk.folders import files_below
from buildassets.disk.locks import LOCK_NAME
from buildassets.disk.plain_files import plain_below
from buildassets.foundation.frozen import frozen

CHUNK_BYTES: Final = 1 << 18


@frozen
class ReleaseMember:
    """A file of a release. `chunks` gives its content, once, and only until the next member is requested.

    `oddity` describes it if it is not a plain file, such as `a symbolic link`; it has no content then.
    """

    name: str
    size_bytes: int
    chunks: Callable[[], Iterator[bytes]]
    oddity: str = ""


def members_of_folder(folder: str) -> Iterator[ReleaseMember]:
    """Every file below `folder` but its lock, links and devices too, sorted by name. Raises OSError."""
    for name in sorted(files_below(folder)):
        if name == LOCK_NAME:
            continue
        looks = os.lstat(os.path.join(folder, name))
        yield ReleaseMember(name, looks.st_size, partial(chunks_of, folder, name), _oddity(looks.st_mode))


def chunks_of(folder: str, name: str) -> Iterator[bytes]:
    """The content of the file `name` below `folder`, in chunks. Raises OSError as `plain_below` does."""
    with open(plain_below(folder, name), "rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _oddity(mode: int) -> str:
    if stat.S_ISREG(mode):
        return ""
    return "a symbolic link" if stat.S_ISLNK(mode) else "no plain file"
