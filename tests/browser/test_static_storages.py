"""Pages of a Django project are the same by the storages of Django and of WhiteNoise, and by the release."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browser.conftest import Browser
from tests.compat.webassets.site import shown
from tests.conftest import Tree, write_tree

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

_PAGES: Final = 5
_FILES: Final[Tree] = {
    "conf/__init__.py": "",
    "front/img/x.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="4"/>',
    "front/css/shared.css": "body { margin: 3px }",
    **{
        f"front/css/c{number}.css": f'@import "shared.css"; p {{ left: {number}px; background: url("../img/x.svg") }}'
        for number in range(_PAGES)
    },
    **{f"front/js/j{number}.js": f"window.value = {number} * 2" for number in range(_PAGES)},
    **{
        f"templates/p{number}.html": '{% load static %}<!doctype html><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{{% static \'css/c{number}.css\' %}}"><p>p</p>'
        f"<img src=\"{{% static 'img/x.svg' %}}\"><script src=\"{{% static 'js/j{number}.js' %}}\"></script>"
        for number in range(_PAGES)
    },
    "buildassets.toml": "sources = []\n",
}
_SETTINGS: Final = """
from pathlib import Path
BASE_DIR = Path(__file__).parent.parent
SECRET_KEY = "of no use"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "front"]
INSTALLED_APPS = ["buildassets.runtime.django", "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"]}]
BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}
"""
_PROGRAM: Final = """
import json, os, sys
sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "conf.settings"
import django
django.setup()
from django.core.management import call_command
from django.template.loader import render_to_string
call_command(*COMMAND)
print("\\n\\n" + json.dumps([render_to_string(f"p{number}.html") for number in range(PAGES)]))
"""
_SEEN: Final = (
    "[window.value, document.images[0].naturalWidth, ...['left', 'marginTop', 'backgroundImage'].map((name) =>"
    " getComputedStyle(document.querySelector(name === 'marginTop' ? 'body' : 'p'))[name]"
    ".replace(/^.*\\/(\\w+)[^/]*$/, '$1'))]"
)
_OURS: Final = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"


def pages_of(folder: Path, storage: str) -> list[str]:
    """The pages of the project by a storage, whose files are made; both below `folder`."""
    settings = f"{_SETTINGS}STORAGES = {{'staticfiles': {{'BACKEND': {storage!r}}}}}\n"
    write_tree(folder, {**_FILES, "conf/settings.py": settings})
    command = ("assets", "build", "-q") if storage == _OURS else ("collectstatic", "--noinput", "-v0")
    pages: list[str] = shown(folder, f"COMMAND, PAGES = {command!r}, {_PAGES}\n{_PROGRAM}")
    return pages


@pytest.mark.parametrize(
    "storage",
    [
        "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        "whitenoise.storage.CompressedManifestStaticFilesStorage",
    ],
)
def test_every_page_is_the_same(browser: Browser, serve: Callable[[Path], str], tmp_path: Path, storage: str) -> None:
    found: dict[str, list[Any]] = {}
    for name, backend in (("peer", storage), ("ours", _OURS)):
        pages = pages_of(tmp_path / name, backend)
        files = tmp_path / name / ("build/assets" if name == "ours" else "collected")
        www = write_tree(tmp_path / f"www_{name}", {f"p{number}.html": page for number, page in enumerate(pages)})
        (www / "static").symlink_to(files)
        url = serve(www)
        found[name] = [seen(browser, f"{url}p{number}.html") for number in range(_PAGES)]
        assert browser.faults() == []
    assert found["ours"] == found["peer"]
    assert json.dumps(found["peer"][3]) == '[6, 3, "3px", "3px", "x"]'


def seen(browser: Browser, url: str) -> Any:
    browser.open(url)
    return browser.value(_SEEN)
