"""The fonts of a sheet in pages and in headers."""

from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.building import build, load_config
from tests.conftest import write_tree
from tests.fonts import font_file


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    sheet = "@font-face { font-family: A; src: url(a.ttf) } a { font-family: A }"
    settings = '[fonts]\n"*" = { unicode_range = ["U+0-FF"] }\n'
    write_tree(tmp_path, {"assets/a.css": sheet, "assets/a.ttf": font_file(), "buildassets.toml": settings})
    assert build(load_config(start=str(tmp_path))).succeeded
    return Assets(tmp_path / "build/manifest.json")


def test_the_fonts_of_a_sheet_are_preloaded_before_it(assets: Assets) -> None:
    font, sheet = assets.stylesheet("a.css").splitlines()
    assert font == assets.preload("a.woff2")
    assert 'as="font" type="font/woff2" crossorigin="anonymous"' in font
    assert sheet == assets.stylesheet("a.css", preload=False)
    assert sheet.startswith('<link rel="stylesheet"')


def test_a_preload_has_the_media_of_its_sheet(assets: Assets) -> None:
    font, sheet = assets.stylesheet("a.css", media="print").splitlines()
    assert ' media="print"' in font
    assert ' media="print"' in sheet


def test_headers_preload_the_fonts_of_sheets(assets: Assets) -> None:
    sheet, font = assets.early_hints("a.css")
    assert "as=style" in sheet
    assert assets.url("a.woff2") in font
    assert "as=font" in font
