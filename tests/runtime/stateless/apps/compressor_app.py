"""A page by Django with blocks of every sort, also of Jinja's, by the settings in the working directory."""

# isort: off
from tests.runtime.stateless.apps import recording

# isort: on
import os
import sys

import django

sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 after the settings
from django.http import HttpRequest, HttpResponse  # noqa: E402 the same
from django.template.loader import render_to_string  # noqa: E402 the same
from django.urls import path  # noqa: E402 the same

from buildassets.runtime.django import assets  # noqa: E402 the same
from buildassets.runtime.wsgi import AssetServer  # noqa: E402 the same


def page(request: HttpRequest) -> HttpResponse:
    values = {"name": "ann", "nonce": "n0", "number": 1}
    return HttpResponse("".join(render_to_string(name, values, request) for name in ("page.html", "j.html")))


urlpatterns = [path("", page)]
application = recording.wsgi(AssetServer(get_wsgi_application(), assets=assets()))
