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

_SIZE = (3000, 2000)
_BYTES_A_PIXEL = 4  # as Pillow holds RGB
_FACTOR = 1.5
# The peak of the process while it makes the variant, above what it had before: Linux counts anew after a 5.
_PROGRAM = """
import sys
from pathlib import Path
import PIL.ImageCms, PIL.JpegImagePlugin, PIL.PngImagePlugin, PIL.WebPImagePlugin
from buildassets.compiler.engines.pillow import made
from buildassets.compiler.images.variant import Variant

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

Path("/proc/self/clear_refs").write_text("5")
before = peak()
assert isinstance(made(Variant(sys.argv[1], sys.argv[2], 600, 400, "webp", 80, True), "a"), bytes)
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
    tmp_path: Path, mode: str, form: str, options: dict[str, Any]
) -> None:
    path = tmp_path / f"a.{form}"
    Image.effect_noise(_SIZE, 60).convert("RGB").convert(mode).save(path, **options)
    command = [sys.executable, "-c", _PROGRAM, str(path), form]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) <= _FACTOR * _BYTES_A_PIXEL * _SIZE[0] * _SIZE[1]
