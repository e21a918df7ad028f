"""Finds what differs between two releases, and why, from their manifests alone. Pure.

A fingerprint changes when the asset itself changes, or something that it refers to. So each changed asset is followed,
along references, to one that changed by itself; and that one to its inputs, engines and settings, where the manifests
record these.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, TypeAlias

from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.manifest.model import IDENTITY, Entry, Manifest

Kind: TypeAlias = Literal["added", "removed", "changed"]
CauseKind: TypeAlias = Literal["input", "engine", "configuration", "reference", "asset", "unknown"]
CODINGS: Final = ("gzip", "br")
_SHOWN_NAMES: Final = 5
_BUNDLED: Final = (Syntax.CSS, Syntax.JAVASCRIPT)
_SETTING_CHARACTERS: Final = 60  # of its value


@frozen
class Cause:
    """Why an asset changed. `parts` make a sentence: every second part is a name, to be shown as code."""

    kind: CauseKind
    parts: tuple[str, ...]


@frozen
class Sizes:
    """Sizes in bytes: as files are, and as they are sent in each of CODINGS, where a copy is smaller."""

    raw: int = 0
    gzip: int = 0
    br: int = 0


@frozen
class AssetChange:
    """An asset that changed; `before` is None for a new one, `after` for a removed one.

    `chain` leads from it, by references, to the asset that changed by itself; `causes` explain that one.
    """

    path: str
    before: Entry | None
    after: Entry | None
    chain: tuple[str, ...]
    causes: tuple[Cause, ...]

    @property
    def kind(self) -> Kind:
        """Whether the asset was added, removed or changed."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


@frozen
class Difference:
    """The difference of two releases: every change, sorted by path, and the sizes of all assets together."""

    changes: tuple[AssetChange, ...]
    before: Sizes
    after: Sizes


def difference(old: Manifest, new: Manifest) -> Difference:
    """All changes from `old` to `new`."""
    comparison = _Comparison(old, new)
    changes = tuple(map(comparison.change, comparison.changed()))
    return Difference(changes, total(old), total(new))


def change_of(path: str, old: Manifest, new: Manifest) -> AssetChange | None:
    """The change of the asset `path`; None where it did not change."""
    comparison = _Comparison(old, new)
    return comparison.change(path) if comparison.is_changed(path) else None


def sizes_of(entry: Entry | None) -> Sizes:
    """The sizes of an asset; all 0 for None."""
    if entry is None:
        return Sizes()
    return Sizes(entry.size, *(entry.encodings.get(coding, entry.size) for coding in CODINGS))


def total(manifest: Manifest) -> Sizes:
    """The sizes of all assets together."""
    all_sizes = [sizes_of(entry) for entry in manifest.assets.values()]
    return Sizes(*(sum(getattr(sizes, name) for sizes in all_sizes) for name in ("raw", *CODINGS)))


class _Comparison:
    """Two manifests to compare."""

    def __init__(self, old: Manifest, new: Manifest) -> None:
        self._old = old
        self._new = new
        self._before = dict(old.assets)
        self._after = dict(new.assets)

    def changed(self) -> list[str]:
        """The assets that were added, removed or changed, sorted."""
        return [path for path in sorted({*self._before, *self._after}) if self.is_changed(path)]

    def is_changed(self, path: str) -> bool:
        """Whether the asset was added, removed or changed."""
        return _identity(path, self._before.get(path)) != _identity(path, self._after.get(path))

    def change(self, path: str) -> AssetChange:
        """The change of an asset for which `is_changed` holds."""
        before, after = self._before.get(path), self._after.get(path)
        if before is None or after is None:
            return AssetChange(path, before, after=after, chain=(path,), causes=())
        chain = self._chain(path)
        return AssetChange(path, before, after=after, chain=chain, causes=tuple(self._causes(chain[-1])))

    def _chain(self, path: str) -> tuple[str, ...]:
        """The shortest way from `path`, along changed references, to an asset that certainly changed by itself."""
        came_from = {path: ""}
        queue = deque([path])
        while queue:
            asset = queue.popleft()
            if self._changed_itself(asset):
                return _way(asset, came_from)
            for target in self._changed_references(asset):
                if target not in came_from:
                    came_from[target] = asset
                    queue.append(target)
        return (path,)

    def _changed_itself(self, path: str) -> bool:
        """Whether a changed asset certainly differs in more than the names of what it refers to."""
        before, after = self._before.get(path), self._after[path]
        if before is None or _references(before) != _references(after) or before.inputs != after.inputs:
            return True
        if before.own is not None or after.own is not None:
            return before.own != after.own
        return not any(map(self.is_changed, _references(after)))

    def _causes(self, path: str) -> Iterator[Cause]:
        """The reasons why an asset changed by itself."""
        before, after = self._before.get(path), self._after[path]
        if before is None:
            yield Cause("asset", ("", path, " is new"))
            return
        if not self._changed_itself(path):
            yield Cause("unknown", _sentence("one of those that refer to each other changed: ", self._reached(path)))
            return
        makers = [*self._changed_engines(after), *self._changed_settings()] if _is_made(after) else []
        inputs = [*_exchanged(before.inputs, after.inputs), *self._changed_sources(before, after)]
        yield from inputs
        if not inputs and before.own is not None and before.own == after.own:
            yield from _changed_targets(before, after)
            return
        yield from makers
        if not inputs and not self._has_sources(after):
            begin = "perhaps also " if makers else ""
            begin += "one of " if len(after.inputs) > 1 else ""
            yield Cause("input", _sentence(begin, after.inputs or (path,), " changed"))
        elif not inputs and not makers:
            yield Cause("unknown", ("something changed that no manifest records, such as an option of an engine",))

    def _has_sources(self, entry: Entry) -> bool:
        """Whether both manifests have the digests of all inputs of the asset."""
        known = self._old.sources.keys() & self._new.sources.keys()
        return bool(entry.inputs) and known.issuperset(entry.inputs)

    def _changed_sources(self, before: Entry, after: Entry) -> Iterator[Cause]:
        """The inputs whose contents changed, where both manifests have their digests."""
        was, now = self._old.sources, self._new.sources
        for name in sorted(set(before.inputs).intersection(after.inputs)):
            if name in was and name in now and was[name] != now[name]:
                yield Cause("input", ("", name, " changed"))

    def _changed_engines(self, entry: Entry) -> Iterator[Cause]:
        was, now = self._old.engines, self._new.engines
        for kind in sorted(kinds_of(entry)):
            if was.get(kind) != now.get(kind):
                yield Cause(
                    "engine", ("", kind, f" is made by {now.get(kind, 'nothing')}, not by {was.get(kind, 'nothing')}")
                )
        if self._old.version != self._new.version:
            yield Cause("engine", (f"buildassets is {self._new.version}, not {self._old.version}",))

    def _changed_settings(self) -> Iterator[Cause]:
        was, now = self._old.settings, self._new.settings
        for key in sorted({*was, *now}):
            if was.get(key) != now.get(key):
                parts = ("the setting ", key, f" is {_setting(now.get(key))}, not {_setting(was.get(key))}")
                yield Cause("configuration", parts)

    def _reached(self, path: str) -> list[str]:
        """All changed assets that can be reached from `path` along changed references, sorted."""
        reached = {path}
        waiting = [path]
        while waiting:
            for target in self._changed_references(waiting.pop()):
                if target not in reached:
                    reached.add(target)
                    waiting.append(target)
        return sorted(reached)

    def _changed_references(self, path: str) -> list[str]:
        """The changed assets that an asset refers to, sorted."""
        return sorted(name for name in _references(self._after[path]) if name in self._after and self.is_changed(name))


def kinds_of(entry: Entry) -> set[str]:
    """The engines that may have made an asset, by kind: one for each suffix of an input, and one for the output."""
    kinds = {suffix(path).removeprefix(".") for path in entry.inputs}
    if "sass" in kinds:
        kinds.add("scss")
    if "css" in kinds and len(entry.inputs) > 1:
        kinds.add("tailwindcss")  # a sheet that it compiled has its templates among its inputs
    syntax = media_of(entry.file).syntax
    if syntax in _BUNDLED and len(entry.inputs) > 1:
        kinds.add("bundle")  # by esbuild, of modules
    return kinds | ({syntax.value} if syntax else set())


def _is_made(entry: Entry) -> bool:
    """Whether engines and settings decide its content; images and fonts, for example, are released unchanged."""
    return media_of(entry.file).syntax is not None


def _setting(value: object) -> str:
    return "as usual" if value is None else json.dumps(value)[:_SETTING_CHARACTERS]


def _identity(path: str, entry: Entry | None) -> object:
    """A value that changes with the content: the name with its fingerprint, or size and digest if the name is kept."""
    if entry is None or entry.file != path:
        return entry and entry.file
    return entry.size, entry.integrity or entry.digests.get(IDENTITY)


def _references(entry: Entry) -> set[str]:
    """The assets whose names the content holds, its source map included."""
    return {*entry.references, *([entry.map] if entry.map else [])}


def _way(end: str, came_from: Mapping[str, str]) -> tuple[str, ...]:
    way = [end]
    while came := came_from[way[-1]]:
        way.append(came)
    return tuple(reversed(way))


def _exchanged(before: Iterable[str], after: Iterable[str]) -> Iterator[Cause]:
    """A cause for each added and each removed input."""
    for name in sorted(set(after).difference(before)):
        yield Cause("input", ("", name, " is new in it"))
    for name in sorted(set(before).difference(after)):
        yield Cause("input", ("", name, " is no longer in it"))


def _changed_targets(before: Entry, after: Entry) -> Iterator[Cause]:
    """A cause for each target that changed while the text did not: files came or went, or a setting changed."""
    for name in sorted(_references(after).difference(_references(before))):
        yield Cause("reference", ("it refers to ", name, " now"))
    for name in sorted(_references(before).difference(_references(after))):
        yield Cause("reference", ("it refers to ", name, " no longer"))


def _sentence(begin: str, names: Iterable[str], end: str = "") -> tuple[str, ...]:
    """A sentence that lists the first few `names`, and counts the rest."""
    listed = list(names)
    shown = listed[:_SHOWN_NAMES]
    if len(listed) > len(shown):
        end = f" and {len(listed) - len(shown)} more{end}"
    parts = [part for name in shown for part in (", ", name)]
    return (begin, *parts[1:], end)
