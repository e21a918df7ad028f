"""Live reload: turns builds into events for open pages, and writes the file by which pages find the server.

Takes the results of builds, gives server-sent events; `livereload_server` sends them.
"""

import json
import os
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from threading import Condition
from typing import Final
from urllib.parse import urlsplit

from buildassets.compiler.result import BuildResult
from buildassets.compiler.watch.livereload_server import ADDRESS, LiveReloadServer, listening
from buildassets.compiler.watch.page_changes import PageChanges, ReleaseNames, names_of, page_changes
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at, content_of, write_whole
from buildassets.disk.removal import remove_file
from buildassets.errors import ManifestError
from buildassets.foundation.diagnostics import Diagnostic, to_json
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.permission import Permission
from buildassets.manifest.json import read_served
from buildassets.manifest.model import ASSETS_FOLDER, LIVERELOAD_NAME, MANIFEST_NAME, Manifest, loads

PORT: Final = 8470  # tried first: a Content-Security-Policy can name a fixed port
_LOOPBACK_HOSTS: Final = frozenset(("localhost", "127.0.0.1", "::1"))
_HEARTBEAT_SECONDS: Final = 15.0
_RELEASES_KEPT: Final = 20  # for pages that missed builds while hidden; 5,000 names are about half a megabyte
_DIAGNOSTICS_SHOWN: Final = 50


@frozen
class _State:
    """The state after the latest build: the latest good release, and the errors of a failed build.

    `number` counts the states.
    """

    number: int
    manifest: Manifest | None
    release: str
    errors: tuple[Diagnostic, ...]
    templates: str  # a digest of them
    events: dict[str, bytes] = field(default_factory=dict)  # by the page's release; made when first needed


class LiveReload:
    """Serves events about the release directory `output`, from `start` to `stop` or the end of a `with` block.

    Pages of this machine may listen, and those of `origins`, such as `http://my.test:8000`. Results may be published
    from any thread. Nothing is queued: a slow page gets the newest state next.
    """

    def __init__(self, output: str, *, port: int = PORT, origins: Iterable[str] = (), permission: Permission) -> None:
        self.token = secrets.token_urlsafe(32)
        self.url = ""
        self._folder = os.path.join(output, ASSETS_FOLDER)
        self._manifest_path = os.path.join(output, MANIFEST_NAME)
        self._port = port
        self._permission = permission
        self._origins = frozenset(origins)
        self._changed = Condition()
        self._state = _State(0, None, release="", errors=(), templates="")
        self._history: OrderedDict[str, ReleaseNames] = OrderedDict()
        self._stopped = False
        self._server: LiveReloadServer | None = None

    def __enter__(self) -> "LiveReload":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server and write the file by which pages find it. Returns the URL.

        Pages may be open that were made with the release on disk, before the first build. If the port is taken, the
        system chooses another. Raises OSError if there is no port.
        """
        server = listening(self._port, self, permission=self._permission)
        self.url = f"http://{ADDRESS}:{server.server_port}/"
        self._follow(self._release_on_disk(), ())
        self._announce(self._state.templates)
        self._server = server
        server.start()
        return self.url

    def publish(self, result: BuildResult) -> None:
        """Send all pages the changes or the errors of the build `result`."""
        errors = tuple(diagnostic for diagnostic in result.diagnostics if diagnostic.is_error)
        self._follow(result.manifest or self._state.manifest, errors)
        self._announce(self._state.templates)

    def publish_templates(self, state: str) -> None:
        """Reload all pages that were made with another `state` of the templates."""
        if self._server is not None:
            self._announce(state)  # before any page is made again
        with self._changed:
            self._state = replace(self._state, number=self._state.number + 1, templates=state, events={})
            self._changed.notify_all()

    def stop(self) -> None:
        """End all connections and remove the file by which pages find the server. May be called twice."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        server, self._server = self._server, None
        if server is not None:
            self._withdraw()
            server.stop()

    def events(self, release: str) -> Iterator[bytes]:
        """The events for a page that was made with `release`: the state now, then each change until the stop.

        Heartbeats come in between: only a failed write shows that a page is gone.
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
        """Whether pages of `origin` may listen: those of this machine and of the configured origins."""
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
            self._state = _State(
                self._state.number + 1, manifest, release=release, errors=errors, templates=self._state.templates
            )
            self._changed.notify_all()

    def _event(self, state: _State, release: str) -> bytes:
        if release not in self._history:
            release = ""  # all unknown releases share one event
        if release not in state.events:
            changes = self._changes(state, release)
            document = {
                "build": state.number,
                "release": state.release,
                "templates": state.templates,
                **asdict(changes),
                "errors": [to_json(error) for error in state.errors[:_DIAGNOSTICS_SHOWN]],
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

    def _release_on_disk(self) -> Manifest | None:
        """The manifest of the release on disk, if there is one."""
        try:
            return loads(content_of(self._manifest_path, MOST_MANIFEST_BYTES))
        except (OSError, ManifestError):
            return None

    def _release(self) -> str:
        """The digest of the release on disk, as pages name it; reading it is faster than computing it."""
        try:
            content = content_of(self._manifest_path, MOST_MANIFEST_BYTES)
            return str(read_served(content, MANIFEST_NAME).get("release"))
        except (OSError, ManifestError):
            return ""

    def _read(self, file: str) -> bytes | None:
        return bytes_at(os.path.join(self._folder, file))

    def _announcement(self, templates: str) -> bytes:
        found = {"templates": templates, "token": self.token, "url": self.url}
        return json.dumps(found).encode("ascii") + b"\n"

    def _announce(self, templates: str) -> None:
        """Write the file by which pages find the server, and the state of the templates that they are made of.

        It may be there already, or somebody may have removed it. An error is ignored: a build that cannot write there
        reports it, and the next build tries again. The folder of the project is not made: it may have been moved away.
        """
        announcement = self._announcement(templates)
        if self._read(LIVERELOAD_NAME) == announcement:
            return
        with suppress(OSError):
            output, assets = os.path.split(self._folder)
            with suppress(FileExistsError):
                os.mkdir(output)
            write_whole(output, announcement, f"{assets}/{LIVERELOAD_NAME}")

    def _withdraw(self) -> None:
        if self._read(LIVERELOAD_NAME) == self._announcement(self._state.templates):
            with suppress(OSError):
                remove_file(self._folder, LIVERELOAD_NAME, permission=self._permission)
