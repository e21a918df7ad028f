"""Projects of each framework whose pages load static files: `init` changes them, and every page loads all it loaded."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.fresh import environment, init
from tests.conftest import Tree, write_tree

STATIC: Tree = {
    "static/css/site.css": "body { background: url(../img/a.svg) }",
    "static/js/app.js": "document.title = 'x'",
    "static/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"/>',
}
PAGE = """<!doctype html>
<head>
  <link rel="stylesheet" href="{sheet}">
  <script src="{script}"></script>
</head>
<img src="/static/img/a.svg">
"""
STARLETTE = PAGE.format(
    sheet="{{ url_for('static', path='/css/site.css') }}", script="{{ url_for('static', path='js/app.js') }}"
)
LITESTAR = PAGE.format(
    sheet="{{ url_for_static_asset('static', '/css/site.css') }}",
    script="{{ url_for_static_asset('static', file_path='js/app.js') }}",
)
FASTAPI = """from pathlib import Path as Folder

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

HERE = Folder(__file__).parent
app = FastAPI()
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
templates = Jinja2Templates(directory=HERE / "templates")


@app.get("/")
def home(request: Request):
    return templates.TemplateResponse(request, "home.html")
"""
_STARLETTE = """import os

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

HERE = os.path.dirname(__file__)
templates = Jinja2Templates(os.path.join(HERE, "templates"))


async def home(request):
    return templates.TemplateResponse(request, "home.html")


app = Starlette(routes=[Route("/", home), Mount("/static", StaticFiles(directory=f"{HERE}/static"), name="static")])
"""
_LITESTAR = """from pathlib import Path

from litestar import Litestar, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig


@get("/")
async def home() -> Template:
    return Template("home.html")


app = Litestar(
    [home, create_static_files_router(path="/static", directories=[Path(__file__).parent / "static"], name="static")],
    template_config=TemplateConfig(directory=Path(__file__).parent / "templates", engine=JinjaTemplateEngine),
)
"""
FLASK = """from flask import Flask, render_template

app = Flask(__name__)


@app.route("/")
def home():
    return render_template("home.html")
"""
JINJA = """from pathlib import Path

from jinja2 import Environment, FileSystemLoader

FOLDER = Path(__file__).parent / "templates"
env = Environment(loader=FileSystemLoader(FOLDER))


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    return [env.get_template("home.html").render().encode()]
"""
VISIT = {
    "asgi": """
from starlette.testclient import TestClient
from app import app
with TestClient(app) as client:
    def get(path):
        answer = client.get(path)
        return answer.status_code, answer.text
    look(get)
""",
    "wsgi": """
from wsgiref.util import setup_testing_defaults
import app
application = getattr(app.app, "wsgi_app", app.app)
def get(path):
    environ = {"PATH_INFO": path.removeprefix("http://testserver"), "REQUEST_METHOD": "GET"}
    setup_testing_defaults(environ)
    status = []
    body = b"".join(application(environ, lambda line, headers, error=None: status.append(int(line[:3]))))
    return status[0], body.decode()
look(get)
""",
}
LOOK = """
import re
def look(get):
    status, page = get("/")
    print("/", status)
    for url in re.findall(r'(?:href|src)="([^"]*)"', page):
        print(url, get(url)[0])
"""


def visit(project: Path, kind: str) -> list[str]:
    """The page and what it loads, each with its status; `HASH` stands for fingerprints."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK + VISIT[kind]],
        cwd="/",
        env={**environment(), "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return re.sub(r"\.[0-9a-f]{12}\.", ".HASH.", done.stdout).splitlines()


@pytest.mark.parametrize(
    ("app", "page", "kind"),
    [
        (FASTAPI, STARLETTE, "asgi"),
        (_STARLETTE, STARLETTE, "asgi"),
        (_LITESTAR, LITESTAR, "asgi"),
        (FLASK, STARLETTE.replace("path=", "filename=").replace("'/css", "'css"), "wsgi"),
        (JINJA, PAGE.format(sheet="/static/css/site.css", script="/static/js/app.js"), "wsgi"),
    ],
    ids=["fastapi", "starlette", "litestar", "flask", "jinja"],
)
def test_page_loads_everything_from_the_release(app: str, page: str, kind: str, tmp_path: Path) -> None:
    project = write_tree(tmp_path / "site", {**STATIC, "app.py": app, "templates/home.html": page})
    done = init(project, "--yes")
    assert done.returncode == 0, done.stderr
    subprocess.run([sys.executable, "-m", "buildassets", "build", "-q"], cwd=project, env=environment(), check=True)
    assert visit(project, kind) == [
        "/ 200",
        *(f"/assets/{name} 200" for name in ("css/site.HASH.css", "js/app.HASH.js", "img/a.HASH.svg")),
    ]


@pytest.mark.parametrize(
    "page",
    [
        '{% raw %}<img src="/static/img/a.svg">{% endraw %}',
        '{% trans %}See <img src="/static/img/a.svg">{% endtrans %}',
        '{# <img src="/static/img/a.svg"> #}',
        """{{ '<img src="/static/img/a.svg">' }}""",
        """{% set x = "{{ url_for('static', path='img/a.svg') }}" %}""",
        "{{ url_for('download', path='img/a.svg') }}",
        """<p title='<img src="/static/img/a.svg">'>""",
        '<textarea><img src="/static/img/a.svg"></textarea>',
        """<script integrity="sha384-x" src="{{ url_for('static', path='js/app.js') }}"></script>""",
    ],
)
def test_text_that_only_looks_like_a_reference_stays(page: str, tmp_path: Path) -> None:
    page = f"<head></head>{page}"
    project = write_tree(tmp_path / "site", {**STATIC, "app.py": FASTAPI, "templates/home.html": page})
    init(project, "--yes")
    assert "asset(" not in (project / "templates/home.html").read_text()


def test_references_that_stay_are_listed(tmp_path: Path) -> None:
    page = "<head>\n<link href=\"{{ url_for('static', path=theme) }}\">\n</head>\n"
    project = write_tree(tmp_path / "site", {**STATIC, "app.py": FASTAPI, "templates/home.html": page})
    done = init(project, "--yes")
    assert "note: `templates/home.html:2` name static files in another way, and keep their URLs" in done.stderr
    assert "{{ url_for('static', path=theme) }}" in (project / "templates/home.html").read_text()
