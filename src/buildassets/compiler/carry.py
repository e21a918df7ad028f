"""Files of earlier releases, carried over from where these are: for images and folders that are empty before a build.

Takes earlier releases and what reads their files, puts each file into the new release once it is known to be what the
manifest says, and gives what the new one says of earlier releases.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final, TypeVar

from buildassets.compiler.emit import Release
from buildassets.compiler.retain import Retaining, Superseded, superseded
from buildassets.compiler.values import frozen
from buildassets.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.digest import ALGORITHMS, digest, in_base64, integrity
from buildassets.errors import BuildError
from buildassets.manifest import IDENTITY, Entry, Retained
from buildassets.media import SUFFIXES
from buildassets.paths import normalise

_AT_A_TIME: Final = 32  # assets whose contents are held
_SHOWN_FAULTS: Final = 5

_One = TypeVar("_One")
_Other = TypeVar("_Other")


@frozen
class Previous:
    """An earlier release: what the user calls it, its manifest, and what reads files of it, so many `at_once`.

    `read` is given the name of a file below `assets/` and its size, and gives its content, or some of it if there is
    more than that; it raises FileNotFoundError where there is none, and another OSError where it cannot tell.
    """

    shown: str
    manifest: bytes
    read: Callable[[str, int], bytes]
    at_once: int = 1


@frozen
class _Carried:
    """An asset of an earlier release: what is now said of it, its files, and what is wrong with it."""

    entry: Entry
    files: Mapping[str, bytes]
    fault: str = ""


def carried_over(
    release: Release, retaining: Retaining, previous: Sequence[Previous], assets: Mapping[str, Entry]
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


def _taken_over(release: Release, kept: Retained, origin: Previous, faults: dict[str, list[str]]) -> Retained:
    """What is now retained of `kept`; what is wrong with its files is added to `faults`, by what `origin` is called."""
    entries = {}
    fetch = partial(_fetched, origin.read, release.held)
    for path, carried in zip(kept.assets, _in_turn(fetch, kept.assets.values(), origin.at_once), strict=True):
        if carried.fault:
            faults.setdefault(origin.shown, []).append(carried.fault)
        for file, content in carried.files.items():
            release.take_in(file, content)
        entries[path] = carried.entry
    return replace(kept, assets=entries)


def _known(release: Release) -> tuple[Retained, ...]:
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
    from concurrent.futures import ThreadPoolExecutor

    rest = iter(given)
    with ThreadPoolExecutor(at_once) as threads:
        while some := list(islice(rest, _AT_A_TIME)):
            yield from threads.map(work, some)


def _fetched(read: Callable[[str, int], bytes], held: Callable[[str], bytes | None], entry: Entry) -> _Carried:
    """The files of `entry`. What cannot be proven is not taken: a copy is left out then, the file itself is a fault."""
    if not _is_sound(entry):
        return _Carried(entry, {}, f"`{entry.file}` is no name of a file that a build writes, or has no digest")
    files: dict[str, bytes] = {}
    try:
        files[entry.file] = _proven(read, held, entry.file, entry.size, partial(_is_of, entry))
        for coding, size_bytes in entry.encodings.items():
            if coding in SUFFIXES and coding in entry.digests:
                is_right = partial(_has_digest, entry.digests[coding])
                with suppress(FileNotFoundError):  # not every server has copies under their own names
                    copy = entry.file + SUFFIXES[coding]
                    files[copy] = _proven(read, held, copy, size_bytes, is_right)
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


def _is_sound(entry: Entry) -> bool:
    """Whether a manifest from elsewhere says of a file what a build would: a name below `assets/`, sizes, digests."""
    sizes = (entry.size, *entry.encodings.values())
    is_proven = (entry.integrity or "").partition("-")[0] in ALGORITHMS or IDENTITY in entry.digests
    return (
        normalise(entry.file) == entry.file
        and "\0" not in entry.file
        and all(isinstance(size, int) and size >= 0 for size in sizes)
        and is_proven
    )


def _proven(
    read: Callable[[str, int], bytes],
    held: Callable[[str], bytes | None],
    file: str,
    size_bytes: int,
    is_right: Callable[[bytes], bool],
) -> bytes:
    """The content of `file` from the release directory or the earlier release. Raises OSError, and ValueError."""
    content = held(file)
    if content is not None and len(content) == size_bytes and is_right(content):
        return content
    content = read(file, size_bytes)
    if len(content) != size_bytes or not is_right(content):
        raise ValueError(file)
    return content


def _is_of(entry: Entry, content: bytes) -> bool:
    algorithm = (entry.integrity or "").partition("-")[0]
    if algorithm in ALGORITHMS:
        return integrity(algorithm, content) == entry.integrity
    return _has_digest(entry.digests[IDENTITY], content)


def _has_digest(wanted: str, content: bytes) -> bool:
    return in_base64(digest(content)) == wanted


def _refusal(shown: str, faults: Sequence[str]) -> Diagnostic:
    count = "a file" if len(faults) == 1 else f"{len(faults)} files"
    notes = [*faults[:_SHOWN_FAULTS]]
    if len(faults) > _SHOWN_FAULTS:
        notes.append(f"and {len(faults) - _SHOWN_FAULTS} more")
    hint = "carry from where that release is whole, such as its archive"
    return error("carry/file", f"cannot carry over {count} of `{shown}`", Location(shown), notes=notes, hint=hint)
