import random
import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from buildassets.compiler.images.size import Size, SizeReader, raster_size, vector_size
from tests.compiler.images.pictures import (
    HEIGHT,
    RASTERS,
    SIDEWAYS,
    VECTORS,
    VECTORS_WITHOUT_SIZE,
    WIDTH,
    app1,
    icon,
    jpeg,
    picture,
    png,
    svg,
    tiff,
)

_UPRIGHT = Size(WIDTH, HEIGHT)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP"])
def test_the_size_of_each_kind(kind: str) -> None:
    assert raster_size(picture(kind)) == _UPRIGHT


@pytest.mark.parametrize(("kind", "turns"), [("JPEG", True), ("PNG", True), ("AVIF", True), ("WEBP", False)])
def test_a_quarter_turn_exchanges_width_and_height_where_browsers_turn(kind: str, turns: bool) -> None:
    assert raster_size(picture(kind, SIDEWAYS)) == (Size(HEIGHT, WIDTH) if turns else _UPRIGHT)


def test_the_largest_picture_of_an_icon_counts() -> None:
    assert raster_size(icon(16, 256, 48)) == Size(256, 256)


def test_a_picture_is_known_by_its_content_whatever_its_suffix() -> None:
    assert raster_size(picture("WEBP")) == _UPRIGHT


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"text", b"\0\0\0\x02ftypavif", b"<svg width='1' height='1'/>", bytes(100)]
)
def test_file_that_is_not_a_raster_picture_has_no_size(content: bytes) -> None:
    assert raster_size(content) is None


@pytest.mark.parametrize("make", RASTERS.values(), ids=RASTERS)
def test_a_cut_header_has_no_size_or_the_right_one(make: Callable[[], bytes]) -> None:
    whole = make()
    size = raster_size(whole)
    assert size is not None
    assert {raster_size(whole[:length]) for length in range(min(len(whole), 900))} <= {None, size}


@pytest.mark.parametrize("animated", [True, False])
def test_a_still_webp_whose_canvas_is_not_its_frame_has_no_size(animated: bool) -> None:
    more = Image.new("RGB", (WIDTH, HEIGHT), "red")
    content = picture("WEBP", save_all=True, append_images=[more]) if animated else picture("WEBP", SIDEWAYS)
    lying = content[:24] + bytes((99, 0, 0, 99, 0, 0)) + content[30:]
    assert (raster_size(content), raster_size(lying)) == (_UPRIGHT, Size(100, 100) if animated else None)


def test_a_webp_without_its_first_mark_has_no_size() -> None:
    assert raster_size(b"RIFX" + picture("WEBP")[4:]) is None


def test_first_frame_of_a_gif_enlarges_the_screen_by_its_offset() -> None:
    screen, frame = struct.pack("<HHBBB", 4, 3, 0, 0, 0), struct.pack("<HHHHB", 3, 1, 4, 5, 0)
    assert raster_size(b"GIF89a" + screen + b"," + frame + b"\x02\0;") == Size(7, 6)


def test_a_size_of_zero_is_none() -> None:
    content = bytearray(png())
    content[16:20] = bytes(4)
    assert raster_size(bytes(content)) is None


def test_a_size_beyond_any_picture_is_none() -> None:
    content = bytearray(png())
    content[16:20] = struct.pack(">I", 1 << 30)
    assert raster_size(bytes(content)) is None


def test_a_large_header_is_read_from_chunks() -> None:
    content = jpeg(*[b"\xff\xe2\xff\xff" + bytes(65533)] * 40, app1(tiff(SIDEWAYS)))
    header = SizeReader()
    for start in range(0, len(content), 1 << 20):
        header.take(content[start : start + (1 << 20)])
    assert header.size == Size(HEIGHT, WIDTH)


def test_a_size_at_the_end_of_a_file_in_many_chunks_is_found() -> None:
    content = jpeg(*[b"\xff\xe2\x10\x00" + bytes(0xFFE)] * 40)
    header = SizeReader()
    for start in range(0, len(content), 1 << 12):
        header.take(content[start : start + (1 << 12)])
    assert header.size == Size(WIDTH, HEIGHT)


def test_a_box_of_enormous_length_takes_no_memory() -> None:
    assert raster_size(b"\0\0\0\1ftyp" + b"\x7f" * 8 + b"heic" + bytes(100)) is None


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(RASTERS)), st.randoms(use_true_random=False))
def test_damaged_headers_give_a_size_or_none(kind: str, luck: random.Random) -> None:
    content = bytearray(RASTERS[kind]()[:4000])
    for _ in range(luck.randint(1, 12)):
        content[luck.randrange(len(content))] = luck.randrange(256)
    size = raster_size(bytes(content))
    assert size is None or (size.width > 0 and size.height > 0)


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypavif"]))
def test_a_header_of_zeros_ends(mark: bytes) -> None:
    assert raster_size(mark + bytes(1 << 16)) is None


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="10" height="20"', Size(10, 20)),
        ('width="10.5" height="20.4"', Size(11, 20)),
        ('width="1in" height="1cm"', Size(96, 38)),
        ('width="10" height="20" style="width:50px"', Size(10, 20)),
        ('viewBox="0 0 30 40"', Size(30, 40)),
        ('width="60" viewBox="0 0 30 40"', Size(60, 80)),
        ('width="100%" height="auto" viewBox="0 0 30 40"', Size(30, 40)),
    ],
)
def test_the_size_of_an_svg(attributes: str, size: Size) -> None:
    assert vector_size(svg(attributes)) == size


@pytest.mark.parametrize("attributes", VECTORS_WITHOUT_SIZE)
def test_an_svg_without_its_own_size(attributes: str) -> None:
    assert vector_size(svg(attributes)) is None


@pytest.mark.parametrize("attributes", VECTORS)
def test_text_before_the_root_element_does_not_count(attributes: str) -> None:
    before = '<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY a "<svg width=\'1\'/>">]>\n<!-- <svg width="3"> -->'
    assert vector_size(before + svg(attributes)) == vector_size(svg(attributes))


@pytest.mark.parametrize("text", ["", "<", "<svg", "<html><svg width='1' height='1'/></html>", "<!-- <svg/>"])
def test_a_text_without_an_svg_root_has_no_size(text: str) -> None:
    assert vector_size(text) is None
