"""Writing the release directory: files first, the manifest last, each by rename.

Takes final bytes, gives the manifest that now stands on disk. Files of earlier releases are left alone. A failure
leaves the old manifest and everything that it names.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from buildassets.compiler.compress import SUFFIXES, compressed, is_copy_of
from buildassets.manifest import MANIFEST_NAME, Entry, Manifest, dumps
from buildassets.media import media_of
from buildassets.paths import LogicalPath

ASSETS_FOLDER: Final = "assets"
STAGING_PREFIX: Final = ".new-"


@dataclass(frozen=True, slots=True)
class Emitted:
    """What a build left on disk. `written` are paths below the release directory; the manifest, if written, is last."""

    manifest: Manifest
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Copies:
    """The precompressed copies of one file: sizes in bytes by content coding, and the bytes not yet on disk by name."""

    sizes: Mapping[str, int]
    missing: Mapping[str, bytes]


def emit(
    output: str,
    manifest: Manifest,
    contents: Mapping[LogicalPath, bytes],
    codings: Sequence[str],
    executor: Executor | None = None,
) -> Emitted:
    """Bring the release directory `output` to what `manifest` says, with `contents` by logical path.

    Adds the sizes of the precompressed copies to the manifest. What is on disk already, byte for byte, is not written
    again; a compressed copy is kept if it decompresses to the right bytes. Raises OSError.
    """
    paths = sorted(contents)
    assets_folder = os.path.join(output, ASSETS_FOLDER)

    files = {entry.file for entry in manifest.assets.values()}

    def copies_of(path: LogicalPath) -> _Copies:
        file = manifest.assets[path].file
        # A file that keeps its name may stand where the copy would: a build that compresses, too, made it.
        free = [coding for coding in codings if file + SUFFIXES[coding] not in files]
        return _copies(assets_folder, file, contents[path], free)

    each: Callable[..., Iterator[_Copies]] = executor.map if executor and codings else map
    entries: dict[str, Entry] = {}
    with _staging(output) as staging:
        for path, copies in zip(paths, each(copies_of, paths), strict=True):
            entries[path] = replace(manifest.assets[path], encodings=copies.sizes)
            staging.add_unless_held(f"{ASSETS_FOLDER}/{manifest.assets[path].file}", contents[path])
            for name, copy in copies.missing.items():
                staging.add(f"{ASSETS_FOLDER}/{name}", copy)
        final = replace(manifest, assets=entries)
        staging.add_unless_held(MANIFEST_NAME, dumps(final).encode("ascii"))
        return Emitted(final, staging.move_all())


def release_files(output: str, manifest: Manifest) -> Iterator[str]:
    """The paths of all files of the release in the directory `output`."""
    yield os.path.join(output, MANIFEST_NAME)
    for entry in manifest.assets.values():
        path = os.path.join(output, ASSETS_FOLDER, entry.file)
        yield path
        yield from (path + SUFFIXES[coding] for coding in entry.encodings)


def _copies(assets_folder: str, file: str, content: bytes, codings: Sequence[str]) -> _Copies:
    sizes: dict[str, int] = {}
    missing: dict[str, bytes] = {}
    for coding in codings if media_of(file).compressible else ():
        name = file + SUFFIXES[coding]
        held = _read(os.path.join(assets_folder, name))
        if held is not None and len(held) < len(content) and is_copy_of(coding, held, content):
            sizes[coding] = len(held)
        elif (copy := compressed(coding, content)) is not None:
            sizes[coding] = len(copy)
            missing[name] = copy
    return _Copies(sizes, missing)


def _read(path: str) -> bytes | None:
    """The bytes of the regular file at `path`; None where there is none or it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


@contextmanager
def _staging(output: str) -> Iterator["_Staging"]:
    """A new folder in the release directory, which is locked meanwhile: builds into one directory take turns here."""
    os.makedirs(output, exist_ok=True)
    lock = os.open(output, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _remove_abandoned(output)
        folder = tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=output)
        try:
            yield _Staging(output, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _remove_abandoned(output: str) -> None:
    """Remove what killed builds left; sure to be nobody's, since the lock is ours."""
    with os.scandir(output) as entries:
        abandoned = [entry.path for entry in entries if entry.name.startswith(STAGING_PREFIX)]
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)


class _Staging:
    """Where new files wait until all of them are whole."""

    def __init__(self, output: str, folder: str) -> None:
        self._output = output
        self._folder = folder
        self._waiting: list[tuple[str, str]] = []

    def add(self, name: str, content: bytes) -> None:
        temporary = os.path.join(self._folder, str(len(self._waiting)))
        with open(temporary, "xb") as file:
            file.write(content)
        self._waiting.append((temporary, name))

    def add_unless_held(self, name: str, content: bytes) -> None:
        path = os.path.join(self._output, name)
        if _size_bytes(path) != len(content) or _read(path) != content:
            self.add(name, content)

    def move_all(self) -> tuple[str, ...]:
        """Put every waiting file in its place, in the order in which they were added; gives their names."""
        folders: set[str] = set()
        for temporary, name in self._waiting:
            destination = os.path.join(self._output, name)
            folder = os.path.dirname(destination)
            if folder not in folders:
                os.makedirs(folder, exist_ok=True)
                folders.add(folder)
            os.replace(temporary, destination)
        return tuple(name for _, name in self._waiting)


def _size_bytes(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except OSError:
        return None
