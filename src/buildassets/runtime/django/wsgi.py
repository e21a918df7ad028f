"""Django's WSGI application, which also serves the files of the release. For `wsgi.py`, in place of Django's import:

    from buildassets.runtime.django.wsgi import get_wsgi_application

Imports Django.
"""

from typing import Any

from django.core import wsgi

from buildassets.runtime.django import assets
from buildassets.runtime.django.settings_module import settings_found
from buildassets.runtime.wsgi import AssetServer

__all__ = ["get_wsgi_application"]


def get_wsgi_application(**options: Any) -> AssetServer:
    """The application of Django's function of that name, wrapped in an AssetServer with `options`.

    Raises ImproperlyConfigured for wrong settings, ManifestError where there is no whole release.
    """
    with settings_found():
        application = wsgi.get_wsgi_application()
    return AssetServer(application, assets=assets(), **options)
