"""A Django project in a folder of its own, for commands that are run as users run them."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import Tree, settle, write_tree
from tests.runtime.django.forks import run_in_fork

MANAGE = """import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
_SETTINGS = """from pathlib import Path
BASE_DIR = Path(__file__).parent
DEBUG = True
SECRET_KEY = "of no use"
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "site", ("brand", BASE_DIR / "brand")]
INSTALLED_APPS = ["buildassets.runtime.django", "polls", "shop", "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"]}]
STORAGES = {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}
BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}
"""
PROJECT: Tree = {
    "manage.py": MANAGE,
    "settings.py": _SETTINGS,
    "urls.py": "from django.shortcuts import render\nfrom django.urls import path\n"
    "urlpatterns = [path('', lambda request: render(request, 'page.html'))]\n",
    "templates/page.html": "{% load static %}{% static 'polls/style.css' %}",
    "polls/__init__.py": "",
    "polls/static/polls/style.css": "a { background: url(../brand/logo.svg) }",
    "polls/static/shared.css": "/* of the polls */ a { color: red }",
    "shop/__init__.py": "",
    "shop/static/shared.css": "/* of the shop */ a { color: blue }",
    "shop/static/shop/_mixin.scss": "$sea: #036;",
    "shop/static/shop/cart.scss": "@use 'mixin' as *; a { color: $sea }",
    "site/polls/extra.js": "start()",
    "site/CVS/Root": "no asset",
    "brand/logo.svg": "<svg/>",
}


def write_project(folder: Path, **changed: str) -> Path:
    """Write the project to `folder`, with lines added to its settings; gives `folder`."""
    more = "".join(f"{name} = {value}\n" for name, value in changed.items())
    return write_tree(folder, {**PROJECT, "settings.py": _SETTINGS + more})


def manage(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py` in `folder`, in a fork: see `tests.runtime.django.forks`."""
    program = "sys.argv = asked['arguments']\nrunpy.run_path('manage.py', run_name='__main__')"
    given = {**_kept(), **(environment or {})}
    settle()
    return run_in_fork(folder, program, environment=given, arguments=["manage.py", *arguments])


def manage_apart(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, options: Sequence[str] = ()
) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py` in `folder`, in a process of its own, by Python with `options`."""
    return subprocess.run(
        [sys.executable, *options, "manage.py", *arguments],
        cwd=folder,
        env={**_kept(), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
    )


def _kept() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "BUILDASSETS_WATCH")}
