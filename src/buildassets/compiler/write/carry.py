"""Files of earlier releases, carried over from where these are: for images and folders that are empty before a build.

Takes earlier releases and what reads their files, puts each file into the new release once it is known to be what the
manifest says, and gives what the new one says of earlier releases.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from hashlib import new
from itertools import islice
from typing import Final, Protocol, TypeVar

from buildassets.compiler.write.release_directory import ReleaseWriter
from buildassets.compiler.write.retain import Retaining, Superseded, superseded
from buildassets.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.digest import ALGORITHMS, in_base64
from buildassets.errors import BuildError
from buildassets.files import chunks_of
from buildassets.frozen import frozen
from buildassets.manifest import IDENTITY, Entry, Retained
from buildassets.media import SUFFIXES

_AT_A_TIME: Final = 32  # assets whose files have no names yet
_SHOWN_FAULTS: Final = 5

_One = TypeVar("_One")
_Other = TypeVar("_Other")


class Previous(Protocol):
    """An earlier release whose files can be carried over."""

    @property
    def shown(self) -> str:
        """What the user calls it."""
        ...

    @property
    def manifest(self) -> bytes:
        """Its manifest."""
        ...

    @property
    def at_once(self) -> int:
        """How many files are worth fetching at the same time."""
        ...

    def fetch(self, file: str, size_bytes: int, place: str, /) -> None:
        """Write the content of `file`, a name below `assets/`, to `place`, or some of it where it has more bytes.

        Raises FileNotFoundError where there is none, and another OSError where it cannot find out.
        """
        ...


@frozen
class _Carried:
    """An asset of an earlier release: what the manifest has of it, where its files are, and what is wrong with it.

    The path of a file is None where the release directory has it.
    """

    entry: Entry
    files: Mapping[str, str | None]
    fault: str = ""


@frozen
class _Proof:
    """What a manifest has on a file: size, algorithm, digest in base64."""

    size_bytes: int
    algorithm: str
    digest: str

    def holds(self, path: str) -> bool:
        """Whether the file at `path` has that digest."""
        running = new(self.algorithm)
        for chunk in chunks_of(path):
            running.update(chunk)
        return in_base64(running.hexdigest()) == self.digest


def carried_over(
    release: ReleaseWriter, retaining: Retaining, previous: Sequence[Previous], assets: Mapping[str, Entry]
) -> tuple[Retained, ...]:
    """What a release with `assets` retains of `previous` releases, whose files are put into `release`.

    Raises BuildError where a file is not what its manifest says, and OSError.
    """
    origins: dict[str, Previous] = {}
    earlier = []
    for origin in previous:
        if found := superseded(origin.manifest, origin.shown):
            earlier.append(found)
            for name in (found.release, *(older.release for older in found.older)):
                origins.setdefault(name, origin)
    faults: dict[str, list[str]] = {}
    kept = retaining.carried(earlier, assets, _known(release))
    taken = [_taken_over(release, one, origins[one.release], faults) for one in kept]
    if faults:
        raise BuildError([_refusal(shown, found) for shown, found in faults.items()])
    return tuple(taken)


def _taken_over(release: ReleaseWriter, kept: Retained, origin: Previous, faults: dict[str, list[str]]) -> Retained:
    """What is now retained of `kept`; what is wrong with its files is added to `faults`, by what `origin` is called."""
    entries = {}
    fetch = partial(_fetched, partial(_proven, origin.fetch, release))
    for path, carried in zip(kept.assets, _in_turn(fetch, kept.assets.values(), origin.at_once), strict=True):
        if carried.fault:
            faults.setdefault(origin.shown, []).append(carried.fault)
        for file, place in carried.files.items():
            if place is not None:
                release.take_over(file, place)
        entries[path] = carried.entry
    return replace(kept, assets=entries)


def _known(release: ReleaseWriter) -> tuple[Retained, ...]:
    """The earlier releases that the manifest in place names, if it can be read."""
    with suppress(BuildError):
        found: Superseded | None = superseded(release.manifest(), "")
        return found.older if found else ()
    return ()


def _in_turn(work: Callable[[_One], _Other], given: Iterable[_One], at_once: int) -> Iterator[_Other]:
    """What `work` makes of each, in their order; of some at a time, so that few results are held."""
    if at_once == 1:
        yield from map(work, given)
        return
    from buildassets.threads import UnwaitedThreads  # 10 ms

    rest = iter(given)
    with UnwaitedThreads(at_once) as threads:
        while some := list(islice(rest, _AT_A_TIME)):
            yield from threads.map(work, some)


def _fetched(proven: Callable[[str, _Proof], str | None], entry: Entry) -> _Carried:
    """The files of `entry`. What cannot be proven is not taken: a copy is left out then, the file itself is a fault."""
    if not _is_proven(entry):
        return _Carried(entry, {}, f"`{entry.file}` has no digest")
    files: dict[str, str | None] = {}
    try:
        files[entry.file] = proven(entry.file, _proof_of(entry))
        for coding, size_bytes in entry.encodings.items():
            if coding in SUFFIXES and coding in entry.digests:
                proof = _Proof(size_bytes, "sha256", entry.digests[coding])
                with suppress(FileNotFoundError):  # not every server has copies under their own names
                    copy = entry.file + SUFFIXES[coding]
                    files[copy] = proven(copy, proof)
    except FileNotFoundError:
        return _Carried(entry, {}, f"`{entry.file}` is not there")
    except ValueError as fault:
        return _Carried(entry, {}, f"`{fault}` is not what the manifest says")
    except OSError as fault:
        return _Carried(entry, {}, f"`{entry.file}` cannot be read: {reason_text(fault)}")
    codings = [coding for coding in entry.encodings if entry.file + SUFFIXES.get(coding, "") in files]
    sizes = {coding: entry.encodings[coding] for coding in codings}
    digests = {coding: one for coding, one in entry.digests.items() if coding in sizes or coding == IDENTITY}
    return _Carried(replace(entry, encodings=sizes, digests=digests), files)


def _is_proven(entry: Entry) -> bool:
    """Whether a manifest from elsewhere holds a digest of the file."""
    return (entry.integrity or "").partition("-")[0] in ALGORITHMS or IDENTITY in entry.digests


def _proven(fetch: Callable[[str, int, str], None], release: ReleaseWriter, file: str, proof: _Proof) -> str | None:
    """Where `file` was put that came from the earlier release; None where the release directory has it.

    Raises OSError, and ValueError for what is not as `proof` has it.
    """
    if release.holds(file, proof.size_bytes) and proof.holds(release.path(file)):
        return None
    place = release.place()
    fetch(file, proof.size_bytes, place)
    if os.path.getsize(place) != proof.size_bytes or not proof.holds(place):
        raise ValueError(file)
    return place


def _proof_of(entry: Entry) -> _Proof:
    algorithm, _, digest = (entry.integrity or "").partition("-")
    if algorithm in ALGORITHMS:
        return _Proof(entry.size, algorithm, digest)
    return _Proof(entry.size, "sha256", entry.digests[IDENTITY])


def _refusal(shown: str, faults: Sequence[str]) -> Diagnostic:
    count = "a file" if len(faults) == 1 else f"{len(faults)} files"
    notes = [*faults[:_SHOWN_FAULTS]]
    if len(faults) > _SHOWN_FAULTS:
        notes.append(f"and {len(faults) - _SHOWN_FAULTS} more")
    hint = "carry from where that release is whole, such as its archive"
    return error("carry/file", f"cannot carry over {count} of `{shown}`", Location(shown), notes=notes, hint=hint)
