"""Archives made byte for byte, of what no honest program writes too."""

import struct
import zlib
from collections.abc import Iterable

TAR_END = bytes(1024)


def tar_member(
    name: bytes,
    content: bytes = b"",
    kind: bytes = b"0",
    *,
    link: bytes = b"",
    size: bytes | None = None,
    magic: bytes = b"ustar\x0000",
    prefix: bytes = b"",
) -> bytes:
    """A header with a right checksum, and a content. `size` is the value of the field, if not the true one."""
    block = b"".join(
        (
            name.ljust(100, b"\0"),
            b"0000777\0" + b"0001750\0" * 2,
            (b"%011o\0" % len(content)) if size is None else size,
            b"14000000000\0" + b" " * 8 + kind,
            link.ljust(100, b"\0"),
            magic,
            b"root".ljust(32, b"\0") * 2 + b"0000000\0" * 2,
            prefix.ljust(155, b"\0") + bytes(12),
        )
    )
    block = block[:148] + b"%06o\0 " % sum(block) + block[156:]
    return block + content + bytes(-len(content) % 512)


def pax(records: dict[str, bytes]) -> bytes:
    """An extended header."""
    content = b""
    for key, value in records.items():
        rest = f" {key}=".encode() + value + b"\n"
        length = len(rest) + 1
        while len(rest) + len(str(length)) != length:
            length = len(rest) + len(str(length))
        content += b"%d" % length + rest
    return tar_member(b"pax", content, b"x")


def long_name(name: bytes, kind: bytes = b"L") -> bytes:
    """GNU's header before that of a file with a long name, or of a link with a long target."""
    return tar_member(b"././@LongLink", name + b"\0", kind, magic=b"ustar  \0")


class ZipFile:
    """One file of a zip; what differs from the truth is named."""

    def __init__(
        self,
        name: bytes,
        content: bytes = b"",
        *,
        central_name: bytes | None = None,
        mode: int = 0o100644,
        method: int = 8,
        flags: int = 0,
        size: int | None = None,
        has_descriptor: bool = False,
        extra: bytes = b"",
        central_extra: bytes = b"",
        shares_data_with: int | None = None,
    ) -> None:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.name = name
        self.central_name = name if central_name is None else central_name
        self.data = deflate.compress(content) + deflate.flush() if method == 8 else content
        self.crc = zlib.crc32(content)
        self.size = len(content) if size is None else size
        self.mode, self.method, self.flags = mode, method, flags | (8 if has_descriptor else 0)
        self.has_descriptor = has_descriptor
        self.extra, self.central_extra = extra, central_extra
        self.shares_data_with = shares_data_with

    def local(self) -> bytes:
        """Header and data."""
        numbers = (0, 0, 0) if self.has_descriptor else (self.crc, len(self.data), self.size)
        fields = (20, self.flags, self.method, 0, 33, *numbers, len(self.name), len(self.extra))
        descriptor = struct.pack("<4sIII", b"PK\x07\x08", self.crc, len(self.data), self.size)
        tail = descriptor if self.has_descriptor else b""
        return b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", *fields) + self.name + self.extra + self.data + tail

    def central(self, offset: int) -> bytes:
        """The entry of the directory."""
        sizes = (self.crc, len(self.data), self.size, len(self.central_name), len(self.central_extra))
        fields = (3 << 8 | 45, 45, self.flags, self.method, 0, 33, *sizes, 0, 0, 0, self.mode << 16, offset)
        head = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", *fields)
        return head + self.central_name + self.central_extra


def zip_of(files: Iterable[ZipFile], *, before: bytes = b"", is_64: bool = False) -> bytes:
    """A zip; `is_64` puts the numbers of its end where zip64 has them."""
    listed = list(files)
    content, offsets = before, list[int]()
    for file in listed:
        if file.shares_data_with is not None:
            offsets.append(offsets[file.shares_data_with])
            continue
        offsets.append(len(content))
        content += file.local()
    start = len(content)
    content += b"".join(file.central(offset) for file, offset in zip(listed, offsets, strict=True))
    size, count = len(content) - start, len(listed)
    if is_64:
        record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
        content += record + struct.pack("<4sIQI", b"PK\x06\x07", 0, start + size, 1)
        return content + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size, start, 0)
