"""Who refers to what in a release, who names an asset, and why it is there. Pure.

Takes a manifest, and what else names assets: places in templates, the import map. An edge leads from an asset to those
that it refers to, imports, or has as its source map.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from buildassets.foundation.frozen import field, frozen
from buildassets.manifest.model import Manifest

Names = Mapping[str, Sequence[str]]  # of assets: those that an asset refers to, or places that name it
IMPORT_MAP = "import map"


@frozen
class References:
    """The edges of a release in both directions, and the places outside of it that name assets."""

    targets: Names
    referrers: Names
    named_in: Names = field(default_factory=dict)

    def why(self) -> dict[str, tuple[str, ...]]:
        """For each asset the shortest way to it: a place or an asset that nothing refers to, and assets from there.

        Assets that only refer to one another are reached from the first of them. A way of one asset means that nothing
        names it: it is released because it is a source, or an entry.
        """
        ways: dict[str, tuple[str, ...]] = {}
        named = [path for path in sorted(self.targets) if path in self.named_in]
        self._follow({path: (self.named_in[path][0], path) for path in named}, ways)
        self._follow({path: (path,) for path in sorted(self.targets) if not self.referrers[path]}, ways)
        for path in sorted(self.targets):
            if path not in ways:
                self._follow({path: (path,)}, ways)
        return ways

    def _follow(self, starts: Mapping[str, tuple[str, ...]], ways: dict[str, tuple[str, ...]]) -> None:
        """Add to `ways` everything that is reached from `starts` and was not before, the nearest first."""
        ways |= {path: way for path, way in starts.items() if path not in ways}
        queue = deque(starts)
        while queue:
            path = queue.popleft()
            for target in self.targets[path]:
                if target not in ways:
                    ways[target] = (*ways[path], target)
                    queue.append(target)


def references_of(manifest: Manifest, named_in: Names) -> References:
    """The references of a release; `named_in` has the places in templates that name an asset."""
    targets = {
        path: sorted({*entry.references, *entry.imports, *([entry.map] if entry.map else [])} & manifest.assets.keys())
        for path, entry in manifest.assets.items()
    }
    referrers: dict[str, list[str]] = {path: [] for path in targets}
    for path in sorted(targets):
        for target in targets[path]:
            if target != path:
                referrers[target].append(path)
    places = {path: list(named_in.get(path, ())) for path in targets}
    for path in mapped(manifest):
        if path in places:
            places[path].append(IMPORT_MAP)
    return References(targets, referrers, {path: found for path, found in places.items() if found})


def mapped(manifest: Manifest) -> set[str]:
    """The values of the import map."""
    parts: Iterable[Mapping[str, str]] = (manifest.importmap, manifest.modules, *manifest.scopes.values())
    return {path for part in parts for path in part.values()}
