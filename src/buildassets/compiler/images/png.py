"""The size in a PNG (PNG specification, third edition, sections 5 and 11). Pure."""

from struct import unpack_from
from typing import Final

from buildassets.compiler.images.exif import is_sideways

_SIGNATURE_BYTES: Final = 8
_AROUND_BYTES: Final = 12  # of a chunk: length, type and checksum


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height. An `eXIf` counts if it stands before the pixels; of several the first.

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
