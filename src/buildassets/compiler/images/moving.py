"""The kind of a raster picture by its first bytes, and whether it moves. Pure.

Only the kinds of which variants are made are known here.
"""

import struct
from collections.abc import Callable
from struct import unpack_from
from typing import Final, Literal, TypeAlias

from buildassets.compiler.images.headers import has_several_frames

Kind: TypeAlias = Literal["jpeg", "png", "gif", "webp", "avif"]

_MARKS: Final[tuple[tuple[bytes, int, Kind], ...]] = (
    (b"\x89PNG\r\n\x1a\n", 0, "png"),
    (b"\xff\xd8\xff", 0, "jpeg"),
    (b"GIF8", 0, "gif"),
    (b"WEBP", 8, "webp"),
    (b"ftyp", 4, "avif"),
)
_PNG_SIGNATURE_BYTES: Final = 8
_AROUND_PNG_CHUNK_BYTES: Final = 12  # length, type and checksum
_WEBP_ANIMATION: Final = 0x02  # RFC 9649, section 2.7.1


def kind_of(head: bytes) -> Kind | None:
    """The kind of the picture that begins with `head`; None for any other file."""
    return next((kind for mark, offset, kind in _MARKS if head.startswith(mark, offset)), None)


def is_moving(data: bytes) -> bool:
    """Whether the picture `data` has several frames that browsers show one after another."""
    kind = kind_of(data)
    reader = _READERS.get(kind) if kind else None
    try:
        return reader is not None and reader(data)
    except (struct.error, IndexError):  # it ends early
        return False


def _is_moving_png(data: bytes) -> bool:
    """By the `acTL` before the pixels (PNG specification, third edition, section 11.3.6)."""
    place = _PNG_SIGNATURE_BYTES
    while True:
        length, kind = unpack_from(">I4s", data, place)
        if kind == b"acTL":
            frames: int = unpack_from(">I", data, place + 8)[0]
            return frames > 1
        if kind in (b"IDAT", b"IEND"):
            return False
        place += _AROUND_PNG_CHUNK_BYTES + length


def _is_moving_webp(data: bytes) -> bool:
    return data[12:16] == b"VP8X" and bool(data[20] & _WEBP_ANIMATION)


def _is_moving_avif(data: bytes) -> bool:
    return data[8:12] == b"avis"


_READERS: Final[dict[Kind, Callable[[bytes], bool]]] = {
    "png": _is_moving_png,
    "gif": has_several_frames,
    "webp": _is_moving_webp,
    "avif": _is_moving_avif,
}
