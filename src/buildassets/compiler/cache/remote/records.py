"""The form of what a remote cache holds: small JSON records in `ac/`, and bytes by their digest in `cas/`.

Takes values, gives bytes and back; raises ValueError for whatever is not as we write it.

A record belongs to one key of one scope, and leads to the names of files, whose digests give the next key, or to the
result. It is signed as a whole; what is signed is the JSON without the signature, with sorted keys.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from buildassets.compiler.cache import json_values
from buildassets.foundation.digest import digest, digest_of_all
from buildassets.foundation.frozen import frozen

FORMAT: Final = 1
MOST_RECORD_BYTES: Final = 1 << 20  # a sheet depends on 1,500 files at most
MOST_CONTENT_BYTES: Final = 1 << 25  # of one result, plain: larger ones stay on the machine
_LEAD: Final = b"buildassets cache record\n"  # no other text that is signed with the same key begins so
_SIGNATURE: Final = "signature"
_PLAIN: Final = "identity"
_ZLIB: Final = "zlib"
_WORTHWHILE: Final = 0.9
_MOST_SECONDS: Final = 600


@frozen
class Result:
    """The record of the last key of a chain.

    `digest` and `size_bytes` are those of the plain bytes, `stored` is the digest of the bytes in `cas/`, in which they
    are coded by `coding`. `milliseconds` is the time that it took to make them.
    """

    stored: str
    digest: str
    size_bytes: int
    coding: str
    milliseconds: int = 0


@frozen
class NameRecord:
    """The record of any other key: the sorted names of files."""

    names: tuple[str, ...]


Value = Result | NameRecord
Sign = Callable[[bytes], str]
Verify = Callable[[str, bytes], bool]  # a signature, and what is signed


def record_name(scope: str, key: str) -> str:
    """The name of the record for `key` in `scope`."""
    return f"ac/{digest_of_all(['buildassets', str(FORMAT), scope, key])}"


def content_name(stored: str) -> str:
    """The name of the bytes whose digest, as they are stored, is `stored`."""
    return f"cas/{stored}"


def dumped(scope: str, key: str, value: Value, sign: Sign | None) -> bytes:
    """The record that `key` leads to `value` in `scope`; without `sign` it is not signed."""
    fields = {"format": FORMAT, "scope": scope, "key": key, **_fields(value)}
    signed = fields if sign is None else {**fields, _SIGNATURE: sign(_signed(fields))}
    return json.dumps(signed, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def loaded(content: bytes, scope: str, key: str, verify: Verify) -> Value:
    """The record of `key` in `scope`, read from `content`.

    Raises ValueError unless `verify` accepts its signature, which is empty if it has none, and it is for that scope and
    key: one that was moved from another place is not.
    """
    fields = json_values.table(json_values.read(content))
    signature = fields.pop(_SIGNATURE, "")
    if not verify(json_values.text(signature), _signed(fields)):
        raise ValueError("it is not signed by a key of its scope")
    if (fields.pop("format", 0), fields.pop("scope", ""), fields.pop("key", "")) != (FORMAT, scope, key):
        raise ValueError("it is that of another key, scope or version")
    return _value(fields)


def _signed(fields: Mapping[str, Any]) -> bytes:
    return _LEAD + json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def _fields(value: Value) -> Mapping[str, Any]:
    if isinstance(value, NameRecord):
        return {"names": value.names}
    return {
        "stored": value.stored,
        "digest": value.digest,
        "size": value.size_bytes,
        "coding": value.coding,
        "milliseconds": value.milliseconds,
    }


def _value(fields: Mapping[str, Any]) -> Value:
    if set(fields) == {"names"}:
        names = json_values.texts(fields["names"])
        if not names or not all(map(is_portable, names)):
            raise ValueError("it has no names of files")
        return NameRecord(names)
    if set(fields) != {"stored", "digest", "size", "coding", "milliseconds"}:
        raise ValueError("it leads to nothing")
    result = Result(
        json_values.digest(fields["stored"]),
        json_values.digest(fields["digest"]),
        size_bytes=json_values.size(fields["size"]),
        coding=json_values.text(fields["coding"]),
        milliseconds=min(json_values.size(fields["milliseconds"]), _MOST_SECONDS * 1000),
    )
    if result.size_bytes > MOST_CONTENT_BYTES or result.coding not in (_PLAIN, _ZLIB):
        raise ValueError("its result is too large, or in an unknown coding")
    return result


def is_portable(name: str) -> bool:
    """Whether the name of a file, or of a set, holds no absolute path, and so means the same on other machines."""
    return bool(name) and not name.startswith(("/", "\\")) and name[1:2] != ":"


def packed(content: bytes, milliseconds: int) -> tuple[bytes, Result]:
    """The bytes to store for `content`, compressed where that is worthwhile, and what a record has to hold of them."""
    compressed = zlib.compress(content, 6)
    is_smaller = len(compressed) < _WORTHWHILE * len(content)
    stored, coding = (compressed, _ZLIB) if is_smaller else (content, _PLAIN)
    return stored, Result(
        digest(stored), digest(content), size_bytes=len(content), coding=coding, milliseconds=milliseconds
    )


def unpacked(stored: bytes, result: Result) -> bytes:
    """The plain bytes; no more of them are made than `result` has. Raises ValueError if they are not those of it."""
    if digest(stored) != result.stored:
        raise ValueError("its bytes do not have their digest")
    content = stored
    if result.coding == _ZLIB:
        stream = zlib.decompressobj()
        try:
            content = stream.decompress(stored, result.size_bytes + 1)
        except zlib.error:
            raise ValueError("its bytes are not in their coding") from None
    if len(content) != result.size_bytes or digest(content) != result.digest:
        raise ValueError("its plain bytes do not have their size and digest")
    return content
