"""Writes the elements that load what Vite built, or what its server gives while it runs.

A web process loads this for pages with an entry of Vite. Only in development does it ask a server, by a request that
takes 0.3 s at most, and keeps the answer for 1 s.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock, local
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from buildassets.runtime import tags
from buildassets.runtime.release import Release
from buildassets.runtime.tags import Markup, element
from buildassets.work.threads import within

_ASKING_SECONDS: Final = 0.3
_KEPT_SECONDS: Final = 1.0
_CLIENT: Final = "@vite/client"
_FOUND: Final = (b"HTTP/1.0 200", b"HTTP/1.1 200")
_NO_PAGE: Final = "image/*, text/css"  # for a path without a file, Vite gives its page to those who accept one
_PORTS: Final = {"http": 80, "https": 443}
# What `@vitejs/plugin-react` needs before the first component is loaded (Vite, "Backend Integration").
# Up to version 4 the plugin exports the functions as one object.
_PREAMBLE: Final = """import * as refresh from "%s/@react-refresh";
(refresh.injectIntoGlobalHook ?? refresh.default.injectIntoGlobalHook)(window);
window.$RefreshReg$ = () => {};
window.$RefreshSig$ = () => (type) => type;
window.__vite_plugin_react_preamble_installed__ = true;"""


class Page:
    """Remembers the entries of one page, so that Vite's client is in it once.

    Where no framework marks where a page begins, an entry that is named again begins another, and so does the time.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._names: set[str] = set()
        self._since = monotonic()

    def begins_with(self, name: str) -> bool:
        """Whether the entry `name`, which is noted, is the first one of a page."""
        is_over = self._seconds is not None and monotonic() - self._since > self._seconds
        if name in self._names or is_over:
            self._names.clear()
        if not self._names:
            self._since = monotonic()
        self._names.add(name)
        return len(self._names) == 1


class _Pages(local):
    """The page that a thread renders without a framework."""

    def __init__(self) -> None:
        self.page = Page(_KEPT_SECONDS)


_PAGE: ContextVar[Page | None] = ContextVar("page", default=None)  # the one that a framework renders


@contextmanager
def on(page: Page) -> Iterator[None]:
    """While this lasts, entries belong to `page`."""
    token = _PAGE.set(page)
    try:
        yield
    finally:
        _PAGE.reset(token)


class Servers:
    """Knows which of Vite's servers run, and gives the release in which these take the place of files."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: dict[str, tuple[float, bool]] = {}
        self._latest: tuple[Release, frozenset[str], Release] | None = None
        self._pages = _Pages()

    def serving(self, release: Release) -> Release:
        """`release`, in which URLs lead to those of its servers that run."""
        running = frozenset(server for server in release.servers if self._runs(server))
        if not running:
            return release
        latest = self._latest
        if latest is None or latest[0] is not release or latest[1] != running:
            self._latest = latest = (release, running, release.on_servers(running, gives))
        return latest[2]

    def client(self, server: str, name: str, nonce: object) -> list[Markup]:
        """The element of Vite's client, if the entry `name` is the first one of the page."""
        page = _PAGE.get() or self._pages.page
        if not page.begins_with(name):
            return []
        return [element("script", {"type": "module", "src": f"{server}/{_CLIENT}", "nonce": nonce}, "")]

    def _runs(self, server: str) -> bool:
        with self._lock:
            until, answer = self._answers.get(server, (0.0, False))
            if monotonic() >= until:
                answer = answers(server)
                self._answers[server] = (monotonic() + _KEPT_SECONDS, answer)
            return answer


def answers(server: str, seconds: float = _ASKING_SECONDS) -> bool:
    """Whether the server at that URL gives Vite's client within this time."""
    return gives(server, _CLIENT, seconds)


def gives(server: str, path: str, seconds: float = _ASKING_SECONDS) -> bool:
    """Whether the server at that URL gives the file at `path`, a relative URL, within this time."""
    try:
        # The lookup of a name has no time limit of its own.
        return within(seconds, lambda: _finds(server, path, monotonic() + seconds))
    except (OSError, ValueError):
        return False


def _finds(server: str, path: str, deadline: float) -> bool:
    """Whether the server answers 200 for `path`. Raises OSError, and ValueError for what is not a URL."""
    parts = urlsplit(server)
    host = parts.hostname or ""
    request = (
        f"GET {parts.path}/{path} HTTP/1.0\r\nHost: {parts.netloc}\r\nAccept: {_NO_PAGE}\r\nConnection: close\r\n\r\n"
    )
    plain = _connected(host, parts.port or _PORTS[parts.scheme], deadline)
    with plain, _secured(plain, host) if parts.scheme == "https" else plain as connection:
        connection.sendall(request.encode("ascii"))
        begin = b""
        while len(begin) < len(_FOUND[0]):
            connection.settimeout(_left(deadline))
            received = connection.recv(64)
            if not received:
                break
            begin += received
    return begin.startswith(_FOUND)


def _connected(host: str, port: int, deadline: float) -> socket.socket:
    """A connection to the first address of `host` that takes one: Vite listens on one of those of `localhost`."""
    fault: OSError = OSError(host)
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(address)
        except OSError as refused:
            connection.close()
            fault = refused
        else:
            connection.settimeout(_left(deadline))
            return connection
    raise fault


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """The connection with TLS. A developer's certificate is signed by nobody, and nothing secret is sent."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=host)


def _left(deadline: float) -> float:
    """The seconds that are left. Raises TimeoutError where none are."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def refresh(server: str, nonce: object, given: dict[str, object]) -> Markup:
    """The script that React's plugin needs before any component."""
    return tags.script(_PREAMBLE % server, {"type": "module", "nonce": nonce, **given})


def from_server(servers: Servers, release: Release, name: str, script: dict[str, object]) -> Markup:
    """The elements that load the source `name` from Vite's server."""
    url = release.at_server(name)
    parts = servers.client(release.server_of(name) or "", name, script.get("nonce"))
    script = {**script, "src": url, "integrity": None, "crossorigin": None}
    if name.partition("?")[0].endswith(_SHEETS):
        return Markup("\n".join([*parts, element("link", {"rel": "stylesheet", "href": url})]))
    return Markup("\n".join([*parts, element("script", script, "")]))


_SHEETS: Final = (".css", ".scss", ".sass", ".less", ".styl", ".stylus", ".pcss", ".postcss")


def from_release(release: Release, name: str, script: dict[str, object]) -> Markup:
    """The elements that load what Vite built of `name`: its style sheets, preloads of what it imports, the script."""
    source = release.vite[name]
    asset, nonce = source["asset"], script.get("nonce")
    sheets = [*source["css"], *([asset] if asset.endswith(".css") else [])]
    modules = [module for module in release.modules([asset]) if module != asset]
    without: dict[str, object] = {} if script["integrity"] else {"integrity": False}
    links = [_link(release, "stylesheet", sheet, nonce, without=without) for sheet in sheets]
    if asset in sheets:
        return Markup("\n".join(links))
    links += [_link(release, "modulepreload", module, nonce, without=without) for module in modules]
    return Markup("\n".join([*links, element("script", script, "")]))


def _link(release: Release, kind: str, name: str, nonce: object, *, without: dict[str, object]) -> Markup:
    integrity = release.integrity(dict(without), name, is_module=kind == "modulepreload")
    return element("link", {"rel": kind, "href": release.urls[name], **integrity, "nonce": nonce})
