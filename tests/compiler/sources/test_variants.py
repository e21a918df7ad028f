"""Which variants of pictures are planned, and what is reported of pictures of which there can be none."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import render_text
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

_WEBP = "formats = ['webp']"


def picture(form: str, size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: Any) -> bytes:
    """The file of a picture with a gradient."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def resized(folder: Path, tree: Tree, variants: str, rest: str = "") -> BuildResult:
    write_tree(folder, {**tree, "buildassets.toml": f"{rest}\n[images.variants]\n{variants}\n"})
    return build(load_config(start=str(folder)))


def names(result: BuildResult) -> list[str]:
    assert result.manifest is not None, [render_text(one) for one in result.diagnostics]
    return sorted(result.manifest.assets)


def reports(result: BuildResult) -> list[tuple[str, str, str]]:
    return [(one.code, one.message, one.location.file if one.location else "") for one in result.diagnostics]


def test_variants_have_the_widths_and_formats_of_their_glob(tmp_path: Path) -> None:
    tree: Tree = {"assets/img/photos/a.jpg": picture("JPEG"), "assets/img/b.jpg": picture("JPEG")}
    result = resized(
        tmp_path, tree, '"img/photos/*" = { widths = [100, 200], formats = ["avif", "webp"], quality = 80 }'
    )
    variants = [f"img/photos/a.{width}w.{form}" for width in (100, 200) for form in ("avif", "webp")]
    assert names(result) == sorted(["img/b.jpg", "img/photos/a.jpg", *variants])
    assert result.manifest is not None
    assert result.manifest.assets["img/photos/a.jpg"].variants == tuple(variants)
    of_one = result.manifest.assets["img/photos/a.200w.webp"]
    assert (of_one.type, of_one.width, of_one.height) == ("image/webp", 200, 133)
    assert of_one.inputs == ("img/photos/a.jpg",)


def test_no_variant_is_wider_than_its_source(tmp_path: Path) -> None:
    result = resized(tmp_path, {"assets/a.png": picture("PNG")}, f'"*" = {{ widths = [200, 300, 301, 900], {_WEBP} }}')
    assert names(result) == ["a.200w.webp", "a.300w.webp", "a.png"]


def test_where_every_width_is_larger_one_of_the_source_s_own_is_made(tmp_path: Path) -> None:
    result = resized(tmp_path, {"assets/a.png": picture("PNG")}, f'"*" = {{ widths = [480, 960], {_WEBP} }}')
    assert names(result) == ["a.300w.webp", "a.png"]


def test_the_original_format_keeps_the_suffix_of_the_source(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.jpeg": picture("JPEG"), "assets/b.png": picture("PNG")}
    result = resized(tmp_path, tree, '"*" = { widths = [100], formats = ["original"] }')
    assert names(result) == ["a.100w.jpeg", "a.jpeg", "b.100w.png", "b.png"]


def test_the_height_of_a_variant_is_rounded_and_at_least_a_pixel(tmp_path: Path) -> None:
    result = resized(tmp_path, {"assets/a.png": picture("PNG", (900, 1))}, f'"*" = {{ widths = [100], {_WEBP} }}')
    assert result.manifest is not None
    assert result.manifest.assets["a.100w.webp"].height == 1


def test_variants_are_released_with_what_entries_name(tmp_path: Path) -> None:
    pictures = {name: picture("PNG") for name in ("assets/a.png", "assets/b.png", "assets/c.png")}
    tree: Tree = {**pictures, "assets/site.css": "a { background: url(b.png) }"}
    result = resized(tmp_path, tree, f'"*" = {{ widths = [100], {_WEBP} }}', "entries = ['a.png', 'site.css']")
    assert names(result) == ["a.100w.webp", "a.png", "b.100w.webp", "b.png", "site.css"]


def test_a_sheet_may_name_a_variant(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.png": picture("PNG"), "assets/a.css": "a { background: url(a.100w.webp) }"}
    result = resized(tmp_path, tree, f'"*" = {{ widths = [100], {_WEBP} }}')
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].references == ("a.100w.webp",)


def test_the_last_of_several_globs_decides_the_quality(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.png": picture("PNG")}
    both = (
        f'"*" = {{ widths = [100], {_WEBP}, quality = 10 }}\n"a.*" = {{ widths = [100, 200], {_WEBP}, quality = 90 }}'
    )
    result = resized(tmp_path / "both", tree, both)
    alone = resized(tmp_path / "alone", tree, f'"*" = {{ widths = [100], {_WEBP}, quality = 90 }}')
    assert result.manifest is not None
    assert alone.manifest is not None
    assert names(result) == ["a.100w.webp", "a.200w.webp", "a.png"]
    assert result.manifest.assets["a.100w.webp"].file == alone.manifest.assets["a.100w.webp"].file


def frames(form: str) -> bytes:
    images = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green")]
    file = BytesIO()
    images[0].save(file, form, save_all=True, append_images=images[1:])
    return file.getvalue()


@pytest.mark.parametrize(("suffix", "form"), [("gif", "GIF"), ("webp", "WEBP"), ("png", "PNG"), ("avif", "AVIF")])
def test_a_moving_picture_is_left_alone_and_reported(tmp_path: Path, suffix: str, form: str) -> None:
    moving = frames(form)
    result = resized(tmp_path, {f"assets/a.{suffix}": moving}, f'"*" = {{ widths = [10], {_WEBP} }}')
    message = f"`assets/a.{suffix}` moves, so no variants are made of it"
    assert reports(result) == [("picture/moving", message, f"assets/a.{suffix}")]
    assert names(result) == [f"a.{suffix}"]
    (released,) = (tmp_path / "build/assets").glob(f"a.*.{suffix}")
    assert released.read_bytes() == moving


@pytest.mark.parametrize(("suffix", "form"), [("gif", "GIF"), ("webp", "WEBP"), ("png", "PNG"), ("avif", "AVIF")])
def test_a_single_frame_does_not_move(tmp_path: Path, suffix: str, form: str) -> None:
    tree: Tree = {f"assets/a.{suffix}": picture(form, (30, 20))}
    result = resized(tmp_path, tree, '"*" = { widths = [10], formats = ["original"] }')
    assert names(result) == [f"a.10w.{suffix}", f"a.{suffix}"]


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    data = bytearray(picture("PNG", (10, 10)))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return bytes(data)


def webp_of_one_colour(width: int, height: int) -> bytes:
    """A WebP in 28 bytes, without loss: each of its five codes has one symbol, which takes no bits (RFC 9649)."""
    fields = [(0x2F, 8), (width - 1, 14), (height - 1, 14), (0, 7), *((1, 4) for _ in range(5))]
    bits, length = 0, 0
    for value, count in fields:
        bits, length = bits | value << length, length + count
    data = bits.to_bytes(-(-length // 8), "little")
    chunk = b"VP8L" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + (4 + len(chunk)).to_bytes(4, "little") + b"WEBP" + chunk


def truncated(form: str) -> bytes:
    whole = picture(form, (600, 400))
    return whole[: len(whole) * 2 // 3]


def _faulty() -> Iterable[tuple[str, bytes, str, str]]:
    yield "a.jpg", picture("PNG"), "picture/mislabelled", "`assets/a.jpg` is not JPEG, but PNG"
    yield "a.png", b"\x89PNG\r\n", "picture/damaged", "cannot make variants of `assets/a.png`: its header is damaged"
    yield "b.jpg", b"no picture", "picture/damaged", "cannot make variants of `assets/b.jpg`: its header is damaged"
    yield (
        *("b.png", bomb(), "picture/too-large"),
        "`assets/b.png` has 60000 by 60000 pixels, too many to be decoded",
    )
    yield (
        *("b.webp", webp_of_one_colour(8000, 8000), "picture/too-large"),
        "`assets/b.webp` has 8000 by 8000 pixels, too many to be decoded",
    )
    message = "a variant of `assets/d.png` in WEBP has 20 by 5000000 pixels, too many to be encoded"
    yield "d.png", bomb(20, 5_000_000), "picture/too-large", message
    for name, form in (("c.jpg", "JPEG"), ("c.png", "PNG")):
        reason = "image file is truncated"
        yield name, truncated(form), "picture/damaged", f"cannot make variants of `assets/{name}`: {reason}"


@pytest.mark.parametrize(("name", "content", "code", "message"), [*_faulty()])
def test_a_picture_that_cannot_be_decoded_is_an_error_that_names_it(
    tmp_path: Path, name: str, content: bytes, code: str, message: str
) -> None:
    result = resized(tmp_path, {f"assets/{name}": content}, f'"*" = {{ widths = [10, 20], {_WEBP} }}')
    assert result.manifest is None
    assert reports(result) == [(code, message, f"assets/{name}")]


def test_a_damaged_picture_without_variants_fails_nothing(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.jpg": b"no picture", "assets/b.png": picture("PNG")}
    result = resized(tmp_path, tree, f'"b.png" = {{ widths = [10], {_WEBP} }}')
    assert names(result) == ["a.jpg", "b.10w.webp", "b.png"]


def test_a_glob_that_matches_no_picture_is_a_warning(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}
    result = resized(tmp_path, tree, f'"foto/*" = {{ widths = [10], {_WEBP} }}')
    message = "`foto/*` in `images.variants` matches no picture"
    assert reports(result) == [("config/unmatched", message, "buildassets.toml")]


def test_a_file_with_the_name_of_a_variant_is_an_error(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.png": picture("PNG"), "assets/a.10w.webp": picture("WEBP")}
    result = resized(tmp_path, tree, f'"a.png" = {{ widths = [10], {_WEBP} }}')
    message = "`assets/a.10w.webp` and a variant of `assets/a.png` both make `a.10w.webp`"
    assert reports(result) == [("source/duplicate", message, "assets/a.10w.webp")]


def test_two_pictures_with_one_stem_are_an_error(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.png": picture("PNG"), "assets/a.jpg": picture("JPEG")}
    result = resized(tmp_path, tree, f'"*" = {{ widths = [10], {_WEBP} }}')
    assert [code for code, _, _ in reports(result)] == ["source/duplicate"]
