"""What gunicorn and `manage.py runserver` start: Django, and the files of the release."""

import os
import sys

from buildassets.errors import ManifestError
from buildassets.runtime.django.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_site.settings")
try:
    application = get_wsgi_application()
except ManifestError as fault:
    sys.exit(str(fault))
