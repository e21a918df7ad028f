"""Blocks write nothing where pages are made: the fixture `stateless`, the audit hook and strace find nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.compat.compressor.site import FILES, LOAD, SETTINGS, block, css
from tests.conftest import Tree, write_tree
from tests.runtime.django.project import MANAGE, manage
from tests.runtime.stateless.workers import Served, served

pytestmark = pytest.mark.thorough

_SETTINGS = (
    SETTINGS
    + """
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.runtime.stateless.apps.compressor_app"
STATIC_URL = "/assets/"
COMPRESS_OFFLINE_CONTEXT = {"number": 1}
"""
)
_PROJECT: Tree = {
    **FILES,
    "manage.py": MANAGE,
    "settings.py": _SETTINGS,
    "templates/page.html": LOAD
    + block("css", css("css/one.css") + "<style>a { top: 0 }</style>")
    + block("css", css("scss/app.scss", type="text/x-scss"))
    + block("css", css("css/two.css"), "inline")
    + block("js", "<script>var number = {{ number }}</script>", "inline")
    + block("js", "<script nonce='{{ nonce }}'>var once = 1</script>", "inline")
    + block("js", '<script>var name = "{{ name }}"</script>'),
    "jinja2/j.html": "{% compress js %}<script>var jinja = {{ number }}</script>{% endcompress %}"
    '{% compress js %}<script>var jinja = "{{ name }}"</script>{% endcompress %}',
}
_TEST = """
import django

django.setup()
from django.template.loader import render_to_string

PAGES = [(name, {"number": number, "name": "ann"}) for name in ("page.html", "j.html") for number in (1, 2)]


def test_pages(stateless):
    for name, values in PAGES:
        render_to_string(name, values)
    with stateless(reads=[]):
        for _ in range(100):
            for name, values in PAGES:
                assert "ann" in render_to_string(name, values)
"""


def build_project(folder: Path) -> Path:
    """Write the project to `folder` and build it; return `folder`."""
    done = manage(write_tree(folder, _PROJECT), "compress")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def worker() -> Iterator[Served]:
    """The answers and accesses of a worker of gunicorn on a read-only disk."""
    with TemporaryDirectory(dir="/var/tmp") as folder:
        yield served("compressor", build_project(Path(folder) / "site"), Path(folder) / "strace.txt")


def test_a_worker_answers_on_a_file_system_that_is_read_only(worker: Served) -> None:
    assert (worker.report["can_write"], worker.report["home"]) == (False, None)
    (page,) = [body.decode() for body in worker.bodies if b"<script" in body]
    assert page.count("/assets/CACHE/") == 3
    assert [text in page for text in ("a{top:0}", "p{color:#ffffff}", 'nonce="n0"', 'var name = "ann"')] == [
        *(False, True, True, True)
    ]


def test_a_worker_changes_nothing_and_starts_nothing(worker: Served) -> None:
    assert worker.accesses("change", settled=False) == []
    assert worker.accesses("run", settled=True) == []
    assert [call for call in worker.calls if call.is_change and call.time > worker.settled_at] == []


def test_a_worker_opens_the_manifest_once_and_then_what_it_serves(worker: Served) -> None:
    assert len([one for one in worker.accesses("read", settled=False) if "manifest.json" in one]) == 1
    assert [one for one in worker.accesses("read", settled=True) if "/build/assets/" not in one] == []
    calls = [call for call in worker.calls if call.time > worker.settled_at]
    assert [call for call in calls if "/build/assets/" not in call.arguments] == []


def test_pages_are_stateless_in_a_project_s_own_tests(tmp_path: Path) -> None:
    write_tree(build_project(tmp_path), {"test_pages.py": _TEST})
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "buildassets.testing.pytest_plugin",
        "-p",
        "no:cacheprovider",
    ]
    more = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "DJANGO_SETTINGS_MODULE": "settings"}
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, **more}, capture_output=True, text=True)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout
