"""Hashes as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.foundation.digest import (
    FINGERPRINT_LENGTH,
    IntegrityAlgorithm,
    digest,
    digest_of_all,
    fingerprint,
    integrity,
)


def test_digest_is_sha256() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-4


def test_fingerprint_is_the_first_twelve_digits() -> None:
    assert fingerprint(digest(b"abc")) == "ba7816bf8f01"
    assert FINGERPRINT_LENGTH == 12


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("sha256", "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="),
        ("sha384", "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"),
        (
            "sha512",
            "sha512-Q2bFTOhEALkN8hOms2FKTDLy7eugP2zFZ1T8LCvX42Fp3WoNr3bjZSAHeOsHrbV1Fu9/A0EzCinRE7Af1ofPrw==",
        ),
    ],
)
def test_integrity_is_what_browsers_compare(algorithm: IntegrityAlgorithm, expected: str) -> None:
    content = b"alert('Hello, world.');"  # the example of W3C SRI, section 3.1
    assert integrity(algorithm, content) == expected


@given(st.lists(st.text(st.characters())), st.lists(st.text(st.characters())))
def test_digest_of_all_tells_sequences_apart(one: list[str], other: list[str]) -> None:
    assert (digest_of_all(one) == digest_of_all(other)) is (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(["ab"], ["a", "b"]), (["a", "b"], ["b", "a"]), ([], [""]), (["1:a"], ["a"]), (["a1:b"], ["a", "b"])],
)
def test_parts_are_set_off_from_each_other(one: list[str], other: list[str]) -> None:
    assert digest_of_all(one) != digest_of_all(other)
