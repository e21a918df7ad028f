"""Which changes matter to a build: those of its inputs, and new names in folders that it lists.

Takes the paths that decided a build, gives the folders to cover and a verdict on each change. Whether such a change
leads to another result, only the build finds out.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from buildassets.compiler.sources.globs import BUILT_IN_EXCLUDES, compile_globs
from buildassets.compiler.watch.events.protocol import FileChange, Phase
from buildassets.foundation.frozen import frozen, replace


@frozen
class WatchedPaths:
    """The paths that a watch looks at.

    - `paths`: files and folders that decide a build, whether they exist or not, and folders that must exist for it
    - `listed`: folders in which names that appear or go decide a build, too
    - `folders`: existing folders in which all this happens, but for those of the release
    - `roots`: source roots; every file in a listed folder of theirs matters
    - `ours`: folders below which a build writes, so nothing there matters but that files of the `release` are there,
      and their `release_folders`
    - `homes`: folders that only have to exist
    - `templates`: folders whose files decide pages, but no build
    """

    paths: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    roots: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    templates: frozenset[str] = frozenset()
    release: frozenset[str] = frozenset()
    release_folders: frozenset[str] = frozenset()

    @property
    def covered(self) -> frozenset[str]:
        """The folders that the events have to cover."""
        return self.folders.union(self.release_folders, map(os.path.dirname, self.release_folders))

    def with_release(self, outputs: Iterable[str]) -> "WatchedPaths":
        """The same for a release that consists of these `outputs`; folders of earlier ones stay."""
        release, known = frozenset(outputs), set(self.release_folders)
        folders = set(map(os.path.dirname, release - self.release)) - known
        while folders:
            known |= folders
            folders = {above for above in map(os.path.dirname, folders) if self._is_in_ours(above)} - known
        return replace(self, release=release, release_folders=frozenset(known))

    def matters(self, change: FileChange) -> bool:
        """Whether `change` needs a build."""
        path = change.path
        if not path:
            return True
        if path in self.ours or path in self.release or path in self.release_folders:
            return change.phase is Phase.GONE
        if self._is_in_ours(path):
            return False
        if path in self.paths:
            return True
        folder, name = os.path.split(path)
        is_listed = folder in self.listed and (change.of_names or self._is_in_root(path))
        return is_listed and not _EXCLUDED(name)

    def changes_pages(self, change: FileChange) -> bool:
        """Whether `change` may change pages, even if it changes no asset."""
        folder, name = os.path.split(change.path)
        if change.path in self.templates or (self.templates and not change.path):
            return True
        return folder in self.templates and not _EXCLUDED(name)

    def places(self, changes: Iterable[FileChange]) -> frozenset[str]:
        """The paths of `changes`; where events were lost, anything in the roots and homes may have changed."""
        anywhere = (*self.roots, *self.homes)
        return frozenset(path for change in changes for path in ([change.path] if change.path else anywhere))

    def paths_in(self, folders: frozenset[str]) -> Iterator[str]:
        """Those of `paths` that are one of `folders` or directly in one; `ours` and `homes` are left out."""
        candidates = self.paths.difference(self.ours, self.homes)
        return (path for path in candidates if path in folders or os.path.dirname(path) in folders)

    def _is_in_ours(self, path: str) -> bool:
        return any(path.startswith(folder + os.sep) for folder in self.ours)

    def _is_in_root(self, path: str) -> bool:
        return any(path.startswith(root + os.sep) for root in self.roots)


_EXCLUDED: Final = compile_globs(BUILT_IN_EXCLUDES)


def watched(
    paths: Collection[str],
    roots: Iterable[str],
    ours: Iterable[str],
    homes: Iterable[str] = (),
    *,
    templates: Iterable[str] = (),
) -> WatchedPaths:
    """The paths to watch so that no change of `paths` is missed; all paths are absolute."""
    templates = frozenset(templates)
    roots, ours, homes = sorted(set(roots)), sorted(set(ours)), sorted(set(homes).difference(paths))
    listed = {*paths, *roots, *ours}
    to_watch = listed.union(homes, templates)
    folders: set[str] = set()
    missing: set[str] = set()
    for path in to_watch:
        if path not in folders and os.path.isdir(path):
            folders.add(path)
        parent = os.path.dirname(path)
        while parent not in folders and not os.path.isdir(parent):
            missing.add(parent)
            parent = os.path.dirname(parent)
        folders.add(parent)
    in_ours = tuple(folder + os.sep for folder in ours)
    covered = frozenset(folder for folder in folders if not f"{folder}{os.sep}".startswith(in_ours))
    return WatchedPaths(
        frozenset(to_watch | missing),
        frozenset(listed),
        folders=covered,
        roots=tuple(roots),
        ours=tuple(ours),
        homes=tuple(homes),
        templates=templates,
    )
