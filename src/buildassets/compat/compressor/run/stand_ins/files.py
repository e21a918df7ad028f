"""The finder and the storages under the names that django-compressor gives them. Imports Django."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

__all__ = ["CompressorFileStorage", "CompressorFinder"]


class CompressorFinder(BaseFinder):
    """Finds no files: those that a build makes are in the release."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.storage = CompressorFileStorage()

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:  # noqa: FBT001, FBT002 Django's
        """See BaseFinder."""
        return []

    def list(self, ignore_patterns: Any) -> Any:
        """See BaseFinder."""
        return []

    def check(self, **_: Any) -> Any:
        """See BaseFinder."""
        return []


class CompressorFileStorage(FileSystemStorage):
    """Stores files in COMPRESS_ROOT under COMPRESS_URL; a release is not written here."""

    def __init__(self, location: Any = None, base_url: Any = None, *given: Any, **named: Any) -> None:
        root = getattr(settings, "COMPRESS_ROOT", None) or settings.STATIC_ROOT
        url = getattr(settings, "COMPRESS_URL", None) or settings.STATIC_URL
        super().__init__(location or root, base_url or url, *given, **named)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: a file that is saved again replaces the earlier one."""
        if self.exists(name):
            self.delete(name)
        return name


BrotliCompressorFileStorage = GzipCompressorFileStorage = OfflineManifestFileStorage = CompressorFileStorage
