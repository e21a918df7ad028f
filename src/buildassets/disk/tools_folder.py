"""The folders of a user: locked tools, and compressed copies; the records of packages that npm and others install.

Imports nothing else: what a build with nothing to do repeats depends on it, too.
"""

import os
import sys

TYPE_CHECKING = False  # as in `typing`, whose import would take a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = "BUILDASSETS_TOOLS_DIR"
_COPIES_VARIABLE = "BUILDASSETS_COPIES_DIR"
_FOLDER = "buildassets"
_MODULES = "node_modules"
# Written at each install, by npm, pnpm, Yarn 1, later ones of Yarn, and Bun.
_RECORDS = (
    (_MODULES, ".package-lock.json"),
    (_MODULES, ".pnpm", "lock.yaml"),
    (_MODULES, ".yarn-integrity"),
    (_MODULES, ".yarn-state.yml"),
    ("bun.lock",),
    ("bun.lockb",),
)


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


def copies_folder() -> str | None:
    """The folder of compressed copies of this user: `$BUILDASSETS_COPIES_DIR`, or one among the user's caches.

    None if the variable is empty.
    """
    given = os.environ.get(_COPIES_VARIABLE)
    if given is not None:
        return os.path.abspath(os.path.expanduser(given)) if given else None
    if sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    elif sys.platform == "darwin":
        caches = os.path.expanduser("~/Library/Caches")
    else:
        caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(os.path.abspath(caches), _FOLDER, "copies")


def package_records(folder: str) -> "Iterator[str]":
    """The files that installers of npm's packages write, in `folder` and those above it; most do not exist."""
    while True:
        yield from (os.path.join(folder, *names) for names in _RECORDS)
        if folder == (folder := os.path.dirname(folder)):
            break
