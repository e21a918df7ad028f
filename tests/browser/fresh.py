"""Fresh projects as their frameworks begin them, before buildassets is set up: files, and what their pages show."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.command import run_apart
from tests.conftest import Tree, write_tree
from tests.example.servers import free_port, is_open, wait_until

BIN = Path(sys.executable).parent
PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>A page</title>
  <link rel="icon" href="data:,">
</head>
<body>
  {body}
</body>
</html>
"""
BODY = "<main><h1>Hello</h1></main>"

_FLASK = """from flask import Flask, render_template

app = Flask(__name__)


@app.route("/")
def home():
    return render_template("home.html")


@app.route("/part")
def part():
    return "<b id=part>part</b>"
"""
_FASTAPI = """from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

app = FastAPI()
templates = Jinja2Templates(directory="templates")


@app.get("/")
def home(request: Request):
    return templates.TemplateResponse(request, "home.html")


@app.get("/part", response_class=HTMLResponse)
def part():
    return "<b id=part>part</b>"
"""
_STARLETTE = """from starlette.applications import Starlette
from starlette.routing import Route
from starlette.templating import Jinja2Templates

templates = Jinja2Templates("templates")


async def home(request):
    return templates.TemplateResponse(request, "home.html")


app = Starlette(routes=[Route("/", home)])
"""
_LITESTAR = """from pathlib import Path

from litestar import Litestar, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template.config import TemplateConfig


@get("/")
async def home() -> Template:
    return Template("home.html")


app = Litestar(
    route_handlers=[home],
    template_config=TemplateConfig(
        directory=Path("templates"),
        engine=JinjaTemplateEngine,
    ),
)
"""
_JINJA = """import sys
from wsgiref.simple_server import make_server

from jinja2 import Environment, FileSystemLoader, select_autoescape

env = Environment(loader=FileSystemLoader("templates"), autoescape=select_autoescape())


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [env.get_template("home.html").render().encode()]


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), application).serve_forever()
"""
_URLS = """from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [path("", TemplateView.as_view(template_name="home.html"))]
"""
_MODULES = {
    "flask": ("app.py", _FLASK),
    "fastapi": ("main.py", _FASTAPI),
    "starlette": ("app.py", _STARLETTE),
    "litestar": ("app.py", _LITESTAR),
    "jinja": ("app.py", _JINJA),
}


def fresh(folder: Path, framework: str, files: Tree, body: str = BODY) -> Path:
    """The project of `framework` with a page that has `body`, and `files` beside it."""
    if framework == "django":
        _start_django(folder)
    else:
        write_tree(folder, dict([_MODULES[framework]]))
    return write_tree(folder, {"templates/home.html": PAGE.replace("{body}", body), **files})


def _start_django(folder: Path) -> None:
    """A project as `django-admin startproject` makes it, with a folder of templates and one view."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "django", "startproject", "mysite", "."], cwd=folder, check=True)
    settings = folder / "mysite/settings.py"
    settings.write_text(settings.read_text().replace("'DIRS': []", "'DIRS': [BASE_DIR / 'templates']"))
    (folder / "mysite/urls.py").write_text(_URLS)


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a developer, whose virtual environment is active."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTHONWARNINGS")}
    return {**kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONUNBUFFERED": "1", **more}


def init(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run `buildassets init` without a terminal."""
    return run_apart(folder, "init", *options, PATH=environment()["PATH"])


def next_command(folder: Path) -> str:
    """The command that `init` names when it is done, and the lines for pages are written."""
    document = json.loads(init(folder, "--yes", "--json").stdout)
    for advice in document["by_hand"]:
        if advice["place"] == "in the `<head>` of your pages":
            page = folder / "templates/home.html"
            page.write_text(page.read_text().replace("</head>", "\n".join((*advice["lines"], "</head>"))))
    (command,) = document["next"]
    assert isinstance(command, str)
    return command


def shell(commands: str, folder: Path) -> None:
    """Run `commands` in `folder`, as a developer would; all of them have to succeed."""
    done = subprocess.run(
        ["bash", "-euc", commands], cwd=folder, env=environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def served(folder: Path, command: str, framework: str) -> Iterator[str]:
    """The address of the project, served by `command` on a free port; the server ends with all that it started."""
    port = free_port()
    where = {"django": f" --noreload 127.0.0.1:{port}", "jinja": f" -- python app.py {port}"}
    with served_by(f"{command} {where.get(framework, f' --port {port}')}", folder, port) as url:
        yield url


@contextmanager
def served_by(command: str, folder: Path, port: int) -> Iterator[str]:
    """The address of what `command` serves at `port`; the server ends with all that it started."""
    log = folder / "server.log"
    with log.open("ab") as output:
        started = subprocess.Popen(
            command.split(),
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until(lambda: is_open(port), started, log)
        yield f"http://127.0.0.1:{port}/"
    finally:
        started.terminate()
        try:
            started.wait(20)
        finally:
            _end_group(started.pid)


def _end_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
