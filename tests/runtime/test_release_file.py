"""The file that names the release which a process serves, and lists for service workers: no cache keeps them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.asgi import AssetServer as Asgi
from buildassets.runtime.wsgi import AssetServer
from tests.runtime.served import build_release, get_wsgi

PATH = "/assets/release.json"


def test_release_file_names_the_release_and_is_not_cached(served: Assets, served_manifest: Path) -> None:
    reply = get_wsgi(AssetServer(assets=served), PATH)
    assert reply.status == 200
    assert json.loads(reply.body) == {"release": json.loads(served_manifest.read_text())["release"]}
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-type"] == "application/json"


def test_a_newer_release_is_named_at_once_in_development(tmp_path: Path) -> None:
    server = AssetServer(assets=Assets(build_release(tmp_path), reload=True))
    before = get_wsgi(server, PATH).body
    build_release(tmp_path, {"css/app.css": "a { color: red }"})
    assert get_wsgi(server, PATH).body != before


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("OPTIONS", 204), ("POST", 405)])
def test_other_methods_get_no_content(served: Assets, method: str, status: int) -> None:
    reply = get_wsgi(AssetServer(assets=served), PATH, method)
    assert reply.status == status
    assert status == 405 or reply.body == b""


@pytest.mark.parametrize(("origins", "allowed"), [((), None), ("*", "*"), (["https://a.test"], "https://a.test")])
def test_pages_of_the_origins_may_read_it(served: Assets, origins: Any, allowed: str | None) -> None:
    reply = get_wsgi(AssetServer(assets=served, origins=origins), PATH, origin="https://a.test")
    assert reply.headers.get("access-control-allow-origin") == allowed


def test_release_file_is_served_by_asgi(served: Assets) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": PATH, "headers": [], "query_string": b""}
    asyncio.run(Asgi(assets=served)(scope, receive, send))
    assert sent[0]["status"] == 200
    assert json.loads(sent[1]["body"])["release"]


def test_a_list_for_service_workers_is_served_and_no_cache_keeps_it(tmp_path: Path) -> None:
    manifest = build_release(tmp_path, precache='"precache.json"')
    reply = get_wsgi(AssetServer(assets=Assets(manifest)), "/assets/precache.json")
    assert reply.body == (tmp_path / "build/assets/precache.json").read_bytes()
    assert reply.headers["cache-control"] == "no-store"
