"""Writing the release directory: files first, the manifest last, each by rename.

Takes final content, gives the sizes and the integrity of what then stands on disk. Files of earlier releases are left
alone. A failure leaves the old manifest and everything that it names.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Final

from buildassets.compiler.bodies import bytes_of
from buildassets.compiler.compress import SUFFIXES, compressed, is_copy_of
from buildassets.compiler.model import Named
from buildassets.digest import IntegrityAlgorithm, integrity
from buildassets.manifest import MANIFEST_NAME, Entry, Manifest
from buildassets.media import media_of
from buildassets.paths import LogicalPath

ASSETS_FOLDER: Final = "assets"
STAGING_PREFIX: Final = ".new-"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the release. `encodings` are the sizes in bytes of its copies by content coding."""

    file: str
    size: int
    integrity: str | None
    encodings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the release directory is known to hold, so that it need not be read.

    `untouched` are the absolute paths of files that nobody has written since a build did; `entries` are those of the
    assets that it wrote, with the same settings as are in force now.
    """

    untouched: Collection[str] = ()
    entries: Mapping[str, Entry] | None = None

    def stored(self, output: str, asset: Named) -> Stored | None:
        """What is known of `asset` in the release directory `output`, if all of it stands there."""
        entry = (self.entries or {}).get(asset.logical)
        if entry is None or entry.file != asset.file or asset.file == asset.logical:
            return None  # a name without a fingerprint says nothing of the content
        if not all(path in self.untouched for path in _files_of(output, entry)):
            return None
        return Stored(entry.file, entry.size, entry.integrity, entry.encodings)


class Release:
    """The release directory while a build writes it: what is new waits in a folder until all of it is whole."""

    def __init__(self, output: str, folder: str) -> None:
        self._output = output
        self._folder = folder
        self._waiting: dict[str, str] = {}
        self._numbers = count()

    def store(
        self,
        assets: Iterable[Named],
        algorithm: IntegrityAlgorithm | None,
        codings: Sequence[str],
        earlier: Earlier,
        executor: Executor | None = None,
    ) -> dict[LogicalPath, Stored]:
        """Take in the `assets` with their copies; `codings` are the content codings to compress in. Raises OSError.

        What is on disk already, byte for byte, is not written again; a compressed copy is kept if it decompresses to
        the right bytes.
        """
        stored: dict[LogicalPath, Stored] = {}
        to_compress: dict[LogicalPath, Stored] = {}
        for asset in assets:
            known = earlier.stored(self._output, asset)
            if known is None:
                known = self._taken_in(asset, algorithm)
                if codings and media_of(known.file).compressible:
                    to_compress[asset.logical] = known
            stored[asset.logical] = known
        names = {one.file for one in stored.values()}

        def compress(one: Stored) -> Stored:
            # A file that keeps its name may stand where the copy would: a build that compresses, too, made it.
            free = [coding for coding in codings if one.file + SUFFIXES[coding] not in names]
            return Stored(one.file, one.size, one.integrity, self._copies(one.file, free))

        each: Callable[..., Iterator[Stored]] = executor.map if executor else map
        stored.update(zip(to_compress, each(compress, to_compress.values()), strict=True))
        return stored

    def finish(self, manifest_text: str) -> tuple[str, ...]:
        """Put every waiting file in its place, the manifest last; gives their names below the release directory."""
        names = sorted(self._waiting)
        manifest = manifest_text.encode("ascii")
        if _read(os.path.join(self._output, MANIFEST_NAME)) != manifest:
            self._add(MANIFEST_NAME, manifest)
            names.append(MANIFEST_NAME)
        folders: set[str] = set()
        for name in names:
            destination = os.path.join(self._output, name)
            folder = os.path.dirname(destination)
            if folder not in folders:
                os.makedirs(folder, exist_ok=True)
                folders.add(folder)
            os.replace(self._waiting[name], destination)
        return tuple(names)

    def _taken_in(self, asset: Named, algorithm: IntegrityAlgorithm | None) -> Stored:
        content = bytes_of(asset.content)
        name = f"{ASSETS_FOLDER}/{asset.file}"
        if not self._holds(name, content):
            self._add(name, content)
        return Stored(asset.file, len(content), integrity(algorithm, content) if algorithm else None, {})

    def _holds(self, name: str, content: bytes) -> bool:
        path = os.path.join(self._output, name)
        return _size_bytes(path) == len(content) and _read(path) == content

    def _copies(self, file: str, codings: Iterable[str]) -> dict[str, int]:
        """The sizes in bytes of the compressed copies of `file`, which is taken in."""
        name = f"{ASSETS_FOLDER}/{file}"
        content = _read(self._waiting.get(name) or os.path.join(self._output, name)) or b""
        sizes: dict[str, int] = {}
        for coding in codings:
            copy_name = name + SUFFIXES[coding]
            held = _read(os.path.join(self._output, copy_name))
            if held is not None and len(held) < len(content) and is_copy_of(coding, held, content):
                sizes[coding] = len(held)
            elif (copy := compressed(coding, content)) is not None:
                self._add(copy_name, copy)
                sizes[coding] = len(copy)
        return sizes

    def _add(self, name: str, content: bytes) -> None:
        temporary = f"{self._folder}/{next(self._numbers)}"
        with open(temporary, "xb") as file:
            file.write(content)
        self._waiting[name] = temporary


@contextmanager
def release_directory(output: str) -> Iterator[Release]:
    """The release directory `output`, which is locked meanwhile: builds into one directory take turns here."""
    os.makedirs(output, exist_ok=True)
    lock = os.open(output, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _remove_abandoned(output)
        folder = tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=output)
        try:
            yield Release(output, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def release_files(output: str, manifest: Manifest) -> Iterator[str]:
    """The paths of all files of the release in the directory `output`."""
    yield os.path.join(output, MANIFEST_NAME)
    for entry in manifest.assets.values():
        yield from _files_of(output, entry)


def _files_of(output: str, entry: Entry) -> Iterator[str]:
    path = f"{output}/{ASSETS_FOLDER}/{entry.file}"
    yield path
    for coding in entry.encodings:
        yield path + SUFFIXES[coding]


def _read(path: str) -> bytes | None:
    """The bytes of the regular file at `path`; None where there is none or it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.readall()
    except OSError:
        return None


def _size_bytes(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except OSError:
        return None


def _remove_abandoned(output: str) -> None:
    """Remove what killed builds left; sure to be nobody's, since the lock is ours."""
    with os.scandir(output) as entries:
        abandoned = [entry.path for entry in entries if entry.name.startswith(STAGING_PREFIX)]
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
