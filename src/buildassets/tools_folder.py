"""The folder of locked tools. Imports nothing else: what a build with nothing to do repeats depends on it, too."""

import os
import sys

_VARIABLE = "BUILDASSETS_TOOLS_DIR"
_FOLDER = "buildassets"


def tools_folder() -> str:
    """The folder of all tools of this user: `$BUILDASSETS_TOOLS_DIR`, or one among the user's data.

    In the variable, `~` is the home folder, and a relative path is one of the working directory.
    """
    if given := os.environ.get(_VARIABLE):
        return os.path.abspath(os.path.expanduser(given))
    if sys.platform == "win32":
        data = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    elif sys.platform == "darwin":
        data = os.path.expanduser("~/Library/Application Support")
    else:
        data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(os.path.abspath(data), _FOLDER, "tools")
