"""`startproject`, the one entry, `collectstatic`: pages of the admin load the files that they loaded before."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.conftest import write_tree
from tests.runtime.django.project import manage
from tests.runtime.django.test_collected_deployments import SERVERS, Site, served
from tests.runtime.pages import elements

_STORAGES: Mapping[str, str] = {
    "plain": "django.contrib.staticfiles.storage.StaticFilesStorage",
    "manifest": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    "release": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage",
}
_MORE = """
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
STORAGES = {"staticfiles": {"BACKEND": "%s"}}
"""


def start_project(folder: Path, storage: str) -> Path:
    """The project that Django starts, with a user, and with the static files of `storage`."""
    folder.mkdir()
    command = [sys.executable, "-m", "django", "startproject", "mysite", str(folder)]
    subprocess.run(command, check=True)
    settings = folder / "mysite/settings.py"
    settings.write_text(settings.read_text() + _MORE % _STORAGES[storage])
    write_tree(folder, {name: f"from mysite.{name[:4]} import application" for name in ("wsgi.py", "asgi.py")})
    assert manage(folder, "collectstatic", "--noinput").returncode == 0
    assert manage(folder, "migrate", "-v", "0").stderr == ""
    password = {"DJANGO_SUPERUSER_PASSWORD": "pilot"}
    manage(folder, "createsuperuser", "--noinput", "--username=pilot", "--email=a@b.example", environment=password)
    return folder


def loaded(site: Site, path: str) -> dict[str, bytes]:
    """All files that the page at `path` loads, and that their sheets load, by their URLs without fingerprints."""
    status, _, page = site.get(path)
    assert status == 200
    tags = [attributes for tag, attributes in elements(page.decode()) if tag in ("link", "script", "img")]
    waiting = [str(one.get("href") or one.get("src")) for one in tags if one.get("href") or one.get("src")]
    found: dict[str, bytes] = {}
    for url in waiting:
        status, headers, body = site.get(url)
        assert (status, url) == (200, url)
        found[re.sub(r"\.[0-9a-f]{12}(?=\.)", "", url)] = body
        if headers["content-type"].startswith("text/css"):
            inner = re.findall(rb"url\(([\"']?)([^)\"']+)\1\)|@import [\"']([^\"']+)", body)
            urls = [urljoin(url, (first or second).decode()) for _, first, second in inner]
            waiting += [one for one in urls if one not in waiting and ":" not in one]
    return found


@pytest.mark.parametrize(("server", "before"), [("gunicorn", "manifest"), ("uvicorn", "plain")])
def test_pages_load_what_they_loaded_before(tmp_path: Path, server: str, before: str) -> None:
    names = {}
    for storage in (before, "release"):
        folder = start_project(tmp_path / storage, storage)
        with served(folder, *SERVERS[server]) as site:
            names[storage] = loaded(site, "/admin/login/").keys()
    assert len(names[before]) > 5
    assert names["release"] == names[before]
