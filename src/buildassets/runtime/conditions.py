"""Evaluates preconditions of requests (RFC 9110, section 13) and the dates in them. Pure; standard library only."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

NOT_MODIFIED: Final = 304
PRECONDITION_FAILED: Final = 412

_ENTITY_TAG: Final = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The three forms of RFC 9110, section 5.6.7; the day of the week is not checked, as the date implies it.
_IMF_FIXDATE: Final = (
    r"[A-Z][a-z]{2}, (?P<day>\d\d) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4}) (?P<time>\d\d:\d\d:\d\d) GMT"
)
_RFC850: Final = r"[A-Z][a-z]{5,8}, (?P<day>\d\d)-(?P<month>[A-Z][a-z]{2})-(?P<year>\d\d) (?P<time>\d\d:\d\d:\d\d) GMT"
_ASCTIME: Final = r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>[ \d]\d) (?P<time>\d\d:\d\d:\d\d) (?P<year>\d{4})"
_DATE_FORMS: Final = tuple(re.compile(form, re.ASCII) for form in (_IMF_FIXDATE, _RFC850, _ASCTIME))
_PIVOT: Final = 70  # two digits below it are years of this century


def refused(headers: Mapping[str, str], etag: str, modified: int) -> int | None:
    """304 or 412 where a precondition fails for the representation with this ETag and date, in seconds since 1970.

    None where the request is to be answered in full. The names in `headers` are in lower case. The order of evaluation
    is that of section 13.2.2.
    """
    if (tags := headers.get("if-match")) is not None:
        if not _lists(tags, etag, is_strong=True):
            return PRECONDITION_FAILED
    elif (since := seconds_of(headers.get("if-unmodified-since"))) is not None and modified > since:
        return PRECONDITION_FAILED
    if (tags := headers.get("if-none-match")) is not None:
        return NOT_MODIFIED if _lists(tags, etag, is_strong=False) else None
    since = seconds_of(headers.get("if-modified-since"))
    return NOT_MODIFIED if since is not None and modified <= since else None


def range_holds(validator: str | None, etag: str, modified: int | None) -> bool:
    """Whether a range may be sent: the `validator` in `If-Range` still matches (section 13.1.5), or there is none.

    `modified` is None where the date is not a strong validator (section 8.8.2.2), as precompressed copies share it.
    """
    return (
        validator is None or validator.strip() == etag or (modified is not None and seconds_of(validator) == modified)
    )


def _lists(tags: str, etag: str, *, is_strong: bool) -> bool:
    """Whether `tags` is `*`, which any existing file matches, or lists `etag`, compared by section 8.8.3.2."""
    if tags.strip() == "*":
        return True
    return any(tag == etag and not (is_weak and is_strong) for is_weak, tag in _ENTITY_TAG.findall(tags))


@lru_cache(maxsize=256)  # the files of a release were written in a few seconds
def http_date(seconds: int) -> str:
    """`seconds` since 1970 as an HTTP date. Not by `strftime`, which uses the locale's names of days."""
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime(seconds)
    return f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} GMT"


def seconds_of(date: str | None) -> int | None:
    """The seconds since 1970 of an HTTP date in any of its three forms; None for everything else."""
    if date is None:
        return None
    parts = next(filter(None, (form.fullmatch(date.strip()) for form in _DATE_FORMS)), None)
    if parts is None or parts["month"] not in _MONTHS:
        return None
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < _PIVOT else 1900
    month = _MONTHS.index(parts["month"]) + 1
    hour, minute, second = map(int, parts["time"].split(":"))
    try:
        when = datetime(year, month, int(parts["day"]), hour, minute, second - (second == 60), tzinfo=UTC)
    except ValueError:
        return None
    return int(when.timestamp()) + (second == 60)
