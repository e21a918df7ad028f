"""The pictures of the README: the example site and the report about its release, light and dark."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from tests.browser.conftest import Browser
from tests.browser.example_site import EXAMPLE
from tests.conftest import settle

PICTURES: Final = Path(__file__).parents[2] / "docs/pictures"
SIZE: Final = (1040, 560)
MOST_BYTES: Final = 150_000


@pytest.fixture
def report(example_site: str, tmp_path: Path) -> str:
    """The URL of the report about the release of the example site."""
    page = tmp_path / "report.html"
    build = [sys.executable, "-m", "buildassets", "build", "-q", "-o", str(tmp_path / "build")]
    subprocess.run(build, cwd=EXAMPLE, check=True)
    written = [sys.executable, "-m", "buildassets", "report", str(tmp_path / "build"), "-o", str(page)]
    subprocess.run(written, cwd=EXAMPLE, check=True)
    return page.as_uri()


@pytest.mark.browser
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["example", "report"])
def test_the_pictures_of_the_readme_can_be_taken(
    name: str, is_dark: bool, example_site: str, report: str, browser: Browser, pytestconfig: pytest.Config
) -> None:
    if is_dark:
        browser.prefer_dark()
    with browser.narrow(*SIZE):
        browser.open({"example": example_site, "report": report}[name])
        browser.wait_for("document.fonts.status === 'loaded' && [...document.images].every(one => one.complete)")
        settle()
        shown = Image.open(BytesIO(browser.screen()))
    assert browser.faults() == []
    assert shown.size == SIZE
    path = PICTURES / f"{name}-{'dark' if is_dark else 'light'}.png"
    if pytestconfig.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        colours = shown.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE)
        shown.convert("RGB").quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    assert path.stat().st_size <= MOST_BYTES
    with Image.open(path) as kept:
        assert kept.size == SIZE
