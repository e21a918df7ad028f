"""What variants of pictures hold: their pixels upright, their colours and transparency, and no metadata."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps

from buildassets.compiler.engines.pillow import made
from buildassets.compiler.images.headers import exchanges_edges, lacks_pixels
from buildassets.compiler.images.moving import Kind, kind_of
from buildassets.compiler.images.variant import Variant
from buildassets.foundation.diagnostics import Diagnostic

_GPS = 0x8825
_ORIENTATION = 0x112
_XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><secret/></x:xmpmeta>"
_KINDS: dict[str, Kind] = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}


def quarters(mode: str = "RGB") -> Image.Image:
    """A picture of 400 by 200 pixels whose quarters differ, so that each way of turning it shows."""
    image = Image.new("RGB", (400, 200), "white")
    for colour, box in (("red", (0, 0, 200, 100)), ("lime", (200, 0, 400, 100)), ("blue", (0, 100, 200, 200))):
        image.paste(colour, box)
    return image.convert(mode)


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[_ORIENTATION] = orientation
    tags.get_ifd(_GPS)[1] = "N"
    return tags


def varied(
    folder: Path, image: Image.Image, form: str, kind: Kind, size: tuple[int, int], strip: bool = True, **options: Any
) -> Image.Image:
    path = folder / "picture"
    image.save(path, form, **options)
    content = made(Variant(str(path), _KINDS[form], *size, kind, 90, strip), "picture")
    assert isinstance(content, bytes), content
    assert kind_of(content) == kind
    return Image.open(BytesIO(content))


def colours(image: Image.Image) -> list[str]:
    """The names of the colours in the middle of the quarters."""
    known = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
    width, height = image.size
    found = []
    for x, y in ((1, 1), (3, 1), (1, 3), (3, 3)):
        pixel: Any = image.convert("RGB").getpixel((x * width // 4, y * height // 4))
        found.append(min(known, key=lambda name: sum(abs(a - b) for a, b in zip(known[name], pixel, strict=True))))
    return found


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "AVIF"])
def test_pixels_are_turned_as_browsers_show_them(tmp_path: Path, form: str, orientation: int) -> None:
    size = (50, 100) if exchanges_edges(orientation) else (100, 50)
    variant = varied(tmp_path, quarters(), form, "webp", size, exif=exif(orientation))
    source = quarters()
    source.info["exif"] = exif(orientation).tobytes()
    assert colours(variant) == colours(ImageOps.exif_transpose(source))
    assert variant.size == size


def test_the_orientation_of_a_webp_does_not_count(tmp_path: Path) -> None:
    variant = varied(tmp_path, quarters(), "WEBP", "png", (100, 50), exif=exif(6))
    assert colours(variant) == colours(quarters())


def test_the_orientation_in_xmp_data_does_not_count(tmp_path: Path) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r tiff:Orientation="6"/></x:xmpmeta>'
    variant = varied(tmp_path, quarters(), "JPEG", "webp", (100, 50), xmp=xmp)
    assert colours(variant) == colours(quarters())


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_no_metadata_is_left_but_the_colour_profile(tmp_path: Path, kind: Kind) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    given: dict[str, Any] = {"exif": exif(3), "icc_profile": profile, "xmp": _XMP, "comment": b"a secret"}
    variant = varied(tmp_path, quarters(), "JPEG", kind, (100, 50), **given)
    assert variant.info["icc_profile"] == profile
    assert not variant.info.keys() & {"exif", "xmp", "comment", "XML:com.adobe.xmp", "photoshop"}
    assert not dict(variant.getexif())


def test_metadata_stays_on_demand_without_the_orientation(tmp_path: Path) -> None:
    variant = varied(tmp_path, quarters(), "JPEG", "webp", (50, 100), strip=False, exif=exif(6), xmp=_XMP)
    assert variant.getexif().get_ifd(_GPS)[1] == "N"
    assert _ORIENTATION not in variant.getexif()
    assert b"<secret/>" in variant.info["xmp"]


@pytest.mark.parametrize("kind", ["png", "webp", "avif"])
@pytest.mark.parametrize("size", [(100, 50), (20, 10), (400, 200)])
def test_transparency_is_kept(tmp_path: Path, kind: Kind, size: tuple[int, int]) -> None:
    image = quarters("RGBA")
    image.paste((0, 0, 0, 0), (200, 0, 400, 200))
    variant = varied(tmp_path, image, "PNG", kind, size).convert("RGBA")
    row = [variant.getpixel((x * size[0] // 8, size[1] // 4)) for x in (1, 7)]
    assert [pixel[3] > 250 for pixel in row if isinstance(pixel, tuple)] == [True, False]
    assert isinstance(row[0], tuple)
    assert row[0][0] > 240  # red, without a seam of what is transparent


def test_a_palette_with_a_transparent_colour_stays_transparent(tmp_path: Path) -> None:
    image = quarters().quantize(8)
    transparent: Any = image.getpixel((300, 150))
    variant = varied(tmp_path, image, "PNG", "webp", (100, 50), transparency=transparent).convert("RGBA")
    assert [pixel[3] for pixel in map(variant.getpixel, ((75, 37), (25, 12))) if isinstance(pixel, tuple)] == [0, 255]


def test_cmyk_without_a_profile_becomes_rgb(tmp_path: Path) -> None:
    variant = varied(tmp_path, quarters("CMYK"), "JPEG", "webp", (100, 50))
    assert (variant.mode, colours(variant)) == ("RGB", colours(quarters()))


def test_grey_in_16_bits_keeps_its_range(tmp_path: Path) -> None:
    grey = Image.linear_gradient("L").convert("I").point(lambda value: value * 257).convert("I;16")
    variant = varied(tmp_path, grey, "PNG", "png", (64, 64))
    low, high = variant.convert("L").getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    assert (low < 5, high > 250) == (True, True)


def test_one_grey_of_16_bits_can_be_transparent(tmp_path: Path) -> None:
    grey = Image.new("I;16", (4, 1))
    for x, value in enumerate((0x8000, 0x8001, 0xFFFF, 0)):
        grey.putpixel((x, 0), value)
    path = tmp_path / "a.png"
    grey.save(path)
    raw = path.read_bytes()
    clear = struct.pack(">H", 0x8000)
    chunk = struct.pack(">I", 2) + b"tRNS" + clear + struct.pack(">I", zlib.crc32(b"tRNS" + clear))
    at = raw.index(b"IDAT") - 4
    path.write_bytes(raw[:at] + chunk + raw[at:])
    content = made(Variant(str(path), "png", 4, 1, "png", 90, True), "a.png")
    assert isinstance(content, bytes)
    shown = Image.open(BytesIO(content)).convert("RGBA")
    assert [shown.getpixel((x, 0))[3] for x in range(4)] == [0, 255, 255, 255]  # type: ignore[index]
    assert [shown.getpixel((x, 0))[0] for x in range(1, 4)] == [127, 255, 0]  # type: ignore[index]


def test_a_grey_picture_with_a_profile_becomes_rgb_in_srgb(tmp_path: Path) -> None:
    lab_is_no_grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    variant = varied(tmp_path, quarters("L"), "JPEG", "webp", (100, 50), icc_profile=lab_is_no_grey)
    assert "icc_profile" not in variant.info  # one that does not fit its colours would spoil them


def test_a_jpeg_with_a_preview_is_read_as_its_picture(tmp_path: Path) -> None:
    variant = varied(tmp_path, quarters(), "JPEG", "webp", (100, 50))
    path = tmp_path / "several.jpg"
    quarters().save(path, "MPO", save_all=True, append_images=[Image.new("RGB", (50, 25))])
    content = made(Variant(str(path), "jpeg", 100, 50, "webp", 90, strip=True), "several.jpg")
    assert isinstance(content, bytes)
    assert colours(Image.open(BytesIO(content))) == colours(variant)


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    quarters("RGBA").save(path)
    for kind in _KINDS.values():
        variant = Variant(str(path), "png", 100, 50, kind, 80, strip=True)
        assert made(variant, "a.png") == made(variant, "a.png")


def test_quality_decides_the_size(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((200, 100), 80).save(path)
    files = [made(Variant(str(path), "png", 100, 50, "webp", quality, strip=True), "a.png") for quality in (10, 90)]
    assert isinstance(files[0], bytes)
    assert isinstance(files[1], bytes)
    assert len(files[0]) < len(files[1])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(1, 1), (13, 3), (64, 33)])
def test_a_whole_png_is_whole_and_one_that_lacks_its_last_row_is_not(mode: str, size: tuple[int, int]) -> None:
    saved = BytesIO()
    Image.new(mode, size).save(saved, "PNG")
    whole = saved.getvalue()
    assert not lacks_pixels(whole)
    assert lacks_pixels(with_pixels(whole, lambda rows: rows[:-1]))


def test_an_interlaced_png_is_counted_by_its_passes() -> None:
    """3 by 3 pixels in grey: six rows (1, 1, 2, 1, 1 and 3 pixels), each with one byte more for its filter."""
    header = struct.pack(">IIBBBBB", 3, 3, 8, 0, 0, 0, 1)
    for filtered_bytes, lacks in ((15, False), (14, True)):
        data = chunk(b"IDAT", zlib.compress(bytes(filtered_bytes)))
        content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")
        assert lacks_pixels(content) == lacks


def test_a_png_whose_pixels_end_early_is_an_error(tmp_path: Path) -> None:
    saved = BytesIO()
    quarters().save(saved, "PNG")
    path = tmp_path / "cut.png"
    path.write_bytes(with_pixels(saved.getvalue(), lambda rows: rows[: len(rows) // 2]))
    fault = made(Variant(str(path), "png", 40, 20, "webp", 80, True), "img/cut.png")
    assert isinstance(fault, Diagnostic)
    assert (fault.code, fault.message) == (
        "picture/damaged",
        "cannot make variants of `img/cut.png`: its pixels end early",
    )


def test_a_second_header_cannot_make_a_picture_larger(tmp_path: Path) -> None:
    saved = BytesIO()
    quarters().save(saved, "PNG")
    png, end_of_header = saved.getvalue(), 33
    header = struct.pack(">IIBBBBB", 12_000, 12_000, 8, 2, 0, 0, 0)
    path = tmp_path / "two.png"
    path.write_bytes(png[:end_of_header] + chunk(b"IHDR", header) + png[end_of_header:])
    fault = made(Variant(str(path), "png", 40, 20, "webp", 80, True), "img/two.png")
    assert isinstance(fault, Diagnostic)
    assert (fault.code, fault.message) == ("picture/too-large", "`img/two.png` has too many pixels to be decoded")


def with_pixels(png: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    """`png`, of which `edit` has changed the inflated pixels."""
    start, end = png.index(b"IDAT") - 4, png.index(b"IEND") - 4
    edited = edit(zlib.decompress(png[start + 8 : end - 4]))
    return png[:start] + chunk(b"IDAT", zlib.compress(edited)) + png[end:]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
