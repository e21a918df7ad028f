"""Parses `Range`, the bytes that a request asks for (RFC 9110, section 14). Pure; standard library only."""

from __future__ import annotations

import re
from typing import Final

from buildassets.foundation.frozen import frozen

MOST_RANGES: Final = 32  # no honest client needs more, and each costs the headers of a part
_UNIT: Final = "bytes="
_RANGE: Final = re.compile(r"[ \t]*([0-9]*)-([0-9]*)[ \t]*")
_MOST_DIGITS: Final = 18  # a longer position is beyond the end of every file


@frozen
class ByteRange:
    """The bytes of a file from `start` up to `stop`."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def requested_spans(value: str | None, size: int) -> tuple[ByteRange, ...] | None:
    """The spans of a file of `size` bytes that the `value` of a `Range` header requests, in its order.

    None where the whole file is the answer: no header, another unit, malformed or too many ranges, or ranges that
    together exceed the file. Empty where the file has none of the bytes.
    """
    if value is None or not size or value[: len(_UNIT)].lower() != _UNIT:
        return None
    members = [member for member in value[len(_UNIT) :].split(",", MOST_RANGES) if member.strip(" \t")]
    if not members or len(members) > MOST_RANGES:
        return None
    matches = [_RANGE.fullmatch(member) for member in members]
    ranges = [_positions(match[1], match[2]) for match in matches if match]
    if None in ranges or len(ranges) < len(members):
        return None
    spans = tuple(span for positions in ranges if positions and (span := _span(*positions, size)))
    return None if sum(map(len, spans)) > size else spans


def _positions(first: str, last: str) -> tuple[int | None, int | None] | None:
    """First and last position of a range as numbers; None where it is malformed."""
    if not first and not last:
        return None
    start, end = _number(first), _number(last)
    return None if start is not None and end is not None and end < start else (start, end)


def _number(digits: str) -> int | None:
    significant = digits.lstrip("0")
    if len(significant) > _MOST_DIGITS:  # Python parses long numbers slowly, and refuses more than 4,300 digits
        return 10**_MOST_DIGITS
    return int(significant or "0") if digits else None


def _span(first: int | None, last: int | None, size: int) -> ByteRange | None:
    """The bytes of a file of `size` bytes that a range covers; None where it covers none."""
    if first is None:
        start, stop = max(0, size - (last or 0)), size
    else:
        start, stop = first, size if last is None else min(last + 1, size)
    return ByteRange(start, stop) if start < stop else None
