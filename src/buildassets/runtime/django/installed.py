"""Whether Django knows this application: who only takes its storage, or its release, misses its commands and checks.

Takes Django's registry, gives what to report. Imports Django.
"""

from dataclasses import replace
from warnings import warn

from django.apps import apps
from django.conf import settings

from buildassets.errors import ManifestError

__all__ = ["is_installed", "not_installed", "warn_if_not_installed"]

_OURS = "buildassets.runtime.django"
_MEND = f'add "{_OURS}" to INSTALLED_APPS'


def is_installed() -> bool:
    """Whether it is among INSTALLED_APPS, as far as that is known yet."""
    return not apps.ready or apps.is_installed(_OURS)


def warn_if_not_installed() -> None:
    """Warn where something of ours is used and the application is not installed."""
    if not is_installed():
        where = f" of `{settings.SETTINGS_MODULE}`" if settings.SETTINGS_MODULE else ""
        missing = "`manage.py assets`, `{% load buildassets %}` and the system checks are missing"
        what = f"`{_OURS}` is not in INSTALLED_APPS{where}: {missing}; {_MEND}"
        warn(what, RuntimeWarning, stacklevel=3)


def not_installed(fault: ManifestError) -> ManifestError:
    """The same fault, with what has to be done before anything else helps."""
    hint = f"{_MEND}, and run `manage.py assets build`, which it brings"
    return ManifestError(replace(one, hint=hint) for one in fault.diagnostics)
