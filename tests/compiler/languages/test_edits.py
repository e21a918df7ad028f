from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.edits import Edit, distances, edited, in_order, origins

LETTERS = "abcdefghij"


@st.composite
def edits(draw: st.DrawFn) -> list[Edit]:
    spans = draw(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), max_size=5))
    return [Edit(min(span), max(span), draw(st.text("XYZ", max_size=3))) for span in spans]


def test_edits_are_made_in_text_order() -> None:
    assert edited(LETTERS, in_order([Edit(4, 5, "X"), Edit(0, 1), Edit(2, 2, "Y")])) == "bYcdXfghij"


def test_an_edit_within_a_cut_is_passed_over() -> None:
    assert edited(LETTERS, in_order([Edit(2, 4, "X"), Edit(1, 8, "-")])) == "a-ij"


def test_a_place_that_an_edit_touches_is_gone() -> None:
    assert list(distances([(0, 2), (1, 3), (3, 5), (5, 6)], [Edit(4, 5, "long")])) == [0, 0, None, 3]


def test_text_inserted_at_a_place_comes_before_it() -> None:
    assert list(distances([(0, 1), (1, 2)], [Edit(1, 1, "XY")])) == [0, 2]


@given(edits())
def test_a_letter_is_at_its_reported_place(given_edits: list[Edit]) -> None:
    ordered = in_order(given_edits)
    text = edited(LETTERS, ordered)
    spans = [(index, index + 1) for index in range(len(LETTERS))]
    for index, distance in enumerate(distances(spans, ordered)):
        assert distance is None or text[index + distance] == LETTERS[index]
        assert (distance is None) == (LETTERS[index] not in text)


@given(edits())
def test_text_outside_of_edits_comes_from_its_own_place(given_edits: list[Edit]) -> None:
    ordered = in_order(given_edits)
    text = edited(LETTERS, ordered)
    spans = [(index, index + 1) for index in range(len(text))]
    for index, (start, end) in enumerate(origins(spans, ordered)):
        is_written = text[index] in "XYZ"
        assert is_written or LETTERS[start:end] == text[index]
        assert not is_written or any(edit[:2] == (start, end) for edit in ordered)
