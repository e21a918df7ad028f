"""Places of the protocol, which counts UTF-16 units."""

from typing import SupportsIndex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.lsp.positions import Places, TextPlace, offset_at, place_at

_TEXTS = st.text(st.sampled_from("aé😀\n"), max_size=30)


@given(_TEXTS, st.data())
def test_an_offset_and_its_place_are_the_same(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    assert offset_at(text, place_at(text, offset)) == offset


@given(_TEXTS, st.data())
def test_a_place_counts_as_utf_16_does(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line = text[:offset].rsplit("\n", maxsplit=1)[-1]
    assert place_at(text, offset) == TextPlace(text[:offset].count("\n"), len(line.encode("utf-16-le")) // 2)


def test_a_place_behind_the_end_is_the_end() -> None:
    assert offset_at("ab\nc", TextPlace(0, 9)) == 2
    assert offset_at("ab\nc", TextPlace(7, 0)) == 4


def test_an_offset_behind_the_end_is_the_end() -> None:
    assert Places("ab\nc").at(99) == TextPlace(1, 1)


class _CountedText(str):
    """A text that counts the characters of which copies are made."""

    copied = 0

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        part = super().__getitem__(key)
        self.copied += len(part)
        return part


@pytest.mark.parametrize("text", ["a" * 1000, "aé😀" * 1000], ids=["ASCII", "pairs"])
def test_places_in_one_line_do_not_read_the_line_again(text: str) -> None:
    counted = _CountedText(text)
    places = Places(counted)
    assert [places.at(offset).character for offset in (0, 3, len(text))] == [
        len(text[:offset].encode("utf-16-le")) // 2 for offset in (0, 3, len(text))
    ]
    for offset in range(len(text)):
        places.at(offset)
    assert counted.copied <= 2 * len(text)
