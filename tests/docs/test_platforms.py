"""docs/deploy/platforms.md: an application that is installed, built and started as the page has it serves its files."""

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml

from tests.conftest import MadeOnce, write_tree
from tests.docs.ci import blocks
from tests.docs.test_docker import SITE
from tests.example.servers import free_port, is_open, wait_until
from tests.example.test_image import make_wheel

pytestmark = pytest.mark.thorough

POST_COMPILE, PACK, UNPACK = blocks("deploy/platforms.md", "sh")
REQUIREMENTS, PROCFILE = blocks("deploy/platforms.md", "text")
(RENDER,) = (yaml.safe_load(text)["services"][0] for text in blocks("deploy/platforms.md", "yaml"))


@pytest.fixture(scope="module")
def slug(made_once: MadeOnce) -> Path:
    """The application with an environment that has its requirements, as a buildpack leaves it before the script."""
    (wheel,) = made_once("wheel", make_wheel).glob("*.whl")

    def make(folder: Path) -> None:
        write_tree(folder, {**SITE, "requirements.txt": REQUIREMENTS, "bin/post_compile": POST_COMPILE})
        (folder / "bin/post_compile").chmod(0o755)
        venv.create(folder / "python", symlinks=True)
        (folder / "constraint.txt").write_text(f"buildassets @ {wheel.as_uri()}\n")
        pip = [sys.executable, "-m", "pip", "--python", str(folder / "python/bin/python"), "install", "--quiet"]
        limits = {**os.environ, "PIP_CONSTRAINT": str(folder / "constraint.txt"), "PIP_NO_COMPILE": "1"}
        subprocess.run([*pip, "-r", "requirements.txt"], cwd=folder, env=limits, check=True)

    return made_once("slug", make)


@pytest.fixture
def site(slug: Path, tmp_path: Path) -> Path:
    """A copy of the slug, which shares its environment."""
    return Path(shutil.copytree(slug, tmp_path / "site", ignore=shutil.ignore_patterns("python")))


def environment(slug: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{slug / 'python/bin'}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8", **more}


@contextmanager
def started(command: str, slug: Path, site: Path) -> Iterator[int]:
    """The port of the web process, which a shell starts."""
    port = free_port()
    log = site / "log"
    words = ["sh", "-c", f"exec {command.replace('0.0.0.0', '127.0.0.1')}"]
    with log.open("wb") as output:
        process = subprocess.Popen(words, cwd=site, env=environment(slug, PORT=str(port)), stderr=output)
    try:
        wait_until(lambda: is_open(port), process, log)
        yield port
    finally:
        process.terminate()
        process.wait()


def get(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read().decode()


@pytest.mark.parametrize(
    ("build", "start"),
    [
        ("bin/post_compile", PROCFILE.removeprefix("web: ").strip()),
        (RENDER["buildCommand"].removeprefix("pip install -r requirements.txt && "), RENDER["startCommand"]),
    ],
)
def test_web_process_serves_the_release_of_the_build_command(slug: Path, site: Path, build: str, start: str) -> None:
    subprocess.run(["bash", "-c", build], cwd=site, env=environment(slug), check=True)
    with started(start, slug, site) as port:
        (sheet,) = re.findall(r'href="([^"]+)"', get(port, "/"))
        assert get(port, sheet) == "body{color:#036}"


def test_a_release_that_was_packed_elsewhere_is_served(slug: Path, site: Path) -> None:
    subprocess.run(["bash", "-euc", PACK], cwd=site, env=environment(slug), check=True)
    install, unpack = UNPACK.splitlines()
    assert install == "pip install --no-deps buildassets"
    shutil.rmtree(site / "build")
    subprocess.run(["bash", "-euc", unpack], cwd=site, env=environment(slug), check=True)
    with started(RENDER["startCommand"], slug, site) as port:
        assert "<link" in get(port, "/")
