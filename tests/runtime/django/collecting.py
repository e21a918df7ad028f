"""A Django project whose only set-up is the storage, and what `collectstatic` makes of it."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conftest import Tree, write_tree
from tests.runtime.django.forks import run_in_fork
from tests.runtime.django.project import MANAGE, manage

SETTINGS = """from pathlib import Path
BASE_DIR = Path(__file__).parent
DEBUG = False
SECRET_KEY = "of no use"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
WSGI_APPLICATION = "wsgi.application"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "site"]
INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = []
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"]}]
OPTIONS = {}
STORAGES = {
    "staticfiles": {
        "BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage",
        "OPTIONS": OPTIONS,
    },
}
"""
PROJECT: Tree = {
    "manage.py": MANAGE,
    "wsgi.py": "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
    "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    "asgi.py": "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
    "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n",
    "urls.py": "from django.shortcuts import render\nfrom django.urls import path\n"
    "urlpatterns = [path('', lambda request: render(request, 'page.html'))]\n",
    "templates/page.html": "{% load static %}{% static 'style.css' %}",
    "site/style.css": "a { background: url(img/logo.svg) }",
    "site/img/logo.svg": "<svg/>",
    "assets/never.css": "no root of a project that configures none",
}
_URL = """
import django
django.setup()
from django.templatetags.static import static
for name in asked["names"]:
    try:
        print(static(name))
    except Exception as fault:
        print(type(fault).__name__, fault)
"""


def write_project(folder: Path, tree: Tree | None = None, **settings: Any) -> Path:
    """Write the project to `folder`, with the files of `tree`, and lines added to its settings; gives `folder`."""
    lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
    text = SETTINGS.replace("OPTIONS = {}\n", lines) if "OPTIONS" in settings else SETTINGS + lines
    return write_tree(folder, {**PROJECT, "settings.py": text, **(tree or {})})


def collect(folder: Path, *options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `collectstatic` in `folder`, with `options`."""
    return manage(folder, "collectstatic", "--noinput", *options, environment=environment)


def collected(folder: Path, *options: str) -> Mapping[str, str]:
    """The files of the release that `collectstatic` makes in `folder` without a word, by their logical paths."""
    done = collect(folder, *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return files(folder)


def files(folder: Path) -> Mapping[str, str]:
    """The files of the release in `folder`, by their logical paths."""
    manifest = json.loads((folder / "collected/buildassets.json").read_bytes())
    return {path: entry["file"] for path, entry in manifest["assets"].items()}


def urls(folder: Path, *names: str) -> tuple[list[str], str]:
    """The URL of each of `names`, or the error for it, in a process of the project; and what it prints to stderr."""
    program = "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n" + _URL
    done = run_in_fork(folder, program, names=names)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr
