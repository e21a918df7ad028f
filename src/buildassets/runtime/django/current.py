"""The release of this process. Imports Django only when it is called."""

from functools import cache
from logging import getLogger

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from buildassets.errors import ManifestError
from buildassets.runtime.assets import Assets
from buildassets.runtime.django.options import (
    Options,
    is_installed,
    not_installed,
    read_options,
    warn_if_not_installed,
    with_hint,
)
from buildassets.runtime.django.settings_module import settings_found


@cache
def assets() -> Assets:
    """The release of this process, read once; under `DEBUG`, again whenever the manifest has been replaced.

    Every name has a plain URL, and no manifest is read, with `BUILDASSETS = {"manifest": None}`, for tests that run
    without a build, and under `DEBUG` where `collectstatic` makes the release and no watch runs. So it is where there
    is no release and none is required, which is logged.

    Raises ImproperlyConfigured for wrong settings, ManifestError where the manifest cannot be read.
    """
    with settings_found():
        options = read_options()
    if options.is_plain:
        return _plain(options)
    if not options.is_collected:
        warn_if_not_installed()
    try:
        return Assets(str(options.manifest), url=options.url, reload=settings.DEBUG)
    except ManifestError as fault:
        if not options.is_required:
            getLogger("buildassets").warning("static files have plain URLs: %s", _with_command(fault, options))
            return _plain(options)
        raise _with_command(fault, options) from None
    except ValueError:
        raise ImproperlyConfigured(f"`{options.url}` is not a URL under which assets could be") from None


def _plain(options: Options) -> Assets:
    from buildassets.runtime.unbuilt import UnbuiltAssets

    return UnbuiltAssets(options.url or "/assets/")


def _with_command(fault: ManifestError, options: Options) -> ManifestError:
    """The same fault, with a hint on the command that makes this release."""
    if options.is_collected:
        return with_hint(fault, "run `manage.py collectstatic`")
    return fault if is_installed() else not_installed(fault)
