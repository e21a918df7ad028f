"""Live reload: a small server of the watcher's own that tells open pages what each build means for them.

Takes the results of builds, gives server-sent events (HTML, section 9.2) on 127.0.0.1. Pages find it through a file
among the assets. Whoever asks without the token of that file, from a page of another machine or under another name
than the address, gets an empty refusal.
"""

import json
import os
import secrets
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from selectors import EVENT_READ, DefaultSelector
from threading import BoundedSemaphore, Condition, Thread, Timer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from buildassets.compiler.page_changes import PageChanges, ReleaseNames, names_of, page_changes
from buildassets.compiler.result import BuildResult
from buildassets.diagnostics import Diagnostic, reason_text, to_json, warning
from buildassets.errors import ManifestError
from buildassets.manifest import ASSETS_FOLDER, LIVERELOAD_NAME, MANIFEST_NAME, Manifest, loads
from buildassets.manifest_json import read_served
from buildassets.plain_files import plain

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.watch import PagesChanged, Rebuilt

__all__ = ["PORT", "LiveReload", "OpenPages"]

PORT: Final = 8470  # the first one tried: a fixed one can stand in a Content-Security-Policy

_ADDRESS: Final = "127.0.0.1"
_LOOPBACK_HOSTS: Final = frozenset(("localhost", "127.0.0.1", "::1"))
_EVENTS_PATH: Final = "/events"
_HEARTBEAT_SECONDS: Final = 15.0
_TIMEOUT_SECONDS: Final = 10.0  # for a request to arrive whole, and for a page to take what is sent
_CONNECTIONS: Final = 200
_RELEASES_KEPT: Final = 20  # for pages that were hidden meanwhile; 5,000 names are about half a megabyte
_DIAGNOSTICS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class _State:
    """What the latest build left: the latest good release, and the errors if it failed. `number` counts builds."""

    number: int
    manifest: Manifest | None
    release: str
    errors: tuple[Diagnostic, ...]
    templates: str  # stands for what they say
    events: dict[str, bytes] = field(default_factory=dict)  # by the release that a page has; made when first needed


class LiveReload:
    """The server for the release directory `output`, from `start` to `stop`; the end of a `with` block stops it too.

    `origins` are those of pages that may listen beside the ones of this machine: `http://my.test:8000`. Results may be
    published from any thread. Nothing is queued: a page that is slow gets the newest state next.
    """

    def __init__(self, output: str, *, port: int = PORT, origins: Iterable[str] = ()) -> None:
        self.token = secrets.token_urlsafe(32)
        self.url = ""
        self._folder = os.path.join(output, ASSETS_FOLDER)
        self._manifest_path = os.path.join(output, MANIFEST_NAME)
        self._port = port
        self._origins = frozenset(origins)
        self._changed = Condition()
        self._state = _State(0, None, "", (), "")
        self._history: OrderedDict[str, ReleaseNames] = OrderedDict()
        self._stopped = False
        self._server: _Server | None = None

    def __enter__(self) -> "LiveReload":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str:
        """Listen, and let pages find out where; gives the URL.

        Pages may be open that were made with the release that stands before the first build. Where the port is taken,
        the system gives another. Raises OSError where no port can be had.
        """
        server = _listening(self._port, self)
        self.url = f"http://{_ADDRESS}:{server.server_port}/"
        self._follow(self._standing(), ())
        self._announce()
        self._server = server
        server.start()
        return self.url

    def publish(self, result: BuildResult) -> None:
        """Tell all pages what the build that gave `result` means for them."""
        errors = tuple(found for found in result.diagnostics if found.is_error)
        self._follow(result.manifest or self._state.manifest, errors)
        self._announce()

    def publish_templates(self, state: str) -> None:
        """Have all pages loaded again that know of another `state` of the templates."""
        with self._changed:
            self._state = replace(self._state, number=self._state.number + 1, templates=state, events={})
            self._changed.notify_all()

    def stop(self) -> None:
        """End all connections, and let no page look for the server any more. Stopping twice is stopping once."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        server, self._server = self._server, None
        if server is not None:
            self._withdraw()
            server.stop()

    def events(self, release: str) -> Iterator[bytes]:
        """What a page that was made with `release` is sent, at once and then whenever there is more; ends at the stop.

        In between there are heartbeats: only who writes finds out that a page is gone.
        """
        seen = -1
        yield b"retry: 1000\n\n"
        while (state := self._newer(seen)) is not None:
            if state.number == seen:
                yield b":\n\n"
                continue
            yield self._event(state, release)
            seen, release = state.number, state.release

    def allows(self, origin: str) -> bool:
        """Whether pages of `origin` may listen: those of this machine, and those that were named."""
        if origin in self._origins:
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and (host in _LOOPBACK_HOSTS or host.endswith(".localhost"))

    def _newer(self, seen: int) -> _State | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._state.number != seen, _HEARTBEAT_SECONDS)
            return None if self._stopped else self._state

    def _follow(self, manifest: Manifest | None, errors: tuple[Diagnostic, ...]) -> None:
        release = self._release() if manifest else ""
        with self._changed:
            if manifest:
                self._history[release] = names_of(manifest)
                self._history.move_to_end(release)
                while len(self._history) > _RELEASES_KEPT:
                    self._history.popitem(last=False)
            self._state = _State(self._state.number + 1, manifest, release, errors, self._state.templates)
            self._changed.notify_all()

    def _event(self, state: _State, release: str) -> bytes:
        if release not in self._history:
            release = ""  # all that are not known get the same
        if release not in state.events:
            changes = self._changes(state, release)
            document = {
                "build": state.number,
                "release": state.release,
                "templates": state.templates,
                **asdict(changes),
                "errors": [to_json(found) for found in state.errors[:_DIAGNOSTICS_SHOWN]],
                "error_count": len(state.errors),
            }
            state.events[release] = f"id: {state.release}\ndata: {json.dumps(document)}\n\n".encode("ascii")
        return state.events[release]

    def _changes(self, state: _State, release: str) -> PageChanges:
        if state.manifest is None or release == state.release:
            return PageChanges()
        before = self._history.get(release)
        if before is None:
            return PageChanges(reload="an unknown release")
        return page_changes(before, state.manifest, self._read)

    def _standing(self) -> Manifest | None:
        """The release that stands, if one does."""
        try:
            with open(plain(self._manifest_path), "rb") as file:
                return loads(file.read())
        except (OSError, ManifestError):
            return None

    def _release(self) -> str:
        """What pages name the release that stands: a digest that would take longer to make again than to read."""
        try:
            with open(plain(self._manifest_path), "rb") as file:
                return str(read_served(file.read(), MANIFEST_NAME).get("release"))
        except (OSError, ManifestError):
            return ""

    def _read(self, file: str) -> bytes | None:
        try:
            with open(plain(os.path.join(self._folder, file)), "rb") as opened:
                return opened.read()
        except OSError:
            return None

    @property
    def _announcement(self) -> bytes:
        return json.dumps({"token": self.token, "url": self.url}).encode("ascii") + b"\n"

    def _announce(self) -> None:
        """Write the file by which pages find the server; anew where somebody has removed it.

        Where that is not possible no build is either, which says so; the next build tries again.
        """
        if self._read(LIVERELOAD_NAME) == self._announcement:
            return
        beside = os.path.join(self._folder, f".{LIVERELOAD_NAME}.{os.getpid()}")
        with suppress(OSError):
            os.makedirs(self._folder, exist_ok=True)
            with open(beside, "wb") as file:
                file.write(self._announcement)
            os.replace(beside, os.path.join(self._folder, LIVERELOAD_NAME))

    def _withdraw(self) -> None:
        if self._read(LIVERELOAD_NAME) == self._announcement:
            with suppress(OSError):
                os.unlink(os.path.join(self._folder, LIVERELOAD_NAME))


class OpenPages:
    """The listener of a watch that tells open pages of its builds.

    `started` is told the URL whenever the server starts: at the start of the watch, and where the configuration names
    another release directory from then on. `warn` is told where it cannot.
    """

    def __init__(
        self,
        started: Callable[[str], None],
        warn: Callable[[Diagnostic], None],
        *,
        port: int = PORT,
        origins: Iterable[str] = (),
    ) -> None:
        self._started = started
        self._warn = warn
        self._port = port
        self._origins = tuple(origins)
        self._output = ""
        self._templates = ""
        self._live_reload: LiveReload | None = None

    def start(self, config: "Config") -> None:
        """See Listener."""
        self.stop()
        self._output = config.output
        live_reload = LiveReload(config.output, port=self._port, origins=self._origins)
        live_reload.publish_templates(self._templates)
        try:
            url = live_reload.start()
        except OSError as fault:
            self._warn(_no_port(fault))
            return
        self._live_reload = live_reload
        self._started(url)

    def rebuilt(self, rebuilt: "Rebuilt") -> None:
        """See Listener."""
        if rebuilt.config.output != self._output:
            self.start(rebuilt.config)
        if self._live_reload is not None and not rebuilt.is_same:
            self._live_reload.publish(rebuilt.result)

    def pages_changed(self, pages: "PagesChanged") -> None:
        """See Listener."""
        self._templates = pages.state
        if self._live_reload is not None:
            self._live_reload.publish_templates(pages.state)

    def stop(self) -> None:
        """See Listener."""
        if self._live_reload is not None:
            self._live_reload.stop()
            self._live_reload = None


def _no_port(fault: OSError) -> Diagnostic:
    message = f"no page can listen: {reason_text(fault)} at `{_ADDRESS}`"
    notes = ["the watch goes on without live reload"]
    return warning("watch/livereload", message, notes=notes, hint="start the watch where programs may listen there")


class _Server(ThreadingHTTPServer):
    """Takes connections in a thread of its own, which sleeps in between: a watch may run all day."""

    daemon_threads = True
    timeout = 1.0  # where who asked to connect has gone before it is taken up

    def __init__(self, port: int, live_reload: LiveReload) -> None:
        super().__init__((_ADDRESS, port), _Handler)
        self.live_reload = live_reload
        self._free = BoundedSemaphore(_CONNECTIONS)
        self._waking, self._wake = socket.socketpair()
        self._thread = Thread(target=self._take_connections, name="livereload", daemon=True)

    def start(self) -> None:
        """Take connections from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more of them. Those that there are end by themselves."""
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
        """Take the connection, unless there are too many: none of them may take all of the machine."""
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
        """Say nothing: a page that goes away in the middle of an event is no fault."""


def _listening(port: int, live_reload: LiveReload) -> _Server:
    try:
        return _Server(port, live_reload)
    except OSError:
        return _Server(0, live_reload)


class _Handler(BaseHTTPRequestHandler):
    """One request. There is one thing to get, and one way to be refused."""

    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT_SECONDS
    server: _Server

    def handle(self) -> None:
        """Serve the request, if all of it comes in time: `timeout` begins anew with each byte."""
        self._end_of_patience = Timer(self.timeout, self._stop_reading)
        self._end_of_patience.daemon = True
        self._end_of_patience.start()
        try:
            super().handle()
        finally:
            self._end_of_patience.cancel()

    def _stop_reading(self) -> None:
        with suppress(OSError):  # it is closed already
            self.connection.shutdown(socket.SHUT_RD)

    def do_GET(self) -> None:
        """Send events for as long as both sides are there, to who may have them."""
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

    def _is_ours(self, live_reload: LiveReload, path: str, token: str) -> bool:
        """Whether the request is for the address itself, not for a name that leads to it, and from an allowed page."""
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        checks = (
            hosts == [f"{_ADDRESS}:{self.server.server_port}"],
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
        """Refuse what is no request in the same way; the base class would tell it back."""
        self.close_connection = True
        self._refuse()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Say nothing."""
