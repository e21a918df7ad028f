"""The application as Django's registry knows it."""

from contextlib import suppress
from typing import Any

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from buildassets.errors import ManifestError
from buildassets.runtime.django import assets


class BuildAssetsConfig(AppConfig):
    """Reads the manifest when the process starts, so that no request waits for it and forked workers share it."""

    name = "buildassets.runtime.django"
    label = "buildassets"

    def ready(self) -> None:
        """Without a manifest, commands such as `migrate` still run: the first template that needs it says so."""
        setting_changed.connect(_forget_release, dispatch_uid="buildassets")
        with suppress(ImproperlyConfigured, ManifestError):
            assets()


def _forget_release(*, setting: str, **_: Any) -> None:
    if setting in ("BUILDASSETS", "DEBUG"):
        assets.cache_clear()
