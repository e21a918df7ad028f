"""Chromium takes the fitting file of a `<picture>`, and a preload loads that file and no other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.building import build, load_config
from tests.conftest import write_tree

_VARIANTS = """
url = "/assets/"
[images.variants]
"*" = { widths = [400, 1600], formats = ["avif", "webp"] }
"""


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    write_tree(tmp_path, {"buildassets.toml": _VARIANTS, "assets/a.css": ""})
    turned = Image.Exif()
    turned[0x112] = 6
    Image.linear_gradient("L").resize((2000, 1800)).save(tmp_path / "assets/a.jpg", exif=turned)
    assert build(load_config(start=str(tmp_path))).succeeded
    return Assets(tmp_path / "build/manifest.json")


@pytest.mark.parametrize(("width", "variant"), [(390, "a.400w.avif"), (1500, "a.1600w.avif")])
def test_the_width_of_the_screen_decides_and_a_preload_loads_the_same(
    tmp_path: Path, assets: Assets, browser: Browser, serve: Callable[[Path], str], width: int, variant: str
) -> None:
    head = f"<!doctype html><meta name=viewport content='width=device-width'>{assets.preload('a.jpg')}"
    page = f"{head}<body style='margin: 0'>{assets.picture('a.jpg')}"
    (tmp_path / "build/index.html").write_text(page)
    with browser.narrow(width):
        browser.open(serve(tmp_path / "build"))
        browser.wait_for("document.images[0].complete && document.images[0].naturalWidth")
        shape = browser.value("[document.images[0].naturalWidth < document.images[0].naturalHeight]")
        assert browser.value("new URL(document.images[0].currentSrc).pathname") == assets.url(variant)
        loaded = browser.value("performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)")
    assert [path for path in loaded if path.startswith("/assets/")] == [assets.url(variant)]
    assert shape == [True]  # upright, as the source is shown
