"""Templates are edited only where the one renderer shows them that gets our helpers."""

import json
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, write_tree

FLASK = """\
from flask import Flask, render_template

app = Flask(__name__)


@app.route("/")
def home():
    return render_template("home.html")
"""
FASTAPI = """\
from fastapi import FastAPI
from fastapi.templating import Jinja2Templates

app = FastAPI()
templates = Jinja2Templates(directory="templates")
"""
PYRAMID = """\
from pyramid.config import Configurator


def main():
    with Configurator() as config:
        config.include("pyramid_jinja2")
        config.add_route("home", "/")
        config.add_view(lambda request: {}, route_name="home", renderer="shop:templates/home.HTML")
        return config.make_wsgi_app()
"""
HEAD = "<html>\n<head>\n</head>\n{% block a %}{% endblock %}</html>\n"
PAGES: Tree = {
    "static/a.css": "a {}",
    "templates/base.html": HEAD,
    "templates/home.html": "{% extends 'base.html' %}",
    "templates/letters/a.html": HEAD,
}


def proposed(project: Path) -> tuple[list[str], str]:
    """The templates that `init` edits, and its notes."""
    document = json.loads(run(project, "init", "--dry-run", "--json").stdout)
    assert not document["blocked"]
    edits = [one["file"] for one in document["edits"]]
    return [one for one in edits if "templates/" in one], "\n".join(document["notes"])


def render(made: str, then: str = "env.get_template('letters/a.html')") -> Tree:
    return {"letters.py": f"{made}\n\n\ndef letter():\n    return {then}\n"}


@pytest.mark.parametrize(
    "module",
    [
        render(
            "from jinja2 import Environment, FileSystemLoader\nenv = Environment(loader=FileSystemLoader('templates'))"
        ),
        render("import jinja2 as j\nenv = j.Environment(loader=j.PackageLoader('shop'))"),
        render("from jinja2.sandbox import SandboxedEnvironment as Box\nenv = Box(loader=object())"),
        render("from jinja2 import *\nenv = Environment(loader=FileSystemLoader('templates'))"),
        render("import jinja2\nclass Env(jinja2.Environment):\n    pass\n\nenv = Env(loader=None)"),
        render("from functools import partial\nfrom jinja2 import Environment\nenv = partial(Environment)()"),
        render("from jinja2 import Template", "Template(open(name).read())"),
        render("from jinja2.nativetypes import NativeEnvironment\nenv = NativeEnvironment()"),
        render("from starlette.templating import Jinja2Templates\nenv = Jinja2Templates('templates')"),
        render("from mako.lookup import TemplateLookup\nenv = TemplateLookup(['templates'])"),
        render("from django.template import Engine\nenv = Engine(dirs=['templates'])"),
        render("import flask_mako\nenv = flask_mako.MakoTemplates()"),
        render("from flask.templating import Environment\nenv = Environment(app, loader=app.jinja_loader)"),
        render("from starlette_admin.base import BaseAdmin\nenv = BaseAdmin()"),
        render("from sqladmin import Admin\nenv = Admin(app, engine)"),
        render(
            "class Site:\n    def __init__(self):\n        from flask import Flask\n        self.app = Flask('x')", "0"
        ),
        render("FOLDER = 'templates'\nENV = make(FOLDER)", "ENV"),
        {"shop/management/commands/site.py": "from jinja2 import Environment\n\nenv = Environment()\n"},
        {"tool.py": "import jinja2\n\ndef broken(:\n"},
        {"tool.py": b"# \xe9\nx = 1\n"},
    ],
)
def test_no_template_is_edited_where_another_renderer_may_show_any(module: Tree, tmp_path: Path) -> None:
    templates, notes = proposed(write_tree(tmp_path, {"app.py": FLASK, **PAGES, **module}))
    assert templates == []
    (name,) = module
    assert f"`{name}" in notes
    assert "may show templates without our helpers: all templates are unchanged" in notes


@pytest.mark.parametrize(
    "module",
    [
        render("import jinja2\nenv = jinja2.Environment(loader=jinja2.FileSystemLoader('templates/letters'))"),
        render(
            "from pathlib import Path\nfrom jinja2 import Environment, FileSystemLoader\n"
            "FOLDER = Path(__file__).parent / 'templates' / 'letters'\nloader = FileSystemLoader(FOLDER)\n"
            "env = Environment(loader=loader)"
        ),
        render("from jinja2 import Template", "Template('Dear {{ name }}').render()"),
        render(
            "from jinja2 import Environment", "0\n\n\ndef added(env: Environment) -> None:\n    env.globals['x'] = 1"
        ),
        render("from jinja2 import TemplateNotFound, FileSystemLoader", "0"),
        render("from flask import render_template", "render_template('letters/a.html')"),
        render(
            "from flask import render_template\n\ndef show(name):\n    return render_template(name)",
            "show('home.html')",
        ),
        {"views.py": "class Home:\n    template_name = 'home.html'\n"},
        {"views.py": "from flask import Blueprint\n\nshop = Blueprint('x', 'x', template_folder='templates')\n"},
        {"tests/test_a.py": "from jinja2 import Environment\n\nenv = Environment()\n"},
        {"newer.py": "def broken(:\n"},
        {"views.py": "class Tags:\n    @register.inclusion_tag('home.html')\n    def tag(self):\n        return {}\n"},
        {"conf.py": "import os\nTEMPLATES_DIR = os.path.join('shop', 'templates')\n"},
        {"conf.py": "TEMPLATES[0]['DIRS'] = [BASE / 'templates']\n"},
        {"map.py": "PAGES = {'templates': 1, 'home.html': 2}\n"},
        {"setup.py": "from setuptools import setup\n\nsetup(package_data={'x': ['templates/base.html']})\n"},
    ],
)
def test_templates_that_no_other_renderer_can_show_are_edited(module: Tree, tmp_path: Path) -> None:
    assert proposed(write_tree(tmp_path, {"app.py": FLASK, **PAGES, **module}))[0] == ["templates/base.html"]


@pytest.mark.parametrize(
    "code",
    [
        "send_file('templates/base.html')",
        "send_from_directory('templates', name)",
        "send_from_directory(app.template_folder, 'base.html')",
        "open('templates/base.html').read()",
        "(Path(__file__).parent / 'templates' / 'base.html').read_text()",
        "FileResponse(f'{HERE}/templates/base.html')",
        "Flask(__name__, static_folder='templates')",
        "app.mount('/', StaticFiles(directory='templates'))",
        "web.static('/', Path('shop', 'templates').resolve())",
        "ConnectionConfig(TEMPLATE_FOLDER=HERE / 'templates')",
        "Page('base.html').body",
        "send_from_directory('.', name)",
        "send_from_directory(app.root_path, name)",
        "StaticFiles(directory='./')",
        "path('t/<path:path>', serve, {'document_root': 'templates'})",
        "app.jinja_loader.get_source(app.jinja_env, name)[0]",
        "importlib.import_module('jinja2').Environment()",
    ],
)
def test_template_that_may_be_sent_without_rendering_is_not_edited(code: str, tmp_path: Path) -> None:
    module = f"from x import *\n\n\ndef page(name):\n    return {code}\n"
    templates, notes = proposed(write_tree(tmp_path, {"app.py": FLASK, **PAGES, "pages.py": module}))
    assert templates == []
    assert "`pages.py:5` may show templates without our helpers" in notes


@pytest.mark.parametrize("where", ["FOLDER = 'templates'", "import os\nFOLDER = os.path.join('x', 'templates')"])
def test_folder_of_templates_is_followed_through_modules(where: str, tmp_path: Path) -> None:
    modules: Tree = {"conf.py": where, "pages.py": "import conf\n\nroute('/', StaticFiles(directory=conf.FOLDER))\n"}
    assert proposed(write_tree(tmp_path, {"app.py": FLASK, **PAGES, **modules}))[0] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("conf.py", "def setup(app):\n    app.jinja_env.variable_start_string = '[['\n"),
        ("conf.py", "OPTIONS = {'block_start_string': '<%'}\n"),
        ("site.ini", "[app]\njinja2.variable_end_string = ]]\n"),
        ("options.json", '{"line_statement_prefix": "%"}'),
        ("conf.py", "def setup(app, options):\n    app.jinja_options = options\n"),
    ],
)
def test_templates_with_other_delimiters_are_written_by_hand(name: str, text: str, tmp_path: Path) -> None:
    templates, notes = proposed(write_tree(tmp_path, {"app.py": FLASK, **PAGES, name: text}))
    assert templates == []
    assert f"`{name}:" in notes


@pytest.mark.parametrize(
    "files",
    [
        {"templates/list.html": "{% extends 'base.html' %}{% set livereload = 1 %}"},
        {"templates/list.html": "{% extends 'base.html' %}{{ livereload.state }}"},
        {"views.py": "from flask import render_template\n\n\ndef a():\n    render_template('a', livereload=1)\n"},
        {"views.py": "def context():\n    return {'livereload': True}\n"},
    ],
)
def test_templates_with_a_variable_of_the_name_of_a_helper_stay(files: Tree, tmp_path: Path) -> None:
    loading = {"templates/base.html": HEAD.replace("</head>", "<script src='/x.js'></script></head>")}
    assert proposed(write_tree(tmp_path, {"app.py": FLASK, **PAGES, **loading, **files}))[0] == []


def test_environment_with_options_that_are_not_shown_keeps_its_templates(tmp_path: Path) -> None:
    made = "Jinja2Templates(env=Environment(loader=FileSystemLoader('templates'), **options()))"
    app = FASTAPI.replace('Jinja2Templates(directory="templates")', made)
    app = f"from jinja2 import Environment, FileSystemLoader\nfrom conf import options\n{app}"
    assert proposed(write_tree(tmp_path, {**PAGES, "app.py": app}))[0] == []
    app = app.replace(", **options()", "")
    assert proposed(write_tree(tmp_path, {**PAGES, "app.py": app}))[0] == ["templates/base.html"]


def test_second_templates_of_starlette_keep_theirs(tmp_path: Path) -> None:
    second = (
        "class Mail:\n    def __init__(self):\n        self.mail = Jinja2Templates(directory='templates/letters')\n"
    )
    page = HEAD.replace("</head>", "<img src='/static/a.css'></head>")
    files: Tree = {
        **PAGES,
        "app.py": f"{FASTAPI}\n\n{second}",
        "templates/base.html": page,
        "templates/letters/a.html": page,
    }
    assert proposed(write_tree(tmp_path, files))[0] == ["templates/base.html"]


def test_what_another_renderer_shows_and_its_relatives_stay(tmp_path: Path) -> None:
    files: Tree = {
        **PAGES,
        "app.py": FLASK.replace("render_template(", "send_file('templates/home.html') or render_template("),
        "templates/other.html": HEAD,
        "templates/page.html": "{% extends 'other.html' %}",
    }
    assert proposed(write_tree(tmp_path, files))[0] == ["templates/other.html"]


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("django.template.backends.django.DjangoTemplates", ["shop/templates/base.html"]),
        ("django.template.backends.jinja2.Jinja2", []),
        ("django_jinja.backend.Jinja2", []),
    ],
)
def test_templates_of_other_backends_of_django_stay(backend: str, expected: list[str], tmp_path: Path) -> None:
    own = "{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'APP_DIRS': True}"
    other = f"{{'BACKEND': '{backend}', 'DIRS': ['shop/templates']}}"
    files: Tree = {
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf')\n",
        "conf.py": f"INSTALLED_APPS = ['django.contrib.staticfiles']\nTEMPLATES = [\n    {own},\n    {other},\n]\n",
        "shop/static/a.css": "a {}",
        "shop/jinja2/a.html": HEAD,
        "shop/templates/base.html": HEAD,
        "shop/templates/b.html": "{% extends 'base.html' %}",
    }
    assert proposed(write_tree(tmp_path, files))[0] == expected


def test_macro_of_pyramid_that_may_not_see_the_helpers_stays(tmp_path: Path) -> None:
    macro = "{% macro image() %}<img src='/static/a.css'>{% endmacro %}"
    files: Tree = {"shop/templates/home.jinja2": HEAD, "shop/templates/macros.jinja2": macro, "shop/static/a.css": ""}
    module = {"shop/__init__.py": PYRAMID.replace("HTML", "jinja2")}
    assert proposed(write_tree(tmp_path, {**files, **module}))[0] == ["shop/templates/home.jinja2"]


@pytest.mark.parametrize(("suffix", "is_edited"), [("jinja2", True), ("html", False)])
def test_suffix_of_a_template_of_pyramid_tells_its_language(suffix: str, tmp_path: Path, *, is_edited: bool) -> None:
    name = f"shop/templates/home.{suffix}"
    files: Tree = {"shop/__init__.py": PYRAMID.replace("HTML", suffix), "shop/static/a.css": "", name: HEAD}
    assert proposed(write_tree(tmp_path, files))[0] == ([name] if is_edited else [])
