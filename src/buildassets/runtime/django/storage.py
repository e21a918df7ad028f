"""Gives `{% static %}`, `static()`, forms' `Media` and the admin the URLs of the release.

    STORAGES = {..., "staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}

Takes names as templates write them, gives URLs. Imports Django.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.files.base import File
from django.core.files.storage import Storage
from django.core.management.base import CommandError

from buildassets.disk.plain_files import plain_below
from buildassets.errors import ManifestError
from buildassets.foundation.paths import to_url
from buildassets.manifest.json import ASSETS_FOLDER
from buildassets.runtime.assets import AssetNotFound
from buildassets.runtime.django import assets
from buildassets.runtime.django.installed import is_installed, not_installed
from buildassets.runtime.django.options import read_options
from buildassets.runtime.django.plain_urls import are_plain, url_record
from buildassets.runtime.django.release import ReleaseFile, release_files

__all__ = ["ReleaseFilesMixin", "ReleaseStaticFilesStorage", "StaticFileNotFound"]


class StaticFileNotFound(AssetNotFound, ValueError):  # noqa: N818 as AssetNotFound
    """An AssetNotFound that is also a ValueError, as Django's storages raise it and other packages expect it."""


class ReleaseFilesMixin(Storage):
    """Makes any storage of static files use the URLs of the release, with and without `DEBUG`."""

    serves_release = True

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002 Django's
        """The URL of the asset `name`; a query or a fragment at its end is kept, a folder's URL is without fingerprint.

        A file that the application has saved in the storage has a plain URL. Raises StaticFileNotFound for any other
        unknown name. `force` is ignored; only Django's own storages use it.
        """
        path, mark = _parted(name or "")
        if are_plain():
            return _plain_url(path) + mark
        record = url_record()
        try:
            found = _released_url(path)
        except (AssetNotFound, ManifestError) as fault:
            if record is not None or self._has(path):
                return _plain_url(path) + mark
            if isinstance(fault, AssetNotFound):
                raise StaticFileNotFound(fault.name, fault.nearest) from None
            raise
        if record is not None:
            record[found] = _plain_url(path)
        return found + mark

    def _has(self, path: str) -> bool:
        try:
            return self.exists(path)
        except (ImproperlyConfigured, SuspiciousOperation, NotImplementedError):
            return False

    def post_process(
        self,
        paths: Mapping[str, Any],
        dry_run: bool = False,  # noqa: FBT001, FBT002 Django's
        **options: Any,
    ) -> Iterator[tuple[str, str, bool]]:
        """Copy the release, for `collectstatic`: yields logical path, file name, and whether the file was copied.

        The files that `collectstatic` has copied under plain names stay: scripts of some packages request them.
        """
        manifest = read_options().manifest
        if manifest is None or dry_run:
            return
        try:
            files = release_files(manifest)
        except ManifestError as fault:
            if not is_installed():
                raise CommandError(str(not_installed(fault))) from None
            raise CommandError(f"{fault}; `collectstatic` copies what `manage.py assets build` has made") from None
        for released in files:
            yield released.path, released.file, self._copied(released, os.path.dirname(manifest))

    def _copied(self, released: ReleaseFile, folder: str) -> bool:
        """Copy a file of the release in `folder`; false if it was there already. Raises CommandError."""
        if self.exists(released.file):
            if self.size(released.file) == released.size:
                return False
            self.delete(released.file)  # an earlier copy was interrupted
        try:
            with open(plain_below(folder, f"{ASSETS_FOLDER}/{released.file}"), "rb") as stream:
                self.save(released.file, File(stream))
        except FileNotFoundError:
            source = os.path.join(folder, ASSETS_FOLDER, released.file)
            raise CommandError(f"`{source}` is gone; run `manage.py assets build` again") from None
        return True


class ReleaseStaticFilesStorage(ReleaseFilesMixin, StaticFilesStorage):
    """Serves the release under `STATIC_URL`, or the `url` of `BUILDASSETS`; only `collectstatic` uses `STATIC_ROOT`."""

    def __init__(self, location: str | None = None, base_url: str | None = None, **options: Any) -> None:
        if base_url is not None:
            raise ImproperlyConfigured("STORAGES: give the URL as `url` in BUILDASSETS, not as `base_url`")
        super().__init__(location, None, **options)


def _plain_url(path: str) -> str:
    return f"{settings.STATIC_URL}{to_url(path)}"


def _released_url(path: str) -> str:
    """The URL of an asset, or of a folder. Raises AssetNotFound, ManifestError."""
    if not path or path.endswith("/"):
        return assets().prefix + to_url(path)
    return assets().url(path)


def _parted(name: str) -> tuple[str, str]:
    """A name, and the query and fragment after it: `fonts/a.eot?#iefix` → `fonts/a.eot`, `?#iefix`."""
    end = min((name.index(mark) for mark in "?#" if mark in name), default=len(name))
    return name[:end], name[end:]
