"""Ranges: RFC 9110, section 14."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.runtime.ranges import MOST_RANGES, ByteRange, requested_spans


@pytest.mark.parametrize(
    ("value", "spans"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=0-9", [(0, 10)]),
        ("bytes=90-", [(90, 100)]),
        ("bytes=-10", [(90, 100)]),
        ("bytes=0-99", [(0, 100)]),
        ("bytes=0-", [(0, 100)]),
        ("bytes=50-1000", [(50, 100)]),
        ("bytes=-1000", [(0, 100)]),
        ("Bytes=0-9", [(0, 10)]),
        ("bytes= 0-9 ,\t20-29", [(0, 10), (20, 30)]),
        ("bytes=20-29,0-9", [(20, 30), (0, 10)]),
        ("bytes=,0-9,,", [(0, 10)]),
        ("bytes=0-9,200-", [(0, 10)]),
        ("bytes=0-9,5-14", [(0, 10), (5, 15)]),
        (f"bytes=0-{'9' * 5000}", [(0, 100)]),
        (f"bytes={'0' * 5000}7-8", [(7, 9)]),
    ],
)
def test_the_bytes_that_are_asked_for(value: str, spans: list[tuple[int, int]]) -> None:
    assert requested_spans(value, 100) == tuple(ByteRange(*one) for one in spans)


@pytest.mark.parametrize(
    "value", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=200-,300-400", f"bytes={'9' * 5000}-"]
)
def test_range_beyond_the_end_is_empty(value: str) -> None:
    assert requested_spans(value, 100) == ()


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=,",
        "bytes=9-0",
        "bytes=0-9,x",
        "bytes=0-9,9-0",
        "bytes=a-b",
        "bytes=0-9-10",
        "bytes=--5",
        "bytes=+1-5",
        "bytes=1 - 5",
        "bytes=0x0-0x9",
        "bytes=\u0660-\u0669",
        "bytes:0-9",
        "bytes =0-9",
        "items=0-9",
        "0-9",
        "bytes=0-9, bytes=20-29",
        "bytes=0-99,0-",
        "bytes=" + ",".join(["0-0"] * (MOST_RANGES + 1)),
        "bytes=" + "," * 100 + "0-9",
    ],
)
def test_invalid_or_excessive_range_gets_the_whole_file(value: str | None) -> None:
    assert requested_spans(value, 100) is None


def test_an_empty_file_has_no_parts() -> None:
    assert requested_spans("bytes=0-", 0) is None


@given(
    st.text(alphabet="bytes=0123456789-, \tx", max_size=60) | st.text(alphabet="0123-,").map("bytes={}".format),
    st.integers(0, 200),
)
def test_spans_lie_in_the_file_whatever_is_asked_for(value: str, size: int) -> None:
    spans = requested_spans(value, size) or ()
    assert all(0 <= span.start < span.stop <= size for span in spans)
    assert sum(map(len, spans)) <= size


@given(st.binary(min_size=1, max_size=50), st.integers(0, 60), st.integers(0, 60))
def test_a_range_means_the_bytes_of_a_slice(content: bytes, first: int, more: int) -> None:
    def meant(value: str) -> bytes:
        return b"".join(content[span.start : span.stop] for span in requested_spans(value, len(content)) or ())

    assert meant(f"bytes={first}-{first + more}") == content[first : first + more + 1]
    assert meant(f"bytes={first}-") == content[first:]
    assert meant(f"bytes=-{first}") == (content[-first:] if first else b"")


def test_ranges_that_are_together_as_long_as_the_file_are_answered_and_longer_ones_are_not() -> None:
    assert requested_spans("bytes=0-4,5-9", 10) == (ByteRange(0, 5), ByteRange(5, 10))
    assert requested_spans("bytes=0-4,4-9", 10) is None
