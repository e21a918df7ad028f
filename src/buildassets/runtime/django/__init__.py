"""A Django application: tags, a storage, checks and commands for the release that `settings.BUILDASSETS` names.

    INSTALLED_APPS = ["buildassets.runtime.django", ...]
    BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}

Settings come in, what Django asks for goes out. Imports Django only when the release is first requested, and must not
import the compiler: its commands start that as another process.
"""

from buildassets.runtime.django.current import assets

__all__ = ["assets"]
