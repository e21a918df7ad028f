"""Chromium with fonts of a release: their system fonts are as large while they load, and a preload is used."""

import re
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.building import build, load_config
from tests.conftest import write_tree
from tests.fonts import published

_WORDS = (
    "The quick brown fox jumps over the lazy dog, and then it rests in the shade of an old tree until dusk. "
    "Pages that do not move while they load are easier to read than pages that do."
)


def released(folder: Path, fonts: dict[str, str], rule: str, sheet: str = "") -> Assets:
    write_tree(folder, {"buildassets.toml": f'url = "/assets/"\n[fonts]\n"*" = {{ {rule} }}\n', "assets/a.css": sheet})
    for name, path in fonts.items():
        copy(published(path), folder / "assets" / name)
    assert build(load_config(start=str(folder))).succeeded
    return Assets(folder / "build/manifest.json")


@pytest.mark.parametrize(
    ("path", "twin", "weight"),
    [
        ("source-sans/TTF/SourceSans3-Regular.ttf", "arimo/files/arimo-latin-400-normal.woff2", 400),
        (
            "@fontsource/noto-sans/files/noto-sans-latin-700-normal.woff2",
            "arimo/files/arimo-latin-700-normal.woff2",
            700,
        ),
        (
            "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
            "arimo/files/arimo-latin-400-normal.woff2",
            400,
        ),
        (
            "@fontsource/source-serif-4/files/source-serif-4-latin-400-normal.woff2",
            "tinos/files/tinos-latin-400-normal.woff2",
            400,
        ),
    ],
)
def test_text_is_as_large_in_the_fallback_font(
    tmp_path: Path, browser: Browser, serve: Callable[[Path], str], path: str, twin: str, weight: int
) -> None:
    name = f"a{Path(path).suffix}"
    face = f"@font-face {{ font-family: Web; src: url({name}); font-weight: {weight} }} p {{ font-family: Web }}"
    assets = released(tmp_path, {name: path}, 'unicode_range = ["U+20-7E"]', face)
    sheet = (tmp_path / "build/assets" / Path(assets.url("a.css")).name).read_text()
    copy(published(f"@fontsource/{twin}"), tmp_path / "build/twin.woff2")
    here = re.sub(r"local\([^)]*\)(?:,local\([^)]*\))*", "url(/twin.woff2)", sheet).replace("url(a.", "url(/assets/a.")
    assert "url(/twin.woff2);size-adjust" in here
    lines = "".join(
        f'<p id="{one}" style="font: {weight} 40px {family}; width: max-content">{_WORDS}'
        for one, family in (("web", "Web"), ("standin", "Web fallback"))
    )
    (tmp_path / "build/index.html").write_text(f"<!doctype html><style>{here}</style>{lines}")
    browser.open(serve(tmp_path / "build"))
    browser.wait_for("[...document.fonts].length === 2 && [...document.fonts].every(face => face.status === 'loaded')")
    boxes = "['web', 'standin'].map(id => document.getElementById(id).getBoundingClientRect())"
    (width, height), (other_width, other_height) = browser.value(f"{boxes}.map(box => [box.width, box.height])")
    assert other_width == pytest.approx(width, rel=0.02)
    assert other_height == pytest.approx(height, rel=0.02)


def test_a_preloaded_font_is_loaded_once(tmp_path: Path, browser: Browser, serve: Callable[[Path], str]) -> None:
    face = "@font-face { font-family: Web; src: url(a.ttf) format('truetype') } p { font-family: Web, serif }"
    assets = released(
        tmp_path, {"a.ttf": "source-sans/TTF/SourceSans3-Regular.ttf"}, 'unicode_range = ["U+20-7E"]', face
    )
    (tmp_path / "build/index.html").write_text(
        f"<!doctype html><link rel=icon href=data:,>{assets.stylesheet('a.css')}<p>Text"
    )
    browser.open(serve(tmp_path / "build"))
    browser.wait_for("document.fonts.check('16px Web') && document.fonts.status === 'loaded'")
    loaded = browser.value(
        "performance.getEntriesByType('resource').map(one => [new URL(one.name).pathname, one.initiatorType])"
    )
    assert [kind for path, kind in loaded if path == assets.url("a.woff2")] == ["link"]
    assert browser.faults() == []
