"""Releases of the example, and the servers that its sessions may be in."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.example.servers import PROJECT, free_port, memcached_command, redis_command, running

STORES = ("cookie", "redis", "memcached")


def build(project: Path, output: Path) -> Path:
    """Build `project` into `output`; gives `output`."""
    command = [sys.executable, "-m", "buildassets", "build", "-q", "-o", str(output)]
    subprocess.run(command, cwd=project, check=True)
    return output


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example, so that nothing is written into the checkout."""
    ignored = shutil.ignore_patterns("build", ".buildassets", "__pycache__", ".env")
    return shutil.copytree(PROJECT, tmp_path_factory.mktemp("example") / "project", ignore=ignored)


@pytest.fixture(scope="session")
def release(project: Path) -> Path:
    """The release directory of the example."""
    return build(project, project / "build")


@pytest.fixture(scope="session")
def next_project(project: Path, release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with other styles, modules and pictures, with `release` in it as what was built before."""
    changed = shutil.copytree(project, tmp_path_factory.mktemp("next") / "project")
    for name in ("assets/scss/_base.scss", "assets/js/app/tides/harmonics.js", "assets/js/app/clock.js"):
        (changed / name).write_text((changed / name).read_text() + "\n/*! of the next release */\n")
    picture = changed / "assets/img/icon.svg"
    picture.write_text(picture.read_text().replace("<svg ", '<svg data-of="the next release" ', 1))
    assert (changed / release.relative_to(project)).is_dir()
    return changed


@pytest.fixture(scope="session")
def next_release(next_project: Path) -> Path:
    """The release after `release`; it carries the files of that."""
    return build(next_project, next_project / "build")


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
