"""The finder and the storages under the names that django-compressor gives them. Imports Django."""

import gzip
import os
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import Any, Final
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles.finders import BaseStorageFinder
from django.core.files.storage import FileSystemStorage, InvalidStorageError, storages
from django.utils.functional import LazyObject, SimpleLazyObject

from buildassets.compat.compressor.run.key import HASH, static_path
from buildassets.compat.compressor.run.lookup import current_release
from buildassets.compat.compressor.run.settings import url_prefixes
from buildassets.disk.files import put_in_place, write_whole
from buildassets.errors import ManifestError
from buildassets.manifest.json import ASSETS_FOLDER
from buildassets.runtime.assets import AssetNotFound, release_folder

__all__ = [
    "BrotliCompressorFileStorage",
    "CompressorFileStorage",
    "CompressorFinder",
    "DefaultOfflineManifestStorage",
    "DefaultStorage",
    "GzipCompressorFileStorage",
    "OfflineManifestFileStorage",
    "compressor_file_storage",
    "default_offline_manifest_storage",
    "default_storage",
    "get_storage",
]


class CompressorFileStorage(FileSystemStorage):
    """Stores files in COMPRESS_ROOT under COMPRESS_URL, over those of the same name; a release is not written here."""

    def __init__(self, location: Any = None, base_url: Any = None, *given: Any, **named: Any) -> None:
        location = settings.COMPRESS_ROOT if location is None else location
        super().__init__(location, settings.COMPRESS_URL if base_url is None else base_url, *given, **named)

    def accessed_time(self, name: str) -> datetime:
        """The time of the last access, in the zone of the machine and without its name."""
        return datetime.fromtimestamp(os.path.getatime(self.path(name)))

    def created_time(self, name: str) -> datetime:
        """The same for the creation of the file, or of its entry in the folder."""
        return datetime.fromtimestamp(os.path.getctime(self.path(name)))

    def modified_time(self, name: str) -> datetime:
        """The same for the last change."""
        return datetime.fromtimestamp(os.path.getmtime(self.path(name)))

    def save(self, name: Any, content: Any, max_length: int | None = None) -> str:
        """Save `content` as `name`, which is also the result: a file that is saved again replaces the earlier one."""
        saved = super().save(name, content, max_length)
        if saved != name:
            put_in_place(self.path(saved), self.path(name))
        return str(name)


class _CopyingStorage(CompressorFileStorage):
    """Stores a compressed copy next to each file."""

    suffix = ""

    def save(self, name: Any, content: Any, max_length: int | None = None) -> str:
        """See CompressorFileStorage."""
        saved = super().save(name, content, max_length)
        with self.open(saved) as file:
            write_whole(self.path(saved) + self.suffix, self.compress(file.read()))
        return saved

    def compress(self, content: bytes) -> bytes:
        """The compressed content."""
        raise NotImplementedError


class GzipCompressorFileStorage(_CopyingStorage):
    """Stores copies for gzip."""

    suffix = ".gz"

    def compress(self, content: bytes) -> bytes:
        """See _CopyingStorage."""
        return gzip.compress(content)


class BrotliCompressorFileStorage(_CopyingStorage):
    """Stores copies for brotli."""

    suffix = ".br"
    chunk_size = 1024  # for code that reads it

    def compress(self, content: bytes) -> bytes:
        """See _CopyingStorage. Raises ImportError where brotli is not installed."""
        return bytes(import_module("brotli").compress(content))


class OfflineManifestFileStorage(CompressorFileStorage):
    """Stores files in the folder for blocks, as django-compressor does with its manifest."""

    def __init__(self, location: Any = None, base_url: Any = None, *given: Any, **named: Any) -> None:
        folder = settings.COMPRESS_OUTPUT_DIR
        location = os.path.join(settings.COMPRESS_ROOT, folder) if location is None else location
        super().__init__(
            location, urljoin(settings.COMPRESS_URL, folder) if base_url is None else base_url, *given, **named
        )


def get_storage(alias: str | None = None, storage_class: str | None = None) -> Any:
    """The storage of that `alias`; where STORAGES has none, of that class."""
    alias = alias or settings.COMPRESS_STORAGE_ALIAS
    try:
        return storages[alias]
    except InvalidStorageError:
        storages.backends[alias] = {"BACKEND": storage_class or settings.COMPRESS_STORAGE}  # type: ignore[assignment]  # stubs have no dict
        return storages[alias]


compressor_file_storage: Final = SimpleLazyObject(CompressorFileStorage)


class DefaultStorage(LazyObject):  # type: ignore[type-arg]  # only stubs have an argument
    """The storage of COMPRESS_STORAGE_ALIAS or COMPRESS_STORAGE."""

    def _setup(self) -> None:
        self._wrapped = get_storage()


class DefaultOfflineManifestStorage(LazyObject):  # type: ignore[type-arg]  # as above
    """The storage of COMPRESS_OFFLINE_MANIFEST_STORAGE_ALIAS or COMPRESS_OFFLINE_MANIFEST_STORAGE."""

    def _setup(self) -> None:
        self._wrapped = get_storage(
            settings.COMPRESS_OFFLINE_MANIFEST_STORAGE_ALIAS, settings.COMPRESS_OFFLINE_MANIFEST_STORAGE
        )


default_storage: Final = DefaultStorage()
default_offline_manifest_storage: Final = DefaultOfflineManifestStorage()


class CompressorFinder(BaseStorageFinder):
    """Finds files of the release by URL or name, and those of blocks by logical path; then those in COMPRESS_ROOT.

    What other assets are made of has the same logical path, and is what code asks for.
    """

    storage = CompressorFileStorage  # type: ignore[assignment]  # a class is made an instance

    def find(self, path: str, *given: Any, **named: Any) -> Any:
        """See BaseFinder."""
        released = _released(path)
        wants_all = any((*given, *named.values()))
        if released and not wants_all:
            return released
        collected = super().find(path, *given, **named) if settings.COMPRESS_ROOT else []
        return [released, *collected] if released else collected

    def list(self, ignore_patterns: Any) -> Any:
        """See BaseFinder. Empty, so that `collectstatic` copies nothing."""
        return []


def _released(path: str) -> str | None:
    """The absolute path of the file in the release; None where there is none. Raises SuspiciousFileOperation."""
    current = current_release()
    if current is None or current[1].manifest is None:
        return None
    assets, release = current
    name = static_path(path, (release.prefix, assets.prefix, *url_prefixes())) or path
    files = FileSystemStorage(os.path.join(release_folder(assets), ASSETS_FOLDER))
    names = [name]
    of_blocks = (tag.get("asset") for tags in release.blocks.values() for tag in tags)
    if HASH.search(name) and name in of_blocks:  # an asset without a digest is one that was there before
        with suppress(AssetNotFound, ManifestError):
            names.append(str(release.entries[name]["file"]))
    return next((file for file in map(files.path, names) if os.path.isfile(file)), None)
