"""Headers of fonts: what is whole, and what is refused before anything is unpacked."""

from struct import pack, pack_into
from zlib import compress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.fonts.container import CompressedPart, DamagedError, FontTooLargeError, checked, container_of
from tests.fonts import font_file

SFNT, WOFF, WOFF2 = font_file(), font_file(flavor="woff"), font_file(flavor="woff2")


@pytest.mark.parametrize(("content", "kind"), [(SFNT, "sfnt"), (WOFF, "woff"), (WOFF2, "woff2")])
def test_a_whole_font_is_known_by_its_first_bytes(content: bytes, kind: str) -> None:
    assert container_of(content) == kind
    found = checked(content)
    assert isinstance(found, CompressedPart) == (kind == "woff2")


def test_file_that_is_not_a_font_has_no_form() -> None:
    assert container_of(b"<!doctype html>") is None
    assert container_of(b"") is None


def test_collections_are_known_in_all_forms() -> None:
    assert {container_of(head) for head in (b"ttcf", b"wOF2ttcf", b"wOFFttcf")} == {"collection"}


@pytest.mark.parametrize("content", [SFNT, WOFF, WOFF2])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_font_that_is_cut_off_is_damaged(content: bytes, share: float) -> None:
    with pytest.raises(DamagedError):
        checked(content[: int(len(content) * share)])


def test_thousands_of_tables_are_refused() -> None:
    many = bytearray(SFNT + bytes(16 * 60_000))
    pack_into(">H", many, 4, 60_000)
    with pytest.raises(DamagedError, match="its header counts 60000 tables"):
        checked(bytes(many))


def test_tables_that_lie_on_one_another_and_add_up_are_too_large() -> None:
    entry = pack(">4sLLL", b"AAAA", 0, 0, 3_000_000)
    content = b"\0\1\0\0" + pack(">HHHH", 60, 0, 0, 0) + entry * 60
    with pytest.raises(FontTooLargeError):
        checked(content + bytes(3_000_000))


def test_a_table_of_a_woff_that_unpacks_to_more_than_it_promises_is_damaged() -> None:
    packed = compress(bytes(10_000_000))
    head = bytearray(44)
    head[:4] = b"wOFF"
    pack_into(">H", head, 12, 1)
    with pytest.raises(DamagedError, match="a table has another length than it should"):
        checked(bytes(head) + pack(">4sLLLL", b"glyf", 64, len(packed), 20_000, 0) + packed)


def test_a_woff2_that_promises_gigabytes_is_too_large() -> None:
    content = bytearray(WOFF2[:48]) + bytes((0b11000000 | 63,)) + b"AAAA" + b"\x8f\xff\xff\xff\x7f"
    pack_into(">H", content, 12, 1)
    with pytest.raises(FontTooLargeError):
        checked(bytes(content))


@given(st.sampled_from([SFNT, WOFF, WOFF2]), st.data())
def test_any_damage_raises_nothing_else(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, min(len(damaged), 400) - 1))] = data.draw(st.integers(0, 255))
    try:
        checked(bytes(damaged))
    except (DamagedError, FontTooLargeError):
        return
