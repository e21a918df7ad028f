"""Django's ASGI application, which also serves the files of the release. For `asgi.py`, in place of Django's import:

    from buildassets.runtime.django.asgi import get_asgi_application

Imports Django.
"""

from typing import Any

from django.core import asgi

from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.django import assets
from buildassets.runtime.django.settings_module import settings_found

__all__ = ["get_asgi_application"]


def get_asgi_application(**options: Any) -> AssetServer:
    """The application of Django's function of that name, wrapped in an AssetServer with `options`.

    Raises ImproperlyConfigured for wrong settings, ManifestError where there is no whole release.
    """
    with settings_found():
        application = asgi.get_asgi_application()
    return AssetServer(application, assets=assets(), **options)
