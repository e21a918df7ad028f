"""The size of a picture in pixels as browsers show it, from the beginning of its file. Pure.

Takes bytes, gives width and height. The kind of a raster picture is found by its first bytes, as browsers do; its
suffix does not count. What counts as turned was measured in Chromium: JPEG, PNG and AVIF, but not WebP.
"""

import struct
from collections.abc import Callable
from typing import Final

from buildassets.compiler.images import avif, headers
from buildassets.compiler.images.svg import size as svg_size
from buildassets.foundation.frozen import frozen

_LIMIT_BYTES: Final = 1 << 23  # where the header of a picture has to end: colour profiles and previews take space
_LARGEST: Final = 1 << 24  # pixels at an edge, more than any browser decodes
_READERS: Final[tuple[tuple[bytes, int, Callable[[bytes], tuple[int, int] | None]], ...]] = (
    (b"\x89PNG\r\n\x1a\n", 0, headers.png_size),
    (b"\xff\xd8\xff", 0, headers.jpeg_size),
    (b"GIF8", 0, headers.gif_size),
    (b"WEBP", 8, headers.webp_size),
    (b"ftyp", 4, avif.size),
    (b"\0\0\1\0", 0, headers.icon_size),
    (b"\0\0\2\0", 0, headers.icon_size),
    (b"BM", 0, headers.bitmap_size),
)


@frozen
class Size:
    """Width and height in CSS pixels, both at least 1."""

    width: int
    height: int


def raster_size(head: bytes) -> Size | None:
    """The size of the raster picture that begins with `head`; None if `head` is too short, damaged or no picture."""
    for mark, offset, read in _READERS:
        if head.startswith(mark, offset):
            try:
                return _sound(read(head))
            except (struct.error, IndexError):  # it ends before the size
                return None
    return None


def vector_size(text: str) -> Size | None:
    """The size of the SVG image `text`; None if it has none, or one that depends on the page."""
    return _sound(svg_size(text))


def _sound(size: tuple[int, int] | None) -> Size | None:
    if size is None or not (0 < size[0] <= _LARGEST and 0 < size[1] <= _LARGEST):
        return None
    return Size(*size)


class SizeReader:
    """Finds the size of a raster picture from its chunks, while they are read for another purpose.

    A head that is still without a size is looked at again when it has doubled, so that many chunks take linear time.
    """

    def __init__(self) -> None:
        self._size: Size | None = None
        self._head = b""
        self._chunks: list[bytes] = []  # behind the head that was looked at
        self._more_bytes = 0  # in these

    @property
    def size(self) -> Size | None:
        """The size, if what was taken so far contains it."""
        if self._chunks:
            self._look()
        return self._size

    @property
    def is_found(self) -> bool:
        """Whether the size is known without another look, so that nothing more need be taken."""
        return self._size is not None

    def take(self, chunk: bytes) -> None:
        """Use the next chunk of the file, if the size is not known yet."""
        if self._size is None and len(self._head) + self._more_bytes < _LIMIT_BYTES:
            self._chunks.append(chunk)
            self._more_bytes += len(chunk)
            if self._more_bytes >= len(self._head):
                self._look()

    def _look(self) -> None:
        self._head = b"".join((self._head, *self._chunks))
        self._chunks, self._more_bytes = [], 0
        self._size = raster_size(self._head)
