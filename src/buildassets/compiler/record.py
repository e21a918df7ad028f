"""What a build tells of its assets, so that the next one can do over the few that a change concerns. Pure.

Takes assets with their links, gives bytes, and assets again without reading any. An asset that is not made of one
source alone is in it too, but only by name and with what it was made of.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from buildassets.compiler.graph import reachable
from buildassets.compiler.model import Linked
from buildassets.paths import LogicalPath


class Recorded(NamedTuple):
    """One asset. `path` and `root` are those of its source; `root` is -1 where it is not made of one alone.

    `others` are the absolute paths of its further inputs, `targets` the assets that its references name.
    """

    path: str
    root: int
    others: Collection[str]
    targets: Collection[LogicalPath]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The absolute paths of all that it was made of."""
        return (self.path, *self.others) if self.root >= 0 else tuple(self.others)


class Record:
    """The assets of a release, by logical path."""

    def __init__(self, assets: Mapping[LogicalPath, Recorded]) -> None:
        self.assets = assets

    def made_of(self, path: str) -> set[LogicalPath]:
        """The assets that the file at `path` is an input of."""
        return {
            logical
            for logical, asset in self.assets.items()
            if path in asset.others or (path == asset.path and asset.root >= 0)
        }

    def referring_to(self, starts: Iterable[LogicalPath]) -> set[LogicalPath]:
        """`starts` and all that refer to them, directly or not."""
        referring: dict[LogicalPath, list[LogicalPath]] = {logical: [] for logical in self.assets}
        for logical, asset in self.assets.items():
            for target in asset.targets:
                referring[target].append(logical)
        return reachable(referring, starts)


def record_of(assets: Mapping[LogicalPath, Linked], by_themselves: Collection[LogicalPath]) -> Record:
    """The record of `assets`, of which those `by_themselves` are made of their sources and nothing else."""
    return Record({path: recorded(asset, is_by_itself=path in by_themselves) for path, asset in assets.items()})


def recorded(asset: Linked, *, is_by_itself: bool = True) -> Recorded:
    """What is recorded of `asset`."""
    path = asset.draft.source.path
    others = [one for one in asset.draft.inputs if one != path]
    return Recorded(path, asset.draft.source.root if is_by_itself else -1, others, list(asset.targets))


def dumped(record: Record) -> bytes:
    """`record` as bytes; in any order, since nobody compares them."""
    return json.dumps(record.assets, separators=(",", ":")).encode("ascii")


def loaded(content: bytes) -> Record:
    """The record that `dumped` gave."""
    return Record({logical: Recorded(*fields) for logical, fields in json.loads(content).items()})
