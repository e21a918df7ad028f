import gzip
import zipfile
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.disk.codings import compressed, is_available, is_copy_of, library

TEXT = b"body { color: rebeccapurple }\n" * 100
CODINGS = [coding for coding in ("gzip", "br", "zstd") if is_available(coding)]


@given(st.binary(max_size=2000).map(lambda chunk: chunk * 3))
def test_gzip_copies_are_read_by_python(content: bytes) -> None:
    copy = compressed("gzip", content, 9)
    assert copy is None or gzip.decompress(copy) == content


def test_brotli_copies_are_read_by_the_library() -> None:
    copy = compressed("br", TEXT, 11)
    assert copy is not None
    assert brotli.decompress(copy) == TEXT


@pytest.mark.parametrize("coding", CODINGS)
def test_no_copy_is_larger_than_its_original(coding: str) -> None:
    assert compressed(coding, b"x", 9) is None


def test_gzip_copies_carry_no_time_and_no_system() -> None:
    copy = compressed("gzip", TEXT, 9)
    assert copy is not None
    assert copy[:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_damaged_copy_is_recognised(coding: str) -> None:
    copy = compressed(coding, TEXT, 9)
    assert copy is not None
    assert is_copy_of(coding, copy, TEXT)
    for position in range(len(copy)):
        damaged = copy[:position] + bytes([copy[position] ^ 0x40]) + copy[position + 1 :]
        assert not is_copy_of(coding, damaged, TEXT), position
    assert not is_copy_of(coding, copy[:-1], TEXT)
    assert not is_copy_of(coding, copy, TEXT + b"\n")


@pytest.mark.parametrize("coding", CODINGS)
def test_a_lower_level_makes_a_larger_copy(coding: str) -> None:
    text = Path(zipfile.__file__).read_bytes()
    fast, small = compressed(coding, text, 1), compressed(coding, text, 9)
    assert fast is not None
    assert small is not None
    assert len(fast) > len(small)
    assert is_copy_of(coding, fast, text)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_library_has_a_version(coding: str) -> None:
    assert any(character.isdigit() for character in library(coding))
