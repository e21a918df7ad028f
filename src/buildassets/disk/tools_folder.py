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
    return _user_folder("tools", mac="Application Support", variable="XDG_DATA_HOME", default="~/.local/share")


def copies_folder() -> str | None:
    """The folder of compressed copies of this user: `$BUILDASSETS_COPIES_DIR`, or one among the user's caches.

    None if the variable is empty.
    """
    given = os.environ.get(_COPIES_VARIABLE)
    if given is not None:
        return os.path.abspath(os.path.expanduser(given)) if given else None
    return _user_folder("copies", mac="Caches", variable="XDG_CACHE_HOME", default="~/.cache")


def _user_folder(name: str, *, mac: str, variable: str, default: str) -> str:
    """Our folder `name` of this user, where the system keeps such; `variable` and `default` are those of XDG."""
    if sys.platform == "win32":
        around = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    elif sys.platform == "darwin":
        around = os.path.expanduser(f"~/Library/{mac}")
    else:
        around = os.environ.get(variable) or os.path.expanduser(default)
    return os.path.join(os.path.abspath(around), _FOLDER, name)


def package_records(folder: str) -> "Iterator[str]":
    """The files that installers of npm's packages write, in `folder` and those above it; most do not exist."""
    while True:
        yield from (os.path.join(folder, *names) for names in _RECORDS)
        if folder == (folder := os.path.dirname(folder)):
            break
