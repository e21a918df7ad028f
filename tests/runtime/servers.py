"""Web servers that serve a release as deployments do, each a process of its own that is started on a free port."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import PATIENCE_SECONDS
from tests.example.servers import free_port
from tests.runtime.served import Reply

_APPLICATIONS: Final = """
import os
from buildassets.runtime import Assets
from buildassets.runtime.asgi import AssetServer as AsgiServer
from buildassets.runtime.wsgi import AssetServer as WsgiServer

assets = Assets(os.environ["MANIFEST"])
PAGE = b"a page of the application"
HEADERS = [("Content-Type", "text/plain"), ("Content-Length", str(len(PAGE)))]


def page(environ, start_response):
    start_response("200 OK", HEADERS)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [PAGE]


async def asgi_page(scope, receive, send):
    while scope["type"] == "lifespan":
        step = (await receive())["type"]
        await send({"type": f"{step}.complete"})
        if step == "lifespan.shutdown":
            return
    if scope["type"] == "http":
        headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else PAGE})


wsgi = WsgiServer(page, assets=assets)
asgi = AsgiServer(asgi_page, assets=assets)
wsgi_alone = WsgiServer(assets=assets)
asgi_alone = AsgiServer(assets=assets)
"""
_WSGIREF: Final = """
import sys
from socket import socket
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from applications import {}
server = WSGIServer(("127.0.0.1", 0), WSGIRequestHandler, bind_and_activate=False)
server.socket.close()
server.socket = socket(fileno=int(sys.argv[1]))
server.server_name, server.server_port = "127.0.0.1", 0
server.setup_environ()
server.set_app({})
server.serve_forever()
"""
# What each is started with: the descriptor of a socket that listens, and an application.
SERVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "gunicorn-sync": ("-m", "gunicorn", "--bind=fd://{fd}", "--no-control-socket", "applications:wsgi{alone}"),
    "gunicorn-gthread": (
        *("-m", "gunicorn", "--bind=fd://{fd}", "--no-control-socket"),
        *("--worker-class=gthread", "--threads=4", "applications:wsgi{alone}"),
    ),
    "wsgiref": ("-c", _WSGIREF.format("wsgi{alone} as application", "application"), "{fd}"),
    "uvicorn-h11": ("-m", "uvicorn", "--fd={fd}", "--http=h11", "applications:asgi{alone}"),
    "uvicorn-httptools": ("-m", "uvicorn", "--fd={fd}", "--http=httptools", "applications:asgi{alone}"),
    "gunicorn-asgi": (
        *("-m", "gunicorn", "--bind=fd://{fd}", "--no-control-socket"),
        *("--worker-class=asgi", "applications:asgi{alone}"),
    ),
    "hypercorn-trio": ("-m", "hypercorn", "--bind=fd://{fd}", "--worker-class=trio", "applications:asgi{alone}"),
    "granian": ("-m", "granian", "--interface=asgi", "--host=127.0.0.1", "--port={port}", "applications:asgi{alone}"),
    "hypercorn": ("-m", "hypercorn", "--bind=fd://{fd}", "applications:asgi{alone}"),
}
_WITHOUT_SOCKET: Final = frozenset(("granian",))  # which takes none that listens already


@dataclass(frozen=True)
class Server:
    """A server that runs, and its log."""

    name: str
    port: int
    log: Path

    def request(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to one request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            got = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, got, response.read())

    def raw(self, request: bytes) -> bytes:
        """All that comes back for bytes that need be no request, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS) as connection:
            received = []
            with contextlib.suppress(ConnectionError):  # who is refused may be hung up on while still talking
                connection.sendall(request)
                while block := connection.recv(65536):
                    received.append(block)
            return b"".join(received)


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers. If it never does, each test that uses it fails at once, with the log."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.request("GET", "/")
        except ConnectionRefusedError:
            time.sleep(0.1)
        except OSError:
            break
        else:
            return
    pytest.fail(f"{server.name} does not answer:\n{server.log.read_text()}")


@contextlib.contextmanager
def running(name: str, manifest: Path, folder: Path, alone: bool = False) -> Iterator[Server]:
    """The server `name` with the release of `manifest`; around an application, or `alone`."""
    (folder / "applications.py").write_text(_APPLICATIONS)
    is_handed_on = name not in _WITHOUT_SOCKET
    with socket.create_server(("127.0.0.1", 0 if is_handed_on else free_port()), backlog=128) as listening:
        descriptor, port = listening.fileno(), listening.getsockname()[1]
        command = [one.format(fd=descriptor, port=port, alone="_alone" * alone) for one in SERVERS[name]]
        environment = {**os.environ, "MANIFEST": str(manifest), "PYTHONPATH": str(folder)}
        if not is_handed_on:
            listening.close()
        log = folder / "log.txt"
        with log.open("wb") as output:
            started = subprocess.Popen(
                [sys.executable, *command],
                pass_fds=(descriptor,) if is_handed_on else (),
                env=environment,
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            server = Server(name, port, log)
            _wait_for(server, started)
            yield server
        finally:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(10)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()
