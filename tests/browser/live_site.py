"""A web application with pages of one template, and a watcher's live reload beside it, as a developer has them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

from jinja2 import Environment

from buildassets.cli.parse.permissions import permission_of
from buildassets.compiler.config.values import Config
from buildassets.compiler.result import BuildResult
from buildassets.compiler.watch.livereload import LiveReload
from buildassets.foundation.media import media_of
from buildassets.runtime import Assets
from tests.browser.serving import answering
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

NONCE = "c2VjcmV0"
STRICT = (
    f"default-src 'none'; script-src 'nonce-{NONCE}' 'strict-dynamic'; style-src 'self' 'nonce-{NONCE}'; "
    "img-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; "
    "connect-src 'self' http://127.0.0.1:*"
)

DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><circle id="dot" cx="4" cy="4" r="4"/></svg>'
PAGE = """<!doctype html>
<meta charset="utf-8">
{{ livereload(nonce=nonce) }}
<title>page</title>
<link rel="icon" href="{{ asset('img/dot.svg') }}">
{{ stylesheet("css/app.css", title="main", media="screen") }}
<body>
<h1>page</h1>
<input id="field">
<img id="image" src="{{ asset('img/dot.svg') }}" alt="">
<img id="set" srcset="{{ asset('img/dot.svg') }} 1x, {{ asset('img/dot.svg') }} 2x" alt="">
<svg><use href="{{ asset('img/dot.svg') }}#dot"></use></svg>
{{ script("js/app.js", nonce=nonce) }}
"""
FILES: Tree = {
    "assets/css/app.css": '@import "theme.css"; body { height: 5000px }',
    "assets/css/theme.css": "h1 { color: rgb(0, 0, 1) }",
    "assets/img/dot.svg": DOT.format(8),
    "assets/js/app.js": "document.documentElement.dataset.script = 'one'",
}


class Site:
    """The project in `folder`. `visits` are the paths of all pages that were asked for, in order."""

    def __init__(self, folder: Path, files: Tree, page: str, policy: str | None) -> None:
        self.folder = write_tree(folder, {"buildassets.toml": "", **files})
        self.page = page
        self.policy = policy
        self.visits: list[str] = []
        self.is_failing = False
        self.url = ""
        self._assets: Assets | None = None

    @property
    def config(self) -> Config:
        return load_config(start=str(self.folder))

    def build(self) -> BuildResult:
        return build(self.config, mode="development")

    def watch(self, **options: Any) -> LiveReload:
        """A watcher's live reload that knows the release which it found, and published a first build."""
        live_reload = LiveReload(self.config.output, **options, permission=permission_of("watch"))
        live_reload.start()
        live_reload.publish(self.build())
        return live_reload

    def edit(self, live_reload: LiveReload, files: Tree) -> BuildResult:
        """Change `files`, build, and publish the result."""
        write_tree(self.folder, files)
        result = self.build()
        live_reload.publish(result)
        return result

    def answer(self, path: str) -> tuple[int, Mapping[str, str], bytes]:
        """Return the answer of the application."""
        if path.startswith("/assets/"):
            file = self.folder / "build" / path.removeprefix("/").partition("?")[0]
            if not file.is_file():
                return 404, {}, b""
            return 200, {"Content-Type": media_of(file.name).type}, file.read_bytes()
        if path == "/favicon.ico":
            return 204, {}, b""
        self.visits.append(path)
        if self.is_failing:
            return 500, {}, b"<title>debugger</title>"
        headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
        if self.policy:
            headers["Content-Security-Policy"] = self.policy
        return 200, headers, self._rendered().encode()

    def _rendered(self) -> str:
        self._assets = self._assets or Assets(self.folder / "build/manifest.json", reload=True)
        env = Environment(autoescape=True, extensions=["buildassets.runtime.jinja.AssetsExtension"])
        env.extend(assets=None)
        env.assets = self._assets  # type: ignore[attr-defined]  # the extension made it
        return env.from_string(self.page).render(nonce=NONCE)


class Handler(BaseHTTPRequestHandler):
    """Answers for a `Site`."""

    def __init__(self, site: Site, *arguments: Any) -> None:
        self._site = site
        super().__init__(*arguments)

    def do_GET(self) -> None:
        status, headers, body = self._site.answer(self.path)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.send_response(500 if self._site.is_failing else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Log nothing."""


class _Server(ThreadingHTTPServer):
    """A server whose connections end with it: browsers open some ahead, on which they ask nothing until later."""

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._open: set[Any] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        for connection in tuple(self._open):
            with suppress(OSError):  # it has ended meanwhile
                connection.shutdown(SHUT_RDWR)
        super().server_close()  # which waits for the threads that answer


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler], port: int = 0) -> Iterator[int]:
    """Serve with `handler` on that port, or on a free one, which is given; nothing answers afterwards."""
    with _Server(("127.0.0.1", port), handler) as server:
        server.daemon_threads = False
        with answering(server):
            yield server.server_port


@contextmanager
def running(folder: Path, files: Tree, page: str, policy: str | None = STRICT) -> Iterator[Site]:
    """The application at `site.url`, without a build so far."""
    site = Site(folder, files, page, policy)
    with serving(partial(Handler, site)) as port:
        site.url = f"http://localhost:{port}/"
        yield site


Start = Callable[..., Site]
"""Starts an application in the folder of a test, by default with `FILES` and `PAGE`."""
