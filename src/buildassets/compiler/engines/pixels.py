"""Decodes, scales and encodes pictures with Pillow, which this module imports: 50 ms.

Takes a Variant, gives the bytes of its file, or a diagnostic; whatever Pillow raises becomes one.
"""

import warnings
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageChops, ImageCms, UnidentifiedImageError
from PIL.Image import Exif, Resampling, Transpose

from buildassets.compiler.images.headers import exchanges_edges, lacks_pixels, orientation
from buildassets.compiler.images.variant import DAMAGED, REPLACE, SMALLER, TOO_LARGE, Variant, largest_pixels
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text

_FORMATS: Final = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}
_TURNED_BY_EXIF: Final = ("jpeg", "png", "avif")  # in browsers; of an AVIF Pillow gives the rotation as Exif data
_EXIF: Final = b"Exif\0\0"
_ORIENTATION_TAG: Final = 0x112
_RGB, _PROFILE_SPACE = b"RGB ", slice(16, 20)  # where a colour profile has its space (ICC.1, section 7.2)
# The scaled picture is made of one that is first reduced by a whole number to three times its size or more, which takes
# a third of the time and differs by less than one step of 255 (measured).
_REDUCING_GAP: Final = 3.0
_JPEG_GAP: Final = 2  # a JPEG is decoded to at least twice the width that is asked for
_ALPHA_GAP: Final = 2  # what is transparent is reduced to at least twice the size
_BAND_ROWS: Final = 256


def made(variant: Variant, shown: str) -> bytes | Diagnostic:
    """The file of `variant`; an error at `shown`, the name of the picture, if that cannot be decoded or encoded."""
    try:
        content = _content(variant)
    except Image.DecompressionBombError:
        return error(TOO_LARGE, f"`{shown}` has too many pixels to be decoded", Location(shown), hint=SMALLER)
    except MemoryError:
        return error(TOO_LARGE, f"there is no memory to decode `{shown}`", Location(shown), hint=SMALLER)
    except Exception as fault:  # its readers raise anything for damaged files
        return _damaged(shown, _reason(fault))
    return _damaged(shown, "its pixels end early") if _lacks_pixels(variant) else content


def _content(variant: Variant) -> bytes:
    """The file of `variant`. No longer holds the pixels of its picture when it returns. Raises whatever Pillow does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes and metadata; what matters is an error
        with Image.open(variant.of, formats=[_FORMATS[variant.source_kind]]) as picture:
            if picture.width * picture.height > largest_pixels(variant.source_kind):  # a second header can differ
                raise Image.DecompressionBombError
            return _encoded(picture, variant)


def _damaged(shown: str, reason: str) -> Diagnostic:
    return error(DAMAGED, f"cannot make variants of `{shown}`: {reason}", Location(shown), hint=REPLACE)


def _lacks_pixels(variant: Variant) -> bool:
    """Pillow reports it for every other kind."""
    return variant.source_kind == "png" and lacks_pixels(Path(variant.of).read_bytes())


def _reason(fault: Exception) -> str:
    if isinstance(fault, UnidentifiedImageError):  # whose text has the absolute path
        return "its header is damaged"
    if isinstance(fault, OSError) and fault.errno:
        return reason_text(fault)
    text = (str(fault) or type(fault).__name__).splitlines()[0].partition(" (")[0].rstrip(".")
    return text[:1].lower() + text[1:]


def _encoded(picture: Image.Image, variant: Variant) -> bytes:
    exif = _exif_of(picture)
    turned = orientation(exif) if variant.source_kind in _TURNED_BY_EXIF and exif else 1
    profile, xmp = picture.info.get("icc_profile"), picture.info.get("xmp")
    edges = (variant.width, variant.height)
    scaled = _scaled(picture, edges[::-1] if exchanges_edges(turned) else edges)
    upright, profile = _in_rgb(_upright(scaled, turned), profile)
    upright = _fit_for(upright, variant.kind)
    upright.info = {}  # else Pillow writes some of it, such as comments
    options = _options(variant)
    if profile and variant.kind != "gif":
        options["icc_profile"] = profile
    if not variant.strip and variant.kind != "gif":
        options |= _metadata(exif, xmp)
    file = BytesIO()
    upright.save(file, _FORMATS[variant.kind], **options)
    return file.getvalue()


def _exif_of(picture: Image.Image) -> bytes:
    """The Exif data as a TIFF. Not by `getexif`, which takes the orientation of XMP data, too."""
    exif = picture.info.get("exif") or b""
    return bytes(exif).removeprefix(_EXIF)


def _scaled(picture: Image.Image, edges: tuple[int, int]) -> Image.Image:
    """The pixels of `picture` in the size `edges`, in 8 bits for each channel."""
    picture.draft(None, (edges[0] * _JPEG_GAP, edges[1] * _JPEG_GAP))  # only a JPEG can be decoded smaller
    picture.load()
    plain = _in_plain_mode(picture)
    if plain.size == edges:
        return plain
    factor = min(plain.width // edges[0], plain.height // edges[1]) // _ALPHA_GAP
    if plain.mode == "RGBA" and factor > 1:
        box = (0, 0, plain.width / factor, plain.height / factor)
        return _reduced(plain, factor).resize(edges, Resampling.LANCZOS, box)
    return plain.resize(edges, Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)


def _in_plain_mode(picture: Image.Image) -> Image.Image:
    """`picture` in one of the modes L, RGB, RGBA and CMYK."""
    if picture.mode.startswith("I"):
        return _in_8_bits(picture)
    if picture.has_transparency_data:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    return picture.convert("L" if picture.mode in ("1", "LA", "La") else "RGB")


def _in_8_bits(picture: Image.Image) -> Image.Image:
    """`picture`, which has 16 bits of grey, in L, or in RGBA if one grey is transparent.

    A conversion alone would cut off what exceeds 8 bits.
    """
    wide = picture.convert("I")
    grey = wide.point(lambda value: value / 257).convert("L")
    clear = picture.info.get("transparency")
    if not isinstance(clear, int):
        return grey
    above = wide.point(lambda value: value - clear).convert("L")
    below = wide.point(lambda value: value * -1 + clear).convert("L")
    shown = ImageChops.lighter(above, below).point(lambda distance: 255 if distance else 0)
    return Image.merge("RGBA", (grey, grey, grey, shown))


def _reduced(picture: Image.Image, factor: int) -> Image.Image:
    """`picture` reduced by a whole number. In bands, as Pillow needs as much memory again for what is transparent."""
    width, height = -(-picture.width // factor), -(-picture.height // factor)
    reduced = Image.new(picture.mode, (width, height))
    rows = _BAND_ROWS * factor
    for top in range(0, picture.height, rows):
        band = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        reduced.paste(band.reduce(factor), (0, top // factor))
    return reduced


def _upright(picture: Image.Image, turned: int) -> Image.Image:
    ways = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return picture.transpose(ways[turned]) if turned in ways else picture


def _in_rgb(picture: Image.Image, profile: bytes | None) -> tuple[Image.Image, bytes | None]:
    """`picture` in RGB or, without a profile, in grey, and its profile if that is still one for its colours."""
    space = profile[_PROFILE_SPACE] if profile else b""
    if picture.mode in ("RGB", "RGBA"):
        return picture, profile if space == _RGB else None
    if profile and space != _RGB:
        converted = _converted(picture, profile)
        if converted is not None:
            return converted, None
    return (picture.convert("RGB") if picture.mode == "CMYK" else picture), None


def _converted(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """`picture` with the colours that `profile` has for it in sRGB; None if that is none for its mode."""
    try:
        of_source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, of_source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return None


def _fit_for(picture: Image.Image, kind: str) -> Image.Image:
    """`picture` in a mode that the format `kind` can hold."""
    if kind == "jpeg" and picture.mode == "RGBA":
        return picture.convert("RGB")
    return picture.convert("RGB") if kind in ("webp", "avif") and picture.mode == "L" else picture


def _options(variant: Variant) -> dict[str, Any]:
    """The options of the encoder. Threads of its own would help nobody: each worker has a core already."""
    if variant.kind == "jpeg":
        return {"quality": variant.quality, "optimize": True, "progressive": True}
    if variant.kind == "png":
        return {"optimize": True}
    if variant.kind == "webp":
        return {"quality": variant.quality, "method": 4}
    if variant.kind == "avif":
        return {"quality": variant.quality, "speed": 6, "max_threads": 1}
    return {}


def _metadata(exif: bytes, xmp: bytes | str | None) -> dict[str, Any]:
    """The metadata of the source as options, without the orientation."""
    found: dict[str, Any] = {}
    if exif:
        tags = Exif()
        tags.load(_EXIF + exif)
        tags.pop(_ORIENTATION_TAG, None)
        found["exif"] = tags.tobytes()
    if xmp:
        found["xmp"] = xmp
    return found
