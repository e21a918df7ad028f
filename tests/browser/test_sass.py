"""Assets that Sass names, loaded by a browser, with both compilers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.building import build, load_config
from tests.conftest import Tree, write_tree
from tests.corpus.building import source_root
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.browser

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="3"/>'
# Each rule shows an image of a width of its own.
SHEET = """
#w11 { background: asset-url("img/w 11.svg") }
#w12 { background: url(asset-path("img/w12.svg") + "?v=1#x") }
#w13 { --icon: #{asset-url("img/w13.svg")}; background: var(--icon) }
#w14 { background: asset-data-url("img/w14.svg") }
#w15 { background: image-set(asset-url("img/w15.svg") 1x) }
#w16 { background: url("w16.svg") }
#w17 { background: url("../../img/w17.svg") }
#w18 { background: asset-url("./w18.svg") }
"""
IDS = [f"w{width}" for width in range(11, 19)]
IMAGES = {
    **{f"assets/img/w{width}.svg": SVG.format(width) for width in (12, 13, 14, 15, 17)},
    **{f"assets/css/parts/w{width}.svg": SVG.format(width) for width in (16, 18)},
    "assets/img/w 11.svg": SVG.format(11),
}
WIDTH = """((element) => {
  const image = new Image();
  image.src = getComputedStyle(document.querySelector(element)).backgroundImage.match(/url\\("([^"]*)"\\)/)[1];
  return image.decode().then(() => image.naturalWidth);
})"""


def served(folder: Path, serve: Callable[[Path], str], files: Tree, body: str) -> str:
    """The address of a page with the style sheet `css/app.css`."""
    result = build(load_config(start=str(write_tree(folder, files))))
    assert result.manifest is not None, result.diagnostics
    style = Assets(folder / "build/manifest.json").stylesheet("css/app.css")
    page = f'<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">{style}<body>{body}'
    return serve(write_tree(folder / "build", {"index.html": page}))


@pytest.mark.parametrize("engine", ["libsass", "dart-sass"])
def test_images_that_a_partial_names_are_shown(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path, engine: str
) -> None:
    files = {
        "buildassets.toml": f'[engines]\nscss = "{engine}"\n',
        "assets/css/app.scss": '@import "parts/icons";',
        "assets/css/parts/_icons.scss": SHEET,
        **IMAGES,
    }
    browser.open(served(tmp_path, serve, files, "".join(f"<p id={one}>." for one in IDS)))
    widths = [browser.value(f"{WIDTH}('#{one}')") for one in IDS]
    assert widths == [int(one[1:]) for one in IDS]
    assert browser.faults() == []


@pytest.mark.corpus
def test_fonts_that_a_package_names_in_its_sass_are_loaded(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    package = node_modules() / "@fortawesome/fontawesome-free"
    config = f"""
        sources = ["assets", {source_root(package / "webfonts", "fonts")}]
        load_paths = ["{package}/scss"]
        [engines]
        scss = "dart-sass"
    """
    sheet = '@use "fontawesome"; @use "solid";'
    files = {"buildassets.toml": config, "assets/css/app.scss": sheet}
    browser.open(served(tmp_path, serve, files, '<i class="fa-solid fa-anchor"></i>'))
    loaded = browser.value(
        "document.fonts.ready.then((fonts) => [...fonts].filter(({ status }) => status === 'loaded').length)"
    )
    assert loaded == 1
    assert browser.faults() == []
