"""A Django application: tags, a storage, checks and commands for the release that `settings.BUILDASSETS` names.

    INSTALLED_APPS = ["buildassets.runtime.django", ...]
    BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}

Settings come in, what Django asks for goes out. Imports Django only when the release is first requested, and must not
import the compiler: its commands start that as another process.
"""

from functools import cache

from buildassets.runtime.assets import Assets

__all__ = ["assets"]


@cache
def assets() -> Assets:
    """The release of this process, read once; under `DEBUG`, again whenever the manifest has been replaced.

    With `BUILDASSETS = {"manifest": None}`, for tests that run without a build, no manifest is read and every name has
    a URL.

    Raises ImproperlyConfigured for wrong settings, ManifestError where the manifest cannot be read.
    """
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from buildassets.errors import ManifestError
    from buildassets.runtime.django.installed import is_installed, not_installed, warn_if_not_installed
    from buildassets.runtime.django.options import read_options
    from buildassets.runtime.django.settings_module import settings_found

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
        raise ImproperlyConfigured(f"`{options.url}` is no URL under which assets could be") from None
