"""One line for an application of each framework: its own URL function gives the release, or what it gave before."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import environment
from tests.conftest import Tree, write_tree
from tests.runtime.pages import write_release

SHEET = "a { color: red }"
PAGES: Tree = {
    "static/css/a.css": "a { color: blue }",
    "static/user.png": "a picture",
    "app/__init__.py": "",
    "app/static/css/a.css": "a { color: blue }",
    "app/static/user.png": "a picture",
    "templates/starlette.html": "{{ url_for('static', path=name) }} {{ asset('css/a.css') }}",
    "templates/litestar.html": "{{ url_for('static', file_path=name) }} {{ asset('css/a.css') }}",
    "templates/aiohttp.html": "{{ url('static', filename=name) }} {{ asset('css/a.css') }}",
    "templates/pyramid.mako": "${request.static_url('app:static/' + name)} ${asset('css/a.css')}",
}
_STARLETTE = """
from starlette.applications import Starlette
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.testclient import TestClient
from buildassets.runtime.starlette import StarletteAssets

templates = Jinja2Templates("templates")
app = KIND()
StarletteAssets(app, templates, OPTIONS)
app.mount("/static", StaticFiles(directory="static"), name="static")
page = lambda request: templates.TemplateResponse(request, "starlette.html", {"name": request.query_params["name"]})
app.add_route("/", page)
client = TestClient(app, root_path=ROOT)

def get(path):
    answer = client.get(path.removeprefix(ROOT))
    return answer.status_code, answer.text
"""
_LITESTAR = """
from litestar import Litestar, get as on_get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig
from litestar.testing import TestClient
from buildassets.runtime.litestar import LitestarAssets

@on_get("/", sync_to_thread=False)
def page(name: str) -> Template:
    return Template("litestar.html", context={"name": name})

static = create_static_files_router(path="/static", directories=["static"], name="static")
app = Litestar([page, static], template_config=TemplateConfig(directory="templates", engine=JinjaTemplateEngine))
LitestarAssets(app, OPTIONS)

def get(path):
    with TestClient(app) as client:
        answer = client.get(path)
        return answer.status_code, answer.text
"""
_AIOHTTP = """
import asyncio
import aiohttp_jinja2
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from jinja2 import FileSystemLoader
from buildassets.runtime.aiohttp import AiohttpAssets

@aiohttp_jinja2.template("aiohttp.html")
async def page(request):
    return {"name": request.query["name"]}

app = web.Application()
AiohttpAssets(app, OPTIONS)
aiohttp_jinja2.setup(app, loader=FileSystemLoader("templates"))
app.add_routes([web.get("/", page), web.static("/static", "static", name="static")])
loop = asyncio.new_event_loop()
client = TestClient(TestServer(app, loop=loop), loop=loop)
loop.run_until_complete(client.start_server())

async def asked(path):
    answer = await client.get(path)
    return answer.status, await answer.text()

get = lambda path: loop.run_until_complete(asked(path))
"""
_PYRAMID = """
import app
from webob import Request
from pyramid.config import Configurator

settings = {"mako.directories": "templates"} | {f"buildassets.{key}": value for key, value in dict(OPTIONS).items()}
config = Configurator(settings=settings, package=app)
config.include("pyramid_mako")
config.include("buildassets.runtime.pyramid")
config.add_static_view("static", "app:static")
config.add_route("home", "/")
config.add_view(lambda request: {"name": request.params["name"]}, route_name="home", renderer="pyramid.mako")
application = config.make_wsgi_app()

def get(path):
    path = path.removeprefix("http://localhost").removeprefix(ROOT)
    answer = Request.blank(path, base_url="http://localhost" + ROOT).get_response(application)
    return answer.status_code, answer.text
"""
PROGRAMS = {
    "starlette": _STARLETTE.replace("KIND", "Starlette"),
    "fastapi": _STARLETTE.replace("KIND", "FastAPI"),
    "litestar": _LITESTAR,
    "aiohttp": _AIOHTTP,
    "pyramid": _PYRAMID,
}
each_framework = pytest.mark.parametrize("framework", PROGRAMS)


def visit(folder: Path, framework: str, options: str, name: str = "css/a.css", root: str = "") -> str:
    """What the page shows for the static file `name`, its status and text, then what stderr has."""
    program = PROGRAMS[framework].replace("OPTIONS", options).replace("ROOT", repr(root))
    shown = f"""
status, page = get({f"/?name={name}"!r})
url = page.split(" ")[0]
page = page.replace("http://testserver", "").replace("http://localhost", "")
print(*[status] * (status != 200), page, *(get(url) if "/cdn" not in url else []))
"""
    command = [sys.executable, "-W", "ignore", "-c", f"{program}{shown}"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    return re.sub(r"\.[0-9a-f]{12}\.", ".HASH.", done.stdout.strip() or done.stderr)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_release(tmp_path / "build", {"css/a.css": SHEET})
    return write_tree(tmp_path, PAGES)


@each_framework
def test_static_files_have_the_urls_of_the_release(framework: str, site: Path) -> None:
    shown = visit(site, framework, "static=True")
    assert shown == f"/assets/css/a.HASH.css /assets/css/a.HASH.css 200 {SHEET}"


@each_framework
def test_static_files_keep_their_urls_unless_that_is_asked_for(framework: str, site: Path) -> None:
    shown = visit(site, framework, "serve=True")
    assert shown == "/static/css/a.css /assets/css/a.HASH.css 200 a { color: blue }"


@each_framework
def test_application_without_a_release_shows_what_it_showed(framework: str, tmp_path: Path) -> None:
    shown = visit(write_tree(tmp_path, PAGES), framework, "static=True, required=False")
    assert shown == "/static/css/a.css /static/css/a.css 200 a { color: blue }"


@each_framework
def test_application_does_not_start_without_the_release_that_it_requires(framework: str, tmp_path: Path) -> None:
    shown = visit(write_tree(tmp_path, PAGES), framework, "static=True")
    assert "ManifestError: there is no `build/manifest.json`" in shown


@each_framework
def test_name_that_the_release_lacks_keeps_its_url_unless_that_is_strict(framework: str, site: Path) -> None:
    shown = visit(site, framework, "static=True, strict=False", "user.png")
    assert shown == "/static/user.png /assets/css/a.HASH.css 200 a picture"
    assert re.match(r"500 |Traceback[\s\S]*AssetNotFound", visit(site, framework, "static=True", "user.png"))


@pytest.mark.parametrize("framework", ["starlette", "fastapi", "pyramid"])
def test_urls_are_below_the_path_of_the_application(framework: str, site: Path) -> None:
    shown = visit(site, framework, "static=True", root="/shop")
    assert shown.startswith("/shop/assets/css/a.HASH.css ")
    assert shown.endswith(f" 200 {SHEET}")


@each_framework
def test_url_of_another_host_stays(framework: str, site: Path) -> None:
    shown = visit(site, framework, "static=True, url='https://cdn.example/x/'")
    assert shown == "https://cdn.example/x/css/a.HASH.css https://cdn.example/x/css/a.HASH.css"
