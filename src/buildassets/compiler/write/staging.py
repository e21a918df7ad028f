"""The staging folder: new files of a release wait in it until all of them are complete, and are then put in place.

Files are written by the native library, if there are many, while Python goes on to make the next. What it cannot write
is written again in Python, which reports what is wrong.
"""

import os
from collections.abc import Collection
from errno import ENAMETOOLONG
from itertools import count
from typing import Final, TypeAlias

from buildassets.compiler.languages.native.library import NewFiles
from buildassets.disk.files import put_below, put_in_place, write_new
from buildassets.disk.folders import make_folders, make_folders_below
from buildassets.foundation.frozen import frozen
from buildassets.manifest.model import ASSETS_FOLDER

_MOST_FILES: Final = 50  # of those that one thread writes
_MOST_BYTES: Final = 1_000_000
_MOST_BYTES_EACH: Final = 4  # of a character in UTF-8


@frozen
class _New:
    """A file of the release, by its name there, and the path where it waits."""

    name: str
    path: str
    content: bytes


_Begun: TypeAlias = tuple[NewFiles, list[_New]]


class Staging:
    """New files in a staging `folder` inside the release directory `output`, by their names there.

    Those of a first release wait under their names, and go to their place in one move of the folder around them.
    """

    def __init__(self, output: str, folder: str) -> None:
        self.paths: dict[str, str] = {}  # those of all files, by name
        self.is_first = not os.path.lexists(os.path.join(output, ASSETS_FOLDER))
        self._output = output
        self._folder = folder
        self._made: set[str] = set()  # the folders that wait with their files
        self._numbers = count()
        self._added: list[_New] = []
        self._added_bytes = 0
        self._begun: _Begun | None = None

    def place(self) -> str:
        """A path for a new file, which `paths` may name later."""
        return f"{self._folder}/{next(self._numbers)}"

    def add(self, name: str, content: bytes) -> None:
        """Add a file; it is there after the next `write`. Raises OSError."""
        self.paths[name] = path = self._path(name)
        self._added.append(_New(name, path, content))
        self._added_bytes += len(content)
        if len(self._added) >= _MOST_FILES or self._added_bytes >= _MOST_BYTES:
            before, added = self._begun, self._taken()
            self._begun = NewFiles([(new.path, new.content) for new in added]), added
            self._finish(before)

    def write(self) -> None:
        """Write all that was added. Raises OSError."""
        begun, self._begun = self._begun, None
        self._finish(begun)
        for new in self._taken():
            try:
                write_new(new.path, new.content)
            except OSError:
                self._write_again(new)

    def close(self) -> None:
        """Wait until nothing is written any more."""
        begun, self._begun = self._begun, None
        if begun:
            begun[0].written()

    def put(self, names: Collection[str]) -> None:
        """Move the files `names`, which are written, to their places in that order. Raises OSError."""
        if not self._put_at_once(names):
            self._refuse_long(names)  # before any file of a first release is in its place
            make_folders_below(self._output, names)
            put_below(self._output, {name: self.paths[name] for name in names})

    def _put_at_once(self, names: Collection[str]) -> bool:
        """Put a first release into its place by one rename; False where that cannot be, and each file has to go.

        A file that does not wait under its name, such as a compressed copy, is moved there before.
        """
        is_first, self.is_first = self.is_first, False
        if not is_first or not names:
            return False
        try:
            for name in names:
                path = f"{self._folder}/{name}"
                if self.paths[name] != path:
                    self._make_folder(name)
                    put_in_place(self.paths[name], path)
                    self.paths[name] = path
            put_in_place(f"{self._folder}/{ASSETS_FOLDER}", os.path.join(self._output, ASSETS_FOLDER))
        except OSError:  # the folder has just been made by another program, or Windows uses a file in it
            return False
        return True

    def _refuse_long(self, names: Collection[str]) -> None:
        """Raise OSError for the first of `names` that the file system has no room for."""
        if not hasattr(os, "pathconf"):  # Windows
            return
        name_bytes, path_bytes = (os.pathconf(self._output, limit) for limit in ("PC_NAME_MAX", "PC_PATH_MAX"))
        for name in names:
            if len(name) * _MOST_BYTES_EACH <= name_bytes:
                continue
            path = os.path.join(self._output, name)
            if len(os.fsencode(path)) >= path_bytes or any(
                len(os.fsencode(one)) > name_bytes for one in name.split("/")
            ):
                raise OSError(ENAMETOOLONG, os.strerror(ENAMETOOLONG), path)

    def _path(self, name: str) -> str:
        """Where the file `name` is to wait."""
        if self.is_first:
            try:
                self._make_folder(name)
            except OSError:  # which the folder in the release meets too, and reports
                self.is_first = False
            else:
                return f"{self._folder}/{name}"
        return self.place()

    def _make_folder(self, name: str) -> None:
        around = f"{self._folder}/{name[: name.rindex('/')]}"
        if around not in self._made:
            make_folders(around)
            self._made.add(around)

    def _taken(self) -> list[_New]:
        added, self._added, self._added_bytes = self._added, [], 0
        return added

    def _finish(self, begun: _Begun | None) -> None:
        """Wait for what the library writes. Raises OSError for what can be written by nobody."""
        if begun:
            files, added = begun
            for new, is_written in zip(added, files.written(), strict=True):
                if not is_written:
                    self._write_again(new)

    def _write_again(self, new: _New) -> None:
        """Write a file that could not be written, under another name. Raises OSError.

        Its own is too long, or another's in other letters, where the file system does not tell these apart, or part of
        the file is there. So nothing that waits under a name may go to its place unasked.
        """
        self.is_first = False
        self.paths[new.name] = path = self.place()
        write_new(path, new.content)
