"""The precompressed copies of a release: those in the release directory, those in the cache, or else new ones.

Takes the files of a release, gives copies. Each content is compressed once, however many files hold it, and not again
while the cache, the release directory or the folder that all projects of a user share has the copy. Reads files, writes
only to the cache and to that folder.
"""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeVar

from buildassets.compiler.body import OnDisk
from buildassets.compiler.cache.store import BYTES, IN_FILE, Cache, Form
from buildassets.compiler.cache.traces import Stale
from buildassets.compiler.stage_times import StageTimes
from buildassets.compiler.write.copy_job import compressed_away
from buildassets.disk.codings import (
    compressed,
    compressed_chunks,
    decompressed_chunks,
    is_copy_of,
    is_worthwhile,
    library,
    memory_bytes,
)
from buildassets.disk.files import LARGE_BYTES, bytes_at, chunks_of, content_of, digest_of, write_chunks
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import field, frozen, frozen_by_name
from buildassets.foundation.media import SUFFIXES
from buildassets.work.jobs import Room

if TYPE_CHECKING:
    from concurrent.futures import Executor  # 10 ms

    from buildassets.compiler.executors.away import Away
    from buildassets.compiler.graph.walk import Progress

_ROOM_BYTES: Final = 105_000_000  # of the 150 MB that a build may use for files that it does not parse
_COUNTED_BYTES: Final = 1 << 20
# Where brotli 11 gets nothing smaller it takes 0.7 s a MB, the test of a sample 1 ms; for short files nothing is won.
_SAMPLED_BYTES: Final = 1 << 18
_SAMPLE_BYTES: Final = 1 << 15
_SHARED_BYTES: Final = 1 << 14  # smaller files are compressed as fast as their copies are found and checked
_Value = TypeVar("_Value")


@frozen_by_name
class Copying:
    """How the copies of a release are made: the level of each content coding, and as for `made_copies`.

    `progress` is called for each copy; `times` get the time that they take.
    """

    levels: Mapping[str, int]
    executor: "Executor | None"
    away: "Away | None"
    cache: Cache | None
    shared: str | None
    progress: "Progress | None"
    times: StageTimes


@frozen
class ToCompress:
    """A file to compress: its name, the digest and the size of its content, the level of each copy by its coding."""

    file: str
    digest: str
    size_bytes: int
    levels: Mapping[str, int]


@frozen
class Copy:
    """A precompressed copy of `files`, which all have the same content.

    `size_bytes` is 0 if the copy would not be smaller, and so is not made. `digest` is that of the copy. `content` is
    None if all of `files` have their copy already. The copy of a large file is left on disk.
    """

    files: tuple[str, ...]
    coding: str
    size_bytes: int
    digest: str
    content: bytes | OnDisk | None


@frozen
class CopyPlaces:
    """The paths of a release: the folder of its copies, the path of a file by its name, and a path for a new file."""

    folder: str
    path: Callable[[str], str]
    new: Callable[[], str]


@frozen
class _Work:
    """A content to compress: its digest and size, and the files that hold it."""

    coding: str
    level: int
    digest: str
    size_bytes: int
    files: list[str] = field(default_factory=list)

    def paths(self, places: CopyPlaces) -> list[str]:
        """The paths of the copies in the release."""
        return [os.path.join(places.folder, file) + SUFFIXES[self.coding] for file in self.files]

    def copy(self, content: bytes) -> Copy:
        """A copy with `content`; no copy if that is empty."""
        return Copy(
            tuple(self.files), self.coding, size_bytes=len(content), digest=digest(content), content=content or None
        )


@frozen
class _Means:
    """The memory that all copies share, and the function that compresses; for that see `codings.compressed`.

    `shared` are the copies of all projects of the user.
    """

    room: Room
    compress: Callable[[str, bytes, int], bytes | None]
    shared: Cache | None


def made_copies(
    files: Iterable[ToCompress],
    places: CopyPlaces,
    cache: Cache | None = None,
    executor: "Executor | None" = None,
    *,
    away: "Away | None" = None,
    shared: str | None = None,
) -> Iterator[Copy]:
    """The copies of all files, the largest first, so that no core waits for a last large one when all else is done.

    Copies of large files are made one at a time in the calling thread, while threads of `executor` make the others.
    Together they use no more memory than _ROOM_BYTES. If there is an executor `away`, it compresses these others. The
    folder `shared` has copies of all projects of the user.
    """
    executor = away.threads or executor if away else executor
    works: dict[tuple[str, str], _Work] = {}
    for file in files:
        for coding, level in file.levels.items():
            work = works.setdefault((coding, file.digest), _Work(coding, level, file.digest, file.size_bytes))
            work.files.append(file.file)
    ordered = sorted(works.values(), key=lambda work: work.size_bytes, reverse=True)
    if cache:
        cache.fetch(map(_step_of, ordered))
        cache.keep_from_others(
            (_step_of(work)[0], work.files[0], partial(chunks_of, places.path(work.files[0]))) for work in ordered
        )
    is_new = cache is not None and any(isinstance(cache.trace(*_step_of(one)), Stale) for one in ordered)
    means = _Means(Room(_ROOM_BYTES), _compressed_by(away), _opened(shared) if shared and is_new else None)
    begun = deque(_begun(work, places, cache, executor, means=means) for work in ordered)
    try:
        while begun:
            yield begun.popleft()()
    finally:
        if means.shared:
            means.shared.save()


def _opened(folder: str) -> Cache | None:
    """The shared copies; None if the folder cannot be made, without which a build only takes longer."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError:
        return None
    return Cache(folder)


def _compressed_by(away: "Away | None") -> Callable[[str, bytes, int], bytes | None]:
    """The function that compresses: elsewhere if there is an executor, and here what comes back from it."""
    if away is None:
        return compressed

    def compress(coding: str, content: bytes, level: int) -> bytes | None:
        copy = compressed_away(away, coding, content, level)
        if copy is not None:
            return copy
        with away.here:
            return compressed(coding, content, level)

    return compress


def _held_bytes(work: _Work) -> int:
    """The memory that `work` needs. Small files are not counted: they need little."""
    if work.size_bytes < _COUNTED_BYTES:
        return 0
    return memory_bytes(work.coding, work.size_bytes) + min(work.size_bytes, LARGE_BYTES)


def _begun(
    work: _Work, places: CopyPlaces, cache: Cache | None, executor: "Executor | None", *, means: _Means
) -> Callable[[], Copy]:
    if cache and (copy := _held(work, places, cache)):
        return lambda: copy
    if work.size_bytes >= LARGE_BYTES:
        return partial(_large_copy, work, places, cache, means)
    make = partial(_copy, work, places, cache, means)
    return executor.submit(make).result if executor else make


def _held(work: _Work, places: CopyPlaces, cache: Cache) -> Copy | None:
    """The copy, if the cache shows that it is in place already or not worthwhile; else None."""
    known = cache.trace(*_step_of(work))
    if isinstance(known, Stale):
        return None
    if known.size_bytes == 0 or all(cache.files.of(path) == known.result for path in work.paths(places)):
        return Copy(tuple(work.files), work.coding, size_bytes=known.size_bytes, digest=known.result, content=None)
    return None


def _copy(work: _Work, places: CopyPlaces, cache: Cache | None, means: _Means) -> Copy:
    """The copy from the cache or the release directory, or else a new one."""
    return work.copy(_kept(work, cache, BYTES, partial(_made, work, places, means)))


def _kept(work: _Work, cache: Cache | None, form: Form[_Value], make: Callable[[Collection[str]], _Value]) -> _Value:
    """The copy from the cache, or else that of `make`.

    `make` gets the digests of copies with another level or library, which a clean build would not make.
    """
    if cache is None:
        return make(())
    step, key = _step_of(work)
    return cache.step(step, key, lambda: make(cache.results(step, besides=key)), form)


def _step_of(work: _Work) -> tuple[str, str]:
    """The name and the key of the step that makes a copy. Neither contains file names: the content may move."""
    return f"copy {work.coding} {work.digest}", f"{work.level} {library(work.coding)}"


def _made(work: _Work, places: CopyPlaces, means: _Means, outdated: Collection[str]) -> bytes:
    """The copy in the release directory, or else a new one; empty if it would be hardly smaller, or no smaller."""
    with means.room.taken(_held_bytes(work)):
        content = content_of(places.path(work.files[0]))
        if len(content) >= _SAMPLED_BYTES and not is_worthwhile(work.coding, _sample(content)):
            return b""
        for path in work.paths(places):
            held = bytes_at(path)
            if held is None or len(held) >= len(content) or digest(held) in outdated:
                continue
            if is_copy_of(work.coding, held, content):
                return held
        return _shared(work, content, means)


def _shared(work: _Work, content: bytes, means: _Means) -> bytes:
    """The copy that the user's projects share, if it is right, or else a new one; empty if it would be no smaller."""

    def make() -> bytes:
        return means.compress(work.coding, content, work.level) or b""

    if means.shared is None or work.size_bytes < _SHARED_BYTES:
        return make()
    copy = means.shared.step(*_step_of(work), make, BYTES)
    return copy if not copy or is_copy_of(work.coding, copy, content) else make()


def _sample(content: bytes) -> bytes:
    """The begin, the middle and the end of `content`."""
    middle = len(content) // 2
    return content[:_SAMPLE_BYTES] + content[middle : middle + _SAMPLE_BYTES] + content[-_SAMPLE_BYTES:]


def _large_copy(work: _Work, places: CopyPlaces, cache: Cache | None, means: _Means) -> Copy:
    """The same as `_copy`, but neither the file nor its copy is in memory as a whole."""
    made = _kept(work, cache, IN_FILE, partial(_made_in_file, work, places, means))
    return Copy(
        tuple(work.files),
        work.coding,
        size_bytes=made.size_bytes,
        digest=made.digest,
        content=made if made.size_bytes else None,
    )


def _made_in_file(work: _Work, places: CopyPlaces, means: _Means, outdated: Collection[str]) -> OnDisk:
    """The same as `_made`; also empty if the first part of the file does not compress."""
    with means.room.taken(_held_bytes(work)):
        return _whole_or_nothing(work, places, outdated)


def _whole_or_nothing(work: _Work, places: CopyPlaces, outdated: Collection[str]) -> OnDisk:
    source, path = places.path(work.files[0]), places.new()
    if not is_worthwhile(work.coding, next(chunks_of(source), b"")):
        return _written(path, ())
    for held in work.paths(places):
        size_bytes = os.path.getsize(held) if os.path.isfile(held) else work.size_bytes
        if size_bytes < work.size_bytes and (name := digest_of(held)) not in outdated and _is_right(work, held):
            return OnDisk(held, held, name, size_bytes)
    made = _written(path, compressed_chunks(work.coding, chunks_of(source), work.size_bytes, work.level))
    return made if made.size_bytes < work.size_bytes else _written(places.new(), ())


def _written(path: str, chunks: Iterable[bytes]) -> OnDisk:
    """Write `chunks` to a new file at `path`. Returns it."""
    size_bytes = write_chunks(path, chunks)
    return OnDisk(path, path, digest_of(path), size_bytes)


def _is_right(work: _Work, path: str) -> bool:
    """Whether the copy at `path` is undamaged and decompresses to the content of `work`."""
    running, size_bytes = sha256(), 0
    try:
        for chunk in decompressed_chunks(work.coding, path):
            running.update(chunk)
            size_bytes += len(chunk)
            if size_bytes > work.size_bytes:
                return False
    except (OSError, ValueError):
        return False
    return running.hexdigest() == work.digest
