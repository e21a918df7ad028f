"""Which coding a request takes: RFC 9110, section 12.5.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.runtime.negotiation import IDENTITY, preferred_coding

SIZES = {"identity": 100, "gzip": 50, "br": 40, "zstd": 45}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, br, zstd", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "br"),
        ("gzip;q=0.001", "gzip"),
        ("*", "br"),
        ("gzip;q=0, *", "br"),
        ("*;q=0.5, zstd", "zstd"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip ;q=0.5 ,\tzstd; q=0.8", "zstd"),
        ("gzip;Q=1, br;q=0", "gzip"),
        (",, gzip,", "gzip"),
    ],
)
def test_the_best_liked_coding_is_taken_and_of_equals_the_smallest(accepted: str, coding: str) -> None:
    assert preferred_coding(accepted, SIZES) == coding


@pytest.mark.parametrize(
    "accepted",
    [
        None,
        "",
        "identity",
        "deflate",
        "gzip;q=0",
        "gzip;q=0.0, br;q=0.00, zstd;q=0.000",
        "identity;q=1, *;q=0",  # as browsers ask for media
        "gzip;q=0.5, identity",
        "dcb, dcz",
    ],
)
def test_plain_file_is_selected_unless_a_copy_is_preferred(accepted: str | None) -> None:
    assert preferred_coding(accepted, SIZES) == IDENTITY


@pytest.mark.parametrize("accepted", ["*;q=0", "identity;q=0", "deflate, identity;q=0", "br;q=0, *;q=0.0"])
def test_nothing_is_selected_where_the_plain_file_is_refused(accepted: str) -> None:
    assert preferred_coding(accepted, {"identity": 100}) is None


def test_copy_is_selected_where_the_plain_file_is_refused() -> None:
    assert preferred_coding("identity;q=0", SIZES | {"br": 200}) is None
    assert preferred_coding("identity;q=0, gzip;q=0.1", SIZES) == "gzip"


@pytest.mark.parametrize(
    "weight",
    ["q=2", "q=1.001", "q=-1", "q=nan", "q=1e-9", "q=", "q", "p=1", "q=0,5", "q=0.0001", "q=0.5;x=1", "q=\u0661"],
)
def test_malformed_member_is_ignored(weight: str) -> None:
    assert preferred_coding(f"gzip;{weight}", SIZES) == IDENTITY


@given(st.text(alphabet='gzipbr*;q=01. ,\t"/x-dentiy', max_size=60))
def test_no_header_makes_an_exception(accepted: str) -> None:
    assert preferred_coding(accepted, SIZES) in {None, *SIZES}


@given(st.dictionaries(st.sampled_from(sorted(SIZES)), st.integers(0, 1000), min_size=1))
def test_coding_with_weight_zero_is_never_selected(weights: dict[str, int]) -> None:
    accepted = ", ".join(f"{coding};q={weight / 1000:.3f}" for coding, weight in weights.items())
    chosen = preferred_coding(accepted, SIZES)
    assert chosen is None or weights.get(chosen) != 0
    assert weights.get(chosen or "", 0) == max(weights.values()) or not any(weights.values())
