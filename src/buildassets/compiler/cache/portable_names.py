"""Names for files that are the same in every clone, for every user and on every machine: what a cache keeps of paths.

Takes the folders of a project, gives names for absolute paths and paths for names. Reads the disk where a
folder may be a link.

A file of the project is called by its path from the configuration's folder, a file of a folder that the settings or the
interpreter name by that folder and the path below it. Anything else has its path from the configuration's folder where
both lie below one folder of the root, as in a repository of several projects, and its absolute path where they do not.
"""

import os
from collections.abc import Mapping
from typing import Final

_MARK: Final = "@"  # begins the name of what lies in one of the other folders


class PortableNames:
    """The names of files, seen from the project in `folder`; `others` are further folders, each by a name of its own.

    All are absolute. A folder that is reached through a link is the one that it leads to.
    """

    def __init__(self, folder: str, others: Mapping[str, str]) -> None:
        self._folder = folder
        self._own = tuple(dict.fromkeys((_below(folder), _below(os.path.realpath(folder)))))
        self._others = tuple((f"{_MARK}{name}/", _below(path)) for name, path in others.items())

    def name(self, path: str) -> str:
        """What the file at the absolute `path` is called; the folder of the project itself is `.`."""
        for own in self._own:
            if path.startswith(own):
                name = path[len(own) :].replace(os.sep, "/")
                return f"./{name}" if name.startswith(_MARK) else name
        for name, folder in self._others:
            if path.startswith(folder):
                return name + path[len(folder) :].replace(os.sep, "/")
        return self._seen_from_here(path)

    def path(self, name: str) -> str:
        """Where the file is that is called `name`; a name that no path has gives one that leads nowhere."""
        if name.startswith(_MARK):
            for mark, folder in self._others:
                if name.startswith(mark):
                    return folder + name[len(mark) :].replace("/", os.sep)
        return os.path.normpath(os.path.join(self._folder, name))

    def _seen_from_here(self, path: str) -> str:
        try:
            common = os.path.commonpath((self._folder, path))
        except ValueError:  # another drive, or no absolute path
            return path
        if os.path.dirname(common) == common:
            return path
        return os.path.relpath(path, self._folder).replace(os.sep, "/")


def _below(folder: str) -> str:
    """How the paths of all that is in `folder` begin."""
    return folder if folder.endswith(os.sep) else folder + os.sep


EVERYWHERE: Final = PortableNames(os.sep, {})  # for files that belong to no project
