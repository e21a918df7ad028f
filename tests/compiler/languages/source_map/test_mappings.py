import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.source_map.mappings import NONE, Segment, decoded_mappings, encoded_mappings

numbers = st.integers(0, 2**30)
segments = st.one_of(
    st.tuples(st.integers(0, 50), numbers, st.just(NONE), st.just(0), st.just(0), st.just(NONE)),
    st.tuples(st.integers(0, 50), numbers, numbers, numbers, numbers, st.one_of(st.just(NONE), numbers)),
)


@given(st.lists(segments, max_size=20).map(lambda found: sorted(found, key=lambda segment: segment[:2])))
def test_written_mappings_are_read_again(found: list[Segment]) -> None:
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


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("+/////D", 2**31 - 1),  # the largest number
        ("i" + "g" * 2000 + "A", 1),  # what comes beyond 32 bits are zeros
        ("gggggggA", 0),
    ],
)
def test_number_may_have_any_count_of_digits(written: str, column: int) -> None:
    assert decoded_mappings(written)[0][1] == column


def test_minus_zero_is_the_lowest_number() -> None:
    assert [column for _, column, *_ in decoded_mappings("+/////D,C,B")] == [0, 2**31 - 1, 2**31]


def test_line_without_segments_has_none() -> None:
    assert decoded_mappings(";;A;") == [(2, 0, NONE, 0, 0, NONE)]


def test_names_are_read() -> None:
    assert decoded_mappings("AAAAA,CAACC") == [(0, 0, 0, 0, 0, 0), (0, 1, 0, 0, 1, 1)]


def test_segments_out_of_order_are_sorted() -> None:
    assert [segment[1] for segment in decoded_mappings("EAAA,DAAC")] == [1, 2]


@pytest.mark.parametrize(
    "damaged",
    [
        "?",
        "AAAA,?",
        "g",
        "AA",
        "AAA",
        "AAAAAA",
        "D",
        "ADAA",
        "AADA",
        "AAAD",
        "AAAAD",
        "gggggggggB",
        "ggggggE",
        "AAAA,",
        ",AAAA",
        ",,,,",
    ],
)
def test_damaged_mappings_are_refused(damaged: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for nobody
        decoded_mappings(damaged)
