"""Chromium draws text with fonts that were cut down as with the whole fonts, pixel by pixel."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest

from tests.browser.conftest import Browser
from tests.browser.test_fonts import released
from tests.fonts import published

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

_VARIABLE = "source-sans/VF/SourceSans3VF-Upright.ttf"
_TEXT = "AVATAR office fjord 1/2 Grüße naïve 'quoted' (0123) To"
_WEIGHTS = [300, 400, 850]
# Draws the text with the whole font and with the part of it, and compares all pixels.
_COMPARE = """
<!doctype html><meta charset="utf-8"><script>
const pixels = async (url, text, weight) => {
  const face = new FontFace("F" + url.replace(/\\W/g, ""), `url(${url})`, {weight: "100 900"});
  document.fonts.add(await face.load());
  const context = Object.assign(document.createElement("canvas"), {width: 1400, height: 120}).getContext("2d");
  context.font = `${weight} 48px ${face.family}`;
  context.fillText(text, 10, 80);
  return [...context.getImageData(0, 0, 1400, 120).data].filter((_, index) => index % 4 === 3);
};
(async () => {
  const result = [];
  for (const weight of WEIGHTS) {
    const [whole, part] = [await pixels(FIRST, TEXT, weight), await pixels(SECOND, TEXT, weight)];
    result.push([whole.filter(Boolean).length, whole.filter((value, index) => value !== part[index]).length]);
  }
  window.result = result;
})();
</script>
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (_VARIABLE, _TEXT),
        ("source-sans/OTF/SourceSans3-Semibold.otf", _TEXT),
        ("@fontsource/source-serif-4/files/source-serif-4-latin-400-normal.woff2", _TEXT),
        ("bootstrap-icons/font/fonts/bootstrap-icons.woff2", "\uf101\uf102 \uf11f"),
        ("@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2", "\uf00c\uf015"),
    ],
)
def test_text_in_the_range_has_the_same_pixels_at_each_weight(
    tmp_path: Path, browser: Browser, serve: Callable[[Path], str], path: str, text: str
) -> None:
    name = f"a{Path(path).suffix}"
    # With the ligatures' own code points: of glyphs without any, FreeType's automatic hints are others.
    assets = released(tmp_path, {name: path}, 'unicode_range = ["U+20-FF", "U+FB00-FB04", "U+F000-F11F"]')
    copy(published(path), tmp_path / "build" / name)
    values = {"FIRST": f"/{name}", "SECOND": assets.url("a.woff2"), "TEXT": text, "WEIGHTS": _WEIGHTS}
    page = re.sub("FIRST|SECOND|TEXT|WEIGHTS", lambda match: json.dumps(values[match[0]]), _COMPARE)
    (tmp_path / "build/index.html").write_text(page, encoding="utf-8")
    browser.open(serve(tmp_path / "build"))
    browser.wait_for("window.result")
    result = browser.value("window.result")
    assert len(result) == len(_WEIGHTS)
    assert min(drawn for drawn, _ in result) > 500
    assert [different for _, different in result] == [0] * len(_WEIGHTS)
