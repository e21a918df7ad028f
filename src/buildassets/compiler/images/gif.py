"""The size in a GIF (GIF89a specification, sections 18 to 20). Pure."""

from struct import unpack_from
from typing import Final

_SCREEN_BYTES: Final = 13
_EXTENSION, _IMAGE = 0x21, 0x2C


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the screen, or of the first frame if that is larger: browsers enlarge the screen then.

    None if there is no frame. Raises IndexError or struct.error if `data` ends before the first frame.
    """
    width, height, flags = unpack_from("<HHB", data, 6)
    place = _SCREEN_BYTES + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while data[place] == _EXTENSION:
        place += 2
        while data[place]:  # the length of a block; the last is empty
            place += 1 + data[place]
        place += 1
    if data[place] != _IMAGE:
        return None
    left, top, frame_width, frame_height = unpack_from("<HHHH", data, place + 1)
    return max(width, left + frame_width), max(height, top + frame_height)
