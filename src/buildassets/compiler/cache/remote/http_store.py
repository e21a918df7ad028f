"""A remote cache behind an HTTP server, as Bazel's HTTP cache: `GET`, `HEAD` and `PUT` of `ac/…` and `cas/…`.

One connection for each thread, which stays open. No redirect is followed: nothing but the configured server is asked,
and sent credentials.
"""

from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from buildassets._version import __version__
from buildassets.compiler.cache.remote.connections import ConnectedStore
from buildassets.compiler.cache.remote.store import LOGIN_VARIABLE, StoreError, too_large

TIMEOUT_SECONDS: Final = 10.0  # without a byte
_LIMIT_SECONDS: Final = 120.0  # for one answer
_CHUNK_BYTES: Final = 1 << 16
_ABSENT: Final = (404, 410)
_STORED: Final = (200, 201, 202, 204)
_EXISTS: Final = (409, 412)  # to a request to create only
_FINAL: Final = (401, 403, 405, 407, 501)
_REASONS: Final = {403: "it refuses the login, or what it was asked for"}


class HttpStore(ConnectedStore[HTTPConnection]):
    """The cache at `url`; `authorization` is the header that lets in, if any."""

    _FAULTS = (ConnectionError, HTTPException)

    def __init__(self, url: str, authorization: str | None = None) -> None:
        super().__init__()
        parts = urlsplit(url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port
        self._path = parts.path.rstrip("/")
        self._headers = {"User-Agent": f"buildassets/{__version__}", "Accept-Encoding": "identity"}
        if authorization:
            self._headers["Authorization"] = authorization

    def get(self, name: str, most_bytes: int) -> bytes | None:
        """See Store."""
        status, content = self._exchange("GET", name, most_bytes)
        if status in _ABSENT:
            return None
        if status != 200:
            raise self._fault(status)
        return content

    def holds(self, name: str) -> bool:
        """See Store."""
        status, _ = self._exchange("HEAD", name, 0)
        if status not in (200, 204, *_ABSENT):
            raise self._fault(status)
        return status not in _ABSENT

    def put(self, name: str, content: bytes, *, replace: bool) -> None:
        """See Store."""
        headers = {"Content-Type": "application/octet-stream"}
        headers |= {} if replace else {"If-None-Match": "*"}
        status, _ = self._exchange("PUT", name, _CHUNK_BYTES, content, headers=headers)
        if status not in _STORED and (replace or status not in _EXISTS):
            raise self._fault(status)

    def _exchange(
        self,
        method: str,
        name: str,
        most_bytes: int,
        body: bytes | None = None,
        *,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Status and body of the answer to a request."""
        return self._answer(partial(self._exchanged, method, name, most_bytes, body=body, headers=headers or {}))

    def _exchanged(
        self,
        method: str,
        name: str,
        most_bytes: int,
        connection: HTTPConnection,
        *,
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

    def _opened(self) -> HTTPConnection:
        kind = HTTPSConnection if self._is_secure else HTTPConnection
        return kind(self._host, self._port, timeout=TIMEOUT_SECONDS)

    def _fault(self, status: int) -> StoreError:
        if 300 <= status < 400:
            return StoreError(f"it answers {status}: redirects are not followed", is_final=True)
        reason = _REASONS.get(status)
        if status == 401:
            refused = "Authorization" in self._headers
            reason = "it refuses the login" if refused else f"it wants a login, and `${LOGIN_VARIABLE}` has none for it"
        return StoreError(f"it answers {status}" + (f": {reason}" if reason else ""), is_final=status in _FINAL)


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
