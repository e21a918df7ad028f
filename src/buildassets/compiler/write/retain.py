"""Which files of earlier releases a release keeps naming, for pages and processes that have not followed yet.

Takes the manifest that a release supersedes, gives what the new one says of earlier releases. Pure.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice, takewhile
from operator import attrgetter
from typing import Final

from buildassets.compiler.config.values import Retain
from buildassets.compiler.write.clock import Clock, timestamp
from buildassets.diagnostics import Location, error
from buildassets.errors import BuildError, ManifestError
from buildassets.frozen import frozen
from buildassets.manifest import IDENTITY, Entry, Retained, loads, release_of
from buildassets.media import SUFFIXES

_HOUR_SECONDS: Final = 3600


@frozen
class Superseded:
    """An earlier release as its manifest tells, or as much of it as may have changed: `older` are those it retains."""

    release: str
    assets: Mapping[str, Entry]
    older: tuple[Retained, ...] = ()


def superseded(manifest: bytes | None, shown: str) -> Superseded | None:
    """The release that is in `manifest`; None for none, and for one in development mode, which nobody serves.

    Raises BuildError where it cannot be read: a build that went on would let files go that pages still need.
    """
    if manifest is None:
        return None
    try:
        earlier, release = loads(manifest, shown), release_of(manifest, shown)
    except ManifestError as fault:
        (found,) = fault.diagnostics
        hint = "put back the manifest of the release that is served, or remove it if none is"
        message = f"cannot tell what to retain: {found.message}"
        raise BuildError([error("retain/unreadable", message, Location(shown), hint=hint)]) from None
    return None if earlier.livereload else Superseded(release, earlier.assets, earlier.retained)


@frozen
class Retaining:
    """What a build for production retains where that is wanted: so much, by that clock."""

    limits: Retain
    clock: Clock

    def retained(
        self, earlier: Superseded | None, assets: Mapping[str, Entry], holds: Callable[[str, int], bool]
    ) -> tuple[Retained, ...]:
        """The earlier releases that one with `assets` retains, the newest first. Raises BuildError.

        `earlier` is among them if it has files that the new one lacks, and then the time limit is applied: a build that
        changes nothing keeps the list. `holds` says whether a file of that name and size is there; others are left out.
        """
        if earlier is None:
            return ()
        kept = list(_with_what_only_they_name([Retained(earlier.release, "", earlier.assets), *earlier.older], assets))
        if kept and kept[0].release == earlier.release:
            seconds = self.clock()
            kept = [replace(kept[0], superseded=timestamp(seconds)), *self._young(kept[1:], seconds)]
        there = (replace(one, assets=dict(_there(one.assets, holds))) for one in kept)
        return tuple(one for one in there if one.assets)[: self.limits.releases]

    def carried(
        self, earlier: Iterable[Superseded], assets: Mapping[str, Entry], known: Iterable[Retained]
    ) -> tuple[Retained, ...]:
        """The earlier releases whose files one with `assets` takes over from elsewhere. Raises BuildError.

        Each of `earlier` is superseded now, or when an earlier build noted it among the `known` that it took over, if
        that is not too long ago: it has been served until now.
        """
        seconds = self.clock()
        since = {one.release: one.superseded for one in self._young(known, seconds)}
        now = timestamp(seconds)
        earlier = list(earlier)
        last = [Retained(one.release, since.get(one.release, now), one.assets) for one in earlier]
        older = [release for one in earlier for release in one.older]
        older.sort(key=attrgetter("superseded"), reverse=True)
        kept = _with_what_only_they_name([*last, *self._young(older, seconds)], assets)
        return tuple(islice(kept, self.limits.releases))

    def _young(self, releases: Iterable[Retained], seconds: float) -> Iterator[Retained]:
        """Those of `releases`, the newest first, that were superseded not too long ago."""
        oldest = timestamp(seconds - self.limits.hours * _HOUR_SECONDS)
        return takewhile(lambda release: release.superseded >= oldest, releases)


def _with_what_only_they_name(releases: Iterable[Retained], assets: Mapping[str, Entry]) -> Iterator[Retained]:
    """`releases`, the newest first, each without the files that `assets` or a newer one name; none without files."""
    named = _files(assets)
    for one in releases:
        own = {path: _unmade(entry, named) for path, entry in one.assets.items() if entry.file not in named}
        if own:
            yield replace(one, assets=own)
            named |= _files(own)


def _unmade(entry: Entry, named: set[str]) -> Entry:
    """What is retained of `entry`: the file with those of its copies that are no files of another."""
    return _with_copies(entry, {coding for coding, copy in _copies(entry) if copy not in named})


def _there(assets: Mapping[str, Entry], holds: Callable[[str, int], bool]) -> Iterator[tuple[str, Entry]]:
    for path, entry in assets.items():
        if holds(entry.file, entry.size):
            yield (
                path,
                _with_copies(entry, {name for name, copy in _copies(entry) if holds(copy, entry.encodings[name])}),
            )


def _with_copies(entry: Entry, codings: Collection[str]) -> Entry:
    """The file of `entry`, whatever it was made of, with no other copies than those in `codings`."""
    sizes = {coding: size for coding, size in entry.encodings.items() if coding in codings}
    digests = {coding: one for coding, one in entry.digests.items() if coding in codings or coding == IDENTITY}
    return Entry(entry.file, entry.type, entry.size, entry.integrity, sizes, digests=digests)


def _files(assets: Mapping[str, Entry]) -> set[str]:
    """The names of all files below `assets/`."""
    files = {entry.file for entry in assets.values()}
    return files | {copy for entry in assets.values() for _, copy in _copies(entry)}


def _copies(entry: Entry) -> Iterator[tuple[str, str]]:
    """The content codings that are known here of `entry`'s precompressed copies, with the names of these."""
    return ((coding, entry.file + SUFFIXES[coding]) for coding in entry.encodings if coding in SUFFIXES)
