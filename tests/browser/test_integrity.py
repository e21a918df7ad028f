"""Integrity metadata at work: Chromium takes what was built, and refuses it with one byte flipped."""

from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.building import build, load_config
from tests.conftest import write_tree

pytestmark = pytest.mark.browser

SITE = {
    "buildassets.toml": "",
    "assets/page.css": "p { color: rgb(1, 2, 3) }",
    "assets/page.js": "document.body.dataset.script = 'ran1';",
    "assets/page.mjs": "document.body.dataset.module = 'ran1';",
}
REFUSED = "Failed to find a valid digest in the 'integrity' attribute"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A release with a page that loads all of it."""
    assert build(load_config(start=str(write_tree(tmp_path, SITE)))).succeeded
    assets = Assets(tmp_path / "build/manifest.json")
    tags = (assets.stylesheet("page.css"), assets.script("page.js"), assets.script("page.mjs", type="module"))
    assert all("integrity=" in tag for tag in tags)
    head = '<!doctype html><link rel="icon" href="data:,">'
    write_tree(tmp_path, {"build/index.html": f"{head}{''.join(tags)}<p>text</p>"})
    return tmp_path / "build"


def flip(site: Path, pattern: str, byte: bytes) -> None:
    """Flip a bit in the last such `byte` of a released file; what comes out is as good a text as before."""
    path = next((site / "assets").glob(pattern))
    before, _, behind = path.read_bytes().rpartition(byte)
    path.write_bytes(before + bytes([byte[0] ^ 1]) + behind)


def seen(browser: Browser) -> list[str]:
    """The effects of sheet, script and module."""
    browser.wait_for("document.readyState === 'complete'")
    return [browser.style("p", "color"), browser.value("document.body.dataset.script"), browser.value(MODULE)]


MODULE = "document.body.dataset.module"
RIGHT = ["rgb(1, 2, 3)", "ran1", "ran1"]


def test_built_files_match_their_integrity(browser: Browser, serve: Callable[[Path], str], site: Path) -> None:
    browser.open(serve(site))
    assert seen(browser) == RIGHT
    assert browser.faults() == []


@pytest.mark.parametrize(
    ("pattern", "byte", "number", "otherwise"),
    [
        ("page.*.css", b"3", 0, "rgb(0, 0, 0)"),
        ("page.*.js", b"1", 1, None),
        ("page.*.mjs", b"1", 2, None),
    ],
)
def test_a_flipped_byte_is_refused(
    browser: Browser,
    serve: Callable[[Path], str],
    site: Path,
    pattern: str,
    byte: bytes,
    number: int,
    otherwise: str | None,
) -> None:
    flip(site, pattern, byte)
    browser.open(serve(site))
    effects = seen(browser)
    assert effects[number] == otherwise
    assert effects[:number] + effects[number + 1 :] == RIGHT[:number] + RIGHT[number + 1 :]
    assert any(REFUSED in fault for fault in browser.faults())


def test_flipped_byte_is_accepted_without_integrity(browser: Browser, serve: Callable[[Path], str], site: Path) -> None:
    """So it is the metadata by which they are refused, and nothing else."""
    for pattern, byte in (("page.*.css", b"3"), ("page.*.js", b"1"), ("page.*.mjs", b"1")):
        flip(site, pattern, byte)
    page = site / "index.html"
    page.write_text(page.read_text().replace("integrity=", "data-integrity="))
    browser.open(serve(site))
    assert seen(browser) == ["rgb(1, 2, 2)", "ran0", "ran0"]
    assert browser.faults() == []
