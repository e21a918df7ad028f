"""A registry on 127.0.0.1 that serves what tests publish to it, and behaves badly where they ask it to."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

from buildassets.foundation.digest import sha512_text

Answer = Callable[[BaseHTTPRequestHandler, bytes], None]
MODE = 0o644


def tarball(files: Mapping[str, bytes | str], mode: int = MODE, top: str = "package/") -> bytes:
    """An archive as `npm pack` makes it."""
    return archive(member(top + name, content, mode=mode) for name, content in files.items())


def member(
    name: str, content: bytes | str = b"", *, mode: int = MODE, kind: bytes = tarfile.REGTYPE, target: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    """One member of an archive."""
    info = tarfile.TarInfo(name)
    raw = content.encode() if isinstance(content, str) else content
    info.size, info.mode, info.type, info.linkname = len(raw), mode, kind, target
    return info, raw


def archive(members: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """These members as a `.tgz`."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(written.getvalue(), 1, mtime=0)


def integrity_of(content: bytes) -> str:
    """As a registry states it."""
    return sha512_text(sha512(content).digest())


class Registry(ThreadingHTTPServer):
    """Packages by name and version. `asked` lists path and `Authorization` of each request, in order.

    `answers` take the place of what it would answer for a path; `expected` is what it wants to be sent as
    `Authorization`; `advisories` are by package.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.packages: dict[str, dict[str, Any]] = {}
        self.archives: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.answers: dict[str, Answer] = {}
        self.expected: str | None = None
        self.advisories: dict[str, list[dict[str, str]]] = {}

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def paths(self) -> list[str]:
        """The paths that were requested."""
        return [path for path, _ in self.asked]

    def publish(
        self,
        name: str,
        version: str,
        content: bytes | Mapping[str, bytes | str],
        *,
        time: str = "2020-01-01T00:00:00.000Z",
        **described: Any,
    ) -> str:
        """Have a release, of an archive or of files; gives the path of its archive. `described` is its package.json."""
        raw = content if isinstance(content, bytes) else tarball(content)
        path = f"/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
        self.archives[path] = raw
        package = self.packages.setdefault(name, {"name": name, "versions": {}, "time": {}, "dist-tags": {}})
        dist = {"tarball": self.url.rstrip("/") + path, "integrity": integrity_of(raw)}
        license_text = {"license": "MIT", **described}
        package["versions"][version] = {"name": name, "version": version, "dist": dist, **license_text}
        package["time"][version] = time
        package["dist-tags"].setdefault("latest", version)
        if "-" not in version:
            package["dist-tags"]["latest"] = version
        return path

    def release(self, name: str, version: str) -> dict[str, Any]:
        """The answer for a release, to be changed."""
        found: dict[str, Any] = self.packages[name]["versions"][version]
        return found


class _Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body: bytes) -> None:
        path = unquote(self.path)
        registry = self.server
        registry.asked.append((path, self.headers["Authorization"]))
        with suppress(OSError):  # whoever asked is gone
            if path in registry.answers:
                registry.answers[path](self, body)
            elif registry.expected not in (None, self.headers["Authorization"]):
                respond(self, 401, b"")
            elif path in registry.archives:
                respond(self, 200, registry.archives[path])
            elif path[1:] in registry.packages:
                respond(self, 200, json.dumps(registry.packages[path[1:]]).encode())
            elif path == "/-/npm/v1/security/advisories/bulk":
                asked = json.loads(body)
                found = {name: one for name, one in registry.advisories.items() if name in asked}
                respond(self, 200, json.dumps(found).encode())
            else:
                respond(self, 404, b"{}")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def respond(handler: BaseHTTPRequestHandler, status: int, content: bytes, **headers: str) -> None:
    """Answer at once, and whole."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def answering(status: int, content: bytes = b"", **headers: str) -> Answer:
    """Always that answer."""
    return lambda handler, body: respond(handler, status, content, **headers)


def cut_off(content: bytes) -> Answer:
    """Half of the content, though the whole is announced."""

    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.close_connection = True

    return answer


@contextmanager
def serving() -> Iterator[Registry]:
    """A registry that runs."""
    with Registry() as registry:
        Thread(target=registry.serve_forever, args=(0.01,), daemon=True).start()
        yield registry
        registry.shutdown()
