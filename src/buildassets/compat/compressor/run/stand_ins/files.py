"""The finder and the storages under the names that django-compressor gives them. Imports Django."""

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

__all__ = ["CompressorFileStorage", "CompressorFinder"]


class CompressorFinder(BaseFinder):
    """Finds nothing: what a build makes is in the release."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """See BaseFinder."""
        return []

    def list(self, ignore_patterns: Any) -> Iterator[Any]:
        """See BaseFinder."""
        return iter(())

    def check(self, **_: Any) -> Any:
        """See BaseFinder."""
        return []


class CompressorFileStorage(FileSystemStorage):
    """A storage's name: a release is written into its directory."""


BrotliCompressorFileStorage = GzipCompressorFileStorage = OfflineManifestFileStorage = CompressorFileStorage
