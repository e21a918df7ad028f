"""Web servers that want to know who asks."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


class Authenticating(ThreadingHTTPServer):
    """Serves `folder` on 127.0.0.1 to whoever is `user`; with `leads_to`, leads whoever that is on to there."""

    daemon_threads = True

    def __init__(self, folder: Path, user: str, leads_to: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.expected = f"Basic {b64encode(user.encode()).decode()}" if user else None
        self.leads_to = leads_to
        self.seen: list[str | None] = []  # of each request, who asked

    def url(self, user: str = "", host: str = "127.0.0.1") -> str:
        """The address, with what stands for a user in it."""
        return f"http://{user}@{host}:{self.server_port}/" if user else f"http://{host}:{self.server_port}/"


class _Handler(SimpleHTTPRequestHandler):
    server: Authenticating

    def do_GET(self) -> None:
        self.server.seen.append(self.headers["Authorization"])
        if self.server.expected not in (None, self.headers["Authorization"]):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="releases"')
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.server.leads_to and not self.path.startswith("/here/"):
            self.send_response(302)
            self.send_header("Location", self.server.leads_to + self.path.lstrip("/"))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/here"))

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def __init__(self, *arguments: object) -> None:
        server = arguments[2]
        assert isinstance(server, Authenticating)
        super().__init__(*arguments, directory=str(server.folder))  # type: ignore[arg-type]


@contextmanager
def authenticating(folder: Path, user: str, leads_to: str = "") -> Iterator[Authenticating]:
    """Such a server, which runs."""
    with Authenticating(folder, user, leads_to) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
