"""The HTTP server of live reload: server-sent events (HTML, section 9.2) on 127.0.0.1.

A request without the token, from a page of another machine or to another host name than the address, gets an empty
403 response.
"""

import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from errno import EAGAIN
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from selectors import EVENT_READ, DefaultSelector
from threading import BoundedSemaphore, Thread, Timer
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlsplit

from buildassets.foundation.permission import Permission, require

ADDRESS: Final = "127.0.0.1"
_EVENTS_PATH: Final = "/events"
_TIMEOUT_SECONDS: Final = 10.0  # for a request to arrive whole, and for a page to accept each write
_CONNECTIONS: Final = 200


class Streams(Protocol):
    """The events that the server sends, and the checks of who may have them."""

    @property
    def token(self) -> str:
        """The secret that a request has to contain."""
        ...

    def allows(self, origin: str) -> bool:
        """Whether pages of `origin` may listen."""
        ...

    def events(self, release: str) -> Iterator[bytes]:
        """The events for a page that was made with `release`; the connection ends with them."""
        ...


class LiveReloadServer(ThreadingHTTPServer):
    """Accepts connections in a thread of its own, which sleeps in between: a watch may run all day."""

    daemon_threads = True
    timeout = 1.0  # for a client that has gone before its connection is accepted

    def __init__(self, port: int, live_reload: Streams) -> None:
        super().__init__((ADDRESS, port), _Handler)
        self.live_reload = live_reload
        self._free = BoundedSemaphore(_CONNECTIONS)
        self._waking, self._wake = socket.socketpair()  # what is sent to `_wake` ends the thread
        self._thread = Thread(target=self._take_connections, name="livereload", daemon=True)

    def start(self) -> None:
        """Begin to accept connections. Raises OSError."""
        try:
            self._thread.start()
        except RuntimeError:
            raise OSError(EAGAIN, "no thread can be started") from None

    def stop(self) -> None:
        """Accept no more connections. Open ones end by themselves."""
        self._wake.send(b".")
        self._thread.join()
        self._waking.close()
        self._wake.close()

    def _take_connections(self) -> None:
        with self, DefaultSelector() as selector:
            selector.register(self, EVENT_READ)
            selector.register(self._waking, EVENT_READ)
            while self._waking not in [key.fileobj for key, _ in selector.select()]:
                self.handle_request()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Accept the connection, unless too many are open: they must not use up the machine."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection until its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: a page may close in the middle of an event."""


def listening(port: int, live_reload: Streams, *, permission: Permission) -> LiveReloadServer:
    """A server on `port`, or if that is taken, on a port that the system chooses. Raises OSError."""
    require(permitted=permission.listens, what="to answer connections")
    try:
        return LiveReloadServer(port, live_reload)
    except OSError:
        return LiveReloadServer(0, live_reload)


class _Handler(BaseHTTPRequestHandler):
    """One request: for the events, or refused."""

    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT_SECONDS
    server: LiveReloadServer

    def handle(self) -> None:
        """Serve the request if all of it arrives in time. A timer is needed: `timeout` starts again with each byte."""
        self._end_of_patience = Timer(self.timeout, self._stop_reading)
        self._end_of_patience.daemon = True
        self._end_of_patience.start()
        try:
            super().handle()
        finally:
            self._end_of_patience.cancel()

    def _stop_reading(self) -> None:
        with suppress(OSError):  # the connection is closed already
            self.connection.shutdown(socket.SHUT_RD)

    def do_GET(self) -> None:
        """Send events until either side closes, or refuse the request."""
        self._end_of_patience.cancel()
        live_reload = self.server.live_reload
        self.close_connection = True
        target = urlsplit(self.path)
        query = parse_qs(target.query)
        if not self._is_ours(live_reload, target.path, query.get("token", [""])[0]):
            self._refuse()
            return
        release = self.headers.get("Last-Event-ID") or query.get("release", [""])[0]
        self.send_response_only(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
        self.send_header("Vary", "Origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Connection", "close")
        self.end_headers()
        is_asked_once = "once" in query
        for event in live_reload.events(release):
            self.wfile.write(event)
            if is_asked_once and event.startswith(b"id:"):
                return

    def _is_ours(self, live_reload: Streams, path: str, token: str) -> bool:
        """Whether the request has the token, comes from an allowed page and names the address, not a host name."""
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        checks = (
            hosts == [f"{ADDRESS}:{self.server.server_port}"],
            len(origins) == 1 and live_reload.allows(origins[0]),
            secrets.compare_digest(token.encode("utf-8", "replace"), live_reload.token.encode("ascii")),
            path == _EVENTS_PATH,
        )
        return all(checks)

    def _refuse(self) -> None:
        self.send_response_only(403)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a malformed request in the same way; the base class would repeat it in the response."""
        self.close_connection = True
        self._refuse()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Log nothing."""
