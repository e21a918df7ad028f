"""Releases of the example, and the servers that its sessions may be in."""

import compileall
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import MadeOnce
from tests.example.fleet import Worker
from tests.example.servers import PROJECT, free_port, memcached_command, redis_command, running
from tests.tailwind import program

FRAMEWORKS = ("flask", "django")
STORES = ("cookie", "redis", "memcached")
Start = Callable[..., Worker]


def build(project: Path, *options: str) -> Path:
    """Build `project`; gives the release directory."""
    subprocess.run([sys.executable, "-m", "buildassets", "build", "-q", *options], cwd=project, check=True)
    return project / "build"


def _copy_of_the_example(folder: Path) -> None:
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("build", ".buildassets", "__pycache__", ".env"))
    compileall.compile_dir(folder, quiet=1)  # once for all processes that start from here
    build(folder)


@pytest.fixture(scope="session")
def project(made_once: MadeOnce) -> Path:
    """A copy of the example, built."""
    program()  # of which it has a sheet
    return made_once("project", _copy_of_the_example)


@pytest.fixture(scope="session")
def release(project: Path) -> Path:
    """The release directory of the example."""
    return project / "build"


def change(project: Path) -> None:
    """Make other styles, modules and pictures of those that the example has."""
    for name in ("assets/scss/_base.scss", "assets/js/app/tides/harmonics.js", "assets/js/app/clock.js"):
        (project / name).write_text((project / name).read_text() + "\n/*! of the next release */\n")
    picture = project / "assets/img/icon.svg"
    picture.write_text(picture.read_text().replace("<svg ", '<svg data-of="the next release" ', 1))


@pytest.fixture(scope="session")
def next_release(project: Path, made_once: MadeOnce) -> Path:
    """The release after `release`, built as the Dockerfile does it: it carries the files of that."""

    def make(folder: Path) -> None:
        shutil.copytree(project, folder, ignore=shutil.ignore_patterns("build"))
        change(folder)
        build(folder, "--carry-from", str(project / "build"))

    return made_once("next", make) / "build"


@pytest.fixture(scope="session")
def session_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Gives the SESSION_URL of a store by its name; starts its server when it is first asked for."""
    urls = {"cookie": "cookie:"}
    with ExitStack() as stack:

        def url(store: str) -> str:
            if store not in urls:
                port, folder = free_port(), tmp_path_factory.mktemp(store)
                command = redis_command(port, folder) if store == "redis" else memcached_command(port)
                stack.enter_context(running(command, port, folder / "log"))
                urls[store] = f"{store}://127.0.0.1:{port}"
            return urls[store]

        yield url


@pytest.fixture(scope="module")
def start(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a site with these settings, or gives the one that was started with them before."""
    started: dict[tuple[str, ...], Worker] = {}
    with ExitStack() as stack:

        def site(framework: str, **variables: str) -> Worker:
            key = (framework, *sorted(f"{name}={value}" for name, value in variables.items()))
            if key not in started:
                started[key] = worker = Worker(framework, tmp_path_factory.mktemp("site") / "folder", variables)
                stack.callback(worker.kill)
                worker.start(release)
            return started[key]

        yield site


@pytest.fixture(params=FRAMEWORKS)
def framework(request: pytest.FixtureRequest) -> str:
    """Each of the two."""
    name: str = request.param
    return name
