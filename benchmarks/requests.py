"""Requests for the files of a release: ours and other servers in Python under wrk, in turn, on the same files.

Each is a process of its own behind the same web server: gunicorn for WSGI, uvicorn for ASGI. What counts is the time
that the server's processes have on the cores for a request: other programs on the machine change it less than the rate.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import ours
from benchmarks.installed import HERE, pypi_version, python, said
from benchmarks.measure import FailedRunError
from benchmarks.results import Row, Section
from benchmarks.watch import cpu_seconds, processes, running

NAME: Final = "requests"
_CONNECTIONS: Final = 16
_WARM_UP_S: Final = 1
_FILES: Final = {
    "css/bootstrap.css": "bootstrap/dist/css/bootstrap.css",
    "img/docs.png": "foundation-sites/docs/assets/img/docs-631.png",
    "img/print.svg": "@fortawesome/fontawesome-free/svgs-full/solid/print.svg",
}
_GUNICORN: Final = (
    "gunicorn",
    "--worker-class=gthread",
    "--threads=4",
    "--no-control-socket",
    "--bind=127.0.0.1:{port}",
)
_UVICORN: Final = ("uvicorn", "--factory", "--no-access-log", "--log-level=warning", "--port={port}")


@dataclass(frozen=True, slots=True)
class Contender:
    """A server of files: the factory of `peers/serve_*.py`, and the package that it is of."""

    name: str
    factory: str
    package: str = ""
    leaves_out: str = ""
    is_limit: bool = False

    @property
    def version(self) -> str:
        return pypi_version(self.package) if self.package else ours.version() * (not self.is_limit)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is asked for."""

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    is_known: bool = False  # to the client, who asks whether it has changed


_LIMIT: Final = Contender("an application alone", "bare", leaves_out="all files", is_limit=True)
CONTENDERS: Final[Mapping[str, Sequence[Contender]]] = {
    "WSGI, gunicorn": (
        _LIMIT,
        Contender(ours.NAME, "ours"),
        Contender("WhiteNoise", "whitenoise", "whitenoise"),
        Contender("ServeStatic", "servestatic", "servestatic"),
    ),
    "ASGI, uvicorn": (
        _LIMIT,
        Contender(ours.NAME, "ours"),
        Contender("ServeStatic", "servestatic", "servestatic"),
        Contender("Starlette's StaticFiles", "starlette", "starlette", "copies, immutable"),
    ),
}
_SERVERS: Final = {"WSGI, gunicorn": (_GUNICORN, "wsgi"), "ASGI, uvicorn": (_UVICORN, "asgi")}


def measure(packages: Path, scratch: Path, rounds: int, seconds: int = 2) -> Section:
    """Every contender at every kind of request, `rounds` times each, in turn."""
    kinds, size_bytes = make_release(packages, scratch)
    works = {}
    for interface, contenders in CONTENDERS.items():
        runs: dict[tuple[str, str], list[Mapping[str, float]]] = {}
        for contender in [one for _ in range(rounds) for one in contenders]:
            with _serving(interface, contender, scratch) as (process, port):
                for kind in kinds:
                    runs.setdefault((kind.name, contender.name), []).append(_loaded(process, port, kind, seconds))
        for kind in kinds:
            works[f"{interface}: {kind.name}"] = [_row(one, runs[kind.name, one.name]) for one in contenders]
    about = f"a release of {size_bytes / 1e6:.1f} MB, {_CONNECTIONS} connections"
    return Section(NAME, about, len(_FILES), works, load=os.getloadavg()[1])


def make_release(packages: Path, scratch: Path) -> tuple[Sequence[Kind], int]:
    """Build a release of files from `packages` in `scratch`; gives what is asked for, and the bytes of all files."""
    for name, source in _FILES.items():
        (scratch / "assets" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / source, scratch / "assets" / name)
    (scratch / "buildassets.toml").write_text('missing = "ignore"\n')
    subprocess.run([sys.executable, "-m", "buildassets", "build", "--quiet"], cwd=scratch, check=True)
    files = {
        name: one["file"] for name, one in json.loads((scratch / "build/manifest.json").read_text())["assets"].items()
    }
    sheet, picture, icon = (f"/assets/{files[name]}" for name in _FILES)
    kinds = (
        Kind("a style sheet, by brotli", sheet, {"Accept-Encoding": "gzip, deflate, br, zstd"}),
        Kind("an icon", icon),
        Kind("a picture of 1.4 MB", picture),
        Kind("an icon that has not changed", icon, is_known=True),
    )
    return kinds, sum(path.stat().st_size for path in (scratch / "build").rglob("*") if path.is_file())


@contextmanager
def _serving(interface: str, contender: Contender, scratch: Path) -> Iterator[tuple[int, int]]:
    """A web server with a contender, and where it listens."""
    server, module = _SERVERS[interface]
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    factory = f"serve_{module}:{contender.factory}" + "()" * (module == "wsgi")
    environment = {
        **os.environ,
        "RELEASE": str(scratch / "build"),
        "PYTHONPATH": f"{HERE / 'peers'}:{HERE.parent / 'src'}",
    }
    command = [python(), "-m", *(part.format(port=port) for part in server), factory]
    with running(command, scratch, scratch / "log.txt", environment) as process:
        for _ in range(200):
            with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield process.pid, port


def _loaded(process: int, port: int, kind: Kind, seconds: int) -> Mapping[str, float]:
    """What the server's processes need for one of the requests that wrk makes for so many seconds."""
    headers = dict(kind.headers)
    reply = _asked(port, kind.path, headers)
    if kind.is_known:
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        headers |= {names[name]: reply.headers[name] for name in names if name in reply.headers}
        reply = _asked(port, kind.path, headers)
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", *(f"-H{name}: {value}" for name, value in headers.items())]
    url = f"http://127.0.0.1:{port}{kind.path}"
    said(*command, f"-d{_WARM_UP_S}s", url)
    before = sum(map(cpu_seconds, processes(process)))
    told = said(*command, f"-d{seconds}s", url)
    used = sum(map(cpu_seconds, processes(process))) - before
    requests = int(re.findall(r"(\d+) requests in", told)[0])
    if "Non-2xx" in told or not requests:
        raise FailedRunError(told)
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", told)[0])
    return {"requests_s": rate, "cpu_us": used / requests * 1e6, "bytes": len(reply.body), "status": reply.status}


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


def _asked(port: int, path: str, headers: Mapping[str, str]) -> _Reply:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        connection.request("GET", path, headers={"Accept-Encoding": "identity", **headers})
        response = connection.getresponse()
        got = {name.lower(): value for name, value in response.getheaders()}
        return _Reply(response.status, got, response.read())


def _row(contender: Contender, runs: Sequence[Mapping[str, float]]) -> Row:
    figures = {name: median(run[name] for run in runs) for name in runs[0]}
    return Row(contender.name, contender.version, contender.leaves_out, contender.is_limit, len(runs), figures)
