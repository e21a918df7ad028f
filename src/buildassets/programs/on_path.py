"""Finds programs as `shutil.which` does, whose import takes 2 ms: each build looks for some."""

import os
import sys


def program_on_path(name: str, folders: str | None = None) -> str | None:
    """The path of the program `name` in one of `folders`, which are joined as in PATH, or else in those of PATH."""
    if sys.platform == "win32":  # where suffixes count, and the working directory may
        from shutil import which

        return which(name, path=folders)
    given = os.environ.get("PATH", os.defpath) if folders is None else folders
    paths = (os.path.join(folder, name) for folder in given.split(os.pathsep)) if given else ()
    return next((path for path in paths if os.access(path, os.X_OK) and not os.path.isdir(path)), None)
