"""The files of a release for ASGI."""

import asyncio
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.wsgi import AssetServer as WsgiServer
from tests.runtime.pages import run_python
from tests.runtime.served import NOISE, Reply, build_release, get_wsgi, released


def messages(
    app: Any, path: str, method: str = "GET", scope: dict[str, Any] | None = None, **headers: str
) -> list[dict[str, Any]]:
    """Return the messages that an ASGI application sends for a request."""
    given = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    whole = {"type": "http", "method": method, "path": unquote(path), "raw_path": path.encode(), "headers": given}
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app({**whole, **(scope or {})}, None, send))
    return sent


def get(app: Any, path: str, method: str = "GET", scope: dict[str, Any] | None = None, **headers: str) -> Reply:
    """The reply of an ASGI application."""
    sent = messages(app, path, method, scope, **headers)
    assert [one.get("more_body", False) for one in sent[1:]] == [True] * (len(sent) - 2) + [False] * (len(sent) > 1)
    got = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], got, b"".join(one.get("body", b"") for one in sent[1:]))


@pytest.mark.parametrize("name", ["css/app.css", "img/noise.png", "img/ü x (1).svg", "empty.txt"])
def test_every_asset_is_served_unchanged(served: Assets, served_manifest: Path, name: str) -> None:
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


def test_a_range_of_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    manifest = build_release(tmp_path)
    served = Assets(manifest)
    server = AssetServer(assets=served)
    (manifest.parent / served.url("img/noise.png").lstrip("/")).unlink()
    for wanted in ("0-1,5-6", "5-"):
        assert get(server, served.url("img/noise.png"), range=f"bytes={wanted}").status == 404
    assert get(server, served.url("img/noise.png"), "HEAD").status == 404


def test_several_ranges_are_parts(served: Assets) -> None:
    reply = get(AssetServer(assets=served), served.url("img/noise.png"), range="bytes=0-1,300000-600000")
    assert (reply.status, len(reply.body)) == (206, int(reply.headers["content-length"]))
    assert NOISE[300000:600001] in reply.body


def test_a_head_request_is_sent_nothing(served: Assets) -> None:
    reply = get(AssetServer(assets=served), served.url("img/noise.png"), "HEAD")
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", str(len(NOISE)))


@pytest.mark.parametrize(
    ("root", "path", "status"),
    [
        ("/assets", "{}", 200),  # a mount whose server has the whole path in `path`, as the specification has it
        ("/assets", "/{file}", 200),  # and one that has what is left of it
        ("/shop", "/shop{}", 200),
        ("/shop", "{}", 200),
        ("/shop", "/other{}", 404),
        ("/assets", "/shop{}", 404),
        ("/assets/", "{}", 200),
        ("/ass", "{}", 200),
    ],
)
def test_below_a_mount_the_prefix_may_begin_before_or_after_it(
    served: Assets, root: str, path: str, status: int
) -> None:
    url = served.url("css/app.css")
    asked = path.format(url, file=url.removeprefix("/assets/"))
    assert get(AssetServer(assets=served), asked, scope={"root_path": root}).status == status


@pytest.mark.parametrize("prefix", ["/assets/", "/static/", "/"])
def test_server_can_be_mounted_in_starlette(served_manifest: Path, prefix: str) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    served = Assets(served_manifest, url="/static/")
    app = Starlette(routes=[Mount("/static", AssetServer(assets=served, prefix=prefix))])
    found = get(app, served.url("css/app.css"), scope={"query_string": b""}).status
    assert found == (404 if prefix == "/assets/" else 200)


def test_server_is_middleware_for_starlette(served: Assets) -> None:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    app = Starlette(middleware=[Middleware(AssetServer, assets=served)])
    assert get(app, served.url("css/app.css")).status == 200
    assert get(app, "/assets/css/app.css").body == b"Not Found"


def test_name_that_is_not_utf_8_is_found_by_the_bytes_of_its_url(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    assets = Assets(build_release(tmp_path, {name: "coffee"}))
    assert get(AssetServer(assets=assets), assets.url(name)).body == b"coffee"
    assert get_wsgi(WsgiServer(assets=assets), assets.url(name)).body == b"coffee"


def test_server_that_sends_files_by_path_gets_the_path(served: Assets, served_manifest: Path) -> None:
    scope: dict[str, Any] = {"extensions": {"http.response.pathsend": {}}}
    sent = messages(AssetServer(assets=served), served.url("css/app.css"), scope=scope, accept_encoding="br")
    assert sent[0]["status"] == 200
    (extension,) = sent[1:]
    assert extension["type"] == "http.response.pathsend"
    assert Path(extension["path"]).read_bytes() == released(served_manifest, served.url("css/app.css"), "br")


def test_a_part_is_sent_as_bytes_also_to_such_a_server(served: Assets) -> None:
    scope: dict[str, Any] = {"extensions": {"http.response.pathsend": {}}}
    reply = get(AssetServer(assets=served), served.url("img/noise.png"), scope=scope, range="bytes=1-2")
    assert reply.body == NOISE[1:3]


def test_alone_it_starts_and_stops_with_its_server(served: Assets) -> None:
    asked = iter(["lifespan.startup", "lifespan.shutdown"])
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": next(asked)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])

    asyncio.run(AssetServer(assets=served)({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_alone_it_refuses_web_sockets(served: Assets) -> None:
    sent = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])

    scope = {"type": "websocket", "path": served.url("css/app.css"), "headers": []}
    asyncio.run(AssetServer(assets=served)(scope, None, send))  # type: ignore[arg-type]
    assert sent == ["websocket.close"]


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
def test_scope_that_is_not_a_request_is_the_application_s(served: Assets, kind: str) -> None:
    got = []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        got.append(scope["type"])

    asyncio.run(AssetServer(application, assets=served)({"type": kind, "path": "/"}, None, None))  # type: ignore[arg-type]
    assert got == [kind]


_READ_UNDER_AUDIT = """
import asyncio, sys, threading
from buildassets.runtime import Assets
from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.wsgi import AssetServer as WsgiServer
from tests.runtime.pages import run_python
assets = Assets(sys.argv[1])
server, url = AssetServer(assets=assets), assets.url("img/noise.png")
where = []
async def ignore(message): pass
async def ask():
    for headers in ([], [(b"range", b"bytes=5-")], [(b"if-none-match", b"*")]):
        await server({"type": "http", "method": "GET", "path": url, "headers": headers}, None, ignore)
def hook(event, arguments):
    if event == "open" and "noise" in str(arguments[0]):
        where.append(threading.current_thread())
sys.addaudithook(hook)
asyncio.run(ask())
assert where, "the hook sees nothing"
assert threading.main_thread() not in where
"""


def test_the_event_loop_opens_and_reads_no_file(served_manifest: Path) -> None:
    run_python(_READ_UNDER_AUDIT, str(served_manifest))
