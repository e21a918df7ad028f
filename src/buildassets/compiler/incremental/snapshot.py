"""The snapshot: the stamps of all files of a build, by which the next one finds what has changed since.

Takes paths and a result, gives that result again with the paths at which something has changed. It is one file that is
read in one piece. What stamps otherwise is read, where its digest is known: a checkout writes files that hold the same.
Imports little: a build with nothing to do imports no more than this.
"""

import json
import os
import time
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from stat import S_ISREG
from typing import TYPE_CHECKING, Final

from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.file_digests import ABSENT, FileDigests
from buildassets.compiler.cache.folder import BUILDS
from buildassets.compiler.cache.looked_at import digest_of_names
from buildassets.compiler.cache.stamps import (
    NOTHING,
    Looks,
    differing,
    is_settled,
    read_sealed,
    signature,
    stamps_of,
    were_exchanged,
    write_sealed,
)
from buildassets.disk.file_sets import FileSet, set_named
from buildassets.disk.files import digest_of
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import field, frozen, frozen_by_name, replace

if TYPE_CHECKING:
    from buildassets.compiler.cache.traces import Signature

_ROW_BYTES: Final = 32  # of a stamp, which is four numbers, and of a digest
_UNKNOWN: Final = bytes(_ROW_BYTES)


@frozen
class KeptBuild:
    """What is kept of a build. `result` and `record` mean nothing to this module.

    Of the paths the first `inputs` are inputs, the rest outputs. `young` are the digests of files whose stamps alone
    would not show a later write, `folders` the digests of the names in the folders of assets; in `parents` only the
    names of folders count. `digests` are those of all paths in a row, 32 bytes each, zeros where it is not known.
    """

    result: bytes
    record: bytes
    digests: bytes
    inputs: int
    young: Mapping[str, str]
    folders: Mapping[str, str]
    parents: frozenset[str]

    def digest(self, number: int) -> str | None:
        """That of the file with this number, where it is known."""
        found = self.digests[number * _ROW_BYTES : (number + 1) * _ROW_BYTES]
        return found.hex() if any(found) else None


@frozen
class StampedFiles:
    """The files that decided a build and those that it left, with their stamps (four numbers each) at `taken_ns`.

    The stamps of `young` files would not show that they were written again; at that time their contents were right.
    """

    names: Sequence[str]
    stamps: "array[int]"
    young: Collection[str]
    taken_ns: int


class Snapshot:
    """What was kept of the last build, and which of its files have changed since.

    `changed` are the paths where something is not as it was, with their stamps now and their digests.
    `is_known_otherwise` is whether something stamps otherwise and holds what it held.
    """

    def __init__(self, kept: KeptBuild, looks: Looks, was: bytes) -> None:
        self.names = names = looks.names
        self.taken_ns = now_ns = looks.at_ns
        self.stamps = looks.stamps
        digests = FileDigests({})
        changed = set(self._restamped(was, kept))
        changed.update(names.index(name) for name in kept.young if not _holds_the_same(name, kept, digests))
        was_held = {one: held for one in changed if (held := kept.digest(one))}
        looks.hash_ahead(list(was_held))
        hashed = looks.hashed.digests() if looks.hashed else {}
        held_now = {one: hashed.get(names[one]) or _digest_of_plain(names[one]) for one in was_held}
        again = {one: held for one, held in held_now.items() if held and held == was_held[one]}
        self.is_known_otherwise = bool(again)
        changed.difference_update(again)
        young = {names[one]: held for one, held in again.items() if not is_settled(self._look(one), now_ns)}
        self.kept = replace(kept, young={**kept.young, **young})
        digest_now = {one: held_now.get(one) or digests.of(names[one]) for one in changed}
        self.changed = {names[one]: (self._look(one), now) for one, now in digest_now.items()}

    @cached_property
    def unchanged(self) -> "Mapping[str, Signature]":
        """The stamps of the unchanged files, by path."""
        stamps = dict(zip(self.names, _fours(self.stamps), strict=True))
        for name in self.changed:
            del stamps[name]
        return stamps

    def stamped_files(self) -> StampedFiles:
        """All files, where nothing has changed."""
        young = [name for name in self.kept.young if not is_settled(self.unchanged[name], self.taken_ns)]
        return StampedFiles(self.names, self.stamps, young, self.taken_ns)

    def _restamped(self, was: bytes, kept: KeptBuild) -> Iterator[int]:
        """The numbers of the files whose stamps changed.

        A folder with the same names as before is left out: if a file in it was replaced, the file's own stamp shows it.
        """
        for number in differing(self.stamps.tobytes(), was):
            name = self.names[number]
            if name not in kept.folders or digest_of_names(name, kept.parents) != kept.folders[name]:
                yield number

    def _look(self, number: int) -> "Signature":
        size, mtime, ctime, inode = self.stamps[4 * number : 4 * number + 4]
        return size, mtime, ctime, inode


def _holds_the_same(name: str, kept: KeptBuild, digests: FileDigests) -> bool:
    """Whether the young file or folder `name` holds what it held."""
    if name in kept.folders:
        return digest_of_names(name, kept.parents) == kept.folders[name]
    return digests.of(name) == kept.young[name]


def _digest_of_plain(name: str) -> str | None:
    """The digest of what is a file by itself: a link may lead to the same, and is something else."""
    try:
        return digest_of(name) if S_ISREG(os.lstat(name).st_mode) else None
    except (OSError, ValueError):
        return None


def are_settled(stamps: "array[int]", at_ns: int) -> bool:
    """Whether any write after `at_ns` will change one of `stamps`, which the files had then."""
    return all(stamp == NOTHING or is_settled(stamp, at_ns) for stamp in _fours(stamps))


def _fours(numbers: "array[int]") -> "Iterator[Signature]":
    each = iter(numbers)
    return zip(each, each, each, each, strict=True)


def last(
    cache_folder: str, build: str, clock: Callable[[], int] = time.time_ns, looks: Iterable[Looks] = ()
) -> Snapshot | None:
    """The snapshot that `take` kept of `build`; None if there is none, or it is damaged.

    `build` is a text that contains all that decides the result besides files. Its files are looked at, unless that has
    just been done, as in `looks`.
    """
    try:
        kept, names, stamps = _read(read_sealed(_path(cache_folder, build)), build)
    except (OSError, ValueError):
        return None
    now = clock()
    known = next((one for one in (each.first(len(names)) for each in looks) if one.names == names), None)
    found = Snapshot(kept, known or Looks(names, stamps_of(names), now), stamps)
    now = found.taken_ns
    if (kept.young or found.is_known_otherwise) and not found.changed:
        young = {path: was for path, was in found.kept.young.items() if not is_settled(found.unchanged[path], now)}
        if found.is_known_otherwise or len(young) < len(kept.young):
            _write(cache_folder, build, replace(kept, young=young), names=names, stamps=found.stamps)
    return found


def changed_since_last(cache_folder: str, build: str) -> Collection[str] | None:
    """The paths at which something changed since the snapshot of `build`; None if there is none, or it is damaged."""
    try:
        kept, names, stamps = _read(read_sealed(_path(cache_folder, build)), build)
    except (OSError, ValueError):
        return None
    return Snapshot(kept, Looks(names, stamps_of(names), time.time_ns()), stamps).changed.keys()


def inputs_of_last(cache_folder: str, build: str) -> frozenset[str]:
    """The inputs of the snapshot of `build`, without a look at them; none if there is none, or it is damaged."""
    try:
        kept, names, _ = _read(read_sealed(_path(cache_folder, build)), build)
    except (OSError, ValueError):
        return frozenset()
    return frozenset(names[: kept.inputs])


def _read(parts: Sequence[bytes], build: str) -> tuple[KeptBuild, list[str], bytes]:
    """What `parts` hold: what is kept, the paths and their stamps. Raises ValueError if it is not of `build`."""
    head_text, result, names, stamps, record, digests = parts
    head = json_values.table(json_values.read(head_text))
    if head.get("build") != build:
        raise ValueError("another build")
    named, inputs = _split(names), json_values.number(head.get("inputs"))
    young, folders = (json_values.table(head.get(key)) for key in ("young", "folders"))
    json_values.texts([*young.values(), *folders.values()])
    parents = frozenset(json_values.texts(head.get("parents")))
    known = set(named)
    if len(known) * _ROW_BYTES != len(stamps) or not 0 <= inputs <= len(named) or not known.issuperset(young):
        raise ValueError("numbers that do not fit")
    if len(digests) != len(named) * _ROW_BYTES:
        raise ValueError("digests that do not fit")
    return (
        KeptBuild(result, record, digests=digests, inputs=inputs, young=young, folders=folders, parents=parents),
        named,
        stamps,
    )


@frozen_by_name
class FinishedBuild:
    """A build that is done, with all that decides for how long its `result` holds.

    - `inputs`: files, folders, and what was not there; `outputs`: the files that it left.
    - `began_ns`: when it began. An input that may have been written since is not known to be what the build read.
    - `folders`: of these only the names in them count, and not when they were written; of the `parents` among them only
      the names of folders.
    - `sets`: have to be as they were for the build. Of the folders `listed` nothing else matters, so these may be as
      young as they like.
    - `written`: outputs that this build wrote. If another build has written them since, the next build sees it.
    - `expected`: digests of outputs, which show what another builder put in their place before they were looked at.
    - `known`: the digests of files that were read meanwhile, each with the stamps that it had; with None where it was
      read or written for that build and not again.
    - `as_read`: the stamps that inputs had before they were read. These are not looked at again, as a later write shows
      in the next build.
    """

    inputs: Collection[str]
    outputs: Collection[str]
    result: bytes
    began_ns: int
    record: bytes = b""
    folders: Collection[str] = ()
    sets: Collection[FileSet] = ()
    listed: Collection[str] = ()
    parents: frozenset[str] = frozenset()
    written: Collection[str] = ()
    expected: Mapping[str, str] = field(default_factory=dict)
    known: "Mapping[str, tuple[Signature | None, str]]" = field(default_factory=dict)
    as_read: "Mapping[str, Signature]" = field(default_factory=dict)


def take(
    cache_folder: str,
    build: str,
    done: FinishedBuild,
    *,
    before: Snapshot | None = None,
    clock: Callable[[], int] = time.time_ns,
) -> StampedFiles | None:
    """Keep the result of what is `done` for as long as all its inputs and outputs look as they do now.

    Nothing is kept if an input may have been written since the build began. What was unchanged `before` the build is
    not looked at again, but for what the build wrote. Gives what is kept, if it still holds.
    """
    read = [path for path in dict.fromkeys(done.inputs) if "\0" not in path]  # no file can have a path with a NUL
    names = list(dict.fromkeys((*read, *done.outputs)))
    known = _Rows(before, names, written=done.written)
    now = clock()
    fresh = {name: done.as_read.get(name) or signature(name) or NOTHING for name in known.new}
    digests = FileDigests({})
    if were_exchanged(read, done.began_ns) or not _are_as_read(read, fresh, done, before, digests=digests):
        return None
    stamps = known.stamps(fresh)
    young = {name: digests.of(name) for name, stamp in fresh.items() if not is_settled(stamp, now)}
    if before:
        young |= {name: was for name, was in before.kept.young.items() if name in known.numbers and name not in fresh}
    young |= done.expected
    if ABSENT in young.values():
        return None  # an output is gone again
    seen_in = before.kept.folders if before else {}
    names_in = {
        name: seen_in[name] if name in seen_in and name not in fresh else digest_of_names(name, done.parents)
        for name in done.folders
    }
    # Last: a later change shows by names. In folders that are as they were before, nothing is to be looked for.
    doubtful = (one for one in done.sets if before is None or not fresh.keys().isdisjoint(one.folders))
    if any(set_named(one.name)[0].digest != one.digest for one in doubtful):
        return None
    looked_at = {**(before.changed if before else {}), **done.known}
    found = {
        name: now_held
        for name, (stamp, now_held) in looked_at.items()
        if name in known.numbers and stamp in (None, fresh.get(name) or known.stamp(name))
    }
    kept = KeptBuild(
        done.result,
        done.record,
        digests=known.digests(found, fresh),
        inputs=len(read),
        young=young,
        folders=names_in,
        parents=done.parents,
    )
    _write(cache_folder, build, kept, names=names, stamps=stamps)
    is_so = all(digests.of(name) == was for name, was in young.items())
    return StampedFiles(names, stamps, young, now) if is_so else None


class _Rows:
    """The stamps and digests of `names`, as far as they were known `before` and did not change since.

    Nothing is known of those that this build has `written`. `numbers` are the places of all names, `new` those of
    which nothing is known.
    """

    def __init__(self, before: Snapshot | None, names: Sequence[str], *, written: Collection[str]) -> None:
        self.numbers = dict(zip(names, range(len(names)), strict=True))
        self._before = before
        changed = {*written, *before.changed} if before else ()
        earlier = {name: number for number, name in enumerate(before.names)} if before else {}
        places = [-1 if name in changed else earlier.get(name, -1) for name in names]
        self._places = places
        self.new = [name for name, place in zip(names, places, strict=True) if place < 0]

    def stamp(self, name: str) -> "Signature | None":
        """The stamp of a name, if it is known."""
        place = self._places[self.numbers[name]]
        if place < 0 or self._before is None:
            return None
        size, mtime, ctime, inode = self._before.stamps[4 * place : 4 * place + 4]
        return size, mtime, ctime, inode

    def stamps(self, fresh: "Mapping[str, Signature]") -> "array[int]":
        """The stamps of all names, those of the new ones as they are `fresh`, one after the other."""
        return array("q", self._joined(self._before.stamps.tobytes() if self._before else b"", _packed(fresh)))

    def digests(self, found: Mapping[str, str], fresh: Collection[str]) -> bytes:
        """The digests of all names in a row: those that are `found`, and those known before."""
        texts = {**dict.fromkeys(fresh, ""), **found}
        packed = {name: bytes.fromhex(text) or _UNKNOWN for name, text in texts.items()}
        return self._joined(self._before.kept.digests if self._before else b"", packed)

    def _joined(self, before: bytes, new: Mapping[str, bytes]) -> bytes:
        """The rows of all names, from those of `before` and `new` ones, which count more."""
        rows = [before[_ROW_BYTES * place : _ROW_BYTES * (place + 1)] for place in self._places]
        for name, row in new.items():
            rows[self.numbers[name]] = row
        return b"".join(rows)


def _packed(stamps: "Mapping[str, Signature]") -> dict[str, bytes]:
    return {name: array("q", stamp).tobytes() for name, stamp in stamps.items()}


def _are_as_read(
    read: Iterable[str],
    fresh: "Mapping[str, Signature]",
    done: FinishedBuild,
    before: Snapshot | None,
    *,
    digests: FileDigests,
) -> bool:
    """Whether the inputs that were `read`, and have `fresh` stamps, are surely what the build read."""
    seen = before.changed if before else {}
    for name in read:
        stamp = fresh.get(name, NOTHING)
        is_sure = stamp == NOTHING or name in done.listed or is_settled(stamp, done.began_ns)
        if not is_sure and seen.get(name) != (stamp, digests.of(name)):
            return False
    return True


def _write(cache_folder: str, build: str, kept: KeptBuild, *, names: Iterable[str], stamps: "array[int]") -> None:
    from buildassets.compiler.cache.store import writable  # which a build with nothing to do does not need

    head = {"build": build, "inputs": kept.inputs, "young": kept.young, "folders": kept.folders}
    head["parents"] = sorted(kept.parents)
    listed = "\0".join(names).encode("utf-8", "surrogatepass")
    texts = (json.dumps(head).encode("ascii"), kept.result, listed, stamps.tobytes(), kept.record, kept.digests)
    with suppress(OSError), writable(cache_folder):
        write_sealed(_path(cache_folder, build), texts)


def _path(cache_folder: str, build: str) -> str:
    return os.path.join(cache_folder, BUILDS, digest(build.encode("utf-8", "surrogatepass")))


def _split(names: bytes) -> list[str]:
    return names.decode("utf-8", "surrogatepass").split("\0")
