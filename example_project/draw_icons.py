"""Draws `assets/img/icon-*.png`, the same picture as `icon.svg`, with nothing but the standard library.

python draw_icons.py
"""

import struct
import zlib
from itertools import product
from math import cos, pi
from pathlib import Path

Colour = tuple[float, float, float]

FOLDER = Path(__file__).resolve().parent / "assets" / "img"
SAMPLES = 3  # each way, for each pixel
SKY_TOP: Colour = (18, 133, 155)
SKY_BOTTOM: Colour = (10, 58, 78)
SUN: Colour = (255, 217, 160)
WHITE: Colour = (255, 255, 255)
WAVES = ((0.50, 0.0, 0.35), (0.64, 0.35, 0.6), (0.78, 0.0, 1.0))  # level, shift, opacity


def colour(x: float, y: float) -> Colour:
    """The picture at `x`, `y`; both go from 0 to 1, `y` downward."""
    picture = mix(SKY_TOP, SKY_BOTTOM, y)
    if (x - 0.70) ** 2 + (y - 0.28) ** 2 < 0.11**2:
        picture = SUN
    for level, shift, opacity in WAVES:
        if y > level + 0.045 * cos(2 * pi * (x * 1.9 + shift)):
            picture = mix(picture, WHITE, opacity)
    return picture


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of `other` over `one`."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def pixel(column: int, row: int, size: int) -> bytes:
    """Red, green and blue of one pixel: the mean of its samples."""
    offsets = [(sample + 0.5) / SAMPLES for sample in range(SAMPLES)]
    samples = [colour((column + dx) / size, (row + dy) / size) for dx, dy in product(offsets, offsets)]
    return bytes(round(sum(channel) / len(samples)) for channel in zip(*samples, strict=True))


def png(size: int) -> bytes:
    """The picture as a PNG of 8-bit RGB (PNG specification, section 11.2)."""
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"".join(pixel(column, row, size) for column in range(size)) for row in range(size))
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in parts)


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk: its length, its kind, what it holds, and their checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    for size in (192, 512):
        (FOLDER / f"icon-{size}.png").write_bytes(png(size))
