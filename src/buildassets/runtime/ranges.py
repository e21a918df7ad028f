"""Which bytes a request asks for: `Range` (RFC 9110, section 14). Pure; standard library only."""

from __future__ import annotations

import re
from dataclasses import dataclass

TYPE_CHECKING = False  # of our own: `typing` would be a third of the time in which a process starts
if TYPE_CHECKING:
    from typing import Final

MOST_RANGES: Final = 32  # more are no reader's, and each costs the header of a part
_UNIT: Final = "bytes="
_RANGE: Final = re.compile(r"[ \t]*([0-9]*)-([0-9]*)[ \t]*")
_MOST_DIGITS: Final = 18  # of a position: beyond the end of every file


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes of a file from `start` up to `stop`."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def wanted_spans(value: str | None, size: int) -> tuple[ByteRange, ...] | None:
    """The parts of a file of `size` bytes that a `Range` header asks for, in its order.

    None where the whole file is the answer: no ranges, none that this unit has, too many, or together more than the
    file. Empty where the file has none of the bytes.
    """
    if value is None or not size or value[: len(_UNIT)].lower() != _UNIT:
        return None
    members = [member for member in value[len(_UNIT) :].split(",", MOST_RANGES) if member.strip(" \t")]
    if not members or len(members) > MOST_RANGES:
        return None
    found = [_RANGE.fullmatch(member) for member in members]
    asked = [_positions(one[1], one[2]) for one in found if one]
    if None in asked or len(asked) < len(members):
        return None
    spans = tuple(span for one in asked if one and (span := _span(*one, size)))
    return None if sum(map(len, spans)) > size else spans


def _positions(first: str, last: str) -> tuple[int | None, int | None] | None:
    """A range as numbers; None where it is none."""
    if not first and not last:
        return None
    start, end = _number(first), _number(last)
    return None if start is not None and end is not None and end < start else (start, end)


def _number(digits: str) -> int | None:
    significant = digits.lstrip("0")
    if len(significant) > _MOST_DIGITS:  # which Python takes long over, and refuses from 4,301 on
        return 10**_MOST_DIGITS
    return int(significant or "0") if digits else None


def _span(first: int | None, last: int | None, size: int) -> ByteRange | None:
    """What of the file a range means; None where it has nothing of it."""
    if first is None:
        start, stop = max(0, size - (last or 0)), size
    else:
        start, stop = first, size if last is None else min(last + 1, size)
    return ByteRange(start, stop) if start < stop else None
