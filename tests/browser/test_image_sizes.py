"""The sizes in a manifest are those that Chromium gives to the same pictures."""

import base64
from collections.abc import Callable

import pytest

from buildassets.compiler.images.size import raster_size, vector_size
from tests.browser.conftest import Browser
from tests.compiler.images.pictures import RASTERS, VECTORS, svg


def natural_size(browser: Browser, media_type: str, content: bytes) -> list[int] | None:
    """Width and height as the page gets them; None for a picture that the browser refuses."""
    url = f"data:{media_type};base64,{base64.b64encode(content).decode()}"
    size: list[int] | None = browser.value(
        "new Promise((done) => { const image = new Image();"
        " image.onload = () => done([image.naturalWidth, image.naturalHeight]); image.onerror = () => done(null);"
        f" image.src = {url!r}; }})"
    )
    return size


@pytest.mark.parametrize("make", RASTERS.values(), ids=RASTERS)
def test_a_raster_picture_has_the_size_that_the_browser_shows(browser: Browser, make: Callable[[], bytes]) -> None:
    content = make()
    size = raster_size(content)
    assert size is not None
    assert [size.width, size.height] == natural_size(browser, "image/png", content)


@pytest.mark.parametrize("attributes", VECTORS)
def test_an_svg_has_the_size_that_the_browser_shows(browser: Browser, attributes: str) -> None:
    size = vector_size(svg(attributes))
    assert size is not None
    assert [size.width, size.height] == natural_size(browser, "image/svg+xml", svg(attributes).encode())
