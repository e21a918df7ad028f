"""Deltas: an asset compressed against the file that a browser has of an earlier release (RFC 9842).

Takes a manifest that retains earlier releases, gives it with its deltas. Reads files of the release and adds new ones.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Protocol

from buildassets.compiler.cache.store import BYTES, Cache
from buildassets.disk.codings import delta, library
from buildassets.foundation.digest import digest, in_base64
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import delta_file, media_of
from buildassets.manifest.model import Delta, Entry, Manifest

if TYPE_CHECKING:
    from concurrent.futures import Executor  # 10 ms


# Both files are in memory as a whole. For 2 MiB zstd takes 70 MB more at its highest level, for 4 MiB 110 MB. So large
# deltas are made one at a time.
_LARGEST_BYTES: Final = 1 << 21
_IN_TURN_BYTES: Final = 1 << 20


class ReleaseFiles(Protocol):
    """The files of a release, by their names below `assets/`."""

    def content(self, file: str) -> bytes:
        """The content of `file`. Raises OSError."""

    def take_in(self, file: str, content: bytes) -> None:
        """Add a `file` with that `content`. Raises OSError."""


@frozen
class _Pair:
    """A file of the release, and the file of an earlier release with the same logical path."""

    logical: str
    file: str
    earlier: str
    size_bytes: int  # of the larger of the two
    smallest_bytes: int  # of the file and its copies: a delta has to be smaller


def with_deltas(
    manifest: Manifest,
    files: ReleaseFiles,
    level: int,
    cache: Cache | None = None,
    *,
    executor: "Executor | None" = None,
) -> Manifest:
    """`manifest` with deltas for files that differ from an earlier release's, if they are smaller than all copies.

    Threads of `executor` compress. Raises OSError.
    """
    begun = [(pair, _begun(pair, files, level, cache, executor=executor)) for pair in _pairs(manifest)]
    deltas: dict[str, dict[str, Delta]] = {}
    for pair, made in begun:
        dictionary, content = made()
        if content and len(content) < pair.smallest_bytes:
            files.take_in(delta_file(pair.file, dictionary), content)
            deltas.setdefault(pair.logical, {})[dictionary] = Delta(len(content), in_base64(digest(content)))
    assets = {path: _with(entry, deltas.get(path, {})) for path, entry in manifest.assets.items()}
    return replace(manifest, assets=assets, dictionaries=True)


def _with(entry: Entry, deltas: Mapping[str, Delta]) -> Entry:
    return replace(entry, deltas=deltas) if deltas else entry


def _pairs(manifest: Manifest) -> Iterator[_Pair]:
    for path, entry in manifest.assets.items():
        if entry.plain or not media_of(entry.file).compressible:
            continue
        retained = (release.assets[path] for release in manifest.retained if path in release.assets)
        earlier = {before.file: max(before.size, entry.size) for before in retained}
        smallest_bytes = min((entry.size, *entry.encodings.values()))
        for file, size_bytes in earlier.items():
            if size_bytes <= _LARGEST_BYTES:
                yield _Pair(path, entry.file, earlier=file, size_bytes=size_bytes, smallest_bytes=smallest_bytes)


def _begun(
    pair: _Pair, files: ReleaseFiles, level: int, cache: Cache | None, *, executor: "Executor | None"
) -> Callable[[], tuple[str, bytes]]:
    if executor is None or pair.size_bytes > _IN_TURN_BYTES:
        return lambda: _made(pair, files, level, cache)
    return executor.submit(_made, pair, files, level, cache).result


def _made(pair: _Pair, files: ReleaseFiles, level: int, cache: Cache | None) -> tuple[str, bytes]:
    """The digest of the earlier file, in base64, and the delta, from the cache if it is there."""
    dictionary, content = files.content(pair.earlier), files.content(pair.file)
    name = digest(dictionary)
    if cache is None:
        return in_base64(name), delta(content, dictionary, level)
    step, key = f"delta {name} {digest(content)}", f"{level} {library('zstd')}"
    cache.fetch([(step, key)])
    cache.keep_from_others([(step, pair.file, lambda: [content])])
    return in_base64(name), cache.step(step, key, lambda: delta(content, dictionary, level), BYTES)
