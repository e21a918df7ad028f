"""Entries of Vite in Django's templates, while its server runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.test_vite import released
from tests.vite import vite_build, vite_server

pytestmark = [pytest.mark.corpus, pytest.mark.thorough]

PROGRAM = """
import sys
import django
from django.conf import settings
from django.template import Context, RequestContext, engines
from django.test import RequestFactory
settings.configure(
    DEBUG=True,
    INSTALLED_APPS=["buildassets.runtime.django"],
    BUILDASSETS={"manifest": sys.argv[1]},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {
        "loaders": [("django.template.loaders.locmem.Loader", {
            "head.html": "{% load buildassets %}{% vite_refresh %}{% script 'src/main.ts' %}",
            "page.html": "{% load buildassets %}{% include 'head.html' only %}"
            "{% script 'src/admin.ts' %}{% script 'src/new.ts' %}",
        })]}}],
)
django.setup()
for _ in range(2):
    print(engines["django"].get_template("page.html").render({}, RequestFactory().get("/")))
    print("=====")
"""


def test_client_is_in_each_page_once(tmp_path: Path) -> None:
    vite_build(tmp_path)
    with vite_server(tmp_path / "front") as port:
        manifest = released(tmp_path, port, "development")
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(manifest)], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    pages = done.stdout.split("=====")[:2]
    for page in pages:
        assert page.count("@vite/client") == 1
        assert page.index("@react-refresh") < page.index("@vite/client") < page.index("/src/main.ts")
        assert f"http://localhost:{port}/src/new.ts" in page
