"""Writing the release directory: files first, the manifest last, each by rename.

Takes final content, gives the sizes and the integrity of the files on disk. Files of earlier releases stay. A failure
leaves the old manifest and everything that it names.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import new
from stat import S_ISREG
from typing import TYPE_CHECKING, Final

from buildassets.compiler.body import OnDisk, bytes_of, chunks_of_body, made, size_of
from buildassets.compiler.cache.stamps import signature
from buildassets.compiler.model import Named, Stored
from buildassets.compiler.write.kept_release import stored_as
from buildassets.compiler.write.precompressed import Copy, Copying, CopyPlaces, ToCompress, made_copies
from buildassets.compiler.write.staging import Staging
from buildassets.disk.files import (
    LARGE_BYTES,
    MOST_BYTES,
    MOST_MANIFEST_BYTES,
    bytes_at,
    chunks_of,
    content_of,
    digest_of,
    is_staging,
    put_in_place,
    staging_name,
    sync,
    sync_names,
    write_chunks,
    write_new,
)
from buildassets.disk.folders import make_folders, remove_temporary
from buildassets.disk.locks import locked
from buildassets.disk.plain_files import linked_folder
from buildassets.disk.removal import remove_path
from buildassets.errors import ManifestError
from buildassets.foundation.digest import IntegrityAlgorithm, in_base64, integrity, metadata_of
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import SUFFIXES, Syntax, delta_file, media_of
from buildassets.foundation.paths import LogicalPath
from buildassets.foundation.permission import Permission
from buildassets.manifest.model import (
    ASSETS_FOLDER,
    IDENTITY,
    MANIFEST_NAME,
    Entry,
    Manifest,
    loads_lazily,
    may_have_own_names,
    own_names,
)

if TYPE_CHECKING:
    from buildassets.compiler.cache.traces import Signature

_MAP_LEVELS: Final = {"br": 9}  # an eighth of the time of 11


@frozen
class KnownFiles:
    """The known content of the release directory, so that it need not be read.

    `untouched` are the absolute paths of files that have not changed since the last build. `entries` are those of the
    assets that it wrote, with the same settings as now.
    """

    untouched: Collection[str] = ()
    entries: Mapping[str, Entry] | None = None

    def stored(self, output: str, asset: Named) -> Stored | None:
        """The known files of `asset` in the release directory `output`; None unless all of them are there."""
        entry = None if self.entries is None else self.entries.get(asset.logical)
        if entry is None or entry.file != asset.file or asset.file == asset.logical:
            return None  # a name without a fingerprint does not identify the content
        if not all(path in self.untouched for path in files_of(output, entry)):
            return None
        return stored_as(entry)


class ReleaseWriter:
    """Writes the release directory: new files wait in a staging folder until all of them are complete.

    If it `is_lasting`, all files are synced to disk before the manifest names them.
    """

    def __init__(self, output: str, staging: Staging, *, is_lasting: bool, permission: Permission) -> None:
        self._permission = permission
        self._output = output
        self._staging = staging
        self._is_lasting = is_lasting
        self._kept_names: set[str] = set()  # the files that have the logical paths of their assets
        self._plain: set[str] = set()  # those of them that later releases use again
        self._empty: dict[str, bool] = {}  # by folder: whether it is not there, or only behind a link

    def store(
        self,
        assets: Iterable[Named],
        algorithm: IntegrityAlgorithm | None,
        earlier: KnownFiles,
        copying: Copying,
        *,
        others: Mapping[LogicalPath, str],
        plain: Collection[LogicalPath],
    ) -> dict[LogicalPath, Stored]:
        """Add the `assets` with their copies. Files that are on disk, byte for byte, are left. Raises OSError.

        `others` are files that are stored already, though some may be of the assets, `plain` the assets that keep
        their own names.
        """
        stored: dict[LogicalPath, Stored] = {}
        self._kept_names.update(file for path, file in others.items() if file == path)
        self._plain.update(file for path, file in others.items() if path in plain)
        digests: dict[str, str] = {}  # of the contents of new files; the contents themselves may be too much to hold
        for asset in assets:
            known = earlier.stored(self._output, asset)
            if asset.file == asset.logical:
                self._kept_names.add(asset.file)
            if asset.is_plain:
                self._plain.add(asset.file)
                known = replace(self._taken_in(asset, None), is_plain=True)
            elif known is None:
                known = self._taken_in(asset, algorithm)
                digests[asset.file] = asset.digest
            stored[asset.logical] = known
        if not copying.levels:
            return stored

        self._staging.write()
        names = {*others.values(), *(one.file for one in stored.values())}
        to_compress = _to_compress(stored.values(), digests, copying.levels, names)
        copies: dict[str, list[Copy]] = {each.file: [] for each in to_compress}
        places = CopyPlaces(os.path.join(self._output, ASSETS_FOLDER), self._path, self.place)
        done, count = 0, len(to_compress) * len(copying.levels)
        made_one_by_one = made_copies(
            to_compress, places, copying.cache, copying.executor, away=copying.away, shared=copying.shared
        )
        for copy in copying.times.of_each("compress", made_one_by_one):
            done += len(copy.files)
            if copying.progress is not None:
                copying.progress(done, count, f"{copy.files[0]}{SUFFIXES[copy.coding]}")
            for file in copy.files if copy.size_bytes else ():
                copies[file].append(copy)
                self._take_in_copy(file + SUFFIXES[copy.coding], copy)
        return {path: _with_copies(asset, copies.get(asset.file, ())) for path, asset in stored.items()}

    def manifest(self) -> bytes | None:
        """The bytes of the manifest on disk, None if there is none."""
        return bytes_at(os.path.join(self._output, MANIFEST_NAME), MOST_MANIFEST_BYTES)

    def manifest_stamp(self) -> "Signature | None":
        """The stamp of the manifest on disk."""
        return signature(os.path.join(self._output, MANIFEST_NAME))

    def holds(self, file: str, size_bytes: int) -> bool:
        """Whether a `file` below `assets/` of that size is on disk."""
        return self._size_bytes(f"{ASSETS_FOLDER}/{file}") == size_bytes

    def take_in(self, file: str, content: bytes | OnDisk) -> None:
        """Add a `file` below `assets/`, unless it is on disk already.

        Raises OSError, and BuildError if a source that is left on disk has changed since it was read.
        """
        name = f"{ASSETS_FOLDER}/{file}"
        if isinstance(content, OnDisk):
            self._take_in_from_disk(name, content)
        elif not self._holds(name, content):
            self._staging.add(name, content)

    def place(self) -> str:
        """A path for a new file that `take_over` may put into the release; removed at the end otherwise."""
        return self._staging.place()

    def take_over(self, file: str, path: str) -> None:
        """Add the file that was written to a `place` as `file` below `assets/`."""
        self._staging.paths[f"{ASSETS_FOLDER}/{file}"] = path

    def finish(self, manifest: bytes, companions: Mapping[str, bytes] | None = None) -> tuple[str, ...]:
        """Move every waiting file to its place, the manifest last. Returns their names below the release directory.

        `companions`, by their names below `assets/`, and files that keep their own names come after the files that they
        name. Such files that only the earlier manifest names are removed, since others read whichever they find.
        """
        last = self._plain.union(companions or ())
        before = self.manifest()
        left = self._left(before, last | self._kept_names)
        for name, content in (companions or {}).items():
            self.take_in(name, content)
        waiting = self._staging.paths
        names = sorted(waiting, key=lambda name: (name[len(ASSETS_FOLDER) + 1 :] in last, name))
        self._staging.write()
        self._staging.put(names)
        if before != manifest:
            write_new(place := self.place(), manifest)
            if self._is_lasting:  # so that a power cut leaves the earlier manifest, or this one and all that it names
                sync(self._output)
            put_in_place(place, os.path.join(self._output, MANIFEST_NAME))
            if self._is_lasting:
                sync_names(self._output)
            names.append(MANIFEST_NAME)
        for path in left:
            with suppress(OSError):  # `clean` removes it, and reports what cannot be removed
                remove_path(self._output, path, permission=self._permission)
        return tuple(names)

    def _left(self, before: bytes | None, kept: Collection[str]) -> list[str]:
        """The paths of companions and of files with their own names that only the manifest `before` names."""
        if before is None or not may_have_own_names(before):
            return []
        try:
            named = own_names(loads_lazily(before))
        except ManifestError:
            return []
        left = (name for name in named if name not in kept)
        return [self.path(name) for name in left if self._size_bytes(f"{ASSETS_FOLDER}/{name}") is not None]

    def _taken_in(self, asset: Named, algorithm: IntegrityAlgorithm | None) -> Stored:
        content = made(asset.content)
        self.take_in(asset.file, content)
        if algorithm is None:
            return Stored(
                asset.file, size_of(content), integrity=None, encodings={}, digests={IDENTITY: in_base64(asset.digest)}
            )
        if isinstance(content, bytes):
            return Stored(asset.file, len(content), integrity=integrity(algorithm, content), encodings={}, digests={})
        running = new(algorithm)
        for chunk in self.chunks(asset.file):
            running.update(chunk)
        return Stored(
            asset.file, content.size_bytes, integrity=metadata_of(algorithm, running.digest()), encodings={}, digests={}
        )

    def _take_in_from_disk(self, name: str, content: OnDisk) -> None:
        path = os.path.join(self._output, name)
        with suppress(OSError):
            if self._size_bytes(name) == content.size_bytes and digest_of(path) == content.digest:
                return
        if content.size_bytes < LARGE_BYTES:
            self._staging.add(name, bytes_of(content))
            return
        self._staging.paths[name] = place = self.place()
        write_chunks(place, chunks_of_body(content))

    def _holds(self, name: str, content: bytes) -> bool:
        if self._staging.is_first:
            return False
        path = os.path.join(self._output, name)
        return self._size_bytes(name) == len(content) and bytes_at(path, MOST_BYTES) == content

    def _size_bytes(self, name: str) -> int | None:
        """The size of a file below the release directory; None if there is none, or only behind a link."""
        around = os.path.dirname(name)
        if around not in self._empty:
            is_there = os.path.isdir(os.path.join(self._output, around))
            self._empty[around] = not is_there or linked_folder(self._output, name) is not None
        if self._empty[around]:
            return None
        try:
            status = os.lstat(os.path.join(self._output, name))
        except OSError:
            return None
        return status.st_size if S_ISREG(status.st_mode) else None

    def _take_in_copy(self, file: str, copy: Copy) -> None:
        if copy.content is not None:
            self.take_in(file, copy.content)

    def path(self, file: str) -> str:
        """The path of an added `file`, written by now: in the staging folder, or in its place. Raises OSError."""
        self._staging.write()
        return self._path(file)

    def _path(self, file: str) -> str:
        """The same for a file that is known to be written; threads may call it while copies are added."""
        name = f"{ASSETS_FOLDER}/{file}"
        return self._staging.paths.get(name) or os.path.join(self._output, name)

    def chunks(self, file: str) -> Iterator[bytes]:
        """The content of an added `file`. Raises OSError."""
        return chunks_of(self.path(file))

    def content(self, file: str) -> bytes:
        """The content of an added `file` as a whole. Raises OSError."""
        return content_of(self.path(file), MOST_BYTES)


def _with_copies(stored: Stored, copies: Collection[Copy]) -> Stored:
    if not copies:
        return stored
    sizes = {copy.coding: copy.size_bytes for copy in copies}
    digests = {copy.coding: in_base64(copy.digest) for copy in copies}
    return replace(stored, encodings=sizes, digests={**stored.digests, **digests})


def _to_compress(
    stored: Collection[Stored], digests: Mapping[str, str], levels: Mapping[str, int], names: Collection[str]
) -> list[ToCompress]:
    """Which files to compress of those `stored` that have `digests`; `names` are those of all files of the release."""
    files = []
    for asset in stored:
        if asset.file in digests and media_of(asset.file).compressible:
            # An asset that keeps its name may already have the copy's name: the build that made it compresses, too.
            free = {
                coding: _level(asset.file, coding, level)
                for coding, level in levels.items()
                if asset.file + SUFFIXES[coding] not in names
            }
            files.append(ToCompress(asset.file, digests[asset.file], asset.size, free))
    return files


def _level(file: str, coding: str, level: int) -> int:
    """The level for the copy of `file`: that of source maps, which only developer tools load, is soon made."""
    is_map = media_of(file).syntax is Syntax.SOURCE_MAP
    return min(level, _MAP_LEVELS.get(coding, level)) if is_map else level


@contextmanager
def release_directory(output: str, *, is_lasting: bool, permission: Permission) -> Iterator[ReleaseWriter]:
    """The writer of the release directory `output`. It is locked in the block: builds into one directory take turns."""
    make_folders(output)
    with locked(output):
        _remove_abandoned(output)
        folder = os.path.join(output, staging_name())
        os.mkdir(folder, 0o700)
        staging = Staging(output, folder)
        try:
            yield ReleaseWriter(output, staging, is_lasting=is_lasting, permission=permission)
        finally:
            staging.close()
            remove_temporary(folder)


def release_files(output: str, manifest: Manifest) -> Iterator[str]:
    """The paths of all files of the release in the directory `output`, retained ones included."""
    yield os.path.join(output, MANIFEST_NAME)
    for assets in (manifest.assets, *(release.assets for release in manifest.retained)):
        for entry in assets.values():
            yield from files_of(output, entry)
    for name in (*manifest.companions, *filter(None, [manifest.release_file])):
        yield f"{output}/{ASSETS_FOLDER}/{name}"


def files_of(output: str, entry: Entry) -> Iterator[str]:
    """The paths of the files of one asset in the release directory `output`."""
    path = f"{output}/{ASSETS_FOLDER}/{entry.file}"
    yield path
    for coding in entry.encodings:
        yield path + SUFFIXES[coding]
    for dictionary in entry.deltas:
        yield delta_file(path, dictionary)


def _remove_abandoned(output: str) -> None:
    """Remove the staging folders of killed builds. No other build uses them, since this one holds the lock."""
    with os.scandir(output) as entries:
        abandoned = [entry.path for entry in entries if is_staging(entry.name)]
    for folder in abandoned:
        remove_temporary(folder)
