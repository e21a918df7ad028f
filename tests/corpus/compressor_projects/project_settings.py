"""Settings of a published project, with what a deployment sets, for django-compressor or for what takes its place.

Runs in the project's own environment; `PROJECT` names the project, `SIDE` is `theirs` or `ours`, `FOLDER` holds all
that is written.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

PROJECT, SIDE, FOLDER = os.environ["PROJECT"], os.environ["SIDE"], Path(os.environ["FOLDER"])
_MODULES = {
    "pretix": "pretix.settings",
    "horizon": "openstack_dashboard.settings",
    "weblate": "weblate.settings_example",
}
_STORAGES = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
_IN_MEMORY = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


def _published() -> dict[str, Any]:
    if PROJECT == "weblate":  # it draws images with libraries that are no Python packages
        sys.modules.update({name: MagicMock() for name in ("cairo", "gi", "gi.repository")})
    module = importlib.import_module(_MODULES[PROJECT])
    return {name: getattr(module, name) for name in dir(module) if name.isupper()}


_SET = _published()
globals().update(_SET)
DEBUG = False
COMPRESS_ENABLED = COMPRESS_OFFLINE = True
STATIC_ROOT = COMPRESS_ROOT = str(FOLDER / "collected")
STORAGES: dict[str, Any] = {
    **_STORAGES,
    **_SET.get("STORAGES", {}),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if PROJECT != "pretix":
    CACHES = {"default": _IN_MEMORY, "avatar": _IN_MEMORY}
if PROJECT == "weblate":
    SITE_DOMAIN = "localhost"
    DATA_DIR = str(FOLDER / "data")
    CACHE_DIR = str(FOLDER / "data/cache")
if SIDE == "ours":
    _OURS = "buildassets.compat.compressor"
    INSTALLED_APPS = [_OURS if one == "compressor" else one for one in _SET["INSTALLED_APPS"]]
    INSTALLED_APPS.append("buildassets.runtime.django")
    BUILDASSETS = {"manifest": FOLDER / "build/manifest.json"}
    STORAGES["staticfiles"] = {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}
