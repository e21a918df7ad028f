"""The files of a release for ASGI."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.asgi import AssetServer
from tests.runtime.served import NOISE, Reply, build_release, released


def get(app: Any, path: str, method: str = "GET", scope: dict[str, Any] | None = None, **headers: str) -> Reply:
    """The reply of an ASGI application."""
    from urllib.parse import unquote

    given = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    whole = {"type": "http", "method": method, "path": unquote(path), "raw_path": path.encode(), "headers": given}
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app({**whole, **(scope or {})}, None, send))
    assert [one.get("more_body", False) for one in sent[1:]] == [True] * (len(sent) - 2) + [False] * (len(sent) > 1)
    got = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], got, b"".join(one.get("body", b"") for one in sent[1:]))


@pytest.mark.parametrize("name", ["css/app.css", "img/noise.png", "img/ü x (1).svg", "empty.txt"])
def test_every_asset_is_served_as_it_is(served: Assets, served_manifest: Path, name: str) -> None:
    reply = get(AssetServer(assets=served), served.url(name))
    assert (reply.status, reply.body) == (200, released(served_manifest, served.url(name)))
    assert reply.headers["content-length"] == str(len(reply.body))


def test_a_range_is_those_bytes(served: Assets) -> None:
    reply = get(AssetServer(assets=served), served.url("img/noise.png"), range="bytes=100-600000")
    assert (reply.status, reply.body) == (206, NOISE[100:600001])


def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    manifest = build_release(tmp_path)
    served = Assets(manifest)
    server = AssetServer(assets=served)
    (manifest.parent / served.url("img/noise.png").lstrip("/")).unlink()
    assert get(server, served.url("img/noise.png")).status == 404
