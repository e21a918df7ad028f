"""Reads `settings.BUILDASSETS` into a frozen value, or raises ImproperlyConfigured. Imports Django."""

import os
from collections.abc import Iterable
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.version import get_version

from buildassets.foundation.frozen import frozen
from buildassets.foundation.nearest import nearest
from buildassets.manifest.model import MANIFEST_NAME

KNOWN: Final = ("manifest", "url", "early_hints")


@frozen
class Options:
    """The settings of the application: `manifest` is None for no release, `url` None for the manifest's own prefix."""

    manifest: str | None
    url: str | None
    early_hints: tuple[str, ...] = ()


def read_options() -> Options:
    """The current settings. Raises ImproperlyConfigured for the first fault in them."""
    given = getattr(settings, "BUILDASSETS", None)
    if isinstance(given, dict):
        _refuse_unknown(given)
    if not isinstance(given, dict) or "manifest" not in given:
        raise ImproperlyConfigured('settings have no BUILDASSETS = {"manifest": …}, the path of the manifest')
    return Options(_manifest(given["manifest"]), _url(given.get("url")), _names(given.get("early_hints", ())))


def _refuse_unknown(given: dict[Any, Any]) -> None:
    for key in sorted(given.keys() - set(KNOWN), key=str):
        meant = nearest(str(key), KNOWN)
        known = ", ".join(f"`{name}`" for name in KNOWN)
        raise ImproperlyConfigured(
            f"BUILDASSETS has the unknown key `{key}`; {f'did you mean `{meant}`?' if meant else f'known are {known}'}"
        )


def has_release_storage() -> bool:
    """Whether `{% static %}` takes its URLs from the release."""
    if not hasattr(settings, "STORAGES"):
        raise ImproperlyConfigured(f"buildassets needs Django 4.2 or newer, and this is {get_version()}")
    backend = settings.STORAGES.get("staticfiles", {}).get("BACKEND", "")
    if not backend or backend.startswith("django.") or not apps.is_installed("django.contrib.staticfiles"):
        return False

    try:
        return bool(getattr(import_string(backend), "serves_release", False))
    except ImportError:
        return False  # Django raises a better error when the storage is needed


def _manifest(given: Any) -> str | None:
    if given is not None and not (isinstance(given, str | os.PathLike) and os.fspath(given)):
        raise ImproperlyConfigured(f'BUILDASSETS["manifest"] is {given!r}; make it a path, or None for no release')
    if given is None:
        return None
    path = os.fspath(given)
    if _is_folder(path):
        meant = os.path.join(path, MANIFEST_NAME)
        raise ImproperlyConfigured(
            f'BUILDASSETS["manifest"] is the folder `{path}`; name the manifest in it, `{meant}`'
        )
    return path


def _is_folder(path: str) -> bool:
    """Whether `path` is a folder, or looks like one that a build will make: it has no suffix, unlike a manifest."""
    return os.path.isdir(path) or not (os.path.splitext(path)[1] or os.path.lexists(path))


def _url(given: Any) -> str | None:
    """The URL prefix: as given, or else STATIC_URL if `{% static %}` uses the release, or else the manifest's."""
    if given is None:
        return settings.STATIC_URL if has_release_storage() else None
    if not isinstance(given, str) or not given.startswith(("/", "http://", "https://")):
        raise ImproperlyConfigured(f'BUILDASSETS["url"] is {given!r}; begin it with `/`, `http://` or `https://`')
    return given


def _names(given: Any) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable) or not all(isinstance(name, str) for name in given):
        raise ImproperlyConfigured(f'BUILDASSETS["early_hints"] is {given!r}; make it a list of logical paths')
    return tuple(given)
