"""Downloads files by HTTP with the standard library: bounded in size and time, and repeated after passing faults.

User and password in a URL are sent as basic authentication (RFC 7617), and only to the server that the URL names.
"""

import time
from collections.abc import Mapping
from errno import EIO
from functools import partial
from http.client import HTTPException, IncompleteRead
from io import BytesIO
from typing import IO, TYPE_CHECKING, BinaryIO, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from buildassets._version import __version__
from buildassets.foundation.credentials import masked_in, masked_url, without_credentials
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.permission import Permission, require
from buildassets.work.threads import within

if TYPE_CHECKING:
    from ssl import SSLContext

_TIMEOUT_SECONDS: Final = 30.0  # without a byte
_LIMIT_SECONDS: Final = 120.0  # for all tries, plus the time that the bytes take
_SLOWEST_BYTES: Final = 50_000  # a second
_PAUSES_SECONDS: Final = (0.5, 2.0)  # before each further try
_CHUNK_BYTES: Final = 1 << 18
_GONE: Final = (404, 410)
_AUTHORIZATION: Final = "Authorization"
_PROXY_AUTHORIZATION: Final = "Proxy-authorization"  # as urllib writes it
_PORTS: Final = {"http": 80, "https": 443}
_PASSING: Final = (408, 425, 429, 500, 502, 503, 504)


@frozen
class Terms:
    """The parts of a request besides its URL.

    `authorization` is sent to the server that the URL names, and never after a redirect, not even to the same server.
    `proxies` are URLs by scheme; None means those of the environment. With a `body` the request is a POST.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    authorization: str = ""
    body: bytes | None = None
    proxies: Mapping[str, str] | None = None
    certificates: "SSLContext | None" = None


class ServerError(OSError):
    """The server cannot be reached, or its answer is not HTTP."""


class AnswerError(ServerError):
    """The server answers with an HTTP `status` other than success."""

    def __init__(self, status: int) -> None:
        super().__init__(EIO, f"the server answers {status}")
        self.status = status


def download(
    url: str,
    size_bytes: int,
    limit_seconds: float | None = None,
    terms: Terms | None = None,
    *,
    permission: Permission,
) -> bytes:
    """The content at `url`, but at most one byte more than `size_bytes`, which shows that it is too large.

    Raises as `download_to` does.
    """
    require(permitted=permission.network, what=f"to ask `{masked_url(url)}`")
    content = BytesIO()
    _copy_within(limit_seconds, url, size_bytes, content, terms=terms or Terms())
    return content.getvalue()


def download_to(
    path: str,
    url: str,
    size_bytes: int,
    limit_seconds: float | None = None,
    *,
    terms: Terms | None = None,
    permission: Permission,
) -> None:
    """Download `url` to a new file at `path`, cut as `download` does.

    Raises FileNotFoundError where the server has no such file, AnswerError for another status that is no success, and
    ServerError where it cannot be reached; passing faults are tried again first. Raises TimeoutError where all of that
    takes longer than the limit, by default one that depends on the size, and another OSError where the file cannot be
    written.
    """
    require(permitted=permission.network, what=f"to ask `{masked_url(url)}`")
    with open(path, "xb") as file:
        _copy_within(limit_seconds, url, size_bytes, file, terms=terms or Terms())


def _copy_within(limit_seconds: float | None, url: str, size_bytes: int, file: BinaryIO, *, terms: Terms) -> None:
    if limit_seconds is None:
        limit_seconds = _LIMIT_SECONDS + size_bytes / _SLOWEST_BYTES
    within(limit_seconds, partial(_try_to_copy, url, size_bytes, file, terms))


def _try_to_copy(url: str, size_bytes: int, file: BinaryIO, terms: Terms) -> None:
    """Copy the answer to `file`; passing faults are tried again after a pause, others raise as in `download_to`."""
    for pause_seconds in (*_PAUSES_SECONDS, None):
        try:
            file.seek(0)
            file.truncate()
            return _copy(url, size_bytes, file, terms)
        except (OSError, HTTPException) as fault:
            status = _status(fault)
            if status in _GONE:
                raise FileNotFoundError(f"{masked_url(url)}: the server answers {status}") from None
            if pause_seconds is None or (status is not None and status not in _PASSING):
                if status is not None:
                    raise AnswerError(status) from None
                raise ServerError(EIO, masked_in(_reason(fault), url)) from None
            time.sleep(pause_seconds)
        except ValueError as fault:  # an invalid URL
            raise ServerError(EIO, masked_in(str(fault), url)) from None
        except _UnwritableError as fault:
            raise fault.reason from None
    raise AssertionError  # the last try returns or raises


def _copy(url: str, size_bytes: int, file: BinaryIO, terms: Terms) -> None:
    # A compressed answer would be another representation, whose size and digest no manifest has.
    headers = {"Accept-Encoding": "identity", "User-Agent": f"buildassets/{__version__}"}
    request = _request(url, {**headers, **terms.headers})
    request.data = terms.body
    opener = _opener(request, terms)  # before `terms.authorization` is added, which no redirect may repeat
    if terms.authorization:
        request.add_unredirected_header(_AUTHORIZATION, terms.authorization)
    with opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
        left_bytes = size_bytes + 1
        while left_bytes and (chunk := response.read(min(left_bytes, _CHUNK_BYTES))):
            _write(file, chunk)
            left_bytes -= len(chunk)
        if response.length and left_bytes:
            raise IncompleteRead(b"", response.length)


class _UnwritableError(Exception):
    """The file cannot be written, for a `reason` that another try does not change."""

    def __init__(self, reason: OSError) -> None:
        super().__init__(reason)
        self.reason = reason


def _write(file: BinaryIO, chunk: bytes) -> None:
    try:
        file.write(chunk)
    except OSError as fault:
        raise _UnwritableError(fault) from None


def _request(url: str, headers: dict[str, str]) -> Request:
    """The request for `url`. Raises ValueError for an invalid URL."""
    url, authorization = without_credentials(url)
    _origin(url)  # for its ValueError
    request = Request(url, headers=headers)  # noqa: S310 what is opened is HTTP only
    if authorization:
        request.add_unredirected_header(_AUTHORIZATION, authorization)
    return request


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of `url` (RFC 6454). Raises ValueError for an invalid URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _status(fault: Exception) -> int | None:
    """The status of the answer, whose connection is closed; None where there was no answer."""
    if not isinstance(fault, HTTPError):
        return None
    fault.close()
    return fault.code


def _reason(fault: OSError | HTTPException) -> str:
    if isinstance(fault, HTTPError):
        return f"the server answers {fault.code}"
    reason = fault.reason if isinstance(fault, URLError) else fault
    if isinstance(reason, OSError) and reason.errno is not None:
        return reason_text(reason)
    return str(reason) or type(reason).__name__


def _opener(request: Request, terms: Terms) -> OpenerDirector:
    """An opener for HTTP only, not for files and FTP; it uses the proxies of `terms` or of the environment."""
    opener = OpenerDirector()
    redirects = _Redirects(_origin(request.full_url), request.get_header(_AUTHORIZATION))
    proxies = ProxyHandler(None if terms.proxies is None else dict(terms.proxies))
    for handler in (
        *(proxies, HTTPHandler(), HTTPSHandler(context=terms.certificates), redirects),
        *(HTTPDefaultErrorHandler(), HTTPErrorProcessor(), UnknownHandler()),
    ):
        opener.add_handler(handler)
    return opener


class _Redirects(HTTPRedirectHandler):
    """Follows redirects, but none from a secure connection to an insecure one.

    `authorization` is only sent to the server at `origin`: to no other host, and to no other port of that host.
    """

    def __init__(self, origin: tuple[str, str | None, int | None], authorization: str | None) -> None:
        self._origin = origin
        self._authorization = authorization

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> Request | None:
        newurl, _ = without_credentials(newurl)  # a server must not choose the credentials
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise URLError(f"it redirects to `{masked_url(newurl)}`, which is not secure")
        request = super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
        if request is not None:
            request.headers.pop(_PROXY_AUTHORIZATION, None)  # urllib adds it again if this request uses a proxy
            if self._authorization and self._may_see(_origin(newurl)):
                request.add_unredirected_header(_AUTHORIZATION, self._authorization)
        return request

    def _may_see(self, origin: tuple[str, str | None, int | None]) -> bool:
        """Whether `origin` is the same server, or its HTTPS port after a redirect from its HTTP port."""
        host = self._origin[1]
        return origin == self._origin or (self._origin, origin) == (("http", host, 80), ("https", host, 443))
