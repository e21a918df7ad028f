"""What is kept of the last release: names, stored files, entries, and their texts in the manifest."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from buildassets.compiler.graph.fingerprint import Naming
from buildassets.compiler.model import Linked, Stored
from buildassets.foundation.frozen import frozen_by_name
from buildassets.foundation.lazily import Lazily
from buildassets.foundation.media import SUFFIXES
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import ASSETS_FOLDER, Entry, lines_of, loads_lazily

if TYPE_CHECKING:
    from buildassets.compiler.cache.traces import Signature


@frozen_by_name
class Totals:
    """What a manifest has of all assets together.

    - `engines`: (kind, name and version) of the engines that made an asset, by asset
    - `several`: the paths of the files that an asset is made of, where these are several
    - `size_bytes`: of all assets without their copies
    """

    engines: Mapping[LogicalPath, tuple[tuple[str, str], ...]]
    several: Mapping[LogicalPath, tuple[str, ...]]
    size_bytes: int


def totals_of(
    assets: Mapping[LogicalPath, Linked],
    stored: Mapping[LogicalPath, Stored],
    fresh: Iterable[LogicalPath],
    before: "KeptRelease | None",
) -> Totals:
    """Those of `assets`, of which only the `fresh` ones are not as `before`."""
    paths = assets.keys() if before is None else list(fresh)
    engines = {path: made for path in paths if (made := assets[path].draft.engines)}
    several = {path: inputs for path in paths if len(inputs := assets[path].draft.inputs) > 1}
    size_bytes = sum(stored[path].size for path in paths)
    if before is None:
        return Totals(engines=engines, several=several, size_bytes=size_bytes)
    others = set(paths)
    return Totals(
        engines={**{path: one for path, one in before.totals.engines.items() if path not in others}, **engines},
        several={**{path: one for path, one in before.totals.several.items() if path not in others}, **several},
        size_bytes=before.totals.size_bytes + size_bytes - sum(before.stored[path].size for path in others),
    )


@frozen_by_name
class KeptRelease:
    """The last release. `outputs` are its files by absolute path, each with its asset, or with None for others."""

    naming: Naming
    stored: Lazily[LogicalPath, Stored]
    entries: Lazily[str, Entry]
    lines: Mapping[str, str]
    outputs: Mapping[str, LogicalPath | None]
    totals: Totals
    sources: Mapping[str, str]
    manifest_stamp: "Signature | None"


def release_on_disk(
    output: str, manifest: bytes, naming: Naming, totals: Totals, *, outputs: Collection[str], stamp: "Signature | None"
) -> KeptRelease | None:
    """The release that `manifest` describes, whose files are `outputs`; None if it has other assets than `naming`."""
    described, lines = loads_lazily(manifest), lines_of(manifest, naming.files)
    if lines is None:
        return None
    entries = described.assets
    by_file = {f"{output}/{ASSETS_FOLDER}/{file}": path for path, file in naming.files.items()}
    return KeptRelease(
        naming=naming,
        stored=Lazily(naming.files, lambda path: stored_as(entries[path])),
        entries=Lazily(lines, entries.__getitem__),
        lines=lines,
        outputs={path: by_file.get(path) or by_file.get(_without_coding(path)) for path in outputs},
        totals=totals,
        sources=described.sources,
        manifest_stamp=stamp,
    )


def _without_coding(path: str) -> str:
    """The path of the file of which that at `path` is a compressed copy; nothing if it is none."""
    return next((path[: -len(suffix)] for suffix in SUFFIXES.values() if path.endswith(suffix)), "")


def stored_as(entry: Entry) -> Stored:
    """The files that `entry` describes."""
    return Stored(
        entry.file,
        entry.size,
        integrity=entry.integrity,
        encodings=entry.encodings,
        digests=entry.digests,
        is_plain=entry.plain,
    )
