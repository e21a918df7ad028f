"""A remote cache behind an HTTP server, as Bazel's HTTP cache: `GET`, `HEAD` and `PUT` of `ac/…` and `cas/…`.

One connection for each thread, which stays open. No redirect is followed: nothing but the configured server is asked,
and sent credentials.
"""

import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Lock, local
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from buildassets._version import __version__
from buildassets.compiler.cache.remote.address import LOGIN_VARIABLE
from buildassets.compiler.cache.remote.store import StoreError, too_large
from buildassets.diagnostics import reason_text

TIMEOUT_SECONDS: Final = 10.0  # without a byte
_LIMIT_SECONDS: Final = 120.0  # for one answer
_CHUNK_BYTES: Final = 1 << 16
_ABSENT: Final = (404, 410)
_STORED: Final = (200, 201, 202, 204)
_EXISTS: Final = (409, 412)  # to a request to create only
_FINAL: Final = (401, 403, 405, 407, 501)
_REASONS: Final = {403: "it refuses the login, or what it was asked for"}


class HttpStore:
    """The cache at `url`; `authorization` is the header that lets in, if any."""

    def __init__(self, url: str, authorization: str | None = None) -> None:
        parts = urlsplit(url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port
        self._path = parts.path.rstrip("/")
        self._headers = {"User-Agent": f"buildassets/{__version__}", "Accept-Encoding": "identity"}
        if authorization:
            self._headers["Authorization"] = authorization
        self._own = local()
        self._lock = Lock()
        self._open: set[HTTPConnection] = set()
        self._is_closed = False

    def get(self, name: str, most_bytes: int) -> bytes | None:
        """See Store."""
        status, content = self._answer("GET", name, most_bytes)
        if status in _ABSENT:
            return None
        if status != 200:
            raise self._fault(status)
        return content

    def holds(self, name: str) -> bool:
        """See Store."""
        status, _ = self._answer("HEAD", name, 0)
        if status not in (200, 204, *_ABSENT):
            raise self._fault(status)
        return status not in _ABSENT

    def put(self, name: str, content: bytes, *, replace: bool) -> None:
        """See Store."""
        headers = {"Content-Type": "application/octet-stream"}
        status, _ = self._answer(
            "PUT", name, _CHUNK_BYTES, content, headers if replace else {**headers, "If-None-Match": "*"}
        )
        if status not in _STORED and (replace or status not in _EXISTS):
            raise self._fault(status)

    def leave(self) -> None:
        """See Store."""
        connection: HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is not None:
            self._drop(connection)

    def close(self) -> None:
        """See Store."""
        with self._lock:
            self._is_closed = True
            for connection in self._open:
                if connection.sock is not None:
                    with suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)

    def _answer(
        self, method: str, name: str, most_bytes: int, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        for is_last in (False, True):
            connection, is_fresh = self._connection()
            try:
                return self._one_answer(connection, method, name, most_bytes, body, headers or {})
            except (ConnectionError, HTTPException) as fault:
                self._drop(connection)
                if is_last or is_fresh:  # else the server has closed a connection that nobody used for a while
                    raise StoreError(_reason(fault)) from None
            except BaseException:
                self._drop(connection)
                raise
        raise AssertionError  # the last try returns or raises

    def _one_answer(
        self,
        connection: HTTPConnection,
        method: str,
        name: str,
        most_bytes: int,
        body: bytes | None,
        headers: dict[str, str],
    ) -> tuple[int, bytes]:
        connection.request(method, f"{self._path}/{name}", body, {**self._headers, **headers})
        response = connection.getresponse()
        content = _body(response, most_bytes if response.status == 200 or method != "GET" else _CHUNK_BYTES)
        is_whole = response.isclosed() or response.length == 0  # `read1` of Python 3.11 does not close it
        response.close()
        if response.will_close or not is_whole:
            self._drop(connection)
        return response.status, content

    def _connection(self) -> tuple[HTTPConnection, bool]:
        """The connection of this thread, and whether it is a new one."""
        known: HTTPConnection | None = getattr(self._own, "connection", None)
        if known is not None and known.sock is not None:
            return known, False
        kind = HTTPSConnection if self._is_secure else HTTPConnection
        made = kind(self._host, self._port, timeout=TIMEOUT_SECONDS)
        self._own.connection = made
        with self._lock:
            if self._is_closed:
                raise StoreError("it is asked no more")
            self._open.add(made)
        return made, True

    def _fault(self, status: int) -> StoreError:
        if 300 <= status < 400:
            return StoreError(f"it answers {status}: redirects are not followed", is_final=True)
        reason = _REASONS.get(status)
        if status == 401:
            refused = "Authorization" in self._headers
            reason = "it refuses the login" if refused else f"it wants a login, and `${LOGIN_VARIABLE}` has none for it"
        return StoreError(f"it answers {status}" + (f": {reason}" if reason else ""), is_final=status in _FINAL)

    def _drop(self, connection: HTTPConnection) -> None:
        connection.close()
        with self._lock:
            self._open.discard(connection)


def _body(response: HTTPResponse, most_bytes: int) -> bytes:
    """The bytes of an answer. Raises StoreError if there are more, fewer than announced, or they take too long."""
    deadline = monotonic() + _LIMIT_SECONDS
    chunks, left_bytes = [], most_bytes + 1
    while left_bytes and (chunk := response.read1(min(left_bytes, _CHUNK_BYTES))):
        chunks.append(chunk)
        left_bytes -= len(chunk)
        if monotonic() > deadline:
            raise StoreError("its answer takes too long")
    if response.status == 200 and not left_bytes:
        raise too_large()
    if response.status == 200 and response.length:
        raise StoreError("its answer is cut short")
    return b"".join(chunks)


def _reason(fault: Exception) -> str:
    if isinstance(fault, OSError) and fault.errno is not None:
        return reason_text(fault)
    return (
        "it closes the connection without an answer" if isinstance(fault, ConnectionError) else "its answer is no HTTP"
    )
