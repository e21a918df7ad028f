"""The size in a PNG, and whether its pixels are all there (PNG specification, third edition). Pure."""

import zlib
from collections.abc import Iterator
from struct import error, unpack_from
from typing import Final

from buildassets.compiler.images.exif import is_sideways

_SIGNATURE_BYTES: Final = 8
_AROUND_BYTES: Final = 12  # of a chunk: length, type and checksum
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type (section 11.2.1)
# First column and row, and the steps, of the passes of an interlaced picture (section 8.2, Adam7).
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_ALL_AT_ONCE: Final = ((0, 0, 1, 1),)
_PIECE_BYTES: Final = 1 << 20


def lacks_pixels(data: bytes) -> bool:
    """Whether the pixels of a PNG end early: decoders then show the rest black, without an error.

    False where the header or the compressed data are damaged, which decoders report.
    """
    try:
        width, height, bits, colours, _, _, interlaced = unpack_from(">IIBBBBB", data, _SIGNATURE_BYTES + 8)
        left_bytes = _filtered_bytes(width, height, bits * _CHANNELS[colours], interlaced)
        inflating = zlib.decompressobj()
        for piece in _pixel_data(data):
            while piece and left_bytes > 0:
                left_bytes -= len(inflating.decompress(piece, _PIECE_BYTES))
                piece = inflating.unconsumed_tail
        return left_bytes > 0
    except (error, zlib.error, KeyError):
        return False


def _filtered_bytes(width: int, height: int, pixel_bits: int, interlaced: int) -> int:
    """The size of the pixels before compression: each row has one byte for its filter (section 9)."""
    count = 0
    for column, row, across, down in _PASSES if interlaced else _ALL_AT_ONCE:
        columns, rows = -(-(width - column) // across), -(-(height - row) // down)
        if columns > 0 and rows > 0:
            count += rows * (1 + (columns * pixel_bits + 7) // 8)
    return count


def _pixel_data(data: bytes) -> Iterator[bytes]:
    """The content of each `IDAT`, until the data end."""
    place = _SIGNATURE_BYTES
    while place + _AROUND_BYTES <= len(data):
        length, kind = unpack_from(">I4s", data, place)
        if kind == b"IDAT":
            yield data[place + 8 : place + 8 + length]
        place += _AROUND_BYTES + length


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height. An `eXIf` counts if it is before the pixels; of several the first.

    Raises struct.error if `data` ends before the pixels.
    """
    found: tuple[int, int] | None = None
    exif: bytes | None = None
    place = _SIGNATURE_BYTES
    while True:
        length, kind = unpack_from(">I4s", data, place)
        if kind == b"IHDR" and found is None:
            found = unpack_from(">II", data, place + 8)
        elif found is None:
            return None
        elif kind == b"eXIf" and exif is None:
            exif = data[place + 8 : place + 8 + length]
        elif kind in (b"IDAT", b"IEND"):
            break
        place += _AROUND_BYTES + length
    return found[::-1] if exif is not None and is_sideways(exif) else found
