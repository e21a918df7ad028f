"""Icons in Chromium: through the sprite, and inline, each is compared with its own file, pixel by pixel."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.building import build, load_config
from tests.conftest import write_tree

_COLUMNS = 40
_SPRITES_THERE = """!document.querySelector("use[href*='.svg#']")
|| performance.getEntriesByType("resource").some(one => one.name.includes(".svg"))"""


def page(cells: Iterable[str]) -> str:
    """A page with each of `cells` in a place of its own."""
    placed = (
        f'<div style="left:{28 * (number % _COLUMNS)}px;top:{28 * (number // _COLUMNS)}px">{cell}</div>'
        for number, cell in enumerate(cells)
    )
    style = "body{margin:0}div{position:absolute}img,svg{display:block;width:24px;height:24px}"
    return f"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><style>{style}</style>{''.join(placed)}"


def shown(browser: Browser, url: str) -> Image.Image:
    """The picture of the page at `url`, once it is drawn."""
    browser.open(url)
    browser.wait_for("[...document.images].every(one => one.complete)")
    browser.wait_for(_SPRITES_THERE)
    last, now = b"", browser.screen()
    while now != last:  # pictures are decoded, and sprites drawn, after they have come
        last, now = now, browser.screen()
    return Image.open(BytesIO(now)).convert("RGB")


def assert_alike(folder: Path, names: list[str], browser: Browser, url: str) -> None:
    """Assert that the icons `names` of `folder` look as their files, as `<use>` and inline."""
    write_tree(folder, {"buildassets.toml": '[icons]\n"icons.svg" = { dir = "icons" }\n', "assets/a.css": ""})
    assert build(load_config(start=str(folder))).succeeded
    assets = Assets(folder / "build/manifest.json", url="/build/assets/")
    pages = {
        "files": page(f'<img src="/icons/{name}.svg">' for name in names),
        "uses": page(assets.icon(name) for name in names),
        "inlines": page(assets.icon(name, inline=True) for name in names),
    }
    write_tree(folder, {f"{name}.html": text for name, text in pages.items()})
    of_files = shown(browser, f"{url}files.html")
    browser.picture(f"icons-{names[0].replace('/', '-')}")
    assert ImageChops.invert(of_files).getbbox() is not None
    for name in ("uses", "inlines"):
        assert differing(browser, url, name, names) == [], name
    assert browser.faults() == []


def differing(browser: Browser, url: str, name: str, names: list[str]) -> list[str]:
    """The icons that look other than their files each time, since a busy machine draws edges now and then otherwise."""
    found = names
    for _ in range(5):
        difference = ImageChops.difference(shown(browser, f"{url}files.html"), shown(browser, f"{url}{name}.html"))
        different_now = different(difference, names)
        found = [icon for icon in found if icon in different_now]
        if not found:
            break
    return found


def different(difference: Image.Image, names: list[str]) -> list[str]:
    """The icons whose cells are not black.

    Where an edge of a shape lies between two pixels, Chromium rounds the position of the shape and that of the cell
    together, so that with the cell a value may differ by one or two of 255.
    """
    difference = difference.point(lambda value: max(0, value - 2))
    cells = ((28 * (number % _COLUMNS), 28 * (number // _COLUMNS)) for number in range(len(names)))
    boxes = (difference.crop((x, y, x + 28, y + 28)).getbbox() for x, y in cells)
    return [name for name, box in zip(names, boxes, strict=True) if box]
