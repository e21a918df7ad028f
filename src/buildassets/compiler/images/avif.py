"""The size in an AVIF (AVIF 1.1; boxes: ISO/IEC 14496-12 and 23008-12). Pure.

The primary item has properties: its size, and perhaps a rotation. Exif data does not count.
"""

from collections.abc import Iterator
from struct import unpack_from
from typing import Final

_BRANDS: Final = (b"avif", b"avis")
_Box = tuple[bytes, int, int]  # type, start and end of the content


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height, exchanged by a rotation by 90 or 270 degrees.

    Raises struct.error or IndexError if `data` ends before the properties.
    """
    boxes = _boxes(data, 0, len(data))
    _, start, end = next(boxes, (b"", 0, 0))  # none where its length is less than that of a header
    brands = [data[place : place + 4] for place in (start, *range(start + 8, min(end, len(data)), 4))]
    if not any(brand in brands for brand in _BRANDS):
        return None
    for kind, start, end in boxes:
        if kind == b"meta":
            if end > len(data):
                raise IndexError
            return _size_in_meta(data, {kind: (first, last) for kind, first, last in _boxes(data, start + 4, end)})
    raise IndexError


def _size_in_meta(data: bytes, meta: dict[bytes, tuple[int, int]]) -> tuple[int, int] | None:
    if b"iprp" not in meta or b"pitm" not in meta:
        return None
    start, _ = meta[b"pitm"]
    (primary,) = unpack_from(">H" if data[start] == 0 else ">I", data, start + 4)
    properties: list[_Box] = []
    numbers: list[int] = []
    for kind, first, last in _boxes(data, *meta[b"iprp"]):
        if kind == b"ipco":
            properties = list(_boxes(data, first, last))
        elif kind == b"ipma":
            numbers += _associated(data, first, last, primary)
    found: tuple[int, int] | None = None
    is_turned = False
    for number in numbers:
        if not 0 < number <= len(properties):
            continue
        kind, first, _ = properties[number - 1]
        if kind == b"ispe":
            found = unpack_from(">II", data, first + 4)
        elif kind == b"irot":
            is_turned = bool(data[first] & 1)
    return found[::-1] if found and is_turned else found


def _associated(data: bytes, start: int, end: int, item: int) -> Iterator[int]:
    """The numbers of the properties of `item` in the association box at `start`, from 1."""
    version, flags = data[start], data[start + 3]
    (count,) = unpack_from(">I", data, start + 4)
    place = start + 8
    for _ in range(count):
        if place >= end:
            return
        (owner,) = unpack_from(">I" if version else ">H", data, place)
        place += 4 if version else 2
        associations, place = data[place], place + 1
        for _ in range(associations):
            if flags & 1:
                (number,) = unpack_from(">H", data, place)
                number &= 0x7FFF
            else:
                number = data[place] & 0x7F
            place += 2 if flags & 1 else 1
            if owner == item:
                yield number


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """The boxes from `start` to `end`; the content of the last may go on after `data`."""
    while start < end:
        length, kind = unpack_from(">I4s", data, start)
        head = 8
        if length == 1:
            (length,) = unpack_from(">Q", data, start + 8)
            head = 16
        elif length == 0:
            length = end - start
        if length < head:
            return
        yield kind, start + head, start + length
        start += length
