"""What a build tells of its assets, so that the next one can do over the few that a change concerns. Pure.

Takes assets with their links, gives bytes, and assets again without reading any. An asset that is not made of one
source alone is in it too, but only by name and with what it was made of.
"""

import json
from collections.abc import Collection, Iterable, Mapping

from buildassets.compiler.graph import reachable
from buildassets.compiler.model import Linked
from buildassets.compiler.values import frozen
from buildassets.paths import LogicalPath


@frozen
class Recorded:
    """One asset. `path` and `root` are those of its source; `root` is -1 where it is not made of one alone.

    `inputs` are absolute paths, `targets` the assets that its references name.
    """

    path: str
    root: int
    inputs: tuple[str, ...]
    targets: tuple[LogicalPath, ...]


class Record:
    """The assets of a release, by logical path."""

    def __init__(self, assets: Mapping[LogicalPath, Recorded]) -> None:
        self.assets = assets

    def made_of(self, path: str) -> set[LogicalPath]:
        """The assets that the file at `path` is an input of."""
        return {logical for logical, asset in self.assets.items() if path in asset.inputs}

    def referring_to(self, starts: Iterable[LogicalPath]) -> set[LogicalPath]:
        """`starts` and all that refer to them, directly or not."""
        referring: dict[LogicalPath, list[LogicalPath]] = {logical: [] for logical in self.assets}
        for logical, asset in self.assets.items():
            for target in asset.targets:
                referring[target].append(logical)
        return reachable(referring, starts)


def record_of(assets: Mapping[LogicalPath, Linked], by_themselves: Collection[LogicalPath]) -> Record:
    """The record of `assets`, of which those `by_themselves` are made of their sources and nothing else."""
    return Record({path: _recorded(asset, path in by_themselves) for path, asset in assets.items()})


def _recorded(asset: Linked, is_by_itself: bool) -> Recorded:
    source = asset.draft.source
    root = source.root if is_by_itself else -1
    return Recorded(source.path, root, asset.draft.inputs, asset.targets)


def dumped(record: Record) -> bytes:
    """`record` as bytes; in any order, since nobody compares them."""
    numbers = {logical: number for number, logical in enumerate(record.assets)}
    rows = [
        (
            logical,
            asset.path,
            asset.root,
            [path for path in asset.inputs if path != asset.path],
            [numbers[target] for target in asset.targets],
        )
        for logical, asset in record.assets.items()
    ]
    return json.dumps(rows, separators=(",", ":")).encode("ascii")


def loaded(content: bytes) -> Record:
    """The record that `dumped` gave."""
    rows = json.loads(content)
    names = [LogicalPath(row[0]) for row in rows]
    assets = {}
    for name, (_, path, root, others, targets) in zip(names, rows, strict=True):
        inputs = (path, *others) if root >= 0 else tuple(others)
        assets[name] = Recorded(path, root, inputs, tuple(names[number] for number in targets))
    return Record(assets)
