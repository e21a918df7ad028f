"""aiohttp: the files of the release by its routes, as the other servers give them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from buildassets.errors import ManifestError
from buildassets.runtime import Assets
from buildassets.runtime.aiohttp import asset_routes
from tests.runtime.pages import write_release

_Result = TypeVar("_Result")
SHEET = "a { color: red }\n" * 40_000  # more than one block


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    write_release(tmp_path / "build", {"css/a b.css": SHEET, "js/a.js": "1"})
    return Assets(tmp_path / "build/manifest.json")


def asked(assets: Assets, ask: Callable[[TestClient[web.Request, web.Application]], Awaitable[_Result]]) -> _Result:
    """Return the result of `ask` for an application with the routes."""

    async def answer() -> _Result:
        app = web.Application()
        app.add_routes(asset_routes(assets, origins="*"))
        async with TestClient(TestServer(app)) as client:
            return await ask(client)

    return asyncio.run(answer())


def get(assets: Assets, path: str, method: str = "GET", **headers: str) -> tuple[ClientResponse, bytes]:
    async def ask(client: TestClient[web.Request, web.Application]) -> tuple[ClientResponse, bytes]:
        response = await client.request(method, path, headers=headers)
        return response, await response.read()

    return asked(assets, ask)


def test_a_file_of_several_blocks_is_whole(assets: Assets) -> None:
    response, content = get(assets, assets.url("css/a b.css"))
    assert (response.status, content) == (200, SHEET.encode())
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"


def test_a_range_and_a_head_are_answered(assets: Assets) -> None:
    response, content = get(assets, assets.url("css/a b.css"), Range="bytes=4-8")
    assert (response.status, content) == (206, SHEET[4:9].encode())
    response, content = get(assets, assets.url("css/a b.css"), "HEAD")
    assert (response.status, content) == (200, b"")
    assert response.headers["Content-Length"] == str(len(SHEET))


def test_cached_file_is_not_sent_again(assets: Assets) -> None:
    tag = get(assets, assets.url("js/a.js"))[0].headers["ETag"]
    response, content = get(assets, assets.url("js/a.js"), **{"If-None-Match": tag})
    assert (response.status, content) == (304, b"")


@pytest.mark.parametrize("path", ["/assets/js/b.js", "/assets/", "/assets/%2e%2e/manifest.json", "/assets/js/%ff.js"])
def test_path_of_no_file_is_not_found(assets: Assets, path: str) -> None:
    assert get(assets, path)[0].status == 404


def test_other_methods_are_refused(assets: Assets) -> None:
    assert get(assets, assets.url("js/a.js"), "POST")[0].status == 405


def test_a_release_that_lacks_a_file_ends_the_start(assets: Assets, tmp_path: Path) -> None:
    (file,) = (tmp_path / "build/assets/js").glob("a.*.js")
    file.unlink()
    with pytest.raises(ManifestError, match=r"js/a\."):
        asset_routes(assets)
