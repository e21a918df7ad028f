"""Pyramid and aiohttp: after `init` and `build` their pages load the release, as the application renders them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import Tree, write_tree

PYRAMID = """\
from pyramid.config import Configurator


def home(request):
    return {}


def main():
    WITH
        config.include("pyramid_mako")
        config.add_static_view("static", "shop:static")
        config.add_route("home", "/")
        config.add_view(home, route_name="home", renderer="shop:templates/home.mako")
        return config.make_wsgi_app()
"""
MAKO = """\
<html><head>
  <title>x</title>
  <link rel="stylesheet" href="${request.static_url('shop:static/a.css')}">
  <script src="/static/b.js"></script>
  <img src="${request.static_url('shop:static/none.png')}">
</head></html>
"""
SHOW_PYRAMID = "import shop, webob; print(webob.Request.blank('/').get_response(shop.main()).text)"
AIOHTTP = """\
import os

import aiohttp_jinja2
import jinja2
from aiohttp import web


@aiohttp_jinja2.template("home.html")
async def home(request):
    return {}


def main():
    app = web.Application()
    aiohttp_jinja2.setup(app, loader=jinja2.PackageLoader("shop", "templates"))
    app.router.add_get("/", home)
    app.router.add_static("/static/", os.path.join(os.path.dirname(__file__), "static"), name="static")
    return app
"""
PAGE = """\
<html><head>
  <title>x</title>
  <link rel="stylesheet" href="{{ url('static', filename='a.css') }}">
  <img src="{{ url('static', filename='none.png') }}">
</head></html>
"""
SHOW_AIOHTTP = """\
import asyncio, shop
from aiohttp.test_utils import TestClient, TestServer

async def show():
    async with TestClient(TestServer(shop.main())) as client:
        text = await (await client.get("/")).text()
        sheet = text.partition('stylesheet" href="')[2].partition('"')[0]
        print(text, (await client.get(sheet)).status)

asyncio.run(show())
"""
FILES: Tree = {"shop/static/a.css": "a {}", "shop/static/b.js": "let b = 1", "setup.py": ""}


def shown(folder: Path, code: str) -> str:
    assert run(folder, "build").returncode == 0
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd="/", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("opens", ["config = Configurator()\n    if config:", "with Configurator() as config:"])
def test_page_of_pyramid_loads_the_release(opens: str, tmp_path: Path) -> None:
    write_tree(
        tmp_path, {**FILES, "shop/__init__.py": PYRAMID.replace("WITH", opens), "shop/templates/home.mako": MAKO}
    )
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 0, done.stderr
    page = shown(tmp_path, SHOW_PYRAMID)
    assert 'href="http://localhost/assets/a.' in page
    assert 'src="/static/b.js"' in page
    assert "/static/none.png" in page


def test_pyramid_without_one_call_that_makes_the_application_is_written_by_hand(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            **FILES,
            "shop/templates/home.mako": MAKO,
            "shop/__init__.py": PYRAMID.replace("WITH", "with Configurator() as config:").replace(
                "make_wsgi_app", "made"
            ),
        },
    )
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    assert 'config.include("buildassets.runtime.pyramid")' in done.stderr


def test_page_of_aiohttp_loads_the_release(tmp_path: Path) -> None:
    write_tree(tmp_path, {**FILES, "shop/__init__.py": AIOHTTP, "shop/templates/home.html": PAGE})
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 0, done.stderr
    page = shown(tmp_path, SHOW_AIOHTTP)
    assert 'href="/assets/a.' in page
    assert "/static/none.png" in page
    assert page.rstrip().endswith(" 200")


def test_routes_below_assets_are_still_reached(tmp_path: Path) -> None:
    route = '    app.router.add_get("/assets/{id}", lambda request: web.Response(text="one of ours"))\n    return app\n'
    module = AIOHTTP.replace("    return app\n", route)
    write_tree(tmp_path, {**FILES, "shop/__init__.py": module, "shop/templates/home.html": PAGE})
    assert run(tmp_path, "init", "--yes").returncode == 0
    page = shown(
        tmp_path, SHOW_AIOHTTP.replace("print(text", 'print(await (await client.get("/assets/7")).text(), text')
    )
    assert page.startswith("one of ours")
    assert 'href="/release/a.' in page
    assert page.endswith(" 200\n")


def test_two_applications_of_aiohttp_are_written_by_hand(tmp_path: Path) -> None:
    module = AIOHTTP.replace("    app = web", "    inner = web.Application()\n    app = web")
    write_tree(tmp_path, {**FILES, "shop/__init__.py": module, "shop/templates/home.html": PAGE})
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 1
    line = "    AiohttpAssets(inner, near=__file__, static=True, strict=False, required=False)\n"
    assert f"    from buildassets.runtime.aiohttp import AiohttpAssets\n{line}" in done.stderr


def test_second_run_finds_the_line_of_pyramid(tmp_path: Path) -> None:
    module = PYRAMID.replace("WITH", "with Configurator() as config:")
    write_tree(tmp_path, {**FILES, "shop/__init__.py": module, "shop/templates/home.mako": MAKO})
    run(tmp_path, "init", "--yes")
    assert "nothing to do" in run(tmp_path, "init", "--yes").stderr
