"""What archives of releases and of packages have in common; most of it is tested with these."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from buildassets.disk.archives import _records, gunzipped


def refusal(kind: str, complaint: str) -> Exception:
    return ValueError(f"{kind}: {complaint}")


def in_bytes(content: bytes) -> Iterator[bytes]:
    return (content[at : at + 1] for at in range(len(content)))


def test_all_members_of_a_gzip_file_are_read_and_zeros_around_them_ignored() -> None:
    content = gzip.compress(b"a" * 999) + gzip.compress(b"b") + bytes(512)
    assert b"".join(gunzipped(in_bytes(content), refusal)) == b"a" * 999 + b"b"
    assert b"".join(gunzipped([content], refusal)) == b"a" * 999 + b"b"


A_MEMBER = gzip.compress(b"a", mtime=0)


@pytest.mark.parametrize(
    "content", [A_MEMBER[:-1], A_MEMBER + b"x", A_MEMBER[:2]], ids=["cut short", "more after it", "a magic number"]
)
def test_a_damaged_gzip_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="damaged: "):
        list(gunzipped([content], refusal))


class _CountedBytes(bytes):
    """Bytes that count what is copied of them, whatever it is copied with; also that of such copies."""

    copied = 0

    def __getitem__(self, key: Any) -> Any:
        return self._counted(super().__getitem__(key))

    def partition(self, separator: Any) -> Any:
        return tuple(map(self._counted, super().partition(separator)))

    def _counted(self, part: Any) -> Any:
        _CountedBytes.copied += len(part)
        return _CountedBytes(part)


def test_an_extended_header_of_many_records_is_copied_once() -> None:
    content = b"5 a=\n" * 10_000
    _CountedBytes.copied = 0
    assert _records(_CountedBytes(content), refusal) == {"a": b""}
    assert _CountedBytes.copied <= 4 * len(content)
