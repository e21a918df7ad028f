"""The precompressed copies of a release: those that lie there, those of earlier builds, or else new ones.

Takes the files of a release, gives copies. Each content is compressed once, however many files hold it, and not again
while the cache or the release directory has the copy. Reads files, writes none but the cache's.
"""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from buildassets.compiler.cache import BYTES, Cache, bytes_at
from buildassets.compiler.compress import compressed, is_copy_of, library
from buildassets.compiler.traces import Stale
from buildassets.compiler.values import field, frozen
from buildassets.digest import digest
from buildassets.media import SUFFIXES

if TYPE_CHECKING:
    from concurrent.futures import Executor  # 10 ms


@frozen
class Wanted:
    """A file to compress: its name, the digest and the size of its content, the level of each copy by its coding."""

    file: str
    digest: str
    size_bytes: int
    levels: Mapping[str, int]


@frozen
class Copy:
    """A precompressed copy of `files`, which all hold the same.

    `size_bytes` is 0 where it would not be smaller, and then there is none. `digest` is that of the copy. `content` is
    None where every one of `files` has its copy.
    """

    files: tuple[str, ...]
    coding: str
    size_bytes: int
    digest: str
    content: bytes | None


@frozen
class Places:
    """Where a release is: the folder of its copies, and what reads a file of it by its name."""

    folder: str
    read: Callable[[str], bytes]


@frozen
class _Work:
    """A content to compress: its digest and size, and the files that hold it."""

    coding: str
    level: int
    digest: str
    size_bytes: int
    files: list[str] = field(default_factory=list)

    def paths(self, places: Places) -> list[str]:
        """Where the copies are to be."""
        return [os.path.join(places.folder, file) + SUFFIXES[self.coding] for file in self.files]

    def copy(self, content: bytes) -> Copy:
        """The copy that consists of `content`, or none where that is empty."""
        return Copy(tuple(self.files), self.coding, len(content), digest(content), content or None)


def made_copies(
    wanted: Iterable[Wanted], places: Places, cache: Cache | None = None, executor: "Executor | None" = None
) -> Iterator[Copy]:
    """The copies of all files, the largest first, so that no core waits for a last large one when all else is done."""
    works: dict[tuple[str, str], _Work] = {}
    for one in wanted:
        for coding, level in one.levels.items():
            work = works.setdefault((coding, one.digest), _Work(coding, level, one.digest, one.size_bytes))
            work.files.append(one.file)
    ordered = sorted(works.values(), key=lambda work: work.size_bytes, reverse=True)
    begun = deque(_begun(work, places, cache, executor) for work in ordered)
    while begun:
        yield begun.popleft()()


def _begun(work: _Work, places: Places, cache: Cache | None, executor: "Executor | None") -> Callable[[], Copy]:
    if cache and (copy := _held(work, places, cache)):
        return lambda: copy
    make = partial(_copy, work, places, cache)
    return executor.submit(make).result if executor else make


def _held(work: _Work, places: Places, cache: Cache) -> Copy | None:
    """The copy, if the cache knows that there is nothing to write."""
    known = cache.trace(*_step_of(work))
    if isinstance(known, Stale):
        return None
    if known.size_bytes == 0 or all(cache.files.of(path) == known.result for path in work.paths(places)):
        return Copy(tuple(work.files), work.coding, known.size_bytes, known.result, None)
    return None


def _copy(work: _Work, places: Places, cache: Cache | None) -> Copy:
    """The copy from the cache or the release directory, or else a new one."""
    if cache is None:
        return work.copy(_made(work, places))
    step, key = _step_of(work)
    made_otherwise = cache.results(step, besides=key)
    return work.copy(cache.step(step, key, lambda: _made(work, places, made_otherwise), BYTES))


def _step_of(work: _Work) -> tuple[str, str]:
    """The step that makes a copy, and its key: neither says which files hold the content."""
    return f"copy {work.coding} {work.digest}", f"{work.level} {library(work.coding)}"


def _made(work: _Work, places: Places, made_otherwise: Collection[str] = ()) -> bytes:
    """A copy that lies in its place, or else a new one; nothing where it would not be smaller.

    One whose digest is among `made_otherwise` is of another level or library, and not what a clean build would make.
    """
    content = places.read(work.files[0])
    for path in work.paths(places):
        held = bytes_at(path)
        if held is None or len(held) >= len(content) or digest(held) in made_otherwise:
            continue
        if is_copy_of(work.coding, held, content):
            return held
    return compressed(work.coding, content, work.level) or b""
