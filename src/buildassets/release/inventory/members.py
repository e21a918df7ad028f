"""The files that a release directory or an archive holds, one after the other."""

import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from buildassets.folders import files_below
from buildassets.frozen import frozen
from buildassets.plain_files import plain_below

CHUNK_BYTES: Final = 1 << 18


@frozen
class Member:
    """A file. `chunks` gives its content, once, before the next member is asked for.

    `oddity` says what it is where it is no plain file, which then has no content.
    """

    name: str
    size_bytes: int
    chunks: Callable[[], Iterator[bytes]]
    oddity: str = ""


def members_of_folder(folder: str) -> Iterator[Member]:
    """Every file below `folder`, links and the like too, by its name below it, sorted. Raises OSError."""
    for name in sorted(files_below(folder)):
        path = os.path.join(folder, name)
        looks = os.lstat(path)
        yield Member(name, looks.st_size, partial(chunks_of, folder, name), _oddity(looks.st_mode))


def chunks_of(folder: str, name: str) -> Iterator[bytes]:
    """The content of the file `name` below `folder`, whatever its size. Raises OSError as `plain_below` does."""
    with open(plain_below(folder, name), "rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _oddity(mode: int) -> str:
    if stat.S_ISREG(mode):
        return ""
    return "a symbolic link" if stat.S_ISLNK(mode) else "no plain file"
