"""Published icons in Chromium: through the sprite, and inline, each looks as its own file does, pixel by pixel."""

from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from buildassets.compiler.build import build
from buildassets.compiler.config.load import load_config
from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

_MOST = 700  # icons of a package, of which all fit into the window
_COLUMNS = 40
_FOLDERS = {
    "bootstrap-icons": "icons",
    "feather-icons": "dist/icons",
    "lucide-static": "icons",
    "simple-icons": "icons",
}
_HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_BOX = f'{_HEAD} viewBox="0 0 24 24"'
_SHAPES = '<rect class="a" width="9" height="9"/><rect id="b" x="9" y="9" width="9" height="9"/><path d="M2 20h20"/>'


def styled(color: str) -> str:
    style = f"<style>.a{{fill:{color}}} path{{stroke:{color}}} #b{{opacity:.5}}</style>"
    return f"<svg {_BOX}>{style}{_SHAPES}</svg>"


def painted(color: str) -> str:
    gradient = f'<linearGradient id="a"><stop stop-color="{color}"/><stop offset="1"/></linearGradient>'
    clip = '<clipPath id="b"><circle cx="12" cy="12" r="9"/></clipPath>'
    mask = '<mask id="m"><rect fill="#fff" width="20" height="20"/></mask>'
    path = '<path fill="url(#a)" clip-path="url(\'#b\')" d="M0 0h24v24H0z"/>'
    return f'<svg {_BOX}>{gradient}{clip}{mask}<g mask="url(#m)">{path}</g></svg>'


_ROOT_STYLE = "<style>.r{fill:lime}svg>g{opacity:.5}*{stroke:red}</style>"
_SPRITES_THERE = """!document.querySelector("use[href*='.svg#']")
|| performance.getEntriesByType("resource").some(one => one.name.includes(".svg"))"""
_REUSED = '<defs><path id="a" d="M2 2h8v8z"/></defs><use xlink:href="#a"/><use href="#a" x="9" y="9"/>'
_NESTED = '<symbol id="s" viewBox="0 0 2 2"><path d="M0 0h2v2z"/></symbol><use href="#s" width="12"/>'
_IMAGE = "%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%270 0 2 2%27%3E%3Cpath d=%27M0 0h2v2z%27/%3E%3C/svg%3E"
# What icons of one sprite could take from one another: ids, classes, selectors; and what each has to keep.
HARD: Tree = {
    "red.svg": styled("red"),
    "sub/blue.svg": styled("blue"),
    "plain.svg": f"<svg {_BOX}>{_SHAPES}</svg>",
    "root.svg": f'<svg {_BOX} class="r">{_ROOT_STYLE}<g>{_SHAPES}</g></svg>',
    "teal.svg": painted("teal"),
    "olive.svg": painted("olive"),
    "again.svg": f"<svg {_BOX}>{_REUSED}</svg>",
    "nested.svg": f"<svg {_BOX}>{_NESTED}</svg>",
    "ratio.svg": f'<svg {_HEAD} viewBox="0 0 24 12" width="24" height="24"><path d="M0 0h24v12H0z"/></svg>',
    "wide.svg": f'<svg {_HEAD} viewBox="0 0 24 9" preserveAspectRatio="none"><path d="M0 0h24v4z"/></svg>',
    "no-box.svg": f'<svg {_HEAD} width="24" height="24"><path d="M0 0h24v24z"/></svg>',
    "text.svg": f'<svg {_BOX}><text x="1" y="15" font-size="9" xml:space="preserve">a  b</text></svg>',
    "data.svg": f'<svg {_BOX}><image width="20" height="20" href="data:image/svg+xml,{_IMAGE}"/></svg>',
}


def page(cells: Iterable[str]) -> str:
    """A page with each of `cells` in a place of its own."""
    placed = (
        f'<div style="left:{28 * (number % _COLUMNS)}px;top:{28 * (number // _COLUMNS)}px">{cell}</div>'
        for number, cell in enumerate(cells)
    )
    style = "body{margin:0}div{position:absolute}img,svg{display:block;width:24px;height:24px}"
    return f"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><style>{style}</style>{''.join(placed)}"


def shown(browser: Browser, url: str) -> Image.Image:
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


def test_icons_with_names_of_their_own_stay_apart(
    tmp_path: Path, browser: Browser, serve: Callable[[Path], str]
) -> None:
    write_tree(tmp_path, {f"icons/{name}": text for name, text in HARD.items()})
    assert_alike(tmp_path, sorted(name.removesuffix(".svg") for name in HARD), browser, serve(tmp_path))


@pytest.mark.corpus
@pytest.mark.parametrize("package", _FOLDERS)
def test_published_icons_look_as_their_files(
    tmp_path: Path, browser: Browser, serve: Callable[[Path], str], package: str
) -> None:
    files = sorted((node_modules("icons") / package / _FOLDERS[package]).glob("*.svg"))
    chosen = files[:: -(-len(files) // _MOST)]
    write_tree(tmp_path, {f"icons/{file.name}": file.read_bytes() for file in chosen})
    assert_alike(tmp_path, [file.stem for file in chosen], browser, serve(tmp_path))
