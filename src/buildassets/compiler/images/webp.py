"""The size in a WebP (RFC 9649, section 2). Exif and XMP data do not count: no browser turns a WebP. Pure."""

from struct import unpack_from


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height. Raises struct.error if `data` ends before them."""
    kind = data[12:16]
    if kind == b"VP8X":
        (widths,) = unpack_from("<Q", data[24:30] + b"\0\0" if len(data) >= 30 else b"")
        return (widths & 0xFFFFFF) + 1, (widths >> 24) + 1
    if kind == b"VP8L":
        mark, bits = unpack_from("<BI", data, 20)
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1) if mark == 0x2F else None
    if kind == b"VP8 ":
        mark, width, height = unpack_from("<3sHH", data, 23)
        return (width & 0x3FFF, height & 0x3FFF) if mark == b"\x9d\x01\x2a" else None
    unpack_from("16s", data)  # whether the kind is there at all
    return None
