"""Which changes matter to a build: those of its inputs, and new names where it lists folders.

Takes the paths that decided a build, gives the folders to cover and a verdict on each change. Whether a change that
matters makes any work, only the build knows.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from buildassets.compiler.sources.discover import BUILT_IN_EXCLUDES
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.watch.events.protocol import Change, Phase
from buildassets.frozen import frozen


@frozen
class Watched:
    """What a watch looks at.

    `paths` are the files and folders that decide a build, there or not, and the folders that have to be there for it;
    of the folders among `listed` the names in them decide, too. `folders` are those that are there and in which all
    this happens; `roots` are source roots, in whose folders every file matters. Nothing below `ours` does: a build
    writes there. `homes` only have to be there. What is in the folders `templates` decides pages, and no build.
    """

    paths: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    roots: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    templates: frozenset[str] = frozenset()

    def matters(self, change: Change) -> bool:
        """Whether a build has to look after `change`."""
        path = change.path
        if not path:
            return True
        if path in self.ours:
            return change.phase is Phase.GONE
        if any(path.startswith(folder + os.sep) for folder in self.ours):
            return False
        if path in self.paths:
            return True
        folder, name = os.path.split(path)
        is_listed = folder in self.listed and (change.of_names or self._is_in_root(path))
        return is_listed and not _EXCLUDED(name)

    def changes_pages(self, change: Change) -> bool:
        """Whether pages may be others after `change`, even if no asset is."""
        folder, name = os.path.split(change.path)
        if change.path in self.templates or (self.templates and not change.path):
            return True
        return folder in self.templates and not _EXCLUDED(name)

    def paths_in(self, folders: frozenset[str]) -> Iterator[str]:
        """Those of `paths` that lie in one of `folders` or are one, but for what is ours and for homes of it."""
        others = self.paths.difference(self.ours, self.homes)
        return (path for path in others if path in folders or os.path.dirname(path) in folders)

    def _is_in_root(self, path: str) -> bool:
        return any(path.startswith(root + os.sep) for root in self.roots)


_EXCLUDED: Final = compile_globs(BUILT_IN_EXCLUDES)


def watched(
    paths: Collection[str],
    roots: Iterable[str],
    ours: Iterable[str],
    homes: Iterable[str] = (),
    templates: Iterable[str] = (),
) -> Watched:
    """What to look at so that nothing is missed that happens to `paths`; all paths are absolute."""
    templates = frozenset(templates)
    roots, ours, homes = sorted(set(roots)), sorted(set(ours)), sorted(set(homes).difference(paths))
    listed = {*paths, *roots, *ours}
    wanted = listed.union(homes, templates)
    folders: set[str] = set()
    missing: set[str] = set()
    for path in wanted:
        if path not in folders and os.path.isdir(path):
            folders.add(path)
        parent = os.path.dirname(path)
        while parent not in folders and not os.path.isdir(parent):
            missing.add(parent)
            parent = os.path.dirname(parent)
        folders.add(parent)
    in_ours = tuple(folder + os.sep for folder in ours)
    covered = frozenset(folder for folder in folders if not f"{folder}{os.sep}".startswith(in_ours))
    names = frozenset(wanted | missing), frozenset(listed)
    return Watched(*names, covered, tuple(roots), tuple(ours), tuple(homes), templates)
