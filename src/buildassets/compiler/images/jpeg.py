"""The size in a JPEG (ITU-T T.81, annex B). Pure."""

from struct import unpack_from
from typing import Final

from buildassets.compiler.images.exif import is_sideways

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the markers that begin a frame
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))  # the markers without a length
_APP1, _SCAN, _END = 0xE1, 0xDA, 0xD9
_EXIF: Final = b"Exif\0\0"


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height. Exif data counts wherever it is before the scan; of several the first.

    Raises IndexError or struct.error if `data` ends before the scan.
    """
    found: tuple[int, int] | None = None
    exif: bytes | None = None
    place = 2
    while True:
        place = data.index(0xFF, place) if data.find(0xFF, place) >= 0 else len(data)
        while data[place] == 0xFF:  # any number of them may stand before a marker
            place += 1
        marker = data[place]
        place += 1
        if marker in (_SCAN, _END):
            break
        if marker in _ALONE or marker == 0:
            continue
        (length,) = unpack_from(">H", data, place)
        if marker in _FRAMES and found is None:
            height, width = unpack_from(">HH", data, place + 3)
            found = width, height
        elif marker == _APP1 and exif is None and data.startswith(_EXIF, place + 2):
            exif = data[place + 2 + len(_EXIF) : place + length]
        place += max(2, length)
    return found[::-1] if found and exif is not None and is_sideways(exif) else found
