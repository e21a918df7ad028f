"""Starlette and FastAPI: templates with the helpers, and the release mounted, in real applications."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.templating import Jinja2Templates

from buildassets.runtime import Assets
from buildassets.runtime.starlette import AssetServer, with_assets
from tests.conftest import write_tree
from tests.runtime.pages import SITE, elements, file_of, write_release

URL = "/assets/" + file_of("css/app.css", SITE["css/app.css"])


def got(app: Starlette, path: str) -> httpx.Response:
    """Return the answer of `app`."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://site.example") as client:
            return await client.get(path)

    return asyncio.run(ask())


def application(kind: type[Starlette], folder: Path, url: str = "/assets/") -> Starlette:
    write_tree(folder, {"templates/page.html": "{{ stylesheet('css/app.css') }}{{ image('img/logo.svg', alt=alt) }}"})
    assets = Assets(write_release(folder / "build"), url=url)
    templates = with_assets(Jinja2Templates(folder / "templates"), assets)

    async def page(request: Request) -> Response:
        return templates.TemplateResponse(request, "page.html", {"alt": "<b>"})

    app = kind(routes=[Route("/", page)])
    app.mount("/assets", AssetServer(assets=assets))
    return app


@pytest.mark.parametrize("kind", [Starlette, FastAPI])
def test_templates_have_the_helpers(tmp_path: Path, kind: type[Any]) -> None:
    found = dict(elements(got(application(kind, tmp_path), "/").text))
    assert (found["link"]["href"], found["img"]["alt"]) == (URL, "<b>")


@pytest.mark.parametrize("kind", [Starlette, FastAPI])
def test_the_release_is_served_where_it_is_mounted(tmp_path: Path, kind: type[Any]) -> None:
    app = application(kind, tmp_path)
    answer = got(app, URL)
    assert (answer.status_code, answer.text) == (200, SITE["css/app.css"])
    assert "immutable" in answer.headers["cache-control"]
    assert got(app, "/assets/manifest.json").status_code == 404


def test_the_release_is_served_in_a_mounted_application(tmp_path: Path) -> None:
    outer = Starlette(routes=[Mount("/inner", application(Starlette, tmp_path, "/inner/assets/"))])
    assert got(outer, f"/inner{URL}").text == SITE["css/app.css"]


def test_release_may_be_served_before_the_application(tmp_path: Path) -> None:
    assets = Assets(write_release(tmp_path))
    app = Starlette()
    app.add_middleware(AssetServer, assets=assets)
    assert got(app, URL).text == SITE["css/app.css"]
    assert got(app, "/assets/gone.css").status_code == 404
