"""Small pictures of all kinds, each 40 by 30 pixels before it is turned."""

import io
import struct
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from PIL import Image

WIDTH: Final = 40
HEIGHT: Final = 30
SIDEWAYS: Final = 6  # Exif's number for a quarter turn


def picture(form: str, orientation: int | None = None, mode: str = "RGB", **options: Any) -> bytes:
    """A picture as Pillow writes it, with that Exif orientation."""
    if orientation is not None:
        exif = Image.Exif()
        exif[0x112] = orientation
        options["exif"] = exif
    file = io.BytesIO()
    Image.new(mode, (WIDTH, HEIGHT)).save(file, form, **options)
    return file.getvalue()


def tiff(orientation: int, order: str = "<", kind: int = 3) -> bytes:
    """Exif data with nothing but an orientation; `kind` is the type of the number, by default SHORT."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(order + "IHHHIHHI", 8, 1, 0x112, kind, 1, orientation, 0, 0)


def app1(exif: bytes) -> bytes:
    """The segment of a JPEG with that Exif data."""
    return b"\xff\xe1" + struct.pack(">H", 8 + len(exif)) + b"Exif\0\0" + exif


def jpeg(*before_frame: bytes, before_scan: bytes = b"") -> bytes:
    """A JPEG with further segments."""
    plain = picture("JPEG")
    scan = plain.index(b"\xff\xda")
    return plain[:2] + b"".join(before_frame) + plain[2:scan] + before_scan + plain[scan:]


def png(before_pixels: Iterable[tuple[bytes, bytes]] = (), after_pixels: Iterable[tuple[bytes, bytes]] = ()) -> bytes:
    """A PNG with further chunks, each a type and its content."""
    rows = b"".join(b"\0" + bytes(WIDTH) for _ in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), *before_pixels, (b"IDAT", zlib.compress(rows)), *after_pixels, (b"IEND", b"")]
    written = (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def gif(screen: tuple[int, int] = (WIDTH, HEIGHT), frame_at: tuple[int, int] = (0, 0)) -> bytes:
    """A GIF whose frame stands at that place on a screen of that size."""
    content = bytearray(picture("GIF"))
    content[6:10] = struct.pack("<HH", *screen)
    place = content.rindex(b"," + struct.pack("<HHHH", 0, 0, WIDTH, HEIGHT))
    content[place + 1 : place + 5] = struct.pack("<HH", *frame_at)
    return bytes(content)


def bitmap_from_top() -> bytes:
    """A bitmap whose first row is the top one."""
    content = bytearray(picture("BMP"))
    content[22:26] = struct.pack("<i", -HEIGHT)
    return bytes(content)


def icon(*edges: int) -> bytes:
    """An icon with squares of these sizes."""
    file = io.BytesIO()
    Image.new("RGBA", (256, 256)).save(file, "ICO", sizes=[(edge, edge) for edge in edges])
    return file.getvalue()


RASTERS: Final[dict[str, Callable[[], bytes]]] = {
    **{f"jpeg {turn}": partial(picture, "JPEG", turn) for turn in (None, 0, 1, 3, 5, 6, 8, 9)},
    "jpeg progressive": lambda: picture("JPEG", progressive=True),
    "jpeg cmyk": lambda: picture("JPEG", mode="CMYK"),
    "jpeg exif after the frame": lambda: jpeg(before_scan=app1(tiff(SIDEWAYS))),
    "jpeg exif twice, upright first": lambda: jpeg(app1(tiff(1)), app1(tiff(SIDEWAYS))),
    "jpeg exif twice, sideways first": lambda: jpeg(app1(tiff(SIDEWAYS)), app1(tiff(1))),
    "jpeg exif in big-endian order": lambda: jpeg(app1(tiff(SIDEWAYS, ">"))),
    "jpeg orientation as a long number": lambda: jpeg(app1(tiff(SIDEWAYS, kind=4))),
    "jpeg large profiles before exif": lambda: jpeg(*[b"\xff\xe2\xff\xff" + bytes(65533)] * 40, app1(tiff(SIDEWAYS))),
    "png": png,
    "png exif": lambda: png([(b"eXIf", tiff(SIDEWAYS))]),
    "png exif in big-endian order": lambda: png([(b"eXIf", tiff(SIDEWAYS, ">"))]),
    "png exif after the pixels": lambda: png(after_pixels=[(b"eXIf", tiff(SIDEWAYS))]),
    "png exif with a prefix": lambda: png([(b"eXIf", b"Exif\0\0" + tiff(SIDEWAYS))]),
    "png exif twice": lambda: png([(b"eXIf", tiff(1)), (b"eXIf", tiff(SIDEWAYS))]),
    "gif": gif,
    "gif small screen": lambda: gif((10, 10)),
    "gif small screen, frame aside": lambda: gif((10, 10), (5, 7)),
    "gif large screen": lambda: gif((100, 90)),
    "gif large screen, frame aside": lambda: gif((100, 90), (80, 80)),
    "gif no screen": lambda: gif((0, 0)),
    "webp lossy": lambda: picture("WEBP"),
    "webp lossless": lambda: picture("WEBP", lossless=True),
    "webp exif": lambda: picture("WEBP", SIDEWAYS),
    "webp moving": lambda: picture("WEBP", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT), "red")]),
    **{f"avif {turn}": partial(picture, "AVIF", turn) for turn in (None, *range(1, 9))},
    "avif with alpha": lambda: picture("AVIF", mode="RGBA"),
    "avif moving": lambda: picture("AVIF", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT), "red")]),
    "icon": lambda: icon(16, 48, 32),
    "icon of 256": lambda: icon(16, 256),
    "bitmap": lambda: picture("BMP"),
    "bitmap from the top": bitmap_from_top,
}
"""Functions that make pictures, by what is particular in each."""

# Attributes of `<svg>` whose size does not depend on fonts or on the page, or that have none.
VECTORS: Final = (
    'width="10" height="20"',
    'width="10.5px" height="20.4"',
    'width=" 1in " height="+1cm"',
    'width="10mm" height="40q"',
    'width="12pt" height="2PC"',
    'width="2em" height=".5rem"',
    'width="1e1" height="2E1px"',
    'width="10" height="20" style="width:50px;height:60px"',
    'style="width:auto" width="10" height="20"',
    'width="10" height="20" viewBox="0 0 30 40"',
    'width="&#49;0" height="2&#x30;&#112;x"',
    'width="60" viewBox="0&#32;0 30 40"',
    'width="&lt;" height="20" viewBox="0 0 30 40"',
    'width="60" viewBox="0 0 30 40"',
    'height="60" viewBox="0,0 , 30 40"',
    'width="7" viewBox="0 0 30 41"',
    'width="auto" height="20" viewBox=" 0 0 30 40 "',
    'width="100%" height="20" viewBox="0 0 3e1 4e1"',
    'width="10foo" height="20" viewBox="0 0 30 40"',
    'width="" height="20" viewBox="0 0 30 40"',
)
VECTORS_WITHOUT_SIZE: Final = (
    "",
    'width="60"',
    'width="50%" height="20"',
    'style="width:50px;height:60px"',
    'width="auto" height="auto"',
    'width="0" height="20"',
    'width="-5" height="20"',
    'width="0.4" height="0.6"',
    'width="2ex" height="3ch"',
    'width="10vw" height="20"',
    'width="calc(10px + 5px)" height="20" viewBox="0 0 30 40"',
    'width="60" preserveAspectRatio="none" viewBox="0 0 30 40"',
    'width="60" viewbox="0 0 30 40"',
    'width="&ten;" height="20"',
    'WIDTH="10" HEIGHT="20"',
    'viewBox="0 0 0 40"',
    'viewBox="0 0 -3 40"',
    'viewBox="0 0 30"',
    'viewBox="0 0 30 40 50"',
    'viewBox="0 0 30px 40px"',
)


def svg(attributes: str) -> str:
    """An SVG image whose root element has these attributes."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}><rect width="5" height="5"/></svg>'
