import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.foundation.media import Syntax

texts = st.text(st.sampled_from("ab é😀\r\n\u2028\ufeff"), max_size=30)


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("ab\ncd", 4, (1, 1)),
        ("ab\r\ncd", 4, (1, 0)),
        ("ab\rcd", 3, (1, 0)),
        ("é😀b", 2, (0, 3)),
        ("😀\n😀b", 3, (1, 2)),
        ("\ufeffab", 1, (0, 0)),
        ("\ufeffa\nb", 3, (1, 0)),
        ("ab", 2, (0, 2)),
    ],
)
def test_place_of_an_offset_and_back(text: str, offset: int, place: tuple[int, int]) -> None:
    assert Lines(text).place(offset) == place
    assert Lines(text).offset(*place) == offset


def test_byte_order_mark_is_where_the_text_begins() -> None:
    assert Lines("\ufeffab").place(0) == (0, 0)


@pytest.mark.parametrize(("syntax", "place"), [(Syntax.JAVASCRIPT, (1, 0)), (Syntax.CSS, (0, 2)), (None, (0, 2))])
def test_line_separators_end_lines_of_scripts_only(syntax: Syntax | None, place: tuple[int, int]) -> None:
    assert Lines("a\u2028b", syntax).place(2) == place


@pytest.mark.parametrize(("line", "offset"), [(0, 2), (1, 5)])
def test_column_beyond_its_line_is_the_end_of_the_line(line: int, offset: int) -> None:
    assert Lines("ab\ncd").offset(line, 99) == offset


@pytest.mark.parametrize("line", [2, -1])
def test_line_that_is_not_there_has_no_offset(line: int) -> None:
    assert Lines("ab\ncd").offset(line, 0) is None


@given(texts, st.integers(0, 30), st.sampled_from([None, Syntax.JAVASCRIPT]))
def test_every_character_is_found_again(text: str, offset: int, syntax: Syntax | None) -> None:
    lines = Lines(text, syntax)
    is_mark = offset == 0 and text.startswith("\ufeff")
    if offset < len(text) and not is_mark:
        assert lines.offset(*lines.place(offset)) == offset


@given(st.text(st.sampled_from("abé😀"), max_size=30), st.integers(0, 30))
def test_columns_count_what_utf16_has(line: str, offset: int) -> None:
    if offset <= len(line):
        assert Lines("😀\n" + line).place(2 + offset) == (1, len(line[:offset].encode("utf-16-le")) // 2)


def test_units_of_a_line_are_counted_from_characters() -> None:
    assert Lines("😀\na😀b").units(1, 2) == 3


@given(texts, st.lists(st.integers(0, 30)), st.sampled_from([None, Syntax.JAVASCRIPT]))
def test_places_of_many_offsets_are_those_of_each(text: str, offsets: list[int], syntax: Syntax | None) -> None:
    lines = Lines(text, syntax)
    assert list(lines.places(offsets)) == [lines.place(offset) for offset in offsets]
