"""Reads the directories of font files, and judges whether they can be unpacked safely. Pure.

The forms are those of OpenType (section "Organization of an OpenType font"), WOFF (W3C, sections 3 and 4) and WOFF2
(W3C, sections 4.1 and 5). Nothing here trusts a length in a file.
"""

import zlib
from collections.abc import Iterator
from struct import error as StructError  # noqa: N812 it is no module
from struct import unpack_from
from typing import Final, Literal, TypeAlias

from buildassets.foundation.frozen import frozen

Container: TypeAlias = Literal["sfnt", "woff", "woff2", "collection"]
LARGEST_BYTES: Final = 100_000_000  # unpacked; the largest fonts of Noto have a third of that
MOST_TABLES: Final = 256  # OpenType defines 70
_SIGNATURES: Final[dict[bytes, Container]] = {
    b"\0\1\0\0": "sfnt",
    b"OTTO": "sfnt",
    b"true": "sfnt",
    b"wOFF": "woff",
    b"wOF2": "woff2",
    b"ttcf": "collection",
}
_SFNT_HEAD, _SFNT_ENTRY = 12, 16
_WOFF_HEAD, _WOFF_ENTRY = 44, 20
_WOFF2_HEAD: Final = 48
_KNOWN_TAG, _ANY_TAG = 0x3F, 63
_GLYF, _LOCA = 10, 11  # the numbers of these tags; their transform 0 is one, that of others is none
_TRANSFORM_SHIFT, _NO_TRANSFORM_OF_GLYPHS = 6, 3
_LONGEST_NUMBER: Final = 5  # bytes of a UIntBase128


class DamagedError(Exception):
    """The file is not a whole font; the text continues the sentence after its name."""


class FontTooLargeError(Exception):
    """The file would unpack to more than any font needs."""


@frozen
class CompressedPart:
    """The compressed part of a WOFF2 file, `content[start:end]`, and the `size_bytes` of what is in it."""

    start: int
    end: int
    size_bytes: int


def container_of(content: bytes) -> Container | None:
    """The form of the file by its first bytes; None if they are those of no font."""
    found = _SIGNATURES.get(content[:4])
    return "collection" if found in ("woff", "woff2") and content[4:8] == b"ttcf" else found


def checked(content: bytes) -> CompressedPart | None:
    """The parts of a WOFF2 file still to unpack; None for other forms, which are checked here as a whole.

    Raises DamagedError and TooLargeError.
    """
    try:
        kind = container_of(content)
        if kind == "woff2":
            return _checked_woff2(content)
        if kind == "woff":
            _check_woff(content)
        else:
            _check_sfnt(content)
    except (StructError, IndexError, zlib.error):
        raise DamagedError("is cut off or damaged") from None
    return None


def _check_sfnt(content: bytes) -> None:
    spans = []
    for number in range(_table_count(content, 4)):
        _, _, offset, length = unpack_from(">4sLLL", content, _SFNT_HEAD + number * _SFNT_ENTRY)
        spans.append((offset, length))
    _check_spans(content, spans)
    _check_size(length for _, length in spans)


def _check_woff(content: bytes) -> None:
    entries = []
    for number in range(_table_count(content, 12)):
        entries.append(unpack_from(">4sLLL", content, _WOFF_HEAD + number * _WOFF_ENTRY)[1:])
    _check_spans(content, [(offset, packed) for offset, packed, _ in entries])
    _check_size(unpacked for _, _, unpacked in entries)
    for offset, packed, unpacked in entries:
        if packed > unpacked:
            raise DamagedError("is damaged")
        if packed < unpacked:
            made = zlib.decompressobj().decompress(content[offset : offset + packed], unpacked + 1)
            if len(made) != unpacked:
                raise DamagedError("is damaged: a table has another length than it should")


def _checked_woff2(content: bytes) -> CompressedPart:
    count = _table_count(content, 12)
    position = _WOFF2_HEAD
    lengths = []
    for _ in range(count):
        flags = content[position]
        tag = flags & _KNOWN_TAG
        position += 5 if tag == _ANY_TAG else 1
        length, position = _number(content, position)
        has_transform = (flags >> _TRANSFORM_SHIFT != _NO_TRANSFORM_OF_GLYPHS) if tag in (_GLYF, _LOCA) else flags >> 6
        if has_transform:
            _check_size([length])
            length, position = _number(content, position)
        lengths.append(length)
    _check_size(lengths)
    (packed,) = unpack_from(">L", content, 20)
    _check_spans(content, [(position, packed)])
    return CompressedPart(position, position + packed, sum(lengths))


def _number(content: bytes, position: int) -> tuple[int, int]:
    """The UIntBase128 at `position`, and where it ends."""
    value = 0
    for index in range(_LONGEST_NUMBER):
        byte = content[position + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, position + index + 1
    raise DamagedError("is damaged")


def _table_count(content: bytes, offset: int) -> int:
    (count,) = unpack_from(">H", content, offset)
    if not 1 <= count <= MOST_TABLES:
        raise DamagedError(f"is damaged: its header counts {count} tables")
    return int(count)


def _check_spans(content: bytes, spans: list[tuple[int, int]]) -> None:
    end = max(offset + length for offset, length in spans)
    if end > len(content):
        raise DamagedError(f"is cut off: {end - len(content)} bytes are missing")


def _check_size(lengths: "Iterator[int] | list[int]") -> None:
    if sum(lengths) > LARGEST_BYTES:
        raise FontTooLargeError
