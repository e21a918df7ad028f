"""Reads `settings.BUILDASSETS` and the options of the storage into a frozen value, or raises ImproperlyConfigured.

Warns where the storage or the release is used without the application, whose commands and checks are missing then.
Imports Django.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, Final
from warnings import warn

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.version import get_version

from buildassets.errors import ManifestError
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.nearest import nearest
from buildassets.foundation.typed import IS_WATCHED, REQUIRED_VARIABLE
from buildassets.manifest.model import COLLECTED_NAME, MANIFEST_NAME

KNOWN: Final = ("manifest", "url", "early_hints")
_WATCHED_RELEASE: Final = "release"  # below the folder of the cache
_OURS = "buildassets.runtime.django"
_MEND = f'add "{_OURS}" to INSTALLED_APPS'


@frozen
class Options:
    """The settings of the application: `manifest` is None for no release, `url` None for the manifest's own prefix.

    `is_collected` is whether `collectstatic` makes the release. Unless a release `is_required`, URLs are plain without
    one; unless the storage `is_strict`, also those of unknown names.
    """

    manifest: str | None
    url: str | None
    early_hints: tuple[str, ...] = ()
    is_collected: bool = False
    is_required: bool = True
    is_strict: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether URLs are plain whatever release there is: in development a release that was left must not decide."""
        return self.manifest is None or (self.is_collected and settings.DEBUG)


def read_options() -> Options:
    """The current settings. Raises ImproperlyConfigured for the first fault in them."""
    is_served = has_release_storage()
    given = getattr(settings, "BUILDASSETS", {} if is_served else None)
    if isinstance(given, dict):
        _refuse_unknown(given)
    if not isinstance(given, dict) or ("manifest" not in given and not is_served):
        raise ImproperlyConfigured('settings have no BUILDASSETS = {"manifest": …}, the path of the manifest')
    storage = _storage_options() if is_served else {}
    is_collected = "manifest" not in given and IS_WATCHED not in os.environ
    if "manifest" in given:
        manifest = _manifest(given["manifest"], 'BUILDASSETS["manifest"]')
    else:
        manifest = _collected_manifest(storage) if is_collected else watched_manifest()
    return Options(
        manifest,
        _url(given.get("url"), is_served=is_served),
        _names(given.get("early_hints", ())),
        is_collected=is_collected,
        is_required=os.environ.get(REQUIRED_VARIABLE) == "1"
        or _flag(storage, "required", usual=not is_served or is_installed() or "manifest" in given),
        is_strict=_flag(storage, "strict", usual=True),
    )


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


def _storage_options() -> Mapping[str, Any]:
    options: Mapping[str, Any] = settings.STORAGES["staticfiles"].get("OPTIONS") or {}
    return options


def _collected_manifest(options: Mapping[str, Any]) -> str | None:
    """The manifest that `collectstatic` writes: the one in the options of the storage, or else in `STATIC_ROOT`.

    None without `STATIC_ROOT`, which development does not need.
    """
    if options.get("manifest") is not None:
        return _manifest(options["manifest"], "`manifest` in the OPTIONS of the storage")
    folder = options.get("location") or settings.STATIC_ROOT
    return os.path.join(folder, COLLECTED_NAME) if folder else None


def watched_manifest() -> str:
    """The manifest of the release that a watch makes for this process, which runs next to it, in the same folder."""
    folder = os.environ.get("BUILDASSETS_CACHE_DIR") or ".buildassets"
    return os.path.join(folder, _WATCHED_RELEASE, MANIFEST_NAME)


def _flag(options: Mapping[str, Any], name: str, *, usual: bool) -> bool:
    value = options.get(name)
    if value is not None and not isinstance(value, bool):
        raise ImproperlyConfigured(f"`{name}` in the OPTIONS of the storage is {value!r}; make it True or False")
    return usual if value is None else value


def _manifest(given: Any, name: str) -> str | None:
    if given is not None and not (isinstance(given, str | os.PathLike) and os.fspath(given)):
        raise ImproperlyConfigured(f"{name} is {given!r}; make it a path, or None for no release")
    if given is None:
        return None
    path = os.fspath(given)
    if _is_folder(path):
        meant = os.path.join(path, MANIFEST_NAME)
        raise ImproperlyConfigured(f"{name} is the folder `{path}`; name the manifest in it, `{meant}`")
    return path


def _is_folder(path: str) -> bool:
    """Whether `path` is a folder, or looks like one that a build will make: it has no suffix, unlike a manifest."""
    return os.path.isdir(path) or not (os.path.splitext(path)[1] or os.path.lexists(path))


def _url(given: Any, *, is_served: bool) -> str | None:
    """The URL prefix: as given, or else STATIC_URL if `{% static %}` uses the release, or else the manifest's."""
    if given is None:
        return settings.STATIC_URL if is_served else None
    if not isinstance(given, str) or not given.startswith(("/", "http://", "https://")):
        raise ImproperlyConfigured(f'BUILDASSETS["url"] is {given!r}; begin it with `/`, `http://` or `https://`')
    return given


def _names(given: Any) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable) or not all(isinstance(name, str) for name in given):
        raise ImproperlyConfigured(f'BUILDASSETS["early_hints"] is {given!r}; make it a list of logical paths')
    return tuple(given)


def is_installed() -> bool:
    """Whether the application is in INSTALLED_APPS; true as long as Django has not read them."""
    return not apps.ready or apps.is_installed(_OURS)


def warn_if_not_installed() -> None:
    """Warn if the application is not installed; called where something else of this package is used."""
    if not is_installed():
        where = f" of `{settings.SETTINGS_MODULE}`" if settings.SETTINGS_MODULE else ""
        missing = "`manage.py assets`, `{% load buildassets %}` and the system checks are missing"
        what = f"`{_OURS}` is not in INSTALLED_APPS{where}: {missing}; {_MEND}"
        warn(what, RuntimeWarning, stacklevel=3)


def not_installed(fault: ManifestError) -> ManifestError:
    """The same fault, with the hint to install the application first."""
    return with_hint(fault, f"{_MEND}, and run `manage.py assets build`, which it brings")


def with_hint(fault: ManifestError, hint: str) -> ManifestError:
    """The same fault, with another hint."""
    return ManifestError(replace(diagnostic, hint=hint) for diagnostic in fault.diagnostics)
