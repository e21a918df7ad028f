"""Components in Chromium: scopes, behaviours and references of pages in Flask and Django, and edits in a watch."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.fresh import environment, served_by
from tests.conftest import PATIENCE_SECONDS, Tree, wait_for, write_tree
from tests.example.servers import free_port

pytestmark = pytest.mark.browser

HEAD = '<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,">'
CARD = """LOAD<article id="card" class="card" ROOT data-word="mounted"><h2>Card</h2>{% include "menu.html" %}</article>
{% style scoped %}
  h2 { color: rgb(1, 2, 3); background: url("/assets/a.svg"); animation: turn 9s }
  @keyframes turn { to { rotate: 9deg } }
  :scope { border-top: 3px solid }
  .card { padding-top: 7px }
  .card > h2, .none { padding-left: 8px }
  .night .card h2::after { content: "night" }
{% endstyle %}
{% behaviour %}
  export function mount(element) {
    element.title = element.dataset.word
    return () => { document.title = "left" }
  }
{% endbehaviour %}
"""
MENU = '<nav id="menu"><h2 id="inner">Menu</h2></nav>'
TEMPLATES = {
    "base.html": HEAD + "LIVEASSETS</head><body>{% block body %}{% endblock %}<h2 id=outer>Outer</h2></body></html>",
    "card.html": CARD,
    "menu.html": "LOAD" + MENU.replace("<nav", "<nav ROOT"),
    "page.html": '{% extends "base.html" %}{% block body %}{% include "card.html" %}{% endblock %}',
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
WORDS = {
    "flask": {
        "ROOT": "{{ component_root() }}",
        "ASSETS": "{{ component_assets() }}",
        "LOAD": "",
        "LIVE": "{{ livereload() }}",
    },
    "django": {
        "ROOT": "{% component_root %}",
        "ASSETS": "{% component_assets %}",
        "LOAD": "{% load component_assets %}",
        "LIVE": "{% load buildassets component_assets %}{% livereload %}",
    },
}
FLASK = """from flask import Flask, render_template
from buildassets.runtime.flask import FlaskAssets

app = Flask(__name__)
FlaskAssets(app)
app.jinja_env.add_extension("buildassets.features.components.jinja.ComponentsExtension")
app.add_url_rule("/", view_func=lambda: render_template("page.html"))
"""
DJANGO = """from pathlib import Path

from django.conf import settings

folder = Path(__file__).parent
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="app",
    INSTALLED_APPS=["buildassets.features.components", "buildassets.runtime.django"],
    BUILDASSETS={"manifest": folder / "build/manifest.json"},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [folder / "templates"]}],
)
from buildassets.runtime.django.wsgi import get_wsgi_application
from django.shortcuts import render
from django.urls import path

urlpatterns = [path("", lambda request: render(request, "page.html"))]
app = get_wsgi_application()
"""
APPLICATIONS = {"flask": FLASK, "django": DJANGO}
BUILD = [sys.executable, "-m", "buildassets", "build", "-q"]


def project(folder: Path, framework: str) -> Path:
    """A site of the framework."""
    files: Tree = {"buildassets.toml": "components = true\n", "assets/a.svg": SVG, "app.py": APPLICATIONS[framework]}
    if framework == "django":
        files = {**files, "manage.py": ""}
    return write_tree(folder, {**files, **{f"templates/{name}": text for name, text in pages(framework).items()}})


def pages(framework: str) -> dict[str, str]:
    """The templates in the language of the framework."""
    found = dict(TEMPLATES)
    for word, text in WORDS[framework].items():
        found = {name: template.replace(word, text) for name, template in found.items()}
    return found


def color(element: str) -> str:
    return f"getComputedStyle(document.querySelector('{element}')).color"


@pytest.mark.parametrize("framework", APPLICATIONS)
def test_page_has_the_styles_and_behaviours_of_its_components(framework: str, browser: Browser, tmp_path: Path) -> None:
    site, port = project(tmp_path / "site", framework), free_port()
    subprocess.run(BUILD, cwd=site, env=environment(), check=True)
    with served_by(f"gunicorn -b 127.0.0.1:{port} app:app", site, port) as url:
        browser.open(url)
        browser.wait_for("document.querySelector('#card').title === 'mounted'")
        assert browser.value(f"[{color('#card > h2')}, {color('#inner')}, {color('#outer')}]") == [
            "rgb(1, 2, 3)",
            "rgb(0, 0, 0)",
            "rgb(0, 0, 0)",
        ]
        style = "getComputedStyle(document.querySelector('#card > h2'))"
        assert "/assets/a." in browser.value(f"{style}.backgroundImage")
        assert browser.value("document.getAnimations().map(one => one.animationName)") == ["turn"]
        assert browser.value("getComputedStyle(document.querySelector('#card')).borderTopWidth") == "3px"
        assert browser.value("getComputedStyle(document.querySelector('#card')).paddingTop") == "7px"
        assert browser.value(f"{style}.paddingLeft") == "8px"
        after = "getComputedStyle(document.querySelector('#card > h2'), '::after').content"
        assert browser.value(f"document.body.className = 'night', {after}") == '"night"'
        assert browser.faults() == []


@pytest.mark.parametrize(
    "script",
    [
        "const mount_it = e => { e.title = 'mounted' }; export { mount_it as mount }",
        "/* export function mount() {} */ card.title = 'mounted'",
        "const mount = 1; export default mount; card.title = 'mounted'",
        "const elements = 1, look = 2; export let mount; mount = e => { e.title = 'mounted' }",
    ],
)
def test_mount_is_what_the_module_exports_by_that_name(script: str, browser: Browser, tmp_path: Path) -> None:
    site, port = project(tmp_path / "site", "flask"), free_port()
    card = (site / "templates/card.html").read_text().partition("{% behaviour %}")[0]
    (site / "templates/card.html").write_text(f"{card}{{% behaviour %}}{script}{{% endbehaviour %}}")
    subprocess.run(BUILD, cwd=site, env=environment(), check=True)
    with served_by(f"gunicorn -b 127.0.0.1:{port} app:app", site, port) as url:
        browser.open(url)
        browser.wait_for("document.querySelector('#card').title === 'mounted'")
        assert browser.faults() == []


def test_behaviours_follow_elements_that_come_and_go(browser: Browser, tmp_path: Path) -> None:
    site, port = project(tmp_path / "site", "flask"), free_port()
    subprocess.run(BUILD, cwd=site, env=environment(), check=True)
    with served_by(f"gunicorn -b 127.0.0.1:{port} app:app", site, port) as url:
        browser.open(url)
        browser.wait_for("document.querySelector('#card').title === 'mounted'")
        browser.value("document.body.insertAdjacentHTML('beforeend', card.outerHTML.replace('mounted', 'second'))")
        browser.wait_for("[...document.querySelectorAll('#card')].at(-1).title === 'second'")
        browser.value("card.remove ? card.remove() : card[0].remove()")
        browser.wait_for("document.title === 'left'")
        assert browser.faults() == []


@contextmanager
def watched(site: Path) -> Iterator[None]:
    """A watch of the site, after its first build."""
    log = site / "watch.log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, "-m", "buildassets", "watch", "--port", "0"],
            cwd=site,
            env=environment(),
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            wait_for(lambda: (site / "build/manifest.json").exists() and "built" in log.read_text())
            yield
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def test_watch_swaps_an_edited_style_without_reloading_the_page(browser: Browser, tmp_path: Path) -> None:
    site, port = project(tmp_path / "site", "flask"), free_port()
    card = (site / "templates/card.html").read_text()
    command = f"{sys.executable} -m flask --app app --debug run --port {port} --no-reload"
    with watched(site), served_by(command, site, port) as url:
        browser.open(url)
        browser.wait_for("document.querySelector('#card').title === 'mounted'")
        browser.value("window.mark = true")
        (site / "templates/card.html").write_text(card.replace("rgb(1, 2, 3)", "rgb(4, 5, 6)"))
        browser.wait_for(f"{color('#card > h2')} === 'rgb(4, 5, 6)'")
        assert browser.value("window.mark") is True
        (site / "templates/card.html").write_text(card.replace("Card</h2>", "Changed</h2>"))
        browser.wait_for("document.querySelector('#card > h2').textContent === 'Changed'")
        assert browser.value("window.mark ?? null") is None
        assert browser.faults() == []


def test_watch_loads_a_page_again_whose_component_no_longer_shares_a_style(browser: Browser, tmp_path: Path) -> None:
    site, port = project(tmp_path / "site", "flask"), free_port()
    style = "\n{% style scoped %}h2 { color: rgb(1, 2, 3) }{% endstyle %}"
    card, menu = (site / "templates" / name for name in ("card.html", "menu.html"))
    card.write_text(card.read_text().partition("{% style")[0] + style)
    menu.write_text(menu.read_text() + style)
    command = f"{sys.executable} -m flask --app app --debug run --port {port} --no-reload"
    with watched(site), served_by(command, site, port) as url:
        browser.open(url)
        browser.wait_for(f"{color('#card > h2')} === 'rgb(1, 2, 3)'")
        for edited in ("rgb(4, 5, 6)", "rgb(7, 8, 9)", "rgb(1, 2, 3)"):  # apart, apart, and equal again
            menu.write_text(menu.read_text().partition("\n{% style")[0] + style.replace("rgb(1, 2, 3)", edited))
            browser.wait_for(f"{color('#inner')} === '{edited}'")
            assert browser.value(color("#card > h2")) == "rgb(1, 2, 3)"
        assert browser.faults() == []
