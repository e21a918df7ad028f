"""The dependency record: what each asset was made of and names, so that the next build can redo only a few. Pure.

Takes assets with their links, gives bytes; and from bytes the record, with no other file read. An asset that is not
made of one source alone cannot be redone from it: the record has only its inputs and the assets that it names.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple, TypeAlias

from buildassets.compiler.cache import json_values
from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.components import reachable
from buildassets.compiler.languages.javascript.module_names import names_wording
from buildassets.compiler.languages.reference import Link
from buildassets.compiler.model import Draft, Linked
from buildassets.compiler.sources.names import is_typed
from buildassets.foundation.digest import digest_of_all
from buildassets.foundation.paths import LogicalPath

Target: TypeAlias = Sequence[int | LogicalPath]  # the number of a reference of the draft, and the asset that it names
_NO_REFERENCE = -1


class NeedsFullBuild(Exception):  # noqa: N818 it is no fault
    """A change concerns more than an incremental rebuild can rebuild."""


def can_rebuild_changed(config: Config) -> bool:
    """Whether the settings let an asset depend only on its inputs and on the assets that it refers to."""
    if config.precache or config.plain or config.fonts or config.icons or any(root.manifest for root in config.sources):
        return False
    return not (config.source_maps or config.fingerprinted or config.companions or config.bases or config.wrappers)


class Recorded(NamedTuple):
    """One asset. `path` and `root` are those of its source; `root` is -1 if it is not made of one source alone.

    `further` are the absolute paths of its other inputs, `wording` the digest of its references' kinds and URLs.
    `links` are all references that name assets, `written` those whose names are written into the file. `engines` are
    those that ran, as `engines_of` has them.
    """

    path: str
    root: int
    further: Collection[str]
    wording: str
    links: Collection[Target]
    written: Collection[Target]
    engines: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """The absolute paths of all that it was made of."""
        return (self.path, *self.further) if self.root >= 0 else tuple(self.further)

    @property
    def targets(self) -> set[LogicalPath]:
        """The assets that the file names."""
        return {LogicalPath(str(target)) for _, target in self.written}


_PATH, _FURTHER, _WRITTEN = map(Recorded._fields.index, ("path", "further", "written"))


class Record:
    """The assets of a release, by logical path. Each is read when it is asked for: a rebuild needs few of thousands.

    `rows` have the fields of each. All methods raise ValueError if what they need of these is damaged.
    """

    def __init__(self, rows: Mapping[LogicalPath, Sequence[Any]]) -> None:
        self.rows = rows
        self._read: dict[LogicalPath, Recorded] = {}

    def __getitem__(self, logical: LogicalPath) -> Recorded:
        if logical not in self._read:
            self._read[logical] = _read(self.rows[logical], self.rows.keys())
        return self._read[logical]

    def sources(self) -> dict[str, LogicalPath]:
        """All assets, by the absolute paths of their sources."""
        return {row[_PATH]: logical for logical, row in self.rows.items()}

    def assets_from(self, path: str) -> set[LogicalPath]:
        """The assets that the file at `path` is an input of."""
        return {logical for logical, row in self.rows.items() if path == row[_PATH] or path in row[_FURTHER]}

    def with_dependents(self, starts: Iterable[LogicalPath]) -> set[LogicalPath]:
        """`starts`, the assets whose files name them, the assets that name those, and so on."""
        dependents: defaultdict[LogicalPath, list[LogicalPath]] = defaultdict(list)
        for logical, row in self.rows.items():
            for _, target in row[_WRITTEN]:
                dependents[target].append(logical)
        return reachable(dependents, starts)

    def amended(self, news: Mapping[LogicalPath, Recorded]) -> "Record":
        """The same with `news`."""
        return Record({**self.rows, **news})


def record_of(
    assets: Mapping[LogicalPath, Linked],
    written: Mapping[LogicalPath, Sequence[Link]],
    by_themselves: Collection[LogicalPath],
) -> Record:
    """The record of `assets`; those `by_themselves` are each made of one source alone."""
    return Record(
        {path: recorded(asset, written[path], is_by_itself=path in by_themselves) for path, asset in assets.items()}
    )


def recorded(asset: Linked, written: Sequence[Link], *, is_by_itself: bool = True) -> Recorded:
    """The record of `asset`, whose file has the links `written`."""
    draft = asset.draft
    further = tuple(path for path in draft.inputs if path != draft.source.path)  # as `loaded` gives it
    numbers = {id(reference): number for number, reference in enumerate(draft.references)}
    links = _targets(asset.links, numbers)
    own = links if written is asset.links else _targets(written, numbers)
    root = draft.source.root if is_by_itself else -1
    return Recorded(
        draft.source.path,
        root,
        further=further,
        wording=wording_of(draft),
        links=links,
        written=own,
        engines=engines_of(draft),
    )


def wording_of(draft: Draft) -> str:
    """The digest of the kinds and URLs of all references of `draft`: with the same digest they name the same assets.

    For a module in TypeScript or JSX it covers the names, too, that it imports and exports.
    """
    names: list[str] = []
    if draft.compiled is not None and is_typed(draft.source):
        names.append(names_wording(draft.compiled.text))
    if not draft.references and not names:
        return ""
    return digest_of_all([*(f"{reference.kind.value} {reference.url}" for reference in draft.references), *names])


def engines_of(draft: Draft) -> str:
    """The engines that made `draft`, which a manifest lists with those of all others."""
    return "; ".join(sorted(f"{kind}: {version}" for kind, version in draft.engines))


def links_of(draft: Draft, targets: Collection[Target]) -> tuple[Link, ...]:
    """The links that were recorded as `targets`, for a draft with the same references.

    Raises ValueError if `draft` has fewer.
    """
    numbers = range(len(draft.references))
    if any(number not in numbers for number, _ in targets):
        raise ValueError("a link of no reference")
    return tuple((draft.references[int(number)], LogicalPath(str(target))) for number, target in targets)


def dumped(record: Record) -> bytes:
    """`record` as bytes; their order is arbitrary, since nobody compares them."""
    return json.dumps(record.rows, separators=(",", ":")).encode("ascii")


def loaded(content: bytes) -> Record:
    """The record that `dumped` made `content` of. Raises ValueError if it is not one."""
    rows = json_values.table(json_values.read(content))
    for row in rows.values():
        path, _, further, _, _, written, _ = json_values.array(row, len(Recorded._fields))
        if type(path) is not str or type(further) is not list or not _are_targets(written):
            raise ValueError("no asset")
    return Record({LogicalPath(path): row for path, row in rows.items()})


def _are_targets(value: object) -> bool:
    """Whether `value` has the form of Targets, as far as the others of an asset look at it."""
    return type(value) is list and all(type(one) is list and len(one) == 2 and type(one[1]) is str for one in value)


def _read(value: object, assets: Set[str]) -> Recorded:
    path, root, further, wording, links, written, engines = json_values.array(value, len(Recorded._fields))
    for targets in (links, written):
        if json_values.array(targets):
            _check_targets(targets, assets)
    return Recorded(
        json_values.text(path),
        json_values.number(root),
        further=json_values.texts(further),
        wording=json_values.text(wording),
        links=links,
        written=written,
        engines=json_values.text(engines),
    )


def _check_targets(targets: Iterable[Any], assets: Set[str]) -> None:
    """Raise ValueError if one of `targets` is invalid. Checks all at once: there are thousands, and a rebuild waits."""
    try:
        numbers, paths = zip(*targets, strict=True)
        is_sound = set(map(type, numbers)) == {int} and min(numbers) >= _NO_REFERENCE and assets >= set(paths)
    except TypeError as fault:
        raise ValueError(str(fault)) from None
    if not is_sound:
        raise ValueError("a link to no asset")


def _targets(links: Iterable[Link], numbers: Mapping[int, int]) -> list[list[int | LogicalPath]]:
    return [[numbers.get(id(reference), _NO_REFERENCE), target] for reference, target in links]
