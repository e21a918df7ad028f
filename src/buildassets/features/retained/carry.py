"""Carries files of earlier releases over into a new one whose directory lacks them, as in a container image.

Takes earlier releases with functions that read their files, puts each file into the new release after checking it
against its manifest, and gives the entries of the new manifest on earlier releases.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from hashlib import new
from itertools import islice
from typing import Final, TypeVar

from buildassets.compiler.graph.checks.kept_names import carries_hash
from buildassets.compiler.request import Previous
from buildassets.compiler.write.release_directory import ReleaseWriter
from buildassets.disk.files import chunks_of
from buildassets.errors import BuildError
from buildassets.features.retained.retain import Retaining, Superseded, superseded
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.foundation.digest import ALGORITHMS, in_base64
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import SUFFIXES
from buildassets.manifest.model import IDENTITY, LIVERELOAD_NAME, RELEASE_FILE, Entry, Retained

_AT_A_TIME: Final = 32  # assets whose files are fetched but not yet in the release
_SHOWN_FAULTS: Final = 5
_WELL_KNOWN: Final = ".well-known"  # the one folder of a URL that begins so and that pages need (RFC 8615)

_One = TypeVar("_One")
_Other = TypeVar("_Other")


@frozen
class _Carried:
    """An asset of an earlier release: its entry, the paths of its files, and what is wrong with it, if anything.

    The path of a file is None if it is in the release directory already.
    """

    entry: Entry
    files: Mapping[str, str | None]
    fault: str = ""


@frozen
class _Proof:
    """The size and digest of a file according to a manifest; the digest is in base64."""

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
    """The parts of `previous` releases that a release with `assets` retains; their files are put into `release`.

    Raises BuildError if a file does not match its manifest, and OSError.
    """
    origins: dict[str, Previous] = {}
    earlier = []
    for origin in previous:
        if last := superseded(origin.manifest, origin.shown):
            earlier.append(last)
            for name in (last.release, *(older.release for older in last.older)):
                origins.setdefault(name, origin)
    faults: dict[str, list[str]] = {}
    kept = retaining.carried(earlier, assets, _known(release))
    for retained in kept:
        planted = [entry.file for path, entry in retained.assets.items() if not _is_of_a_release(path, entry.file)]
        messages = [f"`{file}` is the name of no file that a build makes" for file in planted]
        faults.setdefault(origins[retained.release].shown, []).extend(messages)
    faults = {shown: messages for shown, messages in faults.items() if messages}
    if faults:
        raise BuildError([_refusal(shown, messages) for shown, messages in faults.items()])
    taken = [_taken_over(release, retained, origins[retained.release], faults) for retained in kept]
    if faults:
        raise BuildError([_refusal(shown, messages) for shown, messages in faults.items()])
    return tuple(taken)


def _taken_over(release: ReleaseWriter, kept: Retained, origin: Previous, faults: dict[str, list[str]]) -> Retained:
    """`kept` with the files that could be taken over. Faults are added to `faults`, under the name of `origin`."""
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


def _is_of_a_release(path: str, file: str) -> bool:
    """Whether a build may give the asset `path` the name `file`: with a hash, or its own, as files of Vite have.

    Names that mean something to web servers or to the runtime would be planted, as `.htaccess`.
    """
    *folders, name = file.split("/")
    if file in (LIVERELOAD_NAME, RELEASE_FILE) or any(part.startswith(".") for part in folders if part != _WELL_KNOWN):
        return False
    return carries_hash(file) or (file == path and not name.startswith("."))


def _known(release: ReleaseWriter) -> tuple[Retained, ...]:
    """The earlier releases that the manifest on disk retains, if it can be read."""
    with suppress(BuildError):
        last: Superseded | None = superseded(release.manifest(), "")
        return last.older if last else ()
    return ()


def _in_turn(work: Callable[[_One], _Other], given: Iterable[_One], at_once: int) -> Iterator[_Other]:
    """The results of `work`, in the order of `given`; made for a few at a time, so that few are in memory."""
    if at_once == 1:
        yield from map(work, given)
        return
    from buildassets.work.threads import UnwaitedThreads  # 10 ms

    rest = iter(given)
    with UnwaitedThreads(at_once) as threads:
        while some := list(islice(rest, _AT_A_TIME)):
            yield from threads.map(work, some)


def _fetched(proven: Callable[[str, _Proof], str | None], entry: Entry) -> _Carried:
    """The files of `entry`. Without a matching digest, a copy is left out, and the file itself is a fault."""
    if not _is_proven(entry):
        return _Carried(entry, {}, f"`{entry.file}` has no digest")
    files: dict[str, str | None] = {}
    try:
        files[entry.file] = proven(entry.file, _proof_of(entry))
        for coding, size_bytes in entry.encodings.items():
            if coding in SUFFIXES and coding in entry.digests:
                proof = _Proof(size_bytes, "sha256", entry.digests[coding])
                with suppress(FileNotFoundError):  # not every server serves copies under their own names
                    copy = entry.file + SUFFIXES[coding]
                    files[copy] = proven(copy, proof)
    except FileNotFoundError:
        return _Carried(entry, {}, f"`{entry.file}` is not there")
    except ValueError as fault:
        return _Carried(entry, {}, f"`{fault}` does not match its manifest")
    except OSError as fault:
        return _Carried(entry, {}, f"`{entry.file}` cannot be read: {reason_text(fault)}")
    codings = [coding for coding in entry.encodings if entry.file + SUFFIXES.get(coding, "") in files]
    sizes = {coding: entry.encodings[coding] for coding in codings}
    digests = {coding: digest for coding, digest in entry.digests.items() if coding in sizes or coding == IDENTITY}
    return _Carried(replace(entry, encodings=sizes, digests=digests), files)


def _is_proven(entry: Entry) -> bool:
    """Whether `entry`, of a manifest from elsewhere, has a digest of the file."""
    return (entry.integrity or "").partition("-")[0] in ALGORITHMS or IDENTITY in entry.digests


def _proven(fetch: Callable[[str, int, str], None], release: ReleaseWriter, file: str, proof: _Proof) -> str | None:
    """Fetch `file` from the earlier release. Returns its path, None if the release directory has the file already.

    Raises OSError, and ValueError if it does not match `proof`.
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
