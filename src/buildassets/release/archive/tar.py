"""Writes the headers of our tar archives, and reads the members of a tar that any program wrote.

Writes POSIX headers (IEEE 1003.1, `pax`), with extended ones only where a name or a size needs it. Reads plain files
and folders; every other kind of member is refused, not skipped.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from buildassets.frozen import frozen
from buildassets.release.archive.streams import Stream
from buildassets.release.inventory.members import Member
from buildassets.release.inventory.refusals import refusal

BLOCK_BYTES: Final = 512
END: Final = bytes(2 * BLOCK_BYTES)
# 1980-01-01T00:00:00Z, the earliest time in a zip. Not 1970: other programs take that for a file without a time.
TIME_SECONDS: Final = 315_532_800
_MODE: Final = 0o644
_LARGEST_SIZE: Final = 0o77777777777  # the largest number of 11 octal digits
_LONGEST_EXTENSION_BYTES: Final = 1 << 16  # of extended headers and long names, which are held in memory
_MOST_EXTENSIONS: Final = 8  # extended headers and long names of one file; programs write one of each
_MOST_EXTENSION_BYTES: Final = 1 << 26  # of all files of an archive
_LONGEST_NUMBER: Final = 20  # decimal digits
_MAGICS: Final = (b"ustar\x0000", b"ustar  \x00")  # POSIX, GNU
_FILE_KINDS: Final = (b"0", b"\0")
_FOLDER, _EXTENDED, _LONG_NAME = b"5", b"x", b"L"
_ODDITIES: Final = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a named pipe",
    b"K": "a link",
    b"S": "a sparse file",
    b"g": "a header for all files",
}


def header(name: str, size_bytes: int) -> bytes:
    """The header, or headers, that precede the content of a file."""
    encoded = name.encode("utf-8", "surrogateescape")
    split = _split(encoded) if name.isascii() else None
    records = []
    if split is None:
        if not _is_utf8(encoded):
            records.append(_record(b"hdrcharset", b"BINARY"))
        records.append(_record(b"path", encoded))
    if size_bytes > _LARGEST_SIZE:
        records.append(_record(b"size", b"%d" % size_bytes))
    extension = b"".join(records)
    prefix, rest = split or (b"", encoded[:100])
    own = _block(prefix, rest, size_bytes if size_bytes <= _LARGEST_SIZE else 0, b"0")
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


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


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
        kind + bytes(100) + _MAGICS[0] + bytes(64),
        *(b"0000000\0", b"0000000\0"),  # device
        prefix.ljust(155, b"\0") + bytes(12),
    )
    block = b"".join(fields)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


@frozen
class _Head:
    """The values of a header together with those of the extended headers before it."""

    name: str
    size_bytes: int
    is_folder: bool


class _Content:
    """The unread rest of the content of one file."""

    def __init__(self, stream: Stream, size_bytes: int) -> None:
        self._stream = stream
        self._left_bytes = size_bytes

    def chunks(self) -> Iterator[bytes]:
        """Read the rest."""
        for piece in self._stream.pieces(self._left_bytes):
            self._left_bytes -= len(piece)
            yield piece

    def skip(self) -> None:
        """Skip the rest."""
        self._stream.skip(self._left_bytes)


def members_of_tar(stream: Stream, shown: str) -> Iterator[Member]:
    """The files in the archive `stream`, without folders; errors call it `shown`.

    Raises ReleaseError for a damaged archive, and for members that are neither files nor folders.
    """
    extensions = _Extensions(stream, shown)
    while head := _head(stream, extensions, shown):
        content = _Content(stream, head.size_bytes)
        if not head.is_folder:
            yield Member(head.name, head.size_bytes, content.chunks)
        content.skip()
        stream.skip(len(padding(head.size_bytes)))
    if any(piece.strip(b"\0") for piece in stream.rest()):
        raise refusal("archive/damaged", f"`{shown}` has data after its end", shown)


def _head(stream: Stream, extensions: "_Extensions", shown: str) -> _Head | None:
    """The next header; None at the end of the archive."""
    records: dict[str, bytes] = {}
    extensions.start_file()
    while (block := stream.read(BLOCK_BYTES)).strip(b"\0"):
        _refuse_damaged(block, shown)
        kind, size_bytes = block[156:157], _number(block[124:136], shown)
        if kind in (_EXTENDED, _LONG_NAME):
            records |= extensions.read(kind, size_bytes)
            continue
        name = records.get("path", _name(block, shown)).decode("utf-8", "surrogateescape").removeprefix("./")
        if kind not in (*_FILE_KINDS, _FOLDER):
            raise refusal("archive/member", f"`{shown}` holds `{name}`, {_ODDITIES.get(kind, 'no plain file')}", shown)
        if "size" in records:
            size_bytes = _decimal(records["size"], shown)
        return _Head(name, size_bytes, kind == _FOLDER)
    if records:
        raise refusal("archive/damaged", f"`{shown}` ends after an extended header", shown)
    return None


def _refuse_damaged(block: bytes, shown: str) -> None:
    stated = _number(block[148:156], shown)
    if block[257:265] not in _MAGICS or stated != sum(block[:148]) + sum(block[156:]) + 8 * ord(" "):
        raise refusal("archive/damaged", f"`{shown}` is damaged, or no archive that is known here", shown)


class _Extensions:
    """Reads the extended headers and long names of an archive, and refuses too many of them."""

    def __init__(self, stream: Stream, shown: str) -> None:
        self._stream = stream
        self._shown = shown
        self._count = 0  # of the current file
        self._total_bytes = 0

    def start_file(self) -> None:
        """Start the count for the next file."""
        self._count = 0

    def read(self, kind: bytes, size_bytes: int) -> Mapping[str, bytes]:
        """The records of an extended header, or of a long name, about the file whose header follows."""
        self._count += 1
        self._total_bytes += size_bytes
        if size_bytes > _LONGEST_EXTENSION_BYTES:
            raise refusal("archive/bomb", f"`{self._shown}` has a header of {size_bytes:,} bytes", self._shown)
        if self._count > _MOST_EXTENSIONS or self._total_bytes > _MOST_EXTENSION_BYTES:
            raise refusal("archive/bomb", f"`{self._shown}` has too many extended headers", self._shown)
        content = self._stream.read(size_bytes)
        self._stream.skip(len(padding(size_bytes)))
        return {"path": content.removesuffix(b"\0")} if kind == _LONG_NAME else _records(content, self._shown)


def _records(content: bytes, shown: str) -> Mapping[str, bytes]:
    records = {}
    start = 0
    while start < len(content):
        space = content.find(b" ", start, start + _LONGEST_NUMBER + 1)
        end = start + _decimal(content[start : max(space, start)], shown)
        key, equals, value = content[space + 1 : end].partition(b"=")
        if not space < end <= len(content) or not equals or not value.endswith(b"\n"):
            raise refusal("archive/damaged", f"`{shown}` has an extended header that is damaged", shown)
        if key.startswith(b"GNU.sparse.") or key == b"linkpath":
            raise refusal("archive/member", f"`{shown}` holds a sparse file or a link", shown)
        records[key.decode("utf-8", "replace")] = value[:-1]
        start = end
    return records


def _name(block: bytes, shown: str) -> bytes:
    name = _text(block[:100], shown)
    prefix = _text(block[345:500], shown) if block[257:265] == _MAGICS[0] else b""
    return prefix + b"/" + name if prefix else name


def _text(field: bytes, shown: str) -> bytes:
    text, _, rest = field.partition(b"\0")
    if rest.strip(b"\0"):
        raise refusal("archive/name", f"`{shown}` holds a name with a NUL in it", shown)
    return text


def _number(field: bytes, shown: str) -> int:
    """The number in `field`: octal digits, or binary after a first byte of 0x80 (GNU)."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        raise refusal("archive/damaged", f"`{shown}` has a header that is damaged", shown)
    return int(digits or b"0", 8)


def _decimal(digits: bytes, shown: str) -> int:
    if not digits.isdigit() or len(digits) > _LONGEST_NUMBER:
        raise refusal("archive/damaged", f"`{shown}` has an extended header that is damaged", shown)
    return int(digits)
