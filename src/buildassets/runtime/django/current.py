"""The release of this process. Imports Django only when it is called."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from buildassets.errors import ManifestError
from buildassets.runtime.assets import Assets
from buildassets.runtime.django.installed import is_installed, not_installed, warn_if_not_installed
from buildassets.runtime.django.options import read_options
from buildassets.runtime.django.settings_module import settings_found


@cache
def assets() -> Assets:
    """The release of this process, read once; under `DEBUG`, again whenever the manifest has been replaced.

    With `BUILDASSETS = {"manifest": None}`, for tests that run without a build, no manifest is read and every name has
    a URL.

    Raises ImproperlyConfigured for wrong settings, ManifestError where the manifest cannot be read.
    """
    with settings_found():
        options = read_options()
    if options.manifest is None:
        from buildassets.runtime.unbuilt import UnbuiltAssets

        return UnbuiltAssets(options.url or "/assets/")
    warn_if_not_installed()
    try:
        return Assets(options.manifest, url=options.url, reload=settings.DEBUG)
    except ManifestError as fault:
        raise fault if is_installed() else not_installed(fault) from None
    except ValueError:
        raise ImproperlyConfigured(f"`{options.url}` is not a URL under which assets could be") from None
