"""Servers for pages, each in a thread, which end at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer, ThreadingMixIn
from threading import Thread
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIApplication

_POLL_SECONDS: Final = 0.01  # a server looks so often whether it is to end; by default twice a second


@contextmanager
def answering(server: BaseServer) -> Iterator[None]:
    """Let `server` answer within the block."""
    thread = Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class QuietServer(ThreadingMixIn, WSGIServer):
    """A WSGI server that logs nothing, with a thread a connection: Chromium opens some that it never uses."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), _QuietHandler)


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Log nothing."""


@contextmanager
def served(application: WSGIApplication, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve `application` on a free port of this machine; give its URL."""
    with QuietServer(host) as server:
        server.set_app(application)
        with answering(server):
            yield f"http://{host}:{server.server_port}/"
