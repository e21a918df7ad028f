"""Settings of the site, for django-compressor or what takes its place: `SITE_SIDE` is which, `SITE_OUT` where to."""

import os
from pathlib import Path
from typing import Any

from django.template import engines

_HERE = Path(__file__).parent
_OUT = Path(os.environ["SITE_OUT"])
_SIDE = os.environ["SITE_SIDE"]  # theirs, ours, or written: as templates have it

SECRET_KEY = "of no use"
ALLOWED_HOSTS = ["testserver"]
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "German"), ("ar", "Arabic")]
STATIC_URL = "/static/"
STATIC_ROOT = str(_OUT / "static")
STATICFILES_DIRS = [_HERE / "static"]
_APPLICATIONS = {
    "theirs": ["compressor"],
    "ours": ["buildassets.compat.compressor", "buildassets.runtime.django"],
    "written": ["buildassets.compat.compressor"],
}
INSTALLED_APPS = [*_APPLICATIONS[_SIDE], "sekizai", "shop", "django.contrib.staticfiles"]
_EXTENSIONS = {
    "theirs": "compressor.contrib.jinja2ext.CompressorExtension",
    "ours": "buildassets.compat.compressor.CompressorExtension",
    "written": "buildassets.compat.compressor.CompressorExtension",
}
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "theme", _HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.static",
                "sekizai.context_processors.sekizai",
            ]
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [_HERE / "jinja2"],
        "OPTIONS": {"extensions": [_EXTENSIONS[_SIDE]], "environment": "shop.jinja.environment"},
    },
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "compressor.finders.CompressorFinder",
]
if _SIDE == "ours":
    STORAGES = {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}
    BUILDASSETS = {"manifest": _OUT / "build/manifest.json"}

COMPRESS_ENABLED = _SIDE != "written"
COMPRESS_OFFLINE = True
COMPRESS_OFFLINE_CONTEXT = "shop.contexts.contexts"


def COMPRESS_JINJA2_GET_ENVIRONMENT() -> Any:
    """The environment of the backend above."""
    return engines["jinja2"].env  # type: ignore[attr-defined]  # which a backend for Jinja has


COMPRESS_PRECOMPILERS = [
    ("text/x-scss", "django_libsass.SassCompiler"),
    ("text/loud", "sed s/loud/LOUD/"),
    ("text/numbered", "sed 's/NUMBER/42/' {infile} > {outfile}"),
]
if os.environ.get("SITE_FILTERS"):
    COMPRESS_FILTERS = {
        "css": ["compressor.filters.css_default.CssAbsoluteFilter", "shop.filters.Colours"],
        "js": ["compressor.filters.jsmin.rJSMinFilter", "shop.filters.Count"],
    }
