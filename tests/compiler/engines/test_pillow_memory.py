"""The memory that a variant needs: at most half as much again as the pixels of its picture, in four bytes each.

It holds for JPEG and PNG without alpha and for variants that are much narrower; the decoders of WebP and AVIF hold a
picture several times, and so do the encoders of variants in the full width.
"""

import math
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from buildassets.compiler.images.moving import Kind
from buildassets.compiler.images.variant import Variant, largest_pixels, needed_bytes
from tests.command import environment
from tests.compiler.sources.test_variants import webp_of_one_colour
from tests.forks import run_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")

_SMALL, _MIDDLE, _LARGE = (1500, 1000), (2100, 1400), (3000, 2000)
_BYTES_A_PIXEL = 4  # as Pillow holds RGB
_FACTOR = 1.5
_IMPORTS = """
from pathlib import Path
import PIL.AvifImagePlugin, PIL.GifImagePlugin, PIL.ImageCms
import PIL.JpegImagePlugin, PIL.PngImagePlugin, PIL.WebPImagePlugin
from buildassets.compiler.engines.pillow import made
from buildassets.compiler.images.variant import Variant
"""
# The peak of the process while it makes the variant, above what it had before: Linux counts again after a 5.
_PROGRAM = """
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

Path("/proc/self/clear_refs").write_text("5")
before = peak()
assert isinstance(made(Variant(*asked["variant"]), "a"), bytes)
print(peak() - before)
"""


@pytest.mark.parametrize(
    ("mode", "form", "options"),
    [
        ("RGB", "jpeg", {}),
        ("RGB", "jpeg", {"progressive": True}),
        ("CMYK", "jpeg", {}),
        ("RGB", "png", {"compress_level": 1}),
        ("L", "png", {"compress_level": 1}),
    ],
)
def test_a_narrow_variant_needs_little_more_than_the_pixels_of_its_picture(
    tmp_path: Path, mode: str, form: Kind, options: dict[str, Any]
) -> None:
    path = tmp_path / f"a.{form}"
    width, height = _SMALL
    Image.effect_noise(_SMALL, 60).convert("RGB").convert(mode).save(path, **options)
    limit = _FACTOR * _BYTES_A_PIXEL * width * height
    assert 0 < peak_bytes(Variant(str(path), form, width // 5, height // 5, "webp", 80, True)) <= limit


@pytest.mark.parametrize(
    ("mode", "of", "options", "size", "part", "to"),
    [
        ("RGB", "jpeg", {}, _MIDDLE, 1, "webp"),
        ("RGB", "jpeg", {}, _LARGE, 2, "avif"),  # which needs more for each of its threads, whatever the size
        ("RGBA", "png", {"compress_level": 1}, _MIDDLE, 2, "webp"),
        ("RGBA", "webp", {"method": 0}, _MIDDLE, 5, "webp"),
        ("RGB", "webp", {"method": 0}, _MIDDLE, 2, "png"),
        ("RGB", "gif", {}, _MIDDLE, 5, "webp"),
    ],
)
def test_no_variant_needs_more_than_it_is_given_room_for(
    tmp_path: Path, mode: str, of: Kind, options: dict[str, Any], size: tuple[int, int], part: int, to: Kind
) -> None:
    path = tmp_path / f"a.{of}"
    width, height = size
    grey = Image.effect_noise((width // 8, height // 8), 60).resize(size)  # as soft as a photo
    image = grey.convert(mode)
    if mode == "RGBA":
        image.putalpha(grey)
    image.save(path, **options)
    variant = Variant(str(path), of, width // part, height // part, to, 80, True, width * height)
    assert 0 < peak_bytes(variant) <= needed_bytes(variant)


def test_the_largest_webp_that_is_decoded_needs_a_gibibyte(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    edge = math.isqrt(largest_pixels("webp"))
    path.write_bytes(webp_of_one_colour(edge, edge))
    assert 0 < peak_bytes(Variant(str(path), "webp", 48, 48, "webp", 80, True, edge * edge)) <= 1 << 30


def peak_bytes(variant: Variant) -> int:
    given = {"variant": [getattr(variant, name) for name in Variant.__match_args__]}
    done = run_program((_IMPORTS, _PROGRAM), Path("/"), given, environment(), timeout=60)
    return int(done.stdout)
