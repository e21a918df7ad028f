"""What gunicorn and `manage.py runserver` start: Django, and the files of the release."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from buildassets.errors import ManifestError
from buildassets.runtime.django import assets
from buildassets.runtime.wsgi import AssetServer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_site.settings")
try:
    application = AssetServer(get_wsgi_application(), assets=assets())
except ManifestError as fault:
    sys.exit(str(fault))
