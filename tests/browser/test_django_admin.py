"""Django's own admin with its static files from a release: its pages, unchanged, from a server in a browser."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.conftest import Tree, write_tree
from tests.runtime.django.project import PROJECT as SITE
from tests.runtime.django.project import manage

pytestmark = pytest.mark.browser

_APPS = [f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "messages", "sessions", "staticfiles")]
_PROCESSORS = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]
PROJECT: Tree = {
    "buildassets.toml": "compress = []",
    "manage.py": SITE["manage.py"],
    "settings.py": f"""from pathlib import Path
BASE_DIR = Path(__file__).parent
SECRET_KEY = "of no use"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
STORAGES = {{"staticfiles": {{"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}}}
BUILDASSETS = {{"manifest": BASE_DIR / "build/manifest.json"}}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["buildassets.runtime.django", *{_APPS}]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {{"context_processors": {[*_PROCESSORS, "django.contrib.messages.context_processors.messages"]}}},
}}]
""",
    "urls.py": """from django.contrib import admin
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("admin/", admin.site.urls), path("favicon.ico", lambda request: HttpResponse(status=204))]
""",
    "wsgi.py": """import os
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.wsgi import get_wsgi_application
from buildassets.runtime.django import assets
from buildassets.runtime.wsgi import AssetServer
application = AssetServer(get_wsgi_application(), assets=assets())
""",
    "serve.py": """from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server
from wsgi import application
class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
with make_server("127.0.0.1", 0, application, Server) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
""",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site with its admin, built, and with one user."""
    folder = write_tree(tmp_path_factory.mktemp("admin"), PROJECT)
    built = manage(folder, "assets", "build")
    assert (built.returncode, built.stdout) == (0, ""), built.stderr
    assert re.fullmatch(r"built 1\d\d assets .*\n", built.stderr)  # and no warning
    assert manage(folder, "migrate", "-v", "0").stderr == ""
    password = {"DJANGO_SUPERUSER_PASSWORD": "pilot"}
    user = ["--username=pilot", "--email=pilot@example.com"]
    created = manage(folder, "createsuperuser", "--noinput", *user, environment=password)
    assert created.returncode == 0, created.stderr
    return folder


@pytest.fixture(scope="module")
def url(project: Path) -> Iterator[str]:
    command = [sys.executable, "serve.py"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/admin/"
        server.terminate()


@pytest.fixture
def admin(browser: Browser, url: str) -> Browser:
    """A browser whose user has signed in, as the page lets him."""
    browser.open(url + "login/")
    if browser.value("document.querySelector('#id_username')"):
        browser.value("[id_username.value, id_password.value] = ['pilot', 'pilot']")
        browser.click("[type=submit]")
        browser.wait_for("document.querySelector('#user-tools')")
    return browser


def test_the_login_page_is_styled(browser: Browser, url: str) -> None:
    browser.open(url + "login/")
    browser.picture("django-admin-login")
    assert browser.style("#header", "backgroundColor") == "rgb(65, 118, 144)"
    assert browser.faults() == []


def test_every_file_of_a_page_is_of_the_release(admin: Browser, url: str) -> None:
    admin.open(url)
    loaded = admin.value("performance.getEntriesByType('resource').map(entry => entry.name)")
    files = [one for one in loaded if "/static/" in one]
    assert len(files) > 5
    assert [one for one in files if not re.search(r"\.[0-9a-f]{12}\.\w+$", one)] == []
    assert admin.faults() == []


def test_a_list_can_be_selected_at_once(admin: Browser, url: str) -> None:
    admin.open(url + "auth/user/")
    admin.click("#action-toggle")
    admin.wait_for("document.querySelector('#result_list tr.selected')")
    assert admin.faults() == []


def test_a_form_has_its_calendar_and_its_double_list(admin: Browser, url: str) -> None:
    admin.open(url + "auth/user/1/change/")
    admin.wait_for("document.querySelector('.selector-available select option')")
    before = admin.value("document.querySelectorAll('#id_user_permissions_to option').length")
    admin.click("[id^=id_user_permissions_add_all]")
    admin.wait_for("document.querySelectorAll('#id_user_permissions_to option').length > 10")
    admin.picture("django-admin-form")
    assert before == 0
    assert admin.value("document.querySelectorAll('.datetimeshortcuts .date-icon').length") >= 2
    assert admin.faults() == []
