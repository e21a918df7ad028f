"""`{% partialdef %}` of Django 6: blocks in a partial, wherever it is shown from."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import django
import pytest

from tests.compat.compressor.site import FILES
from tests.conftest import write_tree
from tests.runtime.test_django_versions import NEWEST, environment, newer_python

pytestmark = pytest.mark.thorough

_PAGES = {
    "partials.html": """{% load static compress %}
{% partialdef own %}{% compress js %}<script>var own = 1</script>{% endcompress %}{% endpartialdef %}
{% partialdef shown inline %}
{% compress js %}<script src="{% static 'js/one.js' %}"></script>{% endcompress %}
{% endpartialdef %}
{% partialdef with_value %}{% compress js %}<script>var v = {{ value }}</script>{% endcompress %}{% endpartialdef %}
{% partial own %}{% for value in values %}{% partial with_value %}{% endfor %}""",
    "included.html": '{% include "partials.html#own" %}{% include "partials.html#with_value" with value=7 %}',
    "in_block.html": """{% load compress %}
{% partialdef script %}<script>var inside = 1</script>{% endpartialdef %}
{% compress js %}{% partial script %}<script>var beside = 1</script>{% endcompress %}""",
    "extended.html": """{% extends "base.html" %}{% load compress %}
{% partialdef part %}{% compress js %}<script>var child = 1</script>{% endcompress %}{% endpartialdef %}
{% block js %}{{ block.super }}{% partial part %}{% endblock %}""",
    "base.html": "{% load compress %}{% block js %}{% compress js %}<script>var base = 1</script>{% endcompress %}"
    "{% endblock %}",
    "unused.html": "{% load compress %}{% partialdef only %}"
    "{% compress js %}<script>var only = 1</script>{% endcompress %}{% endpartialdef %}",
}
_SHOWN = {
    "partials.html": ["var one=1", "var own=1", "var v=1", "var v=2"],
    "partials.html#own": ["var own=1"],
    "partials.html#shown": ["var one=1"],
    "included.html": ["var own=1", "var v=7"],
    "in_block.html": ["var inside=1\nvar beside=1"],
    "extended.html": ["var base=1", "var child=1"],
    "unused.html#only": ["var only=1"],
}
_SETTINGS = """
SECRET_KEY = "of no use"
STATIC_URL = "/static/"
STATICFILES_DIRS = ["site"]
INSTALLED_APPS = ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"]}]
STORAGES = {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}
BUILDASSETS = {"manifest": "build/manifest.json"}
COMPRESS_OFFLINE_CONTEXT = {"values": [1, 2]}
"""
_PROGRAM = """
import json, sys
import django
django.setup()
from django.template.loader import render_to_string
print(json.dumps({name: render_to_string(name, {"values": [1, 2]}) for name in json.load(sys.stdin)}))
"""


@pytest.fixture(scope="module")
def python() -> str:
    """The Python of an environment with Django 6, which may be this one."""
    return sys.executable if django.VERSION >= (6, 0) else str(environment(newer_python(), NEWEST))


def output_of(folder: Path, *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the project."""
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": "."}
    return subprocess.run([*command], cwd=folder, env=variables, input=given, capture_output=True, text=True)


@pytest.fixture(scope="module")
def project(python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, without a build."""
    pages = {f"templates/{name}": text for name, text in _PAGES.items()}
    return write_tree(tmp_path_factory.mktemp("site"), {**FILES, **pages, "settings.py": _SETTINGS})


def test_blocks_of_partials_are_built_and_found(python: str, project: Path) -> None:
    done = output_of(project, python, "-m", "django", "compress")
    assert (done.returncode, "warning[" in done.stderr) == (0, False), done.stderr
    pages = json.loads(output_of(project, python, "-c", _PROGRAM, given=json.dumps([*_SHOWN])).stdout)
    for name, expected in _SHOWN.items():
        urls = re.findall(r'src="/static/([^"]*)"', pages[name])
        assert [(project / "build/assets" / url).read_text().strip() for url in urls] == expected, name
        assert pages[name].count("<script") == len(expected)


def test_errors_in_a_partial_have_its_place(python: str, tmp_path: Path) -> None:
    content = "{% compress js %}<script src='/static/js/gone.js'></script>{% endcompress %}"
    page = f"{{% load compress %}}{{% partialdef gone %}}{content}{{% endpartialdef %}}"
    write_tree(tmp_path, {**FILES, "settings.py": _SETTINGS, "templates/page.html": page})
    done = output_of(tmp_path, python, "-m", "django", "compress")
    assert done.returncode == 1
    message = "error[compressor/missing]: cannot find the static file `js/gone.js`\n  --> templates/page.html:1:"
    assert message in done.stderr
