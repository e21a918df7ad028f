"""Names of files for a cache, which are the same in every clone, for every user and on every machine.

Takes the folders of a project, gives names for absolute paths and paths for names. Reads the disk to resolve links.

- A file of the project is named by its path from the configuration's folder.
- A file of a folder that the settings or the interpreter name: by the name of that folder and the path below it.
- Any other file by its path from the configuration's folder if both lie below one folder of the root, as in a
  repository of several projects, else by its absolute path.
"""

import os
from collections.abc import Mapping
from typing import Final

from buildassets.disk.file_sets import is_set_name, renamed

_ODD: Final = ("/", ".")  # the last characters of names that are no plain ones
_MARK: Final = "@"  # begins the names of files in the other folders


class PortableNames:
    """The names of files for the project in `folder`; `further` are other folders by their names.

    All paths are absolute. A folder and a link to it are the same.
    """

    def __init__(self, folder: str, further: Mapping[str, str]) -> None:
        self._folder = folder
        self._base = _below(os.path.normpath(folder))
        self._own = tuple(dict.fromkeys((_below(folder), _below(os.path.realpath(folder)))))
        self._further = tuple((f"{_MARK}{name}/", _below(path)) for name, path in further.items())

    def name(self, path: str) -> str:
        """The name of the file at the absolute `path`, or of a set. The name of the project's folder is `.`."""
        if is_set_name(path):
            return renamed(path, self.name)
        for own in self._own:
            if path.startswith(own):
                name = path[len(own) :].replace(os.sep, "/")
                return f"./{name}" if name.startswith(_MARK) else name
        for name, folder in self._further:
            if path.startswith(folder):
                return name + path[len(folder) :].replace(os.sep, "/")
        return self._relative(path)

    def path(self, name: str) -> str:
        """The path of the file with `name`. A name that `name()` never gives leads to a path without a file."""
        if is_set_name(name):
            return renamed(name, self.path)
        if name.startswith(_MARK):
            for mark, folder in self._further:
                if name.startswith(mark):
                    return folder + name[len(mark) :].replace("/", os.sep)
        if _is_plain(name):
            return self._base + name.replace("/", os.sep)
        return os.path.normpath(os.path.join(self._folder, name))

    def _relative(self, path: str) -> str:
        try:
            common = os.path.commonpath((self._folder, path))
        except ValueError:  # another drive, or no absolute path
            return path
        if os.path.dirname(common) == common:
            return path
        return os.path.relpath(path, self._folder).replace(os.sep, "/")


def _is_plain(name: str) -> bool:
    """Whether `name` is the path of a file below the folder as it stands, without anything to be resolved."""
    # One after the other: a Bootstrap sheet has 1,400 of them.
    is_odd = "./" in name or "//" in name or "\\" in name or ":" in name or "\0" in name
    return not is_odd and name[:1].isalnum() and name[-1:] not in _ODD


def _below(folder: str) -> str:
    """The beginning of all paths below `folder`."""
    return folder if folder.endswith(os.sep) else folder + os.sep


EVERYWHERE: Final = PortableNames(os.sep, {})  # for files that belong to no project
