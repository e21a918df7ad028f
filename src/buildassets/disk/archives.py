"""Reads tar archives that anybody may have made, as a stream: those of releases and of packages.

Takes chunks of bytes, gives members as `tarfile` describes them. Its own reader is not used: it takes a damaged header
for the end, ignores what is wrong in extended ones, and reads them into memory whatever their length.
"""

import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, TypeAlias

_CHUNK_BYTES: Final = 1 << 18
_PIECE_BYTES: Final = 1 << 12
_LONGEST_EXTENSION_BYTES: Final = 1 << 16  # of extended headers and long names, which are held in memory
_MOST_EXTENSIONS: Final = 8  # extended headers and long names of one file; programs write one of each
_MOST_EXTENSION_BYTES: Final = 1 << 26  # of all files of an archive
_LONGEST_NUMBER: Final = 20  # decimal digits
_EXTENSIONS: Final = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME)
_GLOBAL_KEYS: Final = {"comment"}  # which git writes; all others would be about every file
_ODDITIES: Final = {
    tarfile.LNKTYPE: "a hard link",
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a named pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}

# The error for a fault, `bomb`, `damaged`, `member` or `name`, and for a complaint that follows the archive's name.
Refusal: TypeAlias = Callable[[str, str], Exception]
Content: TypeAlias = Callable[[], Iterator[bytes]]


def members_of_tar(chunks: Iterable[bytes], refusal: Refusal) -> Iterator[tuple[tarfile.TarInfo, Content]]:
    """The files and folders in a tar, each with a function that gives its content until the next one is requested.

    Of a TarInfo only name, size, mode and kind count. Raises a `refusal` for a damaged archive and any other member.
    """
    stream, extension_bytes = _Stream(chunks, refusal), 0
    records: dict[str, bytes] = {}
    extensions = 0
    while (block := stream.read(tarfile.BLOCKSIZE)).strip(b"\0"):
        info = _decoded(block, refusal)
        if info.type in _EXTENSIONS:
            extensions, extension_bytes = extensions + 1, extension_bytes + info.size
            if info.size > _LONGEST_EXTENSION_BYTES:
                raise refusal("bomb", f"has a header of {info.size:,} bytes")
            if extensions > _MOST_EXTENSIONS or extension_bytes > _MOST_EXTENSION_BYTES:
                raise refusal("bomb", "has too many extended headers")
            records |= _extension(info.type, stream.read(_in_blocks(info.size))[: info.size], refusal)
            continue
        _complete(info, records, refusal)
        end = stream.offset + info.size
        yield info, partial(stream.until, end)
        stream.skip(_in_blocks(end))
        records, extensions = {}, 0
    if extensions:
        raise refusal("damaged", "ends after an extended header")
    if any(piece.strip(b"\0") for piece in stream.until(None)):
        raise refusal("damaged", "has data after its end")


def limited(chunks: Iterable[bytes], most_bytes: int, too_much: Exception) -> Iterator[bytes]:
    """The same `chunks`; raises `too_much` once they exceed `most_bytes`."""
    for chunk in chunks:
        most_bytes -= len(chunk)
        if most_bytes < 0:
            raise too_much
        yield chunk


def gunzipped(chunks: Iterable[bytes], refusal: Refusal) -> Iterator[bytes]:
    """The content of all members of a gzip file (RFC 1952), one after the other; zeros around them are ignored.

    Raises a `refusal` for damaged ones.
    """
    inflate, is_within = zlib.decompressobj(31), False
    try:
        for chunk in _in_pieces(chunks):
            while chunk := chunk if is_within else chunk.lstrip(b"\0"):
                yield inflate.decompress(chunk, _CHUNK_BYTES)
                chunk, is_within = inflate.unconsumed_tail or inflate.unused_data, not inflate.eof
                if inflate.eof:
                    inflate = zlib.decompressobj(31)
            while piece := inflate.decompress(b"", _CHUNK_BYTES):
                yield piece
    except zlib.error as fault:
        raise refusal("damaged", f"is damaged: {fault}") from None
    if is_within and not inflate.eof:
        raise refusal("damaged", "ends too early")


def _in_pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield `chunks` in small pieces: the library copies what follows each member, of which there may be many."""
    return (chunk[at : at + _PIECE_BYTES] for chunk in chunks for at in range(0, len(chunk), _PIECE_BYTES))


class _Stream:
    """The bytes in `chunks`, read once; `offset` is the number of bytes read so far."""

    def __init__(self, chunks: Iterable[bytes], refusal: Refusal) -> None:
        self._chunks = filter(None, chunks)
        self._chunk = b""
        self._used = 0  # bytes of the chunk
        self._refusal = refusal
        self.offset = 0

    def read(self, size_bytes: int) -> bytes:
        return b"".join(self.until(self.offset + size_bytes))

    def skip(self, end: int) -> None:
        for _ in self.until(end):
            pass

    def until(self, end: int | None) -> Iterator[bytes]:
        """The unread bytes before the offset `end`, in pieces; without one, all that there are."""
        while end is None or self.offset < end:
            if self._used == len(self._chunk):
                self._chunk, self._used = next(self._chunks, b""), 0
            piece = self._chunk[self._used : None if end is None else self._used + end - self.offset]
            if not piece and end is None:
                return
            if not piece:
                raise self._refusal("damaged", "ends too early")
            self._used += len(piece)
            self.offset += len(piece)
            yield piece


def _in_blocks(size_bytes: int) -> int:
    return size_bytes + -size_bytes % tarfile.BLOCKSIZE


def _decoded(block: bytes, refusal: Refusal) -> tarfile.TarInfo:
    """The header in `block`, without owner and times, which `TarInfo.frombuf` takes twice as long to decode."""
    prefix_end = 500 if block[257:265] == tarfile.POSIX_MAGIC else 345  # GNU has times there
    name, prefix = (block[at:end].rstrip(b"\0") for at, end in ((0, 100), (345, prefix_end)))
    if b"\0" in name + prefix:
        raise refusal("name", "holds a name with a NUL in it")
    info = tarfile.TarInfo((prefix + b"/" + name if prefix else name).decode("utf-8", "surrogateescape"))
    try:
        info.mode, info.size, stated = (_number(block[at:end]) for at, end in ((100, 108), (124, 136), (148, 156)))
    except ValueError:
        raise refusal("damaged", "has a header that is damaged") from None
    if stated != sum(block) - sum(block[148:156]) + 8 * ord(" ") or info.size < 0:
        raise refusal("damaged", "is damaged, or no archive that is known here")
    is_old_folder = block[156:157] == tarfile.AREGTYPE and name.endswith(b"/")
    info.type = tarfile.DIRTYPE if is_old_folder else block[156:157]
    return info


def _number(field: bytes) -> int:
    """The number in `field`: octal digits, or binary after a first byte of 0x80 (GNU)."""
    return int.from_bytes(field[1:], "big") if field[0] == 0x80 else int(field.strip(b" \0") or b"0", 8)


def _extension(kind: bytes, content: bytes, refusal: Refusal) -> Mapping[str, bytes]:
    """The records of an extended header, or of a long name, about the file whose header follows."""
    if kind == tarfile.GNUTYPE_LONGNAME:
        return {"path": content.removesuffix(b"\0")}
    records = _records(content, refusal)
    if kind == tarfile.XHDTYPE:
        return records
    if not records.keys() <= _GLOBAL_KEYS:
        raise refusal("member", "has a header for all files")
    return {}


def _records(content: bytes, refusal: Refusal) -> Mapping[str, bytes]:
    records = {}
    start = 0
    while start < len(content):
        space = content.find(b" ", start, start + _LONGEST_NUMBER + 1)
        end = start + _decimal(content[start : max(space, start)], refusal)
        key, equals, value = content[space + 1 : end].partition(b"=")
        if not space < end <= len(content) or not equals or not value.endswith(b"\n"):
            raise refusal("damaged", "has an extended header that is damaged")
        if key.startswith(b"GNU.sparse.") or key == b"linkpath":
            raise refusal("member", "holds a sparse file or a link")
        records[key.decode("utf-8", "replace")] = value[:-1]
        start = end
    return records


def _decimal(digits: bytes, refusal: Refusal) -> int:
    if not digits.isdigit() or len(digits) > _LONGEST_NUMBER:
        raise refusal("damaged", "has an extended header that is damaged")
    return int(digits)


def _complete(info: tarfile.TarInfo, records: Mapping[str, bytes], refusal: Refusal) -> None:
    """Give `info` what the extended `records` before it have. Raises a `refusal` for neither a file nor a folder."""
    if "path" in records:
        info.name = records["path"].decode("utf-8", "surrogateescape")
    if info.isdir():
        info.name, info.size = info.name.rstrip("/"), 0
    elif info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise refusal("member", f"holds `{info.name}`, {_ODDITIES.get(info.type, 'no plain file')}")
    elif "size" in records:
        info.size = _decimal(records["size"], refusal)
