"""Import maps of `Media` in a site with the published django-js-asset."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_tree
from tests.features.import_map.real_packages import run
from tests.runtime.django.project import MANAGE

pytestmark = pytest.mark.corpus

_TOML = "compress = []\nminify = false\n[importmap]\n"
_SITE = {
    "manage.py": MANAGE,
    "settings.py": """import os
from pathlib import Path
BASE_DIR = Path(__file__).parent
DEBUG = "SITE_DEBUG" in os.environ
SECRET_KEY = "of no use"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "site"]
STORAGES = {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}
BUILDASSETS = {"manifest": None if "SITE_PLAIN" in os.environ else BASE_DIR / "build/manifest.json"}
INSTALLED_APPS = ["buildassets.runtime.django", "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR]}]
""",
    "site/lit.js": "export {}",
    "site/extra.js": "export {}",
    "urls.py": """from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from buildassets.runtime.django import assets
import js_asset, media
urlpatterns = [
    path(f"{name}.html", render, {"template_name": f"{name}.html", "context": {"media": media.media}})
    for name in ("tagged", "untagged", "bare")
]
urlpatterns += [path("policy.html", lambda request: HttpResponse(" ".join(assets().csp()["script-src"])))]
""",
    "tagged.html": "{% load buildassets %}{% importmap %}|{% form_media media %}",
    "untagged.html": "{% load buildassets %}{% importmap %}|{{ media }}",
    "bare.html": "|{{ media }}",
    "show.py": """import asyncio, os, sys, warnings
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
from django.core.exceptions import ImproperlyConfigured
from django.shortcuts import render
from django.test import AsyncClient, Client, RequestFactory
import media
async def later(page):
    return await AsyncClient().get(f"/{page}.html")
for name in sys.argv[1:]:
    try:
        if name.startswith("made:"):  # as a command that writes pages does it, without signals
            answer = render(RequestFactory().get("/"), f"{name[5:]}.html", {"media": media.media})
        else:
            answer = asyncio.run(later(name[6:])) if name.startswith("async:") else Client().get(f"/{name}.html")
    except ImproperlyConfigured as fault:
        print(f"{type(fault).__name__}: {fault}")
    else:
        print(answer.content.decode())
""",
}
_NEW = "import js_asset\nmedia = js_asset.Media(importmap=js_asset.ImportMap({imports}), nonce='{nonce}')\n"
_OLD = """from django import forms
import js_asset
media = forms.Media(js=[js_asset.ImportMap({{"imports": {imports}}})])
"""


def pages(
    folder: Path,
    imports: object,
    *names: str,
    own: str = 'lit = "lit.js"',
    nonce: str = "n0nce",
    old: bool = False,
    **variables: str,
) -> list[tuple[str, str]]:
    """Return what each page has of `{% importmap %}` and of media that map `imports`; `own` is the project's map."""
    module = (_OLD if old else _NEW).format(imports=imports, nonce=nonce)
    write_tree(folder, {**_SITE, "media.py": module, "buildassets.toml": _TOML + own})
    done = run(folder, "manage.py", "assets", "build", old=old)
    assert done.returncode == 0, done.stderr
    done = run(folder, "show.py", *names, old=old, **variables)
    assert done.returncode == 0, done.stderr
    (folder / "log").write_text(done.stderr)
    return [(tag, media) for tag, _, media in (line.partition("|") for line in done.stdout.splitlines())]


def mapped(element: str) -> dict[str, Any]:
    """Return the names that the element maps, without fingerprints."""
    match = re.fullmatch(r'<script type="importmap"[^>]*>(.*)</script>', element)
    assert match, element
    imports = json.loads(match[1])["imports"]
    return {name: re.sub(r"\.[0-9a-f]{12}\.", ".", url) for name, url in imports.items()}


def test_media_have_the_map_of_the_release_with_their_own_attributes(tmp_path: Path) -> None:
    ((_, media),) = pages(tmp_path, {"lit": "extra.js"}, "bare")
    assert media.startswith('<script type="importmap" nonce="n0nce">')
    assert mapped(media) == {"lit": "/static/lit.js"}
    assert '"integrity":{"/static/lit.' in media


def test_hashes_of_the_policy_permit_the_map_of_media(tmp_path: Path) -> None:
    (_, media), (sources, _) = pages(tmp_path, {"a<b": "lit.js"}, "bare", "policy", own='"a<b" = "lit.js"')
    digest = b64encode(sha256(media.partition(">")[2].removesuffix("</script>").encode()).digest()).decode()
    assert f"'sha256-{digest}'" in sources


def test_media_repeat_the_map_of_the_tag_where_no_tag_shows_them(tmp_path: Path) -> None:
    ((tag, media),) = pages(tmp_path, {"lit": "lit.js"}, "untagged", nonce="")
    assert media == tag


def test_form_media_add_nothing_after_the_tag(tmp_path: Path) -> None:
    ((tag, media),) = pages(tmp_path, {"lit": "lit.js"}, "tagged")
    assert mapped(tag) == {"lit": "/static/lit.js"}
    assert media == ""


@pytest.mark.parametrize("kind", ["", "async:", "made:"])
def test_form_media_change_no_later_page(tmp_path: Path, kind: str) -> None:
    _, (_, media) = pages(tmp_path, {"lit": "lit.js"}, f"{kind}tagged", f"{kind}bare")
    assert mapped(media) == {"lit": "/static/lit.js"}


def test_an_unknown_name_is_kept_and_logged_once(tmp_path: Path) -> None:
    _, (_, media) = pages(tmp_path, {"extra": "extra.js"}, "bare", "bare")
    assert mapped(media) == {"extra": "/static/extra.js", "lit": "/static/lit.js"}
    log = (tmp_path / "log").read_text()
    assert log.count("the import map of the release lacks `extra`, which the media of a form maps to `/static/") == 1


def test_an_unknown_name_is_in_a_map_of_its_own_after_the_tag(tmp_path: Path) -> None:
    ((_, media),) = pages(tmp_path, {"lit": "lit.js", "extra": "extra.js"}, "tagged")
    assert mapped(media) == {"extra": "/static/extra.js"}


def test_an_unknown_name_is_an_error_under_debug(tmp_path: Path) -> None:
    ((fault, _),) = pages(tmp_path, {"extra": "extra.js"}, "tagged", SITE_DEBUG="1")
    assert fault.startswith("ImproperlyConfigured: the import map of the release lacks `extra`, which the media of")
    assert "add it to `importmap` in the configuration" in fault


def test_a_hostile_name_ends_no_element(tmp_path: Path) -> None:
    ((_, media),) = pages(tmp_path, {"</script><script>alert(1)//": "extra.js"}, "bare")
    assert media.count("</script>") == 1
    assert "</script><script>alert(1)//" in mapped(media)


def test_empty_maps_give_nothing(tmp_path: Path) -> None:
    ((_, media),) = pages(tmp_path, {}, "bare", own="")
    assert media == ""


def test_media_are_unchanged_without_a_release(tmp_path: Path) -> None:
    ((_, media),) = pages(tmp_path, {"extra": "extra.js"}, "bare", SITE_PLAIN="1", SITE_DEBUG="1")
    assert mapped(media) == {"extra": "/static/extra.js"}


def test_maps_of_an_older_django_js_asset_are_those_of_the_release(tmp_path: Path) -> None:
    (_, tagged), (_, bare) = pages(tmp_path, {"lit": "/extra.js"}, "tagged", "bare", old=True)
    assert (tagged, mapped(bare)) == ("", {"lit": "/static/lit.js"})
