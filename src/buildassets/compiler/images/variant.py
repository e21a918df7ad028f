"""What is made of pictures: other widths and formats, with about the memory that they need, and sprites. Pure."""

from typing import Final

from buildassets.compiler.images.moving import Kind
from buildassets.foundation.frozen import frozen

DAMAGED: Final = "picture/damaged"
TOO_LARGE: Final = "picture/too-large"
REPLACE: Final = "save the picture again, or leave it out of `images.variants`"
SMALLER: Final = "make it smaller, or leave it out of `images.variants`"
# Bytes for each pixel of the source while it is decoded and reduced, and for each pixel of the variant while that is
# encoded, as measured with soft noise of 12 megapixels. The decoders of WebP and AVIF hold a picture several times.
_DECODED: Final[dict[Kind, int]] = {"jpeg": 6, "png": 10, "gif": 8, "webp": 17, "avif": 11}
_ENCODED: Final[dict[Kind, int]] = {"jpeg": 9, "png": 9, "gif": 9, "webp": 35, "avif": 36}
_OPAQUE_WEBP: Final = 11  # instead: its encoder needs most for what is transparent, which no JPEG is
# A file of 28 bytes can be a WebP of 268 million pixels. The first decides which pictures are decoded: JPEGs of up to
# 178,956,970 pixels, more than which Pillow refuses by itself. The second is for variants in or near the full width.
_MOST_DECODED_BYTES: Final = 1 << 30
_MOST_NEEDED_BYTES: Final = 1 << 31


@frozen
class Variant:
    """A variant of the picture at the absolute path `of`, which is of the kind `source_kind`.

    `width` and `height` are those that browsers show. `quality`, from 1 to 100, is that of lossy formats. With `strip`,
    it has no metadata but the colour profile. `source_pixels` are those of the picture, which do not decide its bytes.
    """

    of: str
    source_kind: Kind
    width: int
    height: int
    kind: Kind
    quality: int
    strip: bool
    source_pixels: int = 0


def largest_pixels(kind: Kind) -> int:
    """The number of pixels of the largest picture of this kind that is decoded."""
    return _MOST_DECODED_BYTES // _DECODED[kind]


def is_too_large(variant: Variant) -> bool:
    """Whether `variant` is not made, as it needs too much memory."""
    return needed_bytes(variant) > _MOST_NEEDED_BYTES


def needed_bytes(variant: Variant) -> int:
    """About how much memory it takes to make `variant`; one that compresses badly takes up to a half more."""
    is_opaque_webp = variant.kind == "webp" and variant.source_kind == "jpeg"
    encoded = _OPAQUE_WEBP if is_opaque_webp else _ENCODED[variant.kind]
    return variant.source_pixels * _DECODED[variant.source_kind] + variant.width * variant.height * encoded


@frozen
class Icon:
    """An icon of a sprite: its name in templates, the absolute path of its file, and that path as users write it."""

    name: str
    path: str
    shown: str


@frozen
class Sprite:
    """The icons of one SVG document, in which each is a symbol that pages show by `<use>`, sorted by name."""

    icons: tuple[Icon, ...]
