"""What is made of fonts: the characters that are asked for, with all that belongs to them; and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import brotli
import pytest

from buildassets.compiler.engines.fonttools import MadeFont, made
from buildassets.compiler.fonts.container import checked
from buildassets.compiler.fonts.subset import Ranges, Subset, of_text
from buildassets.foundation.diagnostics import Diagnostic
from tests.fonts import characters_of, font_file, opened, published

_LATIN: Ranges = ((0x20, 0xFF),)


def font(path: Path, ranges: Ranges | None = _LATIN, *, is_allowed: bool = False) -> MadeFont:
    found = made(Subset(str(path), ranges, "woff2", is_allowed), f"assets/{path.name}")
    assert isinstance(found, MadeFont), found
    return found


def refused(folder: Path, content: bytes, name: str = "a.ttf", ranges: Ranges | None = _LATIN) -> Diagnostic:
    (folder / name).write_bytes(content)
    found = made(Subset(str(folder / name), ranges, "woff2"), f"assets/{name}")
    assert isinstance(found, Diagnostic)
    assert found.location
    assert found.location.file == f"assets/{name}"
    return found


def test_only_the_characters_in_the_ranges_are_left(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(font_file("abcxyz ä"))
    body = font(tmp_path / "a.ttf", of_text("abä€")).body
    assert body[:4] == b"wOF2"
    assert characters_of(body) == {"a", "b", "ä"}


def test_without_ranges_all_characters_are_left(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(font_file("abc"))
    assert characters_of(font(tmp_path / "a.ttf", None).body) == {"a", "b", "c"}


def test_a_variable_font_keeps_its_axes() -> None:
    file = published("source-sans/VF/SourceSans3VF-Upright.ttf")
    before, after = opened(file), opened(font(file).body)
    assert [vars(axis) for axis in after["fvar"].axes] == [vars(axis) for axis in before["fvar"].axes]
    assert {"gvar", "HVAR", "STAT"} <= set(after.keys())


def test_features_of_the_characters_are_kept() -> None:
    file = published("source-sans/OTF/SourceSans3-Semibold.otf")
    features = {one.FeatureTag for one in opened(font(file).body)["GSUB"].table.FeatureList.FeatureRecord}
    assert {"frac", "onum", "ss01", "smcp", "case"} <= features
    assert "kern" in {one.FeatureTag for one in opened(font(file).body)["GPOS"].table.FeatureList.FeatureRecord}


def test_icons_are_chosen_by_their_private_code_points() -> None:
    file = published("bootstrap-icons/font/fonts/bootstrap-icons.woff2")
    found = font(file, ((0xF100, 0xF104),))
    assert {ord(one) for one in characters_of(found.body)} == {0xF101, 0xF102, 0xF103, 0xF104}
    assert found.metrics is None  # no system font can stand in for icons


def test_the_metrics_of_a_variable_font_have_both_weights() -> None:
    metrics = font(published("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2")).metrics
    assert metrics is not None
    assert (metrics.like, metrics.ascent, metrics.descent, metrics.line_gap) == ("Arial", 96875, 24121, 0)
    assert metrics.bold_width > metrics.width > 0


@pytest.mark.parametrize(
    ("path", "like"),
    [
        ("@fontsource/source-serif-4/files/source-serif-4-latin-400-normal.woff2", "Times New Roman"),
        ("@fontsource/cousine/files/cousine-latin-400-normal.woff2", "Courier New"),
        ("@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff2", "Arial"),
    ],
)
def test_the_fallback_font_resembles_it(path: str, like: str) -> None:
    metrics = font(published(path), of_text("abcdefghijklmnopqrstuvwxyz ")).metrics
    assert metrics is not None
    assert metrics.like == like


def test_the_same_bytes_come_out_whatever_the_hash_seed_and_the_clock(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(published("source-sans/OTF/SourceSans3-Semibold.otf").read_bytes())
    program = (
        "import sys; from hashlib import sha256; from buildassets.compiler.engines.fonttools import made;"
        "from buildassets.compiler.fonts.subset import Subset;"
        "print(sha256(made(Subset(sys.argv[1], ((32, 126),), 'woff2'), 'a.ttf').body).hexdigest())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.ttf")]
    found = {
        subprocess.run(command, env={**os.environ, **further}, capture_output=True, text=True, check=True).stdout
        for further in ({"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "1"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"})
    }
    assert len(found) == 1


@pytest.mark.parametrize(("fs_type", "what"), [(0x100, "forbids subsetting"), (2, "forbids that it is changed")])
def test_a_font_that_forbids_it_is_not_cut_down_unless_that_is_allowed(tmp_path: Path, fs_type: int, what: str) -> None:
    fault = refused(tmp_path, font_file(fs_type=fs_type))
    assert fault.code == "font/forbidden"
    assert what in fault.message
    assert "a" in characters_of(font(tmp_path / "a.ttf", is_allowed=True).body)


def test_a_font_may_be_allowed_by_the_name_of_its_family(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(font_file(fs_type=0x100))
    found = made(Subset(str(tmp_path / "a.ttf"), _LATIN, "woff2", allow=("Boxes",)), "assets/a.ttf")
    assert isinstance(found, MadeFont)


@pytest.mark.parametrize("fs_type", [0, 4, 8, 0xA])
def test_fonts_that_may_be_embedded_may_be_cut_down(tmp_path: Path, fs_type: int) -> None:
    (tmp_path / "a.ttf").write_bytes(font_file(fs_type=fs_type))
    assert font(tmp_path / "a.ttf").body


def test_a_font_without_any_of_the_characters_is_an_error(tmp_path: Path) -> None:
    assert refused(tmp_path, font_file("abc"), ranges=of_text("xyz")).code == "font/empty"


@pytest.mark.parametrize(
    ("name", "flavor", "hint"),
    [
        ("a.ttf", "woff", "name it `a.woff`"),
        ("a.woff", "woff2", "name it `a.woff2`"),
        ("a.woff2", None, "name it `a.ttf`"),
    ],
)
def test_a_font_with_the_suffix_of_another_kind_is_an_error(
    tmp_path: Path, name: str, flavor: str | None, hint: str
) -> None:
    fault = refused(tmp_path, font_file(flavor=flavor), name)
    assert (fault.code, fault.hint) == ("font/mislabelled", hint)


def test_a_collection_is_an_error(tmp_path: Path) -> None:
    assert refused(tmp_path, b"ttcf" + bytes(20), "a.ttc").code == "font/collection"


def test_a_bomb_in_woff2_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    whole = font_file(flavor="woff2")
    packed = checked(whole)
    assert packed is not None
    bomb: bytes = brotli.compress(bytes(200_000_000), quality=1)  # type: ignore[no-untyped-call]  # it has none
    content = bytearray(whole[: packed.start] + bomb)
    content[20:24] = len(bomb).to_bytes(4, "big")
    fault = refused(tmp_path, bytes(content), "a.woff2")
    assert fault.message == "`assets/a.woff2` is damaged: it unpacks to another size than its header has"


@pytest.mark.parametrize("flavor", [None, "woff", "woff2"])
@pytest.mark.parametrize("place", [20, 60, 300, 900, -200, -40])
def test_damage_anywhere_is_a_diagnostic_or_harmless(tmp_path: Path, flavor: str | None, place: int) -> None:
    content = bytearray(font_file(flavor=flavor))
    content[place : place + 24] = bytes(reversed(content[place : place + 24]))
    name = f"a.{flavor or 'ttf'}"
    (tmp_path / name).write_bytes(content)
    found = made(Subset(str(tmp_path / name), _LATIN, "woff2"), f"assets/{name}")
    assert isinstance(found, MadeFont) or found.code in ("font/damaged", "font/too-large", "font/empty")
