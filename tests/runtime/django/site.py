"""A Django site in a process of its own, since a process can have one configuration only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.runtime.django.forks import run_in_fork

_SITE = """
from pathlib import Path

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, override_settings
from django.urls import path

folder = Path(asked["site"])
(folder / "templates").mkdir(exist_ok=True)
(folder / "jinja2").mkdir(exist_ok=True)


def page(request):
    request.csp_nonce = "n0nce"
    return render(request, "page.html", {"name": "css/app.css", "hostile": '"><script>alert(1)</script>'})


urlpatterns = [path("", page)]


def django_templates():
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [folder / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }


def jinja_templates():
    return {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [folder / "jinja2"],
        "OPTIONS": {"extensions": ["buildassets.runtime.django.jinja.AssetsExtension"]},
    }


given = asked["settings"]
settings.configure(**{
    "ROOT_URLCONF": __name__,
    "ALLOWED_HOSTS": ["testserver"],
    "INSTALLED_APPS": ["buildassets.runtime.django"],
    "TEMPLATES": [jinja_templates() if given.pop("jinja", False) else django_templates()],
    "BUILDASSETS": {"manifest": folder / "manifest.json"},
    **given,
})
django.setup()


def get():
    return Client().get("/").content.decode()


"""


STATIC: Mapping[str, Any] = {
    "INSTALLED_APPS": ["buildassets.runtime.django", "django.contrib.staticfiles"],
    "STATIC_URL": "/static/",
    "STORAGES": {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}},
}


def in_django(folder: Path, program: str, **settings: Any) -> str:
    """Return the output of `program` in a site at `folder`, whose page is `get()`."""
    done = run_in_fork(Path.cwd(), _SITE + program, site=str(folder), settings=settings, warnings="error")
    assert done.returncode == 0, done.stderr
    return done.stdout


def page_of(folder: Path, template: str, **settings: Any) -> str:
    """The site's page, made from `template` by Django's test client."""
    place = folder / ("jinja2" if settings.get("jinja") else "templates")
    place.mkdir(exist_ok=True)
    (place / "page.html").write_text(template)
    return in_django(folder, "sys.stdout.write(get())", **settings)
