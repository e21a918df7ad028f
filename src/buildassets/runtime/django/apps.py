"""The `AppConfig` of the application: reads the release at start-up and registers the system checks."""

import os
import sys
from collections.abc import Sequence
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from buildassets.errors import ManifestError
from buildassets.features.import_map.declared import declared_maps
from buildassets.features.import_map.page import share_map
from buildassets.runtime.assets import release_of
from buildassets.runtime.django import assets
from buildassets.runtime.django.options import read_options

_WEB_PROCESS: Final = ("django.core.wsgi", "django.core.asgi")  # the modules that set Django up in a web process
_DECIDING: Final = ("BUILDASSETS", "DEBUG", "STORAGES", "STATIC_URL")


class BuildAssetsConfig(AppConfig):
    """Reads the manifest when the process starts, so that no request waits for it and forked workers share it."""

    name = "buildassets.runtime.django"
    label = "buildassets"

    def compiler_arguments(self, _: str) -> list[str]:
        """The import maps of installed applications, as options of the compiler."""
        return [argument for text in declared_maps() for argument in ("--also", text)]

    def ready(self) -> None:
        """Read the release. Without one no web process starts in production; commands and `DEBUG` processes do.

        In these a system check reports what is missing, and so does the first template that needs it.
        """
        checks.register(_check_release, "buildassets")
        checks.register(_check_deployment, "buildassets", deploy=True)
        setting_changed.connect(_forget_release, dispatch_uid="buildassets")
        if settings.DEBUG:
            from buildassets.runtime.django.uncached import read_templates_anew_under_watch

            read_templates_anew_under_watch()
        share_map(_import_map)
        is_web_process = _is_web_process()
        try:
            if not is_web_process and _has_no_release():
                return  # the command may be the one that makes it
            with catch_warnings():
                if not is_web_process:  # `assets build` mends what the warning is about, and `check` reports it
                    simplefilter("ignore", RuntimeWarning)
                assets()
        except (ImproperlyConfigured, ManifestError):
            if not settings.DEBUG and is_web_process:
                raise


def _import_map() -> str | None:
    """The element with the import map of the release; None where there is no release."""
    return None if release_of(assets()).is_unbuilt else assets().importmap()


def _check_release(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    from buildassets.runtime.django.checks import check_release  # loads all modules that read a whole manifest

    return check_release()


def _check_deployment(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    from buildassets.runtime.django.checks import check_deployment

    return check_deployment()


def _is_web_process() -> bool:
    """Whether `get_wsgi_application` or `get_asgi_application` is on the stack, as in the process of a web server."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_globals.get("__name__") in _WEB_PROCESS:
            return True
    return False


def _has_no_release() -> bool:
    manifest = read_options().manifest
    return manifest is not None and not os.path.exists(manifest)


def _forget_release(*, setting: str, **_: Any) -> None:
    """Drop the release when a test overrides settings, and the templates too: they may hold its names."""
    if setting in _DECIDING:
        assets.cache_clear()
    if setting == "BUILDASSETS":
        from django.test.signals import reset_template_engines

        reset_template_engines(setting="TEMPLATES")
