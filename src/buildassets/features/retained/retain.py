"""Which files of earlier releases a release retains, for pages and processes that still use these.

Takes the manifest that a release supersedes, gives the entries of the new manifest on earlier releases. Pure.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice, takewhile
from operator import attrgetter
from typing import Final

from buildassets.compiler.config.values import Retain
from buildassets.compiler.write.clock import Clock, timestamp
from buildassets.errors import BuildError, ManifestError
from buildassets.foundation.diagnostics import Location, error
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import SUFFIXES
from buildassets.manifest.model import IDENTITY, Entry, Retained, digest_of_release, loads

_HOUR_SECONDS: Final = 3600


@frozen
class Superseded:
    """An earlier release according to its manifest; `older` are those that it retains."""

    release: str
    assets: Mapping[str, Entry]
    older: tuple[Retained, ...] = ()


def superseded(manifest: bytes | None, shown: str) -> Superseded | None:
    """The release that `manifest` describes; None without one, and for one in development mode, which nobody serves.

    Raises BuildError if it cannot be read: a build that went on would drop files that pages still need.
    """
    if manifest is None:
        return None
    try:
        earlier, release = loads(manifest, shown), digest_of_release(manifest, shown)
    except ManifestError as fault:
        (problem,) = fault.diagnostics
        hint = "put back the manifest of the release that is served, or remove it if none is"
        message = f"cannot find out what to retain: {problem.message}"
        raise BuildError([error("retain/unreadable", message, Location(shown), hint=hint)]) from None
    return None if earlier.livereload else Superseded(release, earlier.assets, earlier.retained)


@frozen
class Retaining:
    """Decides what a production build retains of earlier releases, within `limits` and by `clock`."""

    limits: Retain
    clock: Clock

    def retained(
        self, earlier: Superseded | None, assets: Mapping[str, Entry], holds: Callable[[str, int], bool]
    ) -> tuple[Retained, ...]:
        """The earlier releases that one with `assets` retains, the newest first. Raises BuildError.

        `earlier` is among them if it has files that the new one lacks. Only then the time limit is applied, so that a
        build that changes nothing keeps the list. Files for whose name and size `holds` is false are left out.
        """
        if earlier is None:
            return ()
        kept = list(_with_what_only_they_name([Retained(earlier.release, "", earlier.assets), *earlier.older], assets))
        if kept and kept[0].release == earlier.release:
            seconds = self.clock()
            kept = [replace(kept[0], superseded=timestamp(seconds)), *self._young(kept[1:], seconds)]
        there = (replace(release, assets=dict(_there(release.assets, holds))) for release in kept)
        return tuple(release for release in there if release.assets)[: self.limits.releases]

    def carried(
        self, earlier: Iterable[Superseded], assets: Mapping[str, Entry], known: Iterable[Retained]
    ) -> tuple[Retained, ...]:
        """The earlier releases whose files one with `assets` takes over from elsewhere. Raises BuildError.

        Each of `earlier` counts as superseded now: it has been served until now. But if a build has taken it over
        before and recorded it among the `known` releases, not too long ago, that time stays.
        """
        seconds = self.clock()
        since = {release.release: release.superseded for release in self._young(known, seconds)}
        now = timestamp(seconds)
        earlier = list(earlier)
        last = [Retained(release.release, since.get(release.release, now), release.assets) for release in earlier]
        older = [retained for release in earlier for retained in release.older]
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
    for release in releases:
        entries = ((path, entry) for path, entry in release.assets.items() if not entry.plain)
        own = {path: _unmade(entry, named) for path, entry in entries if entry.file not in named}
        if own:
            yield replace(release, assets=own)
            named |= _files(own)


def _unmade(entry: Entry, named: set[str]) -> Entry:
    """The retained part of `entry`: the file and its copies, without copies whose names are among `named`."""
    return _with_copies(entry, {coding for coding, copy in _copies(entry) if copy not in named})


def _there(assets: Mapping[str, Entry], holds: Callable[[str, int], bool]) -> Iterator[tuple[str, Entry]]:
    for path, entry in assets.items():
        if holds(entry.file, entry.size):
            yield (
                path,
                _with_copies(entry, {name for name, copy in _copies(entry) if holds(copy, entry.encodings[name])}),
            )


def _with_copies(entry: Entry, codings: Collection[str]) -> Entry:
    """`entry` with the copies in `codings` only, and without its inputs and references."""
    sizes = {coding: size for coding, size in entry.encodings.items() if coding in codings}
    digests = {coding: digest for coding, digest in entry.digests.items() if coding in codings or coding == IDENTITY}
    return Entry(entry.file, entry.type, size=entry.size, integrity=entry.integrity, encodings=sizes, digests=digests)


def _files(assets: Mapping[str, Entry]) -> set[str]:
    """The names of all files below `assets/`."""
    files = {entry.file for entry in assets.values()}
    return files | {copy for entry in assets.values() for _, copy in _copies(entry)}


def _copies(entry: Entry) -> Iterator[tuple[str, str]]:
    """The content codings and file names of the precompressed copies of `entry`; unknown codings are left out."""
    return ((coding, entry.file + SUFFIXES[coding]) for coding in entry.encodings if coding in SUFFIXES)
