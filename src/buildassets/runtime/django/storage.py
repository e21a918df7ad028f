"""Gives `{% static %}`, `static()`, forms' `Media` and the admin the URLs of the release, which `collectstatic` makes.

    STORAGES = {..., "staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}

Takes names as templates write them, gives URLs. Imports Django.
"""

import sys
from collections.abc import Iterator, Mapping
from logging import getLogger
from typing import Any, Final

import django
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.version import get_version

from buildassets.errors import ManifestError
from buildassets.foundation.paths import to_url
from buildassets.runtime.assets import AssetNotFound, release_of
from buildassets.runtime.django import assets
from buildassets.runtime.django.plain_urls import are_plain, url_record

__all__ = ["ReleaseFilesMixin", "ReleaseStaticFilesStorage", "StaticFileNotFound"]

_MOST_LOGGED: Final = 1000  # names, as any of them may come from a request
_LONGEST_LOGGED: Final = 200  # characters
_logged: Final[set[str]] = set()


class StaticFileNotFound(AssetNotFound, ValueError):  # noqa: N818 as AssetNotFound
    """An AssetNotFound that is also a ValueError, as Django's storages raise it and other packages expect it."""


class ReleaseFilesMixin(Storage):
    """Makes any storage of static files use the URLs of the release, with and without `DEBUG`.

    With `strict=False` a name that the release lacks has the URL that the storage gives without this class. `required`
    is whether a web process needs a release, `manifest` the path of its manifest, for storages elsewhere.
    """

    serves_release = True

    def __init__(
        self,
        *arguments: Any,
        strict: bool = True,
        required: bool | None = None,
        manifest: Any = None,
        **options: Any,
    ) -> None:
        if django.VERSION < (4, 2):
            raise ImproperlyConfigured(f"buildassets needs Django 4.2 or newer, and this is {get_version()}")
        super().__init__(*arguments, **options)
        self._is_strict = strict

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002 Django's
        """The URL of the asset `name`; a query or a fragment at its end is kept, a folder's URL is without fingerprint.

        A file that the application has saved in the storage has a plain URL. Raises StaticFileNotFound for any other
        unknown name. `force` is ignored; only Django's own storages use it.
        """
        path, mark = _parted(name or "")
        if are_plain():
            return _url_in_keys(path) + mark
        record = url_record()
        try:
            if release_of(assets()).is_unbuilt:
                return super().url(name)
            released = self._released_url(path)
        except (AssetNotFound, ManifestError) as fault:
            if record is not None:
                return _url_in_keys(path) + mark
            if self._has(path):  # as one that code saved here
                return super().url(name)
            self._tolerate(path, fault)
            return super().url(name)
        if record is not None:
            record[released] = _url_in_keys(path)
        return released + mark

    def _released_url(self, path: str) -> str:
        """The URL of an asset, or of a folder. Raises AssetNotFound, ManifestError."""
        file = path if not path or path.endswith("/") else None
        if isinstance(self, FileSystemStorage) or not release_of(assets()).is_collected:
            return assets().url(path) if file is None else assets().prefix + to_url(file)
        return super().url(release_of(assets()).entries[path]["file"] if file is None else file)

    def _tolerate(self, path: str, fault: AssetNotFound | ManifestError) -> None:
        """Return if `path`, which no release has, may have a plain URL; else raise the fault."""
        if isinstance(fault, AssetNotFound):
            if path.startswith(release_of(assets()).unreleased) or (settings.DEBUG and find(path)):
                return
            if self._is_strict:
                unknown = StaticFileNotFound(fault.name, fault.nearest)
                unknown.building = "manage.py collectstatic" if release_of(assets()).is_collected else ""
                raise unknown from None
        elif self._is_strict:
            raise fault
        _log(path, fault)

    def _has(self, path: str) -> bool:
        """Whether the storage itself has such a file; one that is elsewhere is not asked for each URL."""
        try:
            return isinstance(self, FileSystemStorage) and self.exists(path)
        except (ImproperlyConfigured, SuspiciousOperation):
            return False

    def post_process(
        self,
        paths: Mapping[str, tuple[Storage, str]],
        dry_run: bool = False,  # noqa: FBT001, FBT002 Django's
        **options: Any,
    ) -> Iterator[tuple[str, str, bool]]:
        """Make the release of `paths`, for `collectstatic`: yields logical path, file name, and whether it is new.

        Where `BUILDASSETS` names a manifest, that release is copied. The files that `collectstatic` has copied under
        plain names stay: scripts of some packages request them.
        """
        if not dry_run:
            from buildassets.runtime.django.collect import collected  # only this command needs it

            yield from collected(self, paths)


class ReleaseStaticFilesStorage(ReleaseFilesMixin, StaticFilesStorage):
    """Serves the release that `collectstatic` makes in `STATIC_ROOT`, or the one that `BUILDASSETS` names."""

    def __init__(self, location: str | None = None, base_url: str | None = None, **options: Any) -> None:
        if base_url is not None:
            raise ImproperlyConfigured("STORAGES: give the URL as `url` in BUILDASSETS, not as `base_url`")
        super().__init__(location, None, **options)


def _url_in_keys(path: str) -> str:
    """The plain URL in a text that becomes a key; `STATIC_URL` may differ from request to request."""
    return f"{settings.STATIC_URL}{to_url(path)}"


def _log(path: str, fault: AssetNotFound | ManifestError) -> None:
    """Log a name without an asset, once. WhiteNoise asks for names that nobody wrote."""
    caller = sys._getframe(3).f_globals.get("__name__", "")
    if path in _logged or len(_logged) >= _MOST_LOGGED or caller.startswith("whitenoise."):
        return
    _logged.add(path)
    reason = "the release has no such file" if isinstance(fault, AssetNotFound) else "there is no release"
    getLogger("buildassets").warning("%s has a plain URL: %s", ascii(path[:_LONGEST_LOGGED]), reason)


def _parted(name: str) -> tuple[str, str]:
    """A name, and the query and fragment after it: `fonts/a.eot?#iefix` → `fonts/a.eot`, `?#iefix`."""
    end = min((name.index(mark) for mark in "?#" if mark in name), default=len(name))
    return name[:end], name[end:]
