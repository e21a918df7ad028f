"""The lines of the README in Chromium: pages that ask their framework for static files, with and without a release."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.fresh import environment, served_by
from tests.conftest import Tree, write_tree
from tests.docs.test_readme import blocks
from tests.example.servers import free_port

pytestmark = pytest.mark.browser

FILES: Tree = {
    "static/css/site.css": "h1 { color: green; background: url(../img/a.svg) }",
    "static/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
    "static/user.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"/>',
}
PAGE = """<!doctype html>
<html lang="en">
<head><title>A page</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ url_for('static', KEY='css/site.css') }}"></head>
<h1>Hello</h1><img alt="" src="{{ url_for('static', KEY='user.svg') }}">
</html>
"""
FLASK = """from flask import Flask, render_template
LINE
app.add_url_rule("/", view_func=lambda: render_template("home.html"))
"""
STARLETTE = """from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
LINE
templates = Jinja2Templates("templates")
app.mount("/static", StaticFiles(directory="static"), name="static")
app.add_route("/", lambda request: templates.TemplateResponse(request, "home.html"))
"""
UVICORN = "uvicorn app:app --port {port}"
APPLICATIONS = {
    "flask": ("Flask(__name__)", FLASK, "filename", "gunicorn -b 127.0.0.1:{port} app:app"),
    "starlette": ("Starlette()", STARLETTE, "path", UVICORN),
    "fastapi": ("FastAPI()", STARLETTE, "path", UVICORN),
}


def line_of(framework: str) -> str:
    """The line of the README for a framework, with its import, for an application that is there."""
    name = "FlaskAssets" if framework == "flask" else "StarletteAssets"
    texts = "\n".join(text for language, text in blocks("Flask") if language == "python")
    imported = re.search(rf"^from .* import {name}$", texts, re.MULTILINE)
    called = re.search(rf"^{name}\(app.*\)", texts, re.MULTILINE)
    assert imported
    assert called
    line = called[0] if "static" in called[0] else f"{name}(app, static=True)"
    return f"{imported[0]}\n\napp = {APPLICATIONS[framework][0]}\n{line}"


def project(folder: Path, framework: str, options: str = "") -> Path:
    _, module, key, _ = APPLICATIONS[framework]
    line = line_of(framework).replace("static=True)", f"static=True{options})")
    pages = {"app.py": module.replace("LINE", line), "templates/home.html": PAGE.replace("KEY", key)}
    return write_tree(folder, {**FILES, **pages})


@pytest.mark.parametrize("framework", APPLICATIONS)
@pytest.mark.parametrize("builds", [True, False], ids=["release", "no-release"])
def test_page_is_styled_with_and_without_a_release(
    framework: str, builds: bool, browser: Browser, tmp_path: Path
) -> None:
    site = project(tmp_path / "site", framework, "" if builds else ", required=False")
    if builds:
        subprocess.run([sys.executable, "-m", "buildassets", "build", "-q"], cwd=site, env=environment(), check=True)
    port = free_port()
    with served_by(APPLICATIONS[framework][3].format(port=port), site, port) as url:
        browser.open(url)
        assert browser.style("h1", "color") == "rgb(0, 128, 0)"
        assert browser.faults() == []
        sheet = browser.value("document.querySelector('link[rel=stylesheet]').href")
    assert bool(re.search(r"/assets/css/site\.[0-9a-f]{12}\.css$", sheet)) is builds
