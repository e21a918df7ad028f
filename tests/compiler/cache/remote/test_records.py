"""Records of a remote cache: what is read is what was written, for its key and scope, or nothing."""

import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.cache.remote.records import (
    MOST_CONTENT_BYTES,
    NameRecord,
    Result,
    dumped,
    is_portable,
    loaded,
    packed,
    record_name,
    unpacked,
)
from buildassets.foundation.digest import digest

KEY = digest(b"key")
RESULT = Result(digest(b"stored"), digest(b"plain"), 5, "identity", 7)


def signed(content: bytes) -> str:
    return digest(content)


def is_signed(signature: str, content: bytes) -> bool:
    return signature == digest(content)


@given(
    st.one_of(st.just(RESULT), st.builds(NameRecord, st.tuples(st.text("ab/é\n\0", min_size=1).filter(is_portable))))
)
def test_a_record_is_read_as_it_was_written(value: Result | NameRecord) -> None:
    assert loaded(dumped("main", KEY, value, signed), "main", KEY, is_signed) == value


@pytest.mark.parametrize(("scope", "key"), [("other", KEY), ("main", digest(b"other"))])
def test_a_record_of_another_place_is_rejected(scope: str, key: str) -> None:
    with pytest.raises(ValueError, match="another key, scope or version"):
        loaded(dumped("main", KEY, RESULT, signed), scope, key, is_signed)


@pytest.mark.parametrize("name", ["format", "scope", "key", "stored", "digest", "size", "coding", "milliseconds"])
def test_the_signature_covers_each_field(name: str) -> None:
    record = json.loads(dumped("main", KEY, RESULT, signed))
    record[name] = 2 if isinstance(record[name], int) else "2" * 64
    with pytest.raises(ValueError, match="not signed"):
        loaded(json.dumps(record).encode(), "main", KEY, is_signed)


@pytest.mark.parametrize(
    "value",
    [
        NameRecord(()),
        NameRecord(("/etc/passwd",)),
        NameRecord(("C:/secret",)),
        NameRecord(("\\\\server\\share",)),
        replace(RESULT, size_bytes=MOST_CONTENT_BYTES + 1),
        replace(RESULT, size_bytes=-1),
        replace(RESULT, coding="zip"),
        replace(RESULT, stored="../../etc/passwd"),
    ],
)
def test_a_signed_record_with_odd_values_is_rejected(value: Result | NameRecord) -> None:
    with pytest.raises(ValueError, match=r"."):
        loaded(dumped("main", KEY, value, signed), "main", KEY, is_signed)


@given(st.binary(max_size=200))
def test_bytes_that_are_not_a_record_are_rejected(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loaded(content, "main", KEY, lambda _signature, _signed: True)


@given(st.binary(max_size=300), st.integers(1, 100))
def test_contents_come_back(content: bytes, times: int) -> None:
    stored, result = packed(content * times, 3)
    assert unpacked(stored, result) == content * times


def test_incompressible_content_is_stored_unchanged() -> None:
    content = zlib.compress(bytes(range(256)))
    stored, result = packed(content, 0)
    assert (stored, result.coding) == (content, "identity")


def test_decompressing_stops_at_the_size() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    with pytest.raises(ValueError, match="plain bytes"):
        unpacked(bomb, Result(digest(bomb), digest(b""), 10, "zlib"))


def test_the_scope_is_in_the_name() -> None:
    assert record_name("main", KEY) != record_name("other", KEY)
