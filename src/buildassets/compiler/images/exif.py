"""The orientation of a picture in Exif data (Exif 2.32, section 4.6.4, tag 274). Pure."""

from struct import calcsize, unpack_from
from typing import Final

_ORIENTATION: Final = 0x112
_SHORT: Final = 3
_UPRIGHT: Final = 1
_SIDEWAYS: Final = range(5, 9)  # the orientations that exchange width and height
_ENTRY: Final = "HHI"  # tag, type, count; the value follows


def is_sideways(tiff: bytes) -> bool:
    """Whether the orientation in `tiff`, which begins with a TIFF header, exchanges width and height."""
    return exchanges_edges(orientation(tiff))


def exchanges_edges(value: int) -> bool:
    """Whether a picture with the orientation `value` is shown with width and height exchanged."""
    return value in _SIDEWAYS


def orientation(tiff: bytes) -> int:
    """The orientation in `tiff`, which begins with a TIFF header, from 1 to 8; 1 if there is no valid one.

    Raises struct.error if `tiff` ends before its first directory.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return _UPRIGHT
    (start,) = unpack_from(order + "I", tiff, 4)
    if start + 2 > len(tiff):
        return _UPRIGHT
    (count,) = unpack_from(order + "H", tiff, start)
    for place in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, values = unpack_from(order + _ENTRY, tiff, place)
        if tag == _ORIENTATION:
            (value,) = unpack_from(order + "H", tiff, place + calcsize("=" + _ENTRY))
            return value if kind == _SHORT and values == 1 and 1 <= value <= 8 else _UPRIGHT
    return _UPRIGHT
