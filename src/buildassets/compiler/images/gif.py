"""The size in a GIF, and whether it moves (GIF89a specification, sections 18 to 22). Pure."""

from struct import unpack_from
from typing import Final

_SCREEN_BYTES: Final = 13
_EXTENSION, _IMAGE = 0x21, 0x2C


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the screen, or of the first frame if that is larger: browsers enlarge the screen then.

    None if there is no frame. Raises IndexError or struct.error if `data` ends before the first frame.
    """
    width, height, flags = unpack_from("<HHB", data, 6)
    place = _after_colours(data, _SCREEN_BYTES, flags)
    while data[place] == _EXTENSION:
        place = _after_blocks(data, place + 2)
    if data[place] != _IMAGE:
        return None
    left, top, frame_width, frame_height = unpack_from("<HHHH", data, place + 1)
    return max(width, left + frame_width), max(height, top + frame_height)


def has_several_frames(data: bytes) -> bool:
    """Whether there is a second frame. Raises IndexError if `data` ends before that is known."""
    place = _after_colours(data, _SCREEN_BYTES, data[10])
    frames = 0
    while frames < 2:
        if data[place] == _EXTENSION:
            place = _after_blocks(data, place + 2)
        elif data[place] == _IMAGE:
            frames += 1
            place = _after_colours(data, place + 10, data[place + 9])
            place = _after_blocks(data, place + 1)  # behind the size of the codes
        else:
            return False
    return True


def _after_colours(data: bytes, place: int, flags: int) -> int:
    """The place behind the table of colours at `place`, which is there if `flags` have it."""
    return place + (3 << (flags & 7) + 1 if flags & 0x80 else 0)


def _after_blocks(data: bytes, place: int) -> int:
    """The place behind the blocks at `place`, the last of which is empty."""
    while data[place]:
        place += 1 + data[place]
    return place + 1
