"""Ranges of characters, as CSS writes them."""

import pytest

from buildassets.compiler.fonts.subset import common, merged, of_text, parsed_range


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U+0000-00FF", (0, 0xFF)),
        ("u+131", (0x131, 0x131)),
        ("U+4??", (0x400, 0x4FF)),
        ("U+0-10FFFF", (0, 0x10FFFF)),
        ("U+??????", None),
        ("U+F0-E0", None),
        ("U+110000", None),
        ("U+1234567", None),
        ("U+4??-5??", None),
        ("0000-00FF", None),
        ("U+", None),
    ],
)
def test_a_range_is_read_as_browsers_read_it(text: str, expected: tuple[int, int] | None) -> None:
    assert parsed_range(text) == expected


def test_ranges_that_touch_become_one() -> None:
    assert merged([(5, 9), (0, 2), (3, 4), (20, 30), (25, 26)]) == ((0, 9), (20, 30))


def test_the_characters_of_a_text_are_ranges() -> None:
    assert of_text("cabx") == ((0x61, 0x63), (0x78, 0x78))


def test_common_characters_are_in_both() -> None:
    assert common(((0, 10), (20, 30)), ((5, 22), (29, 40))) == ((5, 10), (20, 22), (29, 30))
