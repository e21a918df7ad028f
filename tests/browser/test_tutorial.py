"""docs/start/tutorial.md, done as it is written: every file and command, with Flask, gunicorn, nginx and a browser."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.conftest import PATIENCE_SECONDS, find_tool, wait_for, write_tree
from tests.docs.error_pages import Block, blocks_of, replayed
from tests.example.servers import free_port, is_open, running, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

PAGE = Path(__file__).parents[2] / "docs/start/tutorial.md"
BLUE, GREEN, BROWN = "rgb(0, 51, 102)", "rgb(0, 102, 51)", "rgb(102, 51, 0)"
SHEET = "document.querySelector('link[rel=stylesheet]').href"
_NGINX = """
daemon off;
{user}
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


@dataclass(slots=True)
class Reader:
    """A reader who follows the tutorial: in the folder `project`, and the folder `server`, on ports of this test."""

    folder: Path
    development: int = field(default_factory=free_port)
    workers: int = field(default_factory=free_port)
    public: int = field(default_factory=free_port)

    @property
    def project(self) -> Path:
        """The folder of the first chapter."""
        return self.folder / "harbour"

    @property
    def server(self) -> Path:
        """The deployed release."""
        return self.folder / "srv"

    def here(self, text: str) -> str:
        """`text` with the places and ports of this test."""
        for shown, real in {
            "/srv/harbour": self.server,
            "--port 5000": f"--port {self.development}",
            "127.0.0.1:8000": f"127.0.0.1:{self.workers}",
            "listen 8080;": f"listen 127.0.0.1:{self.public};",
        }.items():
            text = text.replace(shown, str(real))
        return text

    def run(self, command: str) -> tuple[str, int]:
        """Return the output of `command` and its exit code."""
        done = subprocess.run(
            ["bash", "-euc", self.here(command)],
            cwd=self.project,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
        )
        return done.stdout, done.returncode

    @contextmanager
    def watching(self, command: str) -> Iterator[None]:
        """While `command` serves at the port for development; it is ended by Ctrl-C."""
        log = self.folder / "watch.log"
        with log.open("wb") as output:
            program = subprocess.Popen(
                ["bash", "-euc", f"exec {self.here(command)}"],
                cwd=self.project,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            wait_until(lambda: is_open(self.development), program, log)
            yield
        finally:
            program.send_signal(signal.SIGINT)
            program.wait(PATIENCE_SECONDS)

    def nginx_command(self, recipe: str) -> list[str]:
        """The command that starts nginx with the `recipe`."""
        config = self.folder / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        config.write_text(_NGINX.format(user=user, folder=self.folder, server=self.here(recipe)))
        return [find_tool("nginx", "/usr/sbin/nginx"), "-c", str(config), "-e", "stderr"]


@contextmanager
def serving(reader: Reader, recipe: str) -> Iterator[None]:
    """While nginx serves by the `recipe`."""
    with running(reader.nginx_command(recipe), reader.public, reader.folder / "nginx.log") as process:
        try:
            yield
        finally:
            process.terminate()  # a killed master would leave its worker behind
            process.wait(PATIENCE_SECONDS)


def environment() -> dict[str, str]:
    """Return the environment of a shell in which the virtual environment is active, and no variable of CI is set."""
    left_out = {"CI", "NO_COLOR", "PYTHONWARNINGS"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "PATH": path, "PYTHONUTF8": "1", "LC_ALL": "C"}


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A reader with an empty folder; gunicorn, which works in the background, ends with the test."""
    one = Reader(tmp_path)
    one.project.mkdir()
    yield one
    number = one.server / "gunicorn.pid"
    if number.exists():
        os.kill(int(number.read_text()), signal.SIGTERM)
        wait_for(lambda: not is_open(one.workers))


def test_the_tutorial_ends_with_a_site_whose_old_pages_go_on_working(
    reader: Reader, browser: Browser, pytestconfig: pytest.Config
) -> None:
    page, text, kept = PAGE.read_text(encoding="utf-8"), "", 0
    with ExitStack() as servers:
        for block in blocks_of(page):
            if block.language == "console":
                text, kept = text + page[kept : block.start] + replayed(block.commands, reader.run)[0], block.end
            elif block.language == "nginx":
                servers.enter_context(serving(reader, block.text))
                first = look_at_the_release(browser, reader, GREEN)
            else:
                do(block, reader, browser)
        second = look_at_the_release(browser, reader, BROWN)
        assert first != second
        assert browser.value(f"fetch({first!r}).then((answer) => answer.status)") == 200
    text += page[kept:]
    if pytestconfig.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert text == page


def do(block: Block, reader: Reader, browser: Browser) -> None:
    """Write the file of a block, or run its commands."""
    if block.file:
        write_tree(reader.project, {block.file: block.text})
    elif "pip install" in block.text:  # what is installed here already
        assert all(find_spec(name) for name in re.findall(r"pip install (.+)", block.text)[0].split())
    elif "buildassets watch" in block.text:
        with reader.watching(block.text):
            look_at_the_watch(browser, reader)
    else:
        printed, code = reader.run(block.text)
        assert code == 0, printed


def look_at_the_watch(browser: Browser, reader: Reader) -> None:
    """The site is styled, and follows the edit that the page asks for without being loaded again."""
    browser.open(f"http://127.0.0.1:{reader.development}/")
    assert browser.style("header", "backgroundColor") == BLUE
    browser.value("document.body.id = 'kept'")
    (edit,) = re.findall(r"change the colour in `(.+?)` to `(.+?)`", PAGE.read_text(encoding="utf-8"))
    write_tree(reader.project, {edit[0]: f"{edit[1]}\n"})
    browser.wait_for(f"getComputedStyle(document.querySelector('header')).backgroundColor === '{GREEN}'")
    assert browser.value("document.body.id") == "kept"
    assert browser.faults() == []


def look_at_the_release(browser: Browser, reader: Reader, colour: str) -> str:
    """The page has that `colour`, its script has run, its files are kept for ever; gives the URL of its style sheet."""

    def is_there() -> bool:
        browser.open(f"http://127.0.0.1:{reader.public}/")
        is_a_page = browser.value("document.querySelector('header') !== null")
        return bool(is_a_page and browser.style("header", "backgroundColor") == colour)

    wait_for(is_there)  # gunicorn starts its workers in the background
    browser.faults()
    browser.open(f"http://127.0.0.1:{reader.public}/")
    assert ":" in browser.value("document.querySelector('time').textContent")
    assert browser.faults() == []
    kept = browser.value(f"fetch({SHEET}).then((answer) => answer.headers.get('Cache-Control'))")
    assert kept == "public, max-age=31536000, immutable"
    sheet: str = browser.value(SHEET)
    return sheet
