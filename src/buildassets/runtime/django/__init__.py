"""A Django application: template tags over the release that `settings.BUILDASSETS` names.

    INSTALLED_APPS = [..., "buildassets.runtime.django"]
    BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json", "url": "/assets/"}

`url` may be left out; the manifest's own is used then. Imports nothing of Django before it is asked for the release.
"""

from functools import cache

from buildassets.runtime.assets import Assets

__all__ = ["assets"]


@cache
def assets() -> Assets:
    """The release of this process, read once; under `DEBUG`, again whenever another has taken its place.

    Raises ImproperlyConfigured for wrong settings, ManifestError where the manifest cannot be read.
    """
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    given = getattr(settings, "BUILDASSETS", None)
    if not isinstance(given, dict) or "manifest" not in given:
        raise ImproperlyConfigured('settings have no BUILDASSETS = {"manifest": …}, the path of the manifest')
    if unknown := given.keys() - {"manifest", "url"}:
        raise ImproperlyConfigured(f"BUILDASSETS has the unknown key `{min(unknown)}`; known are `manifest` and `url`")
    return Assets(given["manifest"], url=given.get("url"), reload=settings.DEBUG)
