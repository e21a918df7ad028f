"""A Django site with the published django-js-asset, django-prose-editor and django-esm, in its own environment."""

import os
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.conftest import Tree, write_tree
from tests.environments import kept_environment
from tests.runtime.django.project import MANAGE

_PACKAGES: Final = ("django-js-asset==5.0.0", "django-prose-editor==0.28.0", "django-esm==0.9.1")
_OLD_PACKAGES: Final = ("django-js-asset==4.2.0",)
_SOURCE: Final = Path(__file__).parents[3] / "src"
_APPS: Final = [
    f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "messages", "sessions", "staticfiles")
]
_PROCESSORS: Final = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
MAP: Final = """compress = []
[importmap]
"django-prose-editor/editor" = "django_prose_editor/editor.js"
"django-prose-editor/configurable" = "django_prose_editor/configurable.js"
"""
SITE: Final[Tree] = {
    "manage.py": MANAGE,
    "buildassets.toml": MAP,
    "settings.py": f"""import os
from pathlib import Path
BASE_DIR = Path(__file__).parent
DEBUG = "SITE_DEBUG" in os.environ
SECRET_KEY = "of no use"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
STORAGES = {{"staticfiles": {{"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}}}
BUILDASSETS = {{"manifest": BASE_DIR / "build/manifest.json"}}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["buildassets.runtime.django", "django_prose_editor", "shop", "blog", *{_APPS}]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "shop.policy.with_policy",
]
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {{"context_processors": {_PROCESSORS}}},
}}]
""",
    "urls.py": """from django.contrib import admin
from django.http import HttpResponse
from django.urls import path
from shop import views
urlpatterns = [
    path("admin/", admin.site.urls),
    path("favicon.ico", lambda request: HttpResponse(status=204)),
    *(path(f"{name}/", getattr(views, name)) for name in ("editor", "bare", "cart", "versions", "unknown")),
]
""",
    "shop/__init__.py": "",
    "shop/apps.py": """from django.apps import AppConfig
class Config(AppConfig):
    name = "shop"
    importmap = {"shop/cart": "shop/cart.js", "shop/parts/": "shop/parts/", "lit": "shop/lit.js"}
""",
    "shop/static/shop/cart.js": "import { price } from 'shop/parts/price.js'; document.title = `cart of ${price}`;",
    "shop/static/shop/parts/price.js": "export const price = 3;",
    "shop/static/shop/lit.js": "export const version = 3;",
    "shop/static/shop/both.js": """import { version } from 'lit';
import { blog } from '../blog/version.js';
document.title = `blog ${blog}, shop ${version}`;
""",
    "blog/__init__.py": "",
    "blog/apps.py": """from django.apps import AppConfig
class Config(AppConfig):
    name = "blog"
    importmap = {"lit": "blog/lit.js"}
""",
    "blog/static/blog/lit.js": "export const version = 2;",
    "blog/static/blog/version.js": "export { version as blog } from 'lit';",
    "shop/static/shop/extra.js": "document.title = 'extra';",
    "shop/models.py": """from django.db import models
from django_prose_editor.fields import ProseEditorField
class Item(models.Model):
    text = ProseEditorField(sanitize=False)
""",
    "shop/admin.py": """from django.contrib import admin
from shop.models import Item
admin.site.register(Item)
""",
    "shop/policy.py": """def with_policy(get_response):
    def answer(request):
        request.csp_nonce = "n0nce"
        response = get_response(request)
        if not request.path.startswith("/admin/"):
            response["Content-Security-Policy"] = "script-src 'nonce-n0nce' 'strict-dynamic'; object-src 'none'"
        return response

    return answer
""",
    "shop/views.py": """from django import forms
from django.shortcuts import render
from django_esm.forms import ImportESModule
from django_prose_editor.widgets import ProseEditorWidget
from js_asset import ImportMap, Media, Script


class Editor(forms.Form):
    text = forms.CharField(widget=ProseEditorWidget)


def page(request, media, template="page.html"):
    return render(request, template, {"media": Media.from_media(media, nonce="n0nce")})


def editor(request):
    return render(request, "editor.html", {"form": (form := Editor()), "media": form.media.with_nonce("n0nce")})


def bare(request):
    return page(request, Editor().media, "bare.html")


def cart(request):
    return page(request, forms.Media(js=[ImportESModule("shop/cart")]), "cart.html")


def versions(request):
    return page(request, forms.Media(js=[Script("shop/both.js", type="module")]), "cart.html")


def unknown(request):
    media = Media(importmap=ImportMap({"extra": "shop/extra.js"}), js=[ImportESModule("extra")])
    return page(request, media, "bare.html")
""",
    "shop/templates/editor.html": """<!doctype html>{% load buildassets %}<title>-</title>
{% importmap nonce=request.csp_nonce %}{{ media }}{{ form }}""",
    "shop/templates/cart.html": "{% load buildassets %}{% importmap nonce=request.csp_nonce %}{{ media.js }}",
    "shop/templates/bare.html": "<!doctype html>{{ media }}",
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


def run(folder: Path, *arguments: str, old: bool = False, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with `arguments` in `folder`, with the published packages; with `old`, an older django-js-asset."""
    command, environment = _python(variables, old=old)
    return subprocess.run(
        [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def _python(variables: dict[str, str], *, old: bool = False) -> tuple[list[str], dict[str, str]]:
    packages = _OLD_PACKAGES if old else _PACKAGES
    programs = kept_environment("old_import_maps" if old else "import_maps", *packages)
    path = os.pathsep.join([str(_SOURCE), sysconfig.get_path("purelib")])
    return [str(programs / "python")], {**os.environ, "PYTHONPATH": path, **variables}


def built(folder: Path) -> Path:
    """Write the site to `folder`, with a release and a user, and give `folder`."""
    write_tree(folder, SITE)
    done = run(folder, "manage.py", "assets", "build")
    assert done.returncode == 0, done.stderr
    for command in (
        "makemigrations shop -v 0",
        "migrate -v 0",
        "createsuperuser --noinput --username=pilot --email=p@example.com",
    ):
        done = run(folder, "manage.py", *command.split(), DJANGO_SUPERUSER_PASSWORD="pilot")
        assert done.returncode == 0, done.stderr
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the site in `folder`, and give its URL."""
    command, environment = _python({})
    with subprocess.Popen(
        [*command, "serve.py"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/"
        server.terminate()
