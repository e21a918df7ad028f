"""Finds the folders of Rails' load path, for source roots. Takes the project's folder; reads the disk."""

import os
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.folders import files_below
from buildassets.media import suffix

IMPORTMAP_ROOTS: Final = ("app/javascript", "vendor/javascript")
MADE_BY_RUBY: Final = (".erb", ".coffee", ".eco", ".haml", ".slim")
_PARENTS: Final = ("app/assets", "lib/assets", "vendor/assets")


def asset_roots(folder: str) -> list[str]:
    """Every folder of `app/assets`, `lib/assets` and `vendor/assets`, relative to `folder`, in the order of Rails."""
    roots = []
    for parent in _PARENTS:
        path = os.path.join(folder, parent)
        names = sorted(os.listdir(path)) if os.path.isdir(path) else []
        roots += [f"{parent}/{name}" for name in names if os.path.isdir(os.path.join(path, name)) and name[0] != "."]
    return roots


def importmap_roots(folder: str) -> list[str]:
    """The folders that importmap-rails adds to the load path, if the project uses it."""
    has_pins = os.path.isfile(os.path.join(folder, "config", "importmap.rb"))
    return existing(folder, IMPORTMAP_ROOTS) if has_pins else []


def existing(folder: str, roots: Iterable[str]) -> list[str]:
    """Those of `roots` that exist, each once."""
    return [root for root in dict.fromkeys(roots) if os.path.isdir(os.path.join(folder, root))]


def holder(folder: str, roots: Iterable[str], path: str) -> str | None:
    """The first of `roots` that contains the file `path`."""
    return next((root for root in roots if os.path.isfile(os.path.join(folder, root, path))), None)


def unread(folder: str, roots: Iterable[str]) -> Iterator[str]:
    """The sources in `roots` that only Ruby can compile, as paths below `folder`."""
    for root in roots:
        names = files_below(os.path.join(folder, root))
        yield from (f"{root}/{name}" for name in names if suffix(name) in MADE_BY_RUBY)


def scripts_below(folder: str) -> Iterator[str]:
    """The scripts below `folder`, as paths relative to it."""
    if os.path.isdir(folder):
        yield from (name for name in files_below(folder) if name.endswith(".js"))
