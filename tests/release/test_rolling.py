"""A deploy under load: two versions behind one balancer, open pages of both, and no missing file."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from random import Random
from threading import Event

import pytest

from buildassets.foundation.permission import BUILDING
from buildassets.release.earlier.releases import previous_release
from buildassets.runtime import Assets
from tests.building import build, load_config
from tests.conftest import PATIENCE_SECONDS, write_tree
from tests.example.servers import balancer, free_port, is_open, wait_until

pytestmark = pytest.mark.thorough

FETCHES = 3_000
VISITORS = 4
NAMES = [f"{kind}/{number}.{kind}" for kind in ("css", "js") for number in range(4)]
APPLICATION = f"""
import os
from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer

assets = Assets(os.environ["MANIFEST"])
BODY = "".join(assets.stylesheet(name) if name.endswith("css") else assets.script(name) for name in {NAMES})


def page(environ, start_response):
    if environ["PATH_INFO"] != "/":
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(BODY)))])
    return [BODY.encode()]


application = AssetServer(page, assets=assets)
"""


@dataclass
class Project:
    """A site of which one version after the other is deployed: in one folder, or each in a folder of its own."""

    folder: Path
    is_carried: bool

    def deploy(self, version: int) -> Path:
        """The manifest of a version in which all but two files are others."""
        texts = {name: f"/* {name} */ a {{ top: {version}px }}" for name in NAMES if name.endswith("css")}
        texts |= {name: f"call({version}, {name!r})" for name in NAMES if name.endswith("js")}
        texts |= {"css/0.css": "b { top: 0 }", "js/0.js": "same()"}
        settings = "" if self.is_carried else "[retain]\n"
        write_tree(
            self.folder, {"buildassets.toml": settings, **{f"assets/{name}": one for name, one in texts.items()}}
        )
        output = self.folder / (f"image{version}" if self.is_carried else "build")
        config = load_config(start=str(self.folder), output=str(output))
        if self.is_carried and version > 1:
            with previous_release(str(self.folder / f"image{version - 1}"), permission=BUILDING) as previous:
                assert build(config, previous=[previous]).succeeded
        else:
            assert build(config).succeeded
        return output / "manifest.json"


@dataclass
class Worker:
    """A gunicorn of one version at a port, where one of another version takes its place."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self, manifest: Path) -> None:
        self.stop()
        write_tree(self.folder, {"site_of_test.py": APPLICATION})
        command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{self.port}", "--no-control-socket"]
        command += ["--worker-class=gthread", "--threads=2", "site_of_test:application"]
        environment = {**os.environ, "MANIFEST": str(manifest)}
        log = self.folder / f"{self.port}.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=output, stderr=output)
        wait_until(lambda: is_open(self.port), self._process, log)

    def stop(self) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            self._process.wait(PATIENCE_SECONDS)


@contextmanager
def workers(folder: Path, number: int) -> Iterator[list[Worker]]:
    made = [Worker(folder) for _ in range(number)]
    try:
        yield made
    finally:
        for one in made:
            one.stop()


class Visitors:
    """Open pages, and fetch what pages name that were opened at any time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = count()
        self._reached = {number: Event() for number in (FETCHES // 5, 2 * FETCHES // 5)}
        self.statuses: Counter[int] = Counter()
        self.named: set[str] = set()
        self.fetched_last: set[str] = set()  # after the last version of before was gone

    def visit(self, seed: int, is_over: Event) -> None:
        """Fetch until all fetches are made, many of them at the end: one page in eight, else a file of an open page."""
        random = Random(seed)
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        open_pages: list[list[str]] = []
        still_at_the_end = FETCHES // 5 // VISITORS
        while (number := next(self._numbers)) < FETCHES or still_at_the_end > 0:
            if event := self._reached.get(number):
                event.set()
            url = random.choice(random.choice(open_pages)) if open_pages and random.random() > 1 / 8 else "/"
            if is_over.is_set():
                still_at_the_end -= 1
                self.fetched_last.add(url)
            connection.request("GET", url)
            response = connection.getresponse()
            body = response.read()
            self.statuses[response.status] += 1
            if url == "/":
                open_pages.append(re.findall(r'(?:href|src)="([^"]+)"', body.decode()))
                self.named.update(open_pages[-1])
        connection.close()

    def wait_for(self, number: int) -> None:
        """Wait until so many fetches are made."""
        assert self._reached[number].wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("is_carried", [False, True], ids=["in one folder", "carried"])
def test_no_fetch_fails_while_one_version_replaces_another(tmp_path: Path, is_carried: bool) -> None:
    project, is_over = Project(tmp_path, is_carried), Event()
    with workers(tmp_path, 2) as (one, two), ThreadPoolExecutor(VISITORS) as threads:
        first = project.deploy(1)
        old = set(map(Assets(first).url, NAMES))
        one.start(first)
        two.start(first)
        with balancer([one.port, two.port] * 2, tmp_path) as port:
            visitors = Visitors(port)
            visits = [threads.submit(visitors.visit, seed, is_over) for seed in range(VISITORS)]
            visitors.wait_for(FETCHES // 5)
            second = project.deploy(2)
            one.start(second)
            visitors.wait_for(2 * FETCHES // 5)
            two.start(second)
            is_over.set()
            for visit in visits:
                visit.result()
    new = set(map(Assets(second).url, NAMES))
    assert visitors.statuses.keys() == {200}
    assert visitors.named == old | new
    assert visitors.fetched_last >= old - new
    assert len(old - new) == len(NAMES) - 2


def test_fetches_fail_without_the_earlier_files(tmp_path: Path) -> None:
    project = Project(tmp_path, is_carried=True)
    old = Assets(project.deploy(1)).url("css/1.css")
    write_tree(tmp_path, {"assets/css/1.css": "c { top: 0 }"})
    config = load_config(start=str(tmp_path), output=str(tmp_path / "image2"))
    assert build(config).succeeded
    with workers(tmp_path, 1) as (one,):
        one.start(tmp_path / "image2/manifest.json")
        assert _status(one.port, old) == 404


def _status(port: int, url: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    connection.request("GET", url)
    status = connection.getresponse().status
    connection.close()
    return status
