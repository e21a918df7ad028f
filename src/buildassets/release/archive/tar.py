"""Writes the headers of our tar archives.

They are POSIX headers (IEEE 1003.1, `pax`), with extended ones only where a name or a size needs it. `tarfile` writes
others: in its form fields of devices are empty, and versions of Python have differed in them.
"""

from typing import Final

from buildassets.release.inventory.names import is_utf8

BLOCK_BYTES: Final = 512
END: Final = bytes(2 * BLOCK_BYTES)
# 1980-01-01T00:00:00Z, the earliest time in a zip. Not 1970: other programs take that for a file without a time.
TIME_SECONDS: Final = 315_532_800
_MODE: Final = 0o644
_LARGEST_SIZE: Final = 0o77777777777  # the largest number of 11 octal digits
_MAGIC: Final = b"ustar\x0000"
_FILE, _EXTENDED = b"0", b"x"


def header(name: str, size_bytes: int) -> bytes:
    """The header, or headers, that precede the content of a file."""
    encoded = name.encode("utf-8", "surrogateescape")
    split = _split(encoded) if name.isascii() else None
    records = []
    if split is None:
        if not is_utf8(name):
            records.append(_record(b"hdrcharset", b"BINARY"))
        records.append(_record(b"path", encoded))
    if size_bytes > _LARGEST_SIZE:
        records.append(_record(b"size", b"%d" % size_bytes))
    extension = b"".join(records)
    prefix, rest = split or (b"", encoded[:100])
    own = _block(prefix, rest, size_bytes if size_bytes <= _LARGEST_SIZE else 0, _FILE)
    if not extension:
        return own
    return _block(b"", b"pax", len(extension), _EXTENDED) + extension + padding(len(extension)) + own


def padding(size_bytes: int) -> bytes:
    """The zeros that fill the last block after a content of that size."""
    return bytes(-size_bytes % BLOCK_BYTES)


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    """`name` as the prefix and name fields of a header; None where it does not fit into them."""
    if len(name) <= 100:
        return b"", name
    slash = name.find(b"/", len(name) - 101)
    if not 0 < slash <= 155:
        return None
    return name[:slash], name[slash + 1 :]


def _record(key: bytes, value: bytes) -> bytes:
    """A record of an extended header: its length, which counts itself, then key and value."""
    size = len(key) + len(value) + len(b" =\n")
    length = size + len(str(size))
    length = size + len(str(length))
    return b"%d %s=%s\n" % (length, key, value)


def _block(prefix: bytes, name: bytes, size_bytes: int, kind: bytes) -> bytes:
    fields = (
        name.ljust(100, b"\0"),
        b"%07o\0" % _MODE,
        *(b"0000000\0", b"0000000\0"),  # user, group
        b"%011o\0" % size_bytes,
        b"%011o\0" % TIME_SECONDS,
        b" " * 8,  # stands in for the checksum while that is computed
        kind + bytes(100) + _MAGIC + bytes(64),
        *(b"0000000\0", b"0000000\0"),  # device
        prefix.ljust(155, b"\0") + bytes(12),
    )
    block = b"".join(fields)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]
