"""Django's own admin with its static files from a release: its pages as Django writes them, in a browser."""

from collections.abc import Callable
from pathlib import Path

import django
import pytest

from tests.browser.conftest import Browser
from tests.conftest import write_tree
from tests.corpus.building import Release, build, source_root
from tests.runtime.pages import run_python

pytestmark = pytest.mark.browser

# A process of its own, since a process can have one configuration only.
_SITE = """
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import path

from buildassets.runtime import Assets

release = Path(sys.argv[1])
assets = Assets(release / "manifest.json")


class ReleaseStorage(StaticFilesStorage):
    def url(self, name, force=False):
        return assets.url(name)


settings.configure(
    SECRET_KEY="of no use",
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    STATIC_URL="/assets/",
    STORAGES={"staticfiles": {"BACKEND": f"{__name__}.ReleaseStorage"}},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

urlpatterns = [path("admin/", admin.site.urls)]
call_command("migrate", verbosity=0)
harbour_master = User.objects.create_superuser("pilot")
client = Client()


def keep(url):
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    folder = release / url.strip("/")
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(answer.content)


keep("/admin/login/")
client.force_login(harbour_master)
for url in ("/admin/jsi18n/", "/admin/auth/user/", f"/admin/auth/user/{harbour_master.pk}/change/"):
    keep(url)
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The admin's static files, and beside them some of its pages."""
    folder = tmp_path_factory.mktemp("admin")
    static = source_root(Path(django.__file__).parent / "contrib/admin/static")
    built = build(folder, f"sources = [{static}]\n")
    run_python(_SITE, str(built.folder))
    write_tree(built.folder, {"favicon.ico": ""})  # which Chromium asks for
    return built


@pytest.fixture(scope="module")
def url(release: Release, serve: Callable[[Path], str]) -> str:
    return serve(release.folder) + "admin/"


def test_the_build_of_the_admin_says_nothing(release: Release) -> None:
    assert "warning" not in release.messages
    assert len(release.manifest.assets) > 100


def test_the_login_page_is_styled(browser: Browser, url: str) -> None:
    browser.open(url + "login/")
    browser.picture("django-admin-login")
    assert browser.style("#header", "backgroundColor") == "rgb(65, 118, 144)"
    assert browser.faults() == []


def test_a_list_can_be_selected_at_once(browser: Browser, url: str) -> None:
    browser.open(url + "auth/user/")
    browser.click("#action-toggle")
    browser.wait_for("document.querySelector('#result_list tr.selected')")
    assert browser.faults() == []


def test_a_form_has_its_calendar_and_its_double_list(browser: Browser, url: str) -> None:
    browser.open(url + "auth/user/1/change/")
    browser.wait_for("document.querySelector('.selector-available select option')")
    before = browser.value("document.querySelectorAll('#id_user_permissions_to option').length")
    browser.click("#id_user_permissions_add_all")
    browser.wait_for("document.querySelectorAll('#id_user_permissions_to option').length > 10")
    browser.picture("django-admin-form")
    assert before == 0
    assert browser.value("document.querySelectorAll('.datetimeshortcuts .date-icon').length") >= 2
    assert browser.faults() == []
