"""A Django application: tags, a storage, checks and commands over the release that `settings.BUILDASSETS` names.

    INSTALLED_APPS = ["buildassets.runtime.django", ...]
    BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}

Imports nothing of Django before it is asked for the release.
"""

from buildassets.runtime.django.current import assets

__all__ = ["assets"]
