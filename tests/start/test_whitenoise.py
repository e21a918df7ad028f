"""A Django project with WhiteNoise, as it is deployed: another server, no `DEBUG`, no sources, nothing is written."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.fresh import environment, fresh, init
from tests.conftest import Tree, read_tree

FILES: Tree = {
    "polls/__init__.py": "",
    "polls/static/polls/style.css": "body { background: url(logo.svg) }",
    "polls/static/polls/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"/>',
    "templates/home.html": '{% load static %}<head><link rel="stylesheet" href="{% static "polls/style.css" %}">',
}
URLS = """from django.contrib import admin
from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [path("admin/", admin.site.urls), path("", TemplateView.as_view(template_name="home.html"))]
"""
SETTINGS = """
ALLOWED_HOSTS = ["*"]
STATIC_ROOT = BASE_DIR / "all"
INSTALLED_APPS = ["polls", *INSTALLED_APPS]
MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
"""
VISIT = """
import re
from wsgiref.util import setup_testing_defaults
from mysite.wsgi import application
def get(path):
    environ = {"PATH_INFO": path, "HTTP_HOST": "127.0.0.1"}
    setup_testing_defaults(environ)
    status = []
    body = b"".join(application(environ, lambda line, headers, error=None: status.append(line)))
    print(path, status[0])
    return body.decode()
for page in ("/", "/admin/login/"):
    for url in re.findall(r'(?:href|src)="(/static/[^"]*)"', get(page)):
        get(url)
"""


@pytest.mark.parametrize("storage", ["CompressedManifestStaticFilesStorage", "CompressedStaticFilesStorage"])
def test_everything_is_served_from_what_collectstatic_leaves(storage: str, tmp_path: Path) -> None:
    project = fresh(tmp_path / "site", "django", FILES)
    settings = project / "mysite/settings.py"
    live = SETTINGS.replace("CompressedManifestStaticFilesStorage", storage)
    settings.write_text(settings.read_text().replace("DEBUG = True", "DEBUG = False") + live)
    (project / "mysite/urls.py").write_text(URLS)
    assert init(project, "--yes").returncode == 0
    collect = ["manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run([sys.executable, *collect], cwd=project, env=environment(), check=True)
    shutil.rmtree(project / "polls/static")
    before = read_tree(project)
    command = [sys.executable, "-B", "-c", VISIT]
    done = subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=True)
    visited = re.sub(r"\.[0-9a-f]{12}\.", ".HASH.", done.stdout).splitlines()
    assert {"/static/polls/style.HASH.css 200 OK", "/static/admin/css/base.HASH.css 200 OK"} <= {*visited}
    assert [line for line in visited if not line.endswith(" 200 OK")] == []
    assert read_tree(project) == before
