"""Projects whose pages load static files: after `init` they show what they showed, and with a release that."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.fresh import environment, init
from tests.conftest import Tree, read_tree, write_tree

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
    sheet="{{ url_for('static', file_path='/css/site.css') }}",
    script="{{ url_for('static', file_path='js/app.js') }}",
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
    return re.sub(r"\.[0-9a-f]{12}\.", ".HASH.", done.stdout.replace("http://testserver", "")).splitlines()


FRAMEWORKS = pytest.mark.parametrize(
    ("app", "page", "kind"),
    [
        (FASTAPI, STARLETTE, "asgi"),
        (_STARLETTE, STARLETTE, "asgi"),
        (_LITESTAR, LITESTAR, "asgi"),
        (FLASK, STARLETTE.replace("path=", "filename=").replace("'/css", "'css"), "wsgi"),
    ],
    ids=["fastapi", "starlette", "litestar", "flask"],
)
BEFORE = ["/ 200", *(f"/static/{name} 200" for name in ("css/site.css", "js/app.js", "img/a.svg"))]


def made(folder: Path, app: str, page: str, *options: str) -> Path:
    """A project after `init`."""
    project = write_tree(folder / "site", {**STATIC, "app.py": app, "templates/home.html": page})
    done = init(project, "--yes", *options)
    assert done.returncode == 0, done.stderr
    return project


def build(project: Path) -> None:
    subprocess.run([sys.executable, "-m", "buildassets", "build", "-q"], cwd=project, env=environment(), check=True)


@FRAMEWORKS
def test_page_without_a_release_is_as_before(app: str, page: str, kind: str, tmp_path: Path) -> None:
    project = made(tmp_path, app, page)
    assert visit(project, kind) == BEFORE
    assert (project / "templates/home.html").read_text() == page


@FRAMEWORKS
def test_page_loads_what_its_framework_names_from_the_release(app: str, page: str, kind: str, tmp_path: Path) -> None:
    project = made(tmp_path, app, page)
    build(project)
    names = ("assets/css/site.HASH.css", "assets/js/app.HASH.js", "static/img/a.svg")
    assert visit(project, kind) == ["/ 200", *(f"/{name} 200" for name in names)]


@FRAMEWORKS
def test_urls_that_are_written_out_are_edited_on_demand(app: str, page: str, kind: str, tmp_path: Path) -> None:
    project = made(tmp_path, app, page, "--pages")
    assert visit(project, kind) == BEFORE
    build(project)
    names = ("css/site.HASH.css", "js/app.HASH.js", "img/a.HASH.svg")
    assert visit(project, kind) == ["/ 200", *(f"/assets/{name} 200" for name in names)]


@pytest.mark.parametrize(
    "page",
    [
        '{% raw %}<img src="/static/img/a.svg">{% endraw %}',
        '{% trans %}See <img src="/static/img/a.svg">{% endtrans %}',
        '{# <img src="/static/img/a.svg"> #}',
        """{{ '<img src="/static/img/a.svg">' }}""",
        """<p title='<img src="/static/img/a.svg">'>""",
        '<textarea><img src="/static/img/a.svg"></textarea>',
        '<script integrity="sha384-x" src="/static/js/app.js"></script>',
        '<img src="/static/img/none.svg">',
        '<img src="/media/img/a.svg">',
    ],
)
def test_text_that_only_looks_like_a_url_of_a_file_stays(page: str, tmp_path: Path) -> None:
    asking = "<head><link href=\"{{ url_for('static', path='css/site.css') }}\"></head>"
    project = made(tmp_path, FASTAPI, f"{asking}{page}", "--pages")
    assert (project / "templates/home.html").read_text() == f"{asking}{page}"


def test_urls_that_stay_are_named_with_their_places(tmp_path: Path) -> None:
    page = (
        "<head>\n<link href=\"{{ url_for('static', path='css/site.css') }}\">\n</head>\n<img src='/static/img/a.svg'>"
    )
    project = write_tree(tmp_path / "site", {**STATIC, "app.py": FASTAPI, "templates/home.html": page})
    assert "note: URLs that are written out stay, in `templates/home.html:4`\n" in init(project, "--yes").stderr


def test_urls_that_were_edited_do_not_stay(tmp_path: Path) -> None:
    page = "<img src='/static/img/a.svg'>\n"
    for name, more, places in (("one", "", ""), ("two", "<img src='/static/gone.svg'>", "`templates/home.html:2`")):
        project = write_tree(tmp_path / name, {**STATIC, "app.py": FLASK, "templates/home.html": page + more})
        printed = init(project, "--yes", "--pages").stderr
        assert re.findall(r"written out stay, in (.*)", printed) == ([places] if places else [])


def test_templates_that_another_renderer_may_show_are_not_edited(tmp_path: Path) -> None:
    page = (
        "<head>\n<link href=\"{{ url_for('static', path='css/site.css') }}\">\n</head>\n<img src='/static/img/a.svg'>"
    )
    other = "import jinja2\n\nletters = jinja2.Environment(loader=jinja2.FileSystemLoader('templates'))\n"
    files: Tree = {**STATIC, "app.py": FASTAPI, "letters.py": other, "templates/home.html": page}
    project = write_tree(tmp_path / "site", files)
    done = init(project, "--yes", "--pages")
    assert "in `templates/home.html:4`, and `letters.py:3` may show templates in another way" in done.stderr
    assert (project / "templates/home.html").read_text() == page


def test_application_whose_pages_ask_for_nothing_is_told_so(tmp_path: Path) -> None:
    page = "<head>\n<link rel='stylesheet' href='/static/css/site.css'>\n</head>\n"
    project = write_tree(tmp_path / "site", {**STATIC, "app.py": FLASK, "templates/home.html": page})
    before = read_tree(project)
    done = init(project, "--yes")
    assert done.returncode == 1
    assert "error[init/not-asked]: no page asks flask for the URL of a static file" in done.stderr
    assert "note: URLs are written out in `templates/home.html:2`\n" in done.stderr
    assert read_tree(project) == before


@pytest.mark.parametrize(
    ("code", "call"),
    [
        (FLASK, "{{ url_for('static', filename='css/site.css') }}"),
        (
            "from pyramid.config import Configurator\nconfig = Configurator()\n",
            "request.static_url('static/css/site.css')",
        ),
    ],
)
def test_application_without_any_url_is_shown_the_call(tmp_path: Path, code: str, call: str) -> None:
    done = init(write_tree(tmp_path / "site", {**STATIC, "app.py": code, "templates/home.html": "<p>"}), "--yes")
    assert (done.returncode, f"hint: write such calls as `{call}` into templates" in done.stderr) == (1, True)


def test_page_of_django_with_urls_that_are_written_out_is_edited_on_demand(tmp_path: Path) -> None:
    page = "{% extends 'base.html' %}\n<img src='/static/a.svg'><img src='/static/none.svg'>\n"
    settings = "STATIC_URL = 'static/'\nINSTALLED_APPS = ['django.contrib.staticfiles', 'shop']\n"
    manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf')\n"
    files: Tree = {
        "manage.py": manage,
        "conf.py": settings,
        "shop/templates/a.html": page,
        "shop/static/a.svg": "<svg/>",
    }
    project = write_tree(tmp_path, files)
    assert init(project, "--yes").returncode == 1
    assert init(project, "--yes", "--pages").returncode == 0
    edited = (
        "{% extends 'base.html' %}\n{% load static %}\n<img src='{% static 'a.svg' %}'><img src='/static/none.svg'>\n"
    )
    assert (project / "shop/templates/a.html").read_text() == edited


def test_two_folders_of_assets_are_a_question(tmp_path: Path) -> None:
    files: Tree = {**STATIC, "assets/app.scss": "a {}", "app.py": FLASK}
    page = STARLETTE.replace("path=", "filename=").replace("'/css", "'css")
    project = write_tree(tmp_path / "site", {**files, "templates/home.html": page})
    before = read_tree(project)
    done = init(project, "--yes")
    assert done.returncode == 1
    assert "error[init/question]: which folder has the assets of the pages? `assets` or `static`" in done.stderr
    assert read_tree(project) == before
    assert init(project, "--yes", "--source", "static").returncode == 0
    assert (project / "buildassets.toml").read_text().startswith('sources = ["static"]\n')
