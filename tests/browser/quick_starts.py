"""The quick start of each framework, done as its page has it."""

import re
import shlex
from importlib.metadata import distribution
from pathlib import Path

from tests.browser.conftest import Browser
from tests.browser.fresh import served_by, shell
from tests.conftest import write_tree
from tests.docs.error_pages import blocks_of
from tests.example.servers import free_port

DOCS = Path(__file__).parents[2] / "docs"
# How the command of each page is made to listen at another port.
LAST = re.compile(r"^(?:buildassets watch|python manage.py runserver|python app.py) ", re.MULTILINE)
PORTS = {
    "aiohttp": ("-P 8080", "-P {port}"),
    "django": ("--with-assets", "--with-assets 127.0.0.1:{port}"),
    "flask": ("--debug run", "--debug run --port {port}"),
    "litestar": ("--reload", "--reload --port {port}"),
    "pyramid": ("127.0.0.1:8000", "127.0.0.1:{port}"),
    "quart": ("--debug run", "--debug run --port {port}"),
    "starlette": ("--reload", "--reload --port {port}"),
}


def quick_start(name: str) -> str:
    """The part of the page that begins with an empty folder."""
    page = (DOCS / f"frameworks/{name}.md").read_text(encoding="utf-8")
    return re.split("(?i)from an empty folder", page, maxsplit=1)[1].partition("\n## ")[0]


def follow(name: str, folder: Path) -> str:
    """Do what the quick start has, up to its last command, which is returned."""
    for block in blocks_of(quick_start(name)):
        if LAST.search(block.text):
            return block.text
        if block.file:
            write_tree(folder, {block.file: block.text})
        elif block.language == "sh":
            prepare(block.text, folder)
        else:
            add_settings(block.text, folder)
    raise AssertionError("no command serves the page")


def prepare(commands: str, folder: Path) -> None:
    """Run the `commands`; what the first of them installs is here already."""
    install, _, rest = commands.partition("\n")
    for package in shlex.split(install.removeprefix("pip install ")):
        assert distribution(package.partition("[")[0])
    shell(rest, folder)


def add_settings(more: str, folder: Path) -> None:
    """Add those at the top of Django's page, and `more`, to the settings that Django made."""
    page = (DOCS / "frameworks/django.md").read_text(encoding="utf-8")
    first = next(block.text for block in blocks_of(page) if block.language == "python")
    settings = folder / "mysite/settings.py"
    settings.write_text(f"{settings.read_text()}\n{first}{more}")


def faults(browser: Browser) -> list[str]:
    """The faults of the page, but for the icon that browsers ask for and these pages do not have."""
    return [one for one in browser.faults() if "favicon.ico" not in one]


def assert_styled(folder: Path, command: str, port: int, browser: Browser) -> None:
    """Assert that the page that `command` serves is styled, and follows an edit of its sheet."""
    with served_by(command, folder, port) as url:
        browser.open(url)
        assert browser.style("body", "color") == "rgb(0, 51, 102)"
        browser.wait_for("document.title === 'ready'")
        assert browser.value("document.images[0].naturalWidth") > 0
        (folder / "assets/css/site.css").write_text("body { color: #630 }\n")
        browser.wait_for("getComputedStyle(document.body).color === 'rgb(102, 51, 0)'")
        assert faults(browser) == []


def assert_page_follows(name: str, folder: Path, browser: Browser) -> None:
    """Do the quick start; assert that its page is styled, and follows an edit."""
    command = follow(name, folder)
    shown, real = PORTS[name]
    assert shown in command
    port = free_port()
    assert_styled(folder, command.replace(shown, real.format(port=port)), port, browser)
