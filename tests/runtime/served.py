"""A release to serve, built for real, and what a client makes of answers."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.util import setup_testing_defaults

from buildassets.foundation.paths import from_url
from tests.building import build, load_config
from tests.conftest import write_tree

NOISE = random.Random(1).randbytes(700_000)  # more than two blocks of whatever reads in blocks
SOURCES: Mapping[str, str | bytes] = {
    "css/app.css": "".join(f".rule-{number} {{ color: #{number:06x} }}\n" for number in range(200)),
    "js/app.js": "export const words = [" + ", ".join(f'"word {number}"' for number in range(200)) + "];\n",
    "img/noise.png": NOISE,
    "img/ü x (1).svg": "<svg/>",
    "fonts/text.woff2": NOISE[:5000],
    "empty.txt": "",
}


def build_release(folder: Path, sources: Mapping[str, str | bytes] = SOURCES, **settings: str) -> Path:
    """Build `sources` in `folder`; gives the path of the manifest."""
    write_tree(folder / "assets", sources)
    lines = [f"{key} = {value}\n" for key, value in {"compress": '["gzip", "br"]', **settings}.items()]
    (folder / "buildassets.toml").write_text("".join(lines))
    result = build(load_config(start=str(folder)))
    assert result.succeeded, result.diagnostics
    return folder / "build/manifest.json"


def released(manifest: Path, url: str, coding: str = "") -> bytes:
    """The bytes of the file, or of a copy of it, that has this URL in the release."""
    suffix = {"": "", "gzip": ".gz", "br": ".br"}[coding]
    return (manifest.parent / "assets" / (from_url(url).removeprefix("/assets/") + suffix)).read_bytes()


@dataclass(frozen=True)
class Reply:
    """An answer as a client sees it; headers by names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def get_wsgi(app: Any, path: str, method: str = "GET", mount: str = "", **headers: str) -> Reply:
    """The reply of a WSGI application to a request for `path`, percent-encoded, below `mount`."""
    variables = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "SCRIPT_NAME": mount, "QUERY_STRING": "", **variables}
    environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1")
    setup_testing_defaults(environ)
    started: list[tuple[int, Mapping[str, str]]] = []

    def start_response(status: str, given: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        started.append((int(status[:3]), {name.lower(): value for name, value in given}))
        return lambda _: None

    content: Iterable[bytes] = app(environ, start_response)
    body = b"".join(content)
    if hasattr(content, "close"):
        content.close()
    return Reply(*started[0], body)
