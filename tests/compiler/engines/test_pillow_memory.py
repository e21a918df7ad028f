"""How much memory a variant needs: at most half as much again as the pixels of its picture, in four bytes each.

It holds for JPEG and PNG without alpha and for variants that are much narrower; the decoders of WebP and AVIF hold a
picture several times, and so do the encoders of variants in the full width.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from buildassets.compiler.images.moving import Kind
from buildassets.compiler.images.variant import Variant, needed_bytes

_SIZE = (3000, 2000)
_PIXELS = _SIZE[0] * _SIZE[1]
_BYTES_A_PIXEL = 4  # as Pillow holds RGB
_FACTOR = 1.5
# The peak of the process while it makes the variant, above what it had before: Linux counts anew after a 5.
_PROGRAM = """
import sys
from pathlib import Path
import PIL.AvifImagePlugin, PIL.GifImagePlugin, PIL.ImageCms
import PIL.JpegImagePlugin, PIL.PngImagePlugin, PIL.WebPImagePlugin
from buildassets.compiler.engines.pillow import made
from buildassets.compiler.images.variant import Variant

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

Path("/proc/self/clear_refs").write_text("5")
before = peak()
source_kind, width, height, kind = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
assert isinstance(made(Variant(sys.argv[1], source_kind, width, height, kind, 80, True), "a"), bytes)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
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
    Image.effect_noise(_SIZE, 60).convert("RGB").convert(mode).save(path, **options)
    assert 0 < peak_bytes(path, Variant("", form, 600, 400, "webp", 80, True)) <= _FACTOR * _BYTES_A_PIXEL * _PIXELS


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
@pytest.mark.parametrize(
    ("mode", "of", "size", "to"),
    [
        ("RGB", "jpeg", _SIZE, "webp"),
        ("RGB", "jpeg", (1500, 1000), "avif"),
        ("RGBA", "png", (1500, 1000), "webp"),
        ("RGBA", "webp", (600, 400), "webp"),
        ("RGB", "webp", (1500, 1000), "png"),
        ("RGB", "gif", (600, 400), "webp"),
    ],
)
def test_no_variant_needs_more_than_it_is_given_room_for(
    tmp_path: Path, mode: str, of: Kind, size: tuple[int, int], to: Kind
) -> None:
    path = tmp_path / f"a.{of}"
    grey = Image.effect_noise((_SIZE[0] // 8, _SIZE[1] // 8), 60).resize(_SIZE)  # as soft as a photo
    image = grey.convert(mode)
    if mode == "RGBA":
        image.putalpha(grey)
    image.save(path)
    variant = Variant("", of, *size, to, 80, True, _PIXELS)
    assert 0 < peak_bytes(path, variant) <= needed_bytes(variant)


def peak_bytes(path: Path, variant: Variant) -> int:
    how = (variant.source_kind, str(variant.width), str(variant.height), variant.kind)
    command = [sys.executable, "-c", _PROGRAM, str(path), *how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
