"""The action of an open page after a rebuild: replace files, or reload.

Takes two releases, gives the exchanges or the reason to reload. Pure: files are read by a function that the caller
gives.
"""

import posixpath
from collections.abc import Callable, Mapping
from typing import Final

from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.paths import to_url
from buildassets.manifest.model import IDENTITY, Entry, Manifest

__all__ = ["PageChanges", "ReleaseNames", "Swap", "names_of", "page_changes"]

ReadFile = Callable[[str], bytes | None]  # takes a path relative to `assets/`; None if there is no such file

_SHEET: Final = "text/css"
_DOCUMENT: Final = "text/html"
# A page can exchange these. Fonts are named by style sheets alone, whose own names change with them.
_SWAPPED: Final = (_SHEET, "image/", "font/", "application/vnd.ms-fontobject", "application/manifest+json")


@frozen
class ReleaseNames:
    """The part of a release that has to be kept to compare a later one with it.

    `files` are by logical path. `page_wide` is what decides how pages load assets but does not show in file names.
    `plain` are the digests of files that keep their own names, without names of others. `blocks` are what pages load by
    the names of blocks or templates.
    """

    files: Mapping[str, str]
    page_wide: tuple[object, ...]
    plain: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, object] = field(default_factory=dict)


@frozen
class Swap:
    """The file `new` takes the place of `old` for the asset `path`; both are relative to the URL prefix."""

    path: str
    type: str
    old: str
    new: str
    integrity: str | None


@frozen
class PageChanges:
    """An open page makes the `swaps`, or reloads if `reload` names an asset or other reason to."""

    swaps: tuple[Swap, ...] = ()
    reload: str | None = None


def names_of(manifest: Manifest) -> ReleaseNames:
    """The names to keep of the release that `manifest` describes."""
    files = {path: entry.file for path, entry in manifest.assets.items()}
    page_wide = manifest.url, manifest.importmap, manifest.importmap_integrity, manifest.scopes, manifest.modules
    return ReleaseNames(files, page_wide, _plain(manifest), manifest.blocks)


def _plain(manifest: Manifest) -> dict[str, str]:
    """Digests, by logical path, of files with their own names, without the names of other files in them."""
    return {path: entry.own or entry.digests[IDENTITY] for path, entry in manifest.assets.items() if entry.plain}


def page_changes(before: ReleaseNames, after: Manifest, read: ReadFile) -> PageChanges:
    """The exchanges that turn a page made with `before` into one of `after`, or the reason to reload it.

    New and removed assets need nothing: a page that names them has changed itself, or loads another block. Source maps
    are for tools only.
    """
    maps = {entry.map for entry in after.assets.values()}
    changed = {
        path: entry
        for path, entry in sorted(after.assets.items())
        if path not in maps and before.files.get(path, entry.file) != entry.file
    }
    if before.page_wide != names_of(after).page_wide:
        return PageChanges(reload="import map")
    for name in before.blocks.keys() & after.blocks.keys():
        if before.blocks[name] != after.blocks[name]:
            return PageChanges(reload=name)
    for path, content in _plain(after).items():
        if before.plain.get(path, content) != content:
            return PageChanges(reload=path)
    for path, entry in changed.items():
        if not entry.type.startswith(_SWAPPED) and not _follows(entry, before.files[path], before, after, read=read):
            return PageChanges(reload=path)
    return PageChanges(
        tuple(
            Swap(path, entry.type, old=to_url(before.files[path]), new=to_url(entry.file), integrity=entry.integrity)
            for path, entry in changed.items()
        )
    )


def _follows(entry: Entry, old_file: str, before: ReleaseNames, after: Manifest, *, read: ReadFile) -> bool:
    """Whether a script or document differs only in names of other assets, which the page exchanges by itself.

    False for a script that names an image: it keeps the URL and may use it at any time, where no page can exchange it.
    """
    old, new = read(old_file), read(entry.file)
    if old is None or new is None:
        return False
    for target in filter(None, (*entry.references, entry.map)):
        if target not in after.assets:
            return False
        was, now = before.files.get(target), after.assets[target].file
        if was is None or was == now:
            continue
        kind = after.assets[target].type
        if entry.type != _DOCUMENT and kind != _SHEET and kind.startswith(_SWAPPED):
            return False
        old = old.replace(_name_in_text(was), _name_in_text(now))
    return old == new


def _name_in_text(file: str) -> bytes:
    return posixpath.basename(to_url(file)).encode("ascii")
