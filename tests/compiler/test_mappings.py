import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.mappings import NONE, Segment, decoded_mappings, encoded_mappings

numbers = st.integers(0, 2**30)
segments = st.one_of(
    st.tuples(st.integers(0, 50), numbers, st.just(NONE), st.just(0), st.just(0), st.just(NONE)),
    st.tuples(st.integers(0, 50), numbers, numbers, numbers, numbers, st.one_of(st.just(NONE), numbers)),
)


@given(st.lists(segments, max_size=20).map(lambda found: sorted(found, key=lambda segment: segment[:2])))
def test_what_is_written_is_read_again(found: list[Segment]) -> None:
    assert decoded_mappings(encoded_mappings(found)) == found


def test_numbers_are_relative_to_those_before_on_every_line() -> None:
    assert decoded_mappings("AAAA,ICeG;;EADH") == [
        (0, 0, 0, 0, 0, NONE),
        (0, 4, 1, 15, 3, NONE),
        (2, 2, 1, 14, 0, NONE),
    ]


def test_large_and_negative_numbers_are_read() -> None:
    # 16 is two digits (`gB`), then 15 back (`f`).
    assert decoded_mappings("AAgBA;AAfA")[1] == (1, 0, 0, 1, 0, NONE)


def test_names_are_read() -> None:
    assert decoded_mappings("AAAAA,CAACC") == [(0, 0, 0, 0, 0, 0), (0, 1, 0, 0, 1, 1)]


def test_segments_out_of_order_are_sorted() -> None:
    assert [segment[1] for segment in decoded_mappings("EAAA,DAAC")] == [1, 2]


@pytest.mark.parametrize(
    "damaged", ["?", "AAAA,?", "g", "AA", "AAA", "AAAAAA", "D", "ADAA", "AADA", "AAAD", "AAAAD", "gggggggggB"]
)
def test_damaged_mappings_are_refused(damaged: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for nobody
        decoded_mappings(damaged)
