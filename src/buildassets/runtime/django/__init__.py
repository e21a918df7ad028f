"""A Django application: tags, a storage, checks and commands over the release that `settings.BUILDASSETS` names.

    INSTALLED_APPS = ["buildassets.runtime.django", ...]
    BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}

Settings come in, what Django asks for goes out. Imports nothing of Django before it is asked for the release, and must
not import the compiler: its commands start that as another process.
"""

from buildassets.runtime.django.current import assets

__all__ = ["assets"]
