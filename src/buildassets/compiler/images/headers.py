"""Reads the headers of raster pictures: their sizes, their orientation, and what else a build asks of them. Pure.

- JPEG: ITU-T T.81, annex B. Exif data: Exif 2.32, section 4.6.4, tag 274.
- PNG: PNG specification, third edition; also whether the pixels are all there.
- GIF: GIF89a specification, sections 18 to 22; also whether it moves.
- WebP: RFC 9649, section 2. Exif and XMP data do not count: no browser turns a WebP. Browsers show no still picture
  whose canvas has another size than its only frame (Chromium).
- Icons and cursors, and bitmaps of Windows.

The boxes of AVIF have a module of their own.
"""

import zlib
from collections.abc import Iterator
from struct import calcsize, error, iter_unpack, unpack_from
from typing import Final

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the markers that begin a frame
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))  # the markers without a length
_APP1, _SCAN, _END = 0xE1, 0xDA, 0xD9
_EXIF: Final = b"Exif\0\0"

_ORIENTATION: Final = 0x112
_SHORT: Final = 3
_UPRIGHT: Final = 1
_SIDEWAYS: Final = range(5, 9)  # the orientations that exchange width and height
_TIFF_ENTRY: Final = "HHI"  # tag, type, count; the value follows
_HEAD_BYTES: Final = 6
_ENTRY: Final = "<BB14x"
_OS2_HEADER_BYTES: Final = 12
_SCREEN_BYTES: Final = 13
_EXTENSION, _IMAGE = 0x21, 0x2C
_SIGNATURE_BYTES: Final = 8
_AROUND_BYTES: Final = 12  # of a chunk: length, type and checksum
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type (section 11.2.1)
# First column and row, and the steps, of the passes of an interlaced picture (section 8.2, Adam7).
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_ALL_AT_ONCE: Final = ((0, 0, 1, 1),)
_PIECE_BYTES: Final = 1 << 20
_ANIMATED: Final = 0x02  # a flag of the canvas
_FIRST_CHUNK: Final = 12
_CHUNK_HEAD_BYTES: Final = 8  # of a chunk


def is_sideways(tiff: bytes) -> bool:
    """Whether the orientation in `tiff`, which begins with a TIFF header, exchanges width and height."""
    return exchanges_edges(orientation(tiff))


def exchanges_edges(value: int) -> bool:
    """Whether a picture with the orientation `value` is shown with width and height exchanged."""
    return value in _SIDEWAYS


def orientation(tiff: bytes) -> int:
    """The orientation in `tiff`, which begins with a TIFF header, from 1 to 8; 1 if there is no valid one.

    Raises struct.error if `tiff` ends before its first directory.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return _UPRIGHT
    (start,) = unpack_from(order + "I", tiff, 4)
    if start + 2 > len(tiff):
        return _UPRIGHT
    (count,) = unpack_from(order + "H", tiff, start)
    for place in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, values = unpack_from(order + _TIFF_ENTRY, tiff, place)
        if tag == _ORIENTATION:
            (value,) = unpack_from(order + "H", tiff, place + calcsize("=" + _TIFF_ENTRY))
            return value if kind == _SHORT and values == 1 and 1 <= value <= 8 else _UPRIGHT
    return _UPRIGHT


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height. Exif data counts wherever it is before the scan; of several the first.

    Raises IndexError or struct.error if `data` ends before the scan.
    """
    found: tuple[int, int] | None = None
    exif: bytes | None = None
    place = 2
    while True:
        place = data.index(0xFF, place) if data.find(0xFF, place) >= 0 else len(data)
        while data[place] == 0xFF:  # any number of them may stand before a marker
            place += 1
        marker = data[place]
        place += 1
        if marker in (_SCAN, _END):
            break
        if marker in _ALONE or marker == 0:
            continue
        (length,) = unpack_from(">H", data, place)
        if marker in _FRAMES and found is None:
            height, width = unpack_from(">HH", data, place + 3)
            found = width, height
        elif marker == _APP1 and exif is None and data.startswith(_EXIF, place + 2):
            exif = data[place + 2 + len(_EXIF) : place + length]
        place += max(2, length)
    return found[::-1] if found and exif is not None and is_sideways(exif) else found


def icon_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the largest picture, which browsers show; 0 stands for 256.

    Raises struct.error if `data` ends before the list of pictures does.
    """
    (count,) = unpack_from("<H", data, 4)
    unpack_from(f"{_HEAD_BYTES + 16 * count}s", data)
    entries = iter_unpack(_ENTRY, data[_HEAD_BYTES : _HEAD_BYTES + 16 * count])
    sizes = [(width or 256, height or 256) for width, height in entries]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def bitmap_size(data: bytes) -> tuple[int, int] | None:
    """Width and height; a negative height means that the first row is the top one. Raises struct.error."""
    (header_bytes,) = unpack_from("<I", data, 14)
    if header_bytes == _OS2_HEADER_BYTES:
        width, height = unpack_from("<HH", data, 18)
    else:
        width, height = unpack_from("<ii", data, 18)
    return width, abs(height)


def gif_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the screen, or of the first frame if that is larger: browsers enlarge the screen then.

    None if there is no frame. Raises IndexError or struct.error if `data` ends before the first frame.
    """
    width, height, flags = unpack_from("<HHB", data, 6)
    place = _after_colours(data, _SCREEN_BYTES, flags)
    while data[place] == _EXTENSION:
        place = _after_blocks(data, place + 2)
    if data[place] != _IMAGE:
        return None
    left, top, frame_width, frame_height = unpack_from("<HHHH", data, place + 1)
    return max(width, left + frame_width), max(height, top + frame_height)


def has_several_frames(data: bytes) -> bool:
    """Whether there is a second frame. Raises IndexError if `data` ends before that is known."""
    place = _after_colours(data, _SCREEN_BYTES, data[10])
    frames = 0
    while frames < 2:
        if data[place] == _EXTENSION:
            place = _after_blocks(data, place + 2)
        elif data[place] == _IMAGE:
            frames += 1
            place = _after_colours(data, place + 10, data[place + 9])
            place = _after_blocks(data, place + 1)  # behind the gif_size of the codes
        else:
            return False
    return True


def _after_colours(data: bytes, place: int, flags: int) -> int:
    """The place behind the table of colours at `place`, which is there if `flags` have it."""
    return place + (3 << (flags & 7) + 1 if flags & 0x80 else 0)


def _after_blocks(data: bytes, place: int) -> int:
    """The place behind the blocks at `place`, the last of which is empty."""
    while data[place]:
        place += 1 + data[place]
    return place + 1


def lacks_pixels(data: bytes) -> bool:
    """Whether the pixels of a PNG end early: decoders then show the rest black, without an error.

    False where the header or the compressed data are damaged, which decoders report.
    """
    try:
        width, height, bits, colours, _, _, interlaced = unpack_from(">IIBBBBB", data, _SIGNATURE_BYTES + 8)
        left_bytes = _filtered_bytes(width, height, bits * _CHANNELS[colours], interlaced)
        inflating = zlib.decompressobj()
        for piece in _pixel_data(data):
            while piece and left_bytes > 0:
                left_bytes -= len(inflating.decompress(piece, _PIECE_BYTES))
                piece = inflating.unconsumed_tail
        return left_bytes > 0
    except (error, zlib.error, KeyError):
        return False


def _filtered_bytes(width: int, height: int, pixel_bits: int, interlaced: int) -> int:
    """The png_size of the pixels before compression: each row has one byte for its filter (section 9)."""
    count = 0
    for column, row, across, down in _PASSES if interlaced else _ALL_AT_ONCE:
        columns, rows = -(-(width - column) // across), -(-(height - row) // down)
        if columns > 0 and rows > 0:
            count += rows * (1 + (columns * pixel_bits + 7) // 8)
    return count


def _pixel_data(data: bytes) -> Iterator[bytes]:
    """The content of each `IDAT`, until the data end."""
    place = _SIGNATURE_BYTES
    while place + _AROUND_BYTES <= len(data):
        length, kind = unpack_from(">I4s", data, place)
        if kind == b"IDAT":
            yield data[place + 8 : place + 8 + length]
        place += _AROUND_BYTES + length


def png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height. An `eXIf` counts if it is before the pixels; of several the first.

    Raises struct.error if `data` ends before the pixels.
    """
    found: tuple[int, int] | None = None
    exif: bytes | None = None
    place = _SIGNATURE_BYTES
    while True:
        length, kind = unpack_from(">I4s", data, place)
        if kind == b"IHDR" and found is None:
            found = unpack_from(">II", data, place + 8)
        elif found is None:
            return None
        elif kind == b"eXIf" and exif is None:
            exif = data[place + 8 : place + 8 + length]
        elif kind in (b"IDAT", b"IEND"):
            break
        place += _AROUND_BYTES + length
    return found[::-1] if exif is not None and is_sideways(exif) else found


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height. Raises struct.error if `data` ends before them."""
    if not data.startswith(b"RIFF"):
        return None
    kind, _ = _chunk(data, _FIRST_CHUNK)
    if kind != b"VP8X":
        return _of_frame(data, _FIRST_CHUNK)
    flags, widths, rest = unpack_from("<B3xIH", data, _FIRST_CHUNK + _CHUNK_HEAD_BYTES)
    bits = widths | rest << 32
    canvas = (bits & 0xFFFFFF) + 1, (bits >> 24) + 1
    return canvas if flags & _ANIMATED or _of_frame(data, _frame_place(data)) == canvas else None


def _chunk(data: bytes, place: int) -> tuple[bytes, int]:
    """The kind of the chunk at `place`, and the place behind it."""
    kind, size_bytes = unpack_from("<4sI", data, place)
    return kind, place + _CHUNK_HEAD_BYTES + size_bytes + size_bytes % 2


def _frame_place(data: bytes) -> int:
    """The place of the chunk with the only frame."""
    place = _FIRST_CHUNK
    kind, behind = _chunk(data, place)
    while kind not in (b"VP8 ", b"VP8L"):
        place = behind
        kind, behind = _chunk(data, place)
    return place


def _of_frame(data: bytes, place: int) -> tuple[int, int] | None:
    """Width and height of the frame in the chunk at `place`; None if it is none."""
    kind, _ = _chunk(data, place)
    start = place + _CHUNK_HEAD_BYTES
    if kind == b"VP8L":
        mark, bits = unpack_from("<BI", data, start)
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1) if mark == 0x2F else None
    if kind == b"VP8 ":
        mark, width, height = unpack_from("<3sHH", data, start + 3)
        return (width & 0x3FFF, height & 0x3FFF) if mark == b"\x9d\x01\x2a" else None
    return None
