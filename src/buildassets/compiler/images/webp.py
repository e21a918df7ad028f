"""The size in a WebP (RFC 9649, section 2). Exif and XMP data do not count: no browser turns a WebP. Pure.

Browsers show no still picture whose canvas has another size than its only frame (Chromium).
"""

from struct import unpack_from
from typing import Final

_ANIMATED: Final = 0x02  # a flag of the canvas
_FIRST_CHUNK: Final = 12
_HEAD_BYTES: Final = 8  # of a chunk


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height. Raises struct.error if `data` ends before them."""
    if not data.startswith(b"RIFF"):
        return None
    kind, _ = _chunk(data, _FIRST_CHUNK)
    if kind != b"VP8X":
        return _of_frame(data, _FIRST_CHUNK)
    flags, widths, rest = unpack_from("<B3xIH", data, _FIRST_CHUNK + _HEAD_BYTES)
    bits = widths | rest << 32
    canvas = (bits & 0xFFFFFF) + 1, (bits >> 24) + 1
    return canvas if flags & _ANIMATED or _of_frame(data, _frame_place(data)) == canvas else None


def _chunk(data: bytes, place: int) -> tuple[bytes, int]:
    """The kind of the chunk at `place`, and the place behind it."""
    kind, size_bytes = unpack_from("<4sI", data, place)
    return kind, place + _HEAD_BYTES + size_bytes + size_bytes % 2


def _frame_place(data: bytes) -> int:
    """The place of the chunk with the only frame."""
    place = _FIRST_CHUNK
    kind, behind = _chunk(data, place)
    while kind not in (b"VP8 ", b"VP8L"):
        place = behind
        kind, behind = _chunk(data, place)
    return place


def _of_frame(data: bytes, place: int) -> tuple[int, int] | None:
    """Width and height of the frame in the chunk at `place`; None if it is none."""
    kind, _ = _chunk(data, place)
    start = place + _HEAD_BYTES
    if kind == b"VP8L":
        mark, bits = unpack_from("<BI", data, start)
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1) if mark == 0x2F else None
    if kind == b"VP8 ":
        mark, width, height = unpack_from("<3sHH", data, start + 3)
        return (width & 0x3FFF, height & 0x3FFF) if mark == b"\x9d\x01\x2a" else None
    return None
