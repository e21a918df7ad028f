"""Warns where the storage or the release is used without the application, whose commands and checks are missing then.

Asks Django's registry. Imports Django.
"""

from warnings import warn

from django.apps import apps
from django.conf import settings

from buildassets.errors import ManifestError
from buildassets.foundation.frozen import replace

__all__ = ["is_installed", "not_installed", "warn_if_not_installed", "with_hint"]

_OURS = "buildassets.runtime.django"
_MEND = f'add "{_OURS}" to INSTALLED_APPS'


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
