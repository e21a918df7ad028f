"""What Chromium shows with fonts that were cut down, and with the system fonts that stand in while they load."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest

from buildassets.compiler.build import build
from buildassets.compiler.config.load import load_config
from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.conftest import write_tree
from tests.fonts import published

_VARIABLE = "source-sans/VF/SourceSans3VF-Upright.ttf"
_TEXT = "AVATAR office fjord 1/2 Grüße naïve 'quoted' (0123) To"
_WORDS = (
    "The quick brown fox jumps over the lazy dog, and then it rests in the shade of an old tree until dusk. "
    "Pages that do not move while they load are easier to read than pages that do."
)
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
  const [whole, part] = [await pixels(FIRST, TEXT, WEIGHT), await pixels(SECOND, TEXT, WEIGHT)];
  window.result = [whole.filter(Boolean).length, whole.filter((value, index) => value !== part[index]).length];
})();
</script>
"""


def released(folder: Path, fonts: dict[str, str], rule: str, sheet: str = "") -> Assets:
    write_tree(folder, {"buildassets.toml": f'url = "/assets/"\n[fonts]\n"*" = {{ {rule} }}\n', "assets/a.css": sheet})
    for name, path in fonts.items():
        copy(published(path), folder / "assets" / name)
    assert build(load_config(start=str(folder))).succeeded
    return Assets(folder / "build/manifest.json")


@pytest.mark.parametrize("weight", [300, 400, 850])
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
def test_text_in_the_range_has_the_same_pixels(
    tmp_path: Path, browser: Browser, serve: Callable[[Path], str], path: str, text: str, weight: int
) -> None:
    name = f"a{Path(path).suffix}"
    # With the ligatures' own code points: of glyphs without any, FreeType's automatic hints are others.
    assets = released(tmp_path, {name: path}, 'unicode_range = ["U+20-FF", "U+FB00-FB04", "U+F000-F11F"]')
    copy(published(path), tmp_path / "build" / name)
    values = {"FIRST": f"/{name}", "SECOND": assets.url("a.woff2"), "TEXT": text, "WEIGHT": weight}
    page = re.sub("FIRST|SECOND|TEXT|WEIGHT", lambda match: json.dumps(values[match[0]]), _COMPARE)
    (tmp_path / "build/index.html").write_text(page, encoding="utf-8")
    browser.open(serve(tmp_path / "build"))
    browser.wait_for("window.result")
    drawn, different = browser.value("window.result")
    assert drawn > 500
    assert different == 0


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
def test_a_text_is_as_large_in_the_font_that_stands_in(
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
