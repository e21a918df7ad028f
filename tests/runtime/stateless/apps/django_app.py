"""A page by Django, and the files of the release."""

# isort: off
from tests.runtime.stateless.apps import recording

# isort: on
import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from buildassets.runtime.wsgi import AssetServer


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "page.django.html", {"name": "img/logo.svg"})


urlpatterns = [path("", page)]
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["buildassets.runtime.django", "django.contrib.staticfiles"],
    STATIC_URL="/assets/",
    STORAGES={"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}},
    MIDDLEWARE=["buildassets.runtime.django.middleware.early_hints"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [os.path.abspath("templates")]}],
    BUILDASSETS={"manifest": "build/manifest.json", "early_hints": ["css/app.css"]},
)
django.setup()

from buildassets.runtime.django import assets  # noqa: E402 after the settings

application = recording.wsgi(AssetServer(get_wsgi_application(), assets=assets()))
