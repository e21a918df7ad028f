"""The sizes in an icon or cursor, and in a Windows bitmap. Pure."""

from struct import iter_unpack, unpack_from
from typing import Final

_HEAD_BYTES: Final = 6
_ENTRY: Final = "<BB14x"
_OS2_HEADER_BYTES: Final = 12


def icon_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the largest picture, which browsers show; 0 stands for 256.

    Raises struct.error if `data` ends before the list of pictures does.
    """
    (count,) = unpack_from("<H", data, 4)
    unpack_from(f"{_HEAD_BYTES + 16 * count}s", data)
    entries = iter_unpack(_ENTRY, data[_HEAD_BYTES : _HEAD_BYTES + 16 * count])
    sizes = [(width or 256, height or 256) for width, height in entries]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def bitmap_size(data: bytes) -> tuple[int, int] | None:
    """Width and height; a negative height means that the first row is the top one. Raises struct.error."""
    (header_bytes,) = unpack_from("<I", data, 14)
    if header_bytes == _OS2_HEADER_BYTES:
        width, height = unpack_from("<HH", data, 18)
    else:
        width, height = unpack_from("<ii", data, 18)
    return width, abs(height)
