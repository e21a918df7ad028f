"""A visitor comes back after any time, although servers close connections on which nothing is asked."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from tests.conftest import PATIENCE_SECONDS
from tests.example.visitor import Visitor


class Impatient(ThreadingHTTPServer):
    """Closes a connection on which nothing is asked for a moment."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.has_closed = Event()

    def shutdown_request(self, request: object) -> None:
        super().shutdown_request(request)  # type: ignore[arg-type]  # of a TCP server it is a socket
        self.has_closed.set()


class Answering(BaseHTTPRequestHandler):
    """Answers without content, and keeps the connection."""

    protocol_version = "HTTP/1.1"
    timeout = 0.1

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET  # noqa: N815 as the standard library calls it

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def impatient() -> Iterator[Impatient]:
    """The server."""
    with Impatient() as server:
        Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_after_a_pause_is_answered(impatient: Impatient, method: str) -> None:
    with Visitor(impatient.server_port) as visitor:
        assert visitor.get("/").status == 204
        assert impatient.has_closed.wait(PATIENCE_SECONDS)
        assert (visitor.get("/") if method == "GET" else visitor.post_without_token("/")).status == 204
