"""Budgets: limits on the sizes of assets after gzip, and the diagnostics for assets over budget.

Takes files and limits, gives diagnostics at the lines that set the limits. Reads the sizes of sources if an asset is
too large.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from buildassets.compiler.body import chunks_of_body, made, size_of
from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Linked, Named, Stored
from buildassets.compiler.sources.globs import compile_globs
from buildassets.disk.codings import compressed_chunks
from buildassets.errors import ManifestError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, sort_key
from buildassets.foundation.measures import size_text
from buildassets.foundation.media import media_of, suffix
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import Entry, entries_of

_USUAL_LEVEL: Final = 9  # of gzip, if the release has no gzip copies
_SHOWN_INPUTS: Final = 3

Sizes = Mapping[LogicalPath, int]  # bytes after gzip


class Budgets:
    """The limits that a configuration sets on `assets`, by name or by glob.

    `by_asset` holds the keys that limit an asset: its own name, or else all globs that match it.
    """

    def __init__(self, config: Config, assets: Collection[LogicalPath]) -> None:
        self._config = config
        self._assets = assets
        self._globs = {key: compile_globs([key]) for key in config.budgets if key not in assets}
        by_asset = {path: self._keys(path) for path in sorted(assets)} if config.budgets else {}
        self.by_asset: Mapping[LogicalPath, tuple[str, ...]] = {path: keys for path, keys in by_asset.items() if keys}

    def _keys(self, path: LogicalPath) -> tuple[str, ...]:
        if path in self._config.budgets:
            return (path,)
        return tuple(key for key, matches in self._globs.items() if matches(path))

    def stored_sizes(self, stored: Mapping[LogicalPath, Stored], read: Callable[[str], Iterable[bytes]]) -> Sizes:
        """The sizes of `stored` assets with a budget, by their gzip copies or by compressing what `read` gives."""
        if "gzip" in self._config.compress:
            return {path: stored[path].encodings.get("gzip", stored[path].size) for path in self.by_asset}
        limited = {path: stored[path] for path in self.by_asset}
        return {path: self._gzip_bytes(asset.file, asset.size, read(asset.file)) for path, asset in limited.items()}

    def sizes(self, outputs: Iterable[Named]) -> Sizes:
        """The sizes of `outputs` with a budget; for a check, which stores nothing."""
        if not self.by_asset:
            return {}
        limited = ((one.logical, one.file, made(one.content)) for one in outputs if one.logical in self.by_asset)
        return {
            path: self._gzip_bytes(file, size_of(content), chunks_of_body(content)) for path, file, content in limited
        }

    def _gzip_bytes(self, file: str, size_bytes: int, content: Iterable[bytes]) -> int:
        """The bytes that a server sends of `file`: as it is if it would not get smaller or is compressed already."""
        if not media_of(file).compressible:
            return size_bytes
        level = self._config.compress.get("gzip", _USUAL_LEVEL)
        return min(size_bytes, sum(map(len, compressed_chunks("gzip", content, size_bytes, level))))

    def exceeded(self, sizes: Sizes) -> Iterator[tuple[LogicalPath, str]]:
        """The assets over budget, each with the key of the budget."""
        for path, size_bytes in sorted(sizes.items()):
            yield from ((path, key) for key in self.by_asset[path] if size_bytes > self._config.budgets[key])

    def faults(
        self, sizes: Sizes, assets: Mapping[LogicalPath, Linked], last_manifest: bytes | None
    ) -> list[Diagnostic]:
        """The diagnostics for assets over budget and for unknown names; `last_manifest` shows what has grown."""
        faults = list(self._unknown())
        for path, key in self.exceeded(sizes):
            limit_bytes = self._config.budgets[key]
            message = f"`{path}` is {size_text(sizes[path])} after gzip, {size_text(sizes[path] - limit_bytes)} over"
            message += f" its budget of {size_text(limit_bytes)}"
            notes = list(self._growth(assets[path], sizes[path], _entry(last_manifest, path)))
            hint = "make it smaller, or raise its budget"
            faults.append(error("budget/exceeded", message, self._place(key), notes=notes, hint=hint))
        return sorted(faults, key=sort_key)

    def _unknown(self) -> Iterator[Diagnostic]:
        known = Known(self._assets)
        for key in sorted(key for key, matches in self._globs.items() if not any(map(matches, self._assets))):
            near = known.nearest(key)
            alike = [path for path in self._assets if suffix(path) == suffix(key)]
            example = f"as in `{min(alike)}`, " if alike else ""
            hint = (
                f"did you mean `{near}`?"
                if near
                else f"name an asset by its logical path, {example}or several by a glob"
            )
            yield error("budget/unknown", f"there is no asset `{key}`", self._place(key), hint=hint)

    def _growth(self, asset: Linked, size_bytes: int, before: Entry | None) -> Iterator[str]:
        """The notes that explain why `asset` is that large."""
        inputs = {self._config.input_name(path): _source_bytes(path) for path in asset.draft.inputs}
        grown_bytes = size_bytes - before.encodings.get("gzip", before.size) if before else 0
        new = {name: size for name, size in inputs.items() if before and name not in before.inputs}
        if grown_bytes > 0:
            yield f"it has grown by {size_text(grown_bytes)} since the last release"
        if new:
            yield f"new in it since the last release: {_listed(new)}"
        elif len(inputs) > 1:
            yield f"the largest of the {len(inputs)} files that it is made of: {_listed(inputs)}"

    def _place(self, key: str) -> Location | None:
        return self._config.place("budgets", key)


def _entry(manifest: bytes | None, path: str) -> Entry | None:
    """The entry of `path` in the last manifest, if there is one that can be read."""
    if manifest is not None:
        with suppress(ManifestError):
            return entries_of(manifest).get(path)
    return None


def _source_bytes(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _listed(sizes: Mapping[str, int]) -> str:
    """The largest files of `sizes` as text, with their sizes."""
    ordered = sorted(sizes, key=lambda name: (-sizes[name], name))
    more = f" and {len(ordered) - _SHOWN_INPUTS} more" if len(ordered) > _SHOWN_INPUTS else ""
    return ", ".join(f"`{name}` ({size_text(sizes[name])})" for name in ordered[:_SHOWN_INPUTS]) + more
