"""Preconditions: RFC 9110, section 13; dates: section 5.6.7."""

import calendar
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.runtime.conditions import http_date, range_holds, refused, seconds_of

ETAG = '"abc.br"'
MODIFIED = 784111777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT"
AFTER = "Sun, 06 Nov 1994 08:49:38 GMT"


@pytest.mark.parametrize("tags", [ETAG, f"W/{ETAG}", f'"x", {ETAG}', f'"x","y,z", W/{ETAG} ', "*", " * "])
def test_not_modified_where_a_tag_matches(tags: str) -> None:
    assert refused({"if-none-match": tags}, ETAG, MODIFIED) == 304


@pytest.mark.parametrize("tags", ['"abc.gzip"', '"abc"', "abc.br", "", "**", f"{ETAG[:-1]}", '"*"', f'"{ETAG}x"'])
def test_modified_where_no_tag_does(tags: str) -> None:
    assert refused({"if-none-match": tags, "if-modified-since": AFTER}, ETAG, MODIFIED) is None


@pytest.mark.parametrize(("since", "status"), [(DATE, 304), (AFTER, 304), (BEFORE, None), ("yesterday", None)])
def test_date_decides_where_the_tag_is_missing(since: str, status: int | None) -> None:
    assert refused({"if-modified-since": since}, ETAG, MODIFIED) == status


@pytest.mark.parametrize("tags", [ETAG, f'"x", {ETAG}', "*"])
def test_if_match_holds_for_a_strong_tag(tags: str) -> None:
    assert refused({"if-match": tags, "if-unmodified-since": BEFORE}, ETAG, MODIFIED) is None


@pytest.mark.parametrize("tags", [f"W/{ETAG}", '"x"', "", "garbage"])
def test_if_match_fails_for_all_others(tags: str) -> None:
    assert refused({"if-match": tags, "if-none-match": ETAG}, ETAG, MODIFIED) == 412


@pytest.mark.parametrize(("since", "status"), [(BEFORE, 412), (DATE, None), (AFTER, None), ("never", None)])
def test_if_unmodified_since(since: str, status: int | None) -> None:
    assert refused({"if-unmodified-since": since}, ETAG, MODIFIED) == status


def test_conditions_are_evaluated_in_their_order() -> None:
    assert refused({"if-match": ETAG, "if-none-match": ETAG}, ETAG, MODIFIED) == 304
    assert refused({"if-unmodified-since": DATE, "if-modified-since": DATE}, ETAG, MODIFIED) == 304
    assert refused({"if-unmodified-since": BEFORE, "if-modified-since": DATE}, ETAG, MODIFIED) == 412


@pytest.mark.parametrize("validator", [None, ETAG, f" {ETAG}", DATE])
def test_a_range_holds_for_this_version(validator: str | None) -> None:
    assert range_holds(validator, ETAG, MODIFIED)


@pytest.mark.parametrize("validator", [f"W/{ETAG}", '"x"', "*", BEFORE, AFTER, "", "x", f'{ETAG}, "x"'])
def test_a_range_does_not_hold_for_another(validator: str) -> None:
    assert not range_holds(validator, ETAG, MODIFIED)


@pytest.mark.parametrize(
    "date",
    [DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", f" {DATE}", "Mon, 06 Nov 1994 08:49:37 GMT"],
)
def test_the_three_forms_of_a_date(date: str) -> None:
    assert seconds_of(date) == MODIFIED


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Xyz 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT",
        f"{DATE}, {DATE}",
        "784111777",
    ],
)
def test_invalid_date_is_ignored(date: str) -> None:
    assert seconds_of(date) is None


def test_a_leap_second_and_years_of_two_digits() -> None:
    assert seconds_of("Sat, 31 Dec 2016 23:59:60 GMT") == calendar.timegm((2017, 1, 1, 0, 0, 0))
    assert seconds_of("Thursday, 01-Jan-70 00:00:00 GMT") == 0
    assert seconds_of("Wednesday, 01-Jan-25 00:00:00 GMT") == calendar.timegm((2025, 1, 1, 0, 0, 0))


@given(st.integers(0, calendar.timegm((9999, 12, 31, 23, 59, 59))))
def test_dates_are_written_as_they_are_read(seconds: int) -> None:
    assert http_date(seconds) == formatdate(seconds, usegmt=True)
    assert seconds_of(http_date(seconds)) == seconds


_NEARLY = st.text(alphabet='"W/*,abc.r SunNov:0123456789GMT-', max_size=50) | st.text(max_size=50)


@given(
    st.dictionaries(st.sampled_from(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]), _NEARLY)
)
def test_no_header_makes_an_exception(headers: dict[str, str]) -> None:
    assert refused(headers, ETAG, MODIFIED) in (None, 304, 412)
    assert range_holds(headers.get("if-match"), ETAG, MODIFIED) in (True, False)
