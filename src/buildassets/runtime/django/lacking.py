"""Finds the static folders of which a release holds nothing, such as the admin's after a build without the settings.

Takes the finders' folders and the names of assets, gives folders. Lists folders, opens no file. Imports Django.
"""

import os
from collections.abc import Collection, Iterable, Iterator

from django.contrib.staticfiles.utils import matches_patterns

from buildassets.media import OCTETS, media_of
from buildassets.runtime.django.sources import StaticRoot

__all__ = ["lacking_roots"]


def lacking_roots(roots: Iterable[StaticRoot], assets: Collection[str]) -> Iterator[tuple[str, str]]:
    """The path of each of `roots` that has no file among `assets`, with the name of one that should be there.

    Only files that every build releases unchanged count, since this module does not know what a build compiles or
    leaves out. The folders of custom finders are not checked, as only the files that these list are released.
    """
    for root in roots:
        name = None if root.include else _first_lacking(root, assets)
        if name is not None:
            yield root.path, name


def _first_lacking(root: StaticRoot, assets: Collection[str]) -> str | None:
    """The name of the first file of `root`; None if any of its files is among `assets`."""
    first = None
    for name in _names(root):
        if name in assets:
            return None
        first = first or name
    return first


def _names(root: StaticRoot) -> Iterator[str]:
    """The logical paths of the files below `root` that every build releases unchanged."""
    for folder, names, files in os.walk(root.path):
        names[:] = [name for name in sorted(names) if not _is_ignored(root, os.path.join(folder, name))]
        for path in (os.path.join(folder, name) for name in sorted(files)):
            kind = media_of(path)
            if kind is not OCTETS and kind.type != "text/plain" and not _is_ignored(root, path):
                name = os.path.relpath(path, root.path).replace(os.sep, "/")
                yield f"{root.prefix}/{name}" if root.prefix else name


def _is_ignored(root: StaticRoot, path: str) -> bool:
    name = os.path.basename(path)
    return name.startswith((".", "_")) or matches_patterns(os.path.relpath(path, root.path), root.exclude)
