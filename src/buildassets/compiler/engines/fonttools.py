"""Makes subsets of fonts with fontTools, as WOFF2 or WOFF, and measures them.

Takes a Subset, gives the bytes of its file and its FontMetrics, or a diagnostic; whatever fontTools raises becomes one.
It is imported when it is used, which takes 0.1 s.
"""

import logging
import os
import warnings
import zlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import brotli

from buildassets.compiler.fonts.container import (
    LARGEST_BYTES,
    CompressedPart,
    DamagedError,
    FontTooLargeError,
    checked,
    container_of,
)
from buildassets.compiler.fonts.subset import FontMetrics, Ranges, Subset
from buildassets.disk.files import content_of
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.foundation.frozen import frozen

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

DAMAGED: Final = "font/damaged"
_ANEW: Final = "copy the font again from where it came, or leave it out of `fonts`"
_RESTRICTED, _NO_SUBSETTING = 0x0002, 0x0100  # of `fsType` (OpenType, OS/2)
_USAGE: Final = 0x000F  # its bits for embedding, of which the least restrictive counts
_USE_TYPO_METRICS: Final = 0x0080  # of `fsSelection`
_KEPT_NAMES: Final = (*range(8), 13, 14)  # names, copyright, trademark, licence (OpenType, name)
_FAMILIES: Final = (1, 16)  # the names of the family (OpenType, name)
_EM: Final = 100_000
_WEIGHT_AXIS, _BOLD = "wght", 700
# Letters of English texts, in hundredths of all letters; a space follows a word of 4.5 letters.
_SHARES: Final = (
    *(1270, 906, 817, 751, 697, 675, 633, 609, 599, 425, 403, 278, 276, 241, 236, 223, 202, 197, 193, 149, 98, 77),
    *(15, 15, 10, 7, 2200),
)
_LETTERS: Final = dict(zip("etaoinshrdlcumwfgypbvkjxqz ", _SHARES, strict=True))
_SERIFS: Final = range(2, 11)  # of PANOSE's second digit, for Latin text: cove to triangle
_SERIF_CLASSES: Final = (1, 2, 3, 4, 5, 7)  # of `sFamilyClass`


@frozen
class MadeFont:
    """The file of a subset; `metrics` is None for a font without the letters of English."""

    body: bytes
    metrics: FontMetrics | None


@cache
def engine_version() -> str:
    """The names and versions of what makes fonts, empty if it is not installed. Does not import it."""
    try:
        if find_spec("fontTools") is None or find_spec("brotli") is None:
            return ""
        return f"fonttools {version('fonttools')}, brotli {version('brotli')}"
    except PackageNotFoundError:
        return ""


def deciding_versions() -> str:
    """All versions that decide the bytes of a font."""
    return f"{engine_version()} zlib {zlib.ZLIB_RUNTIME_VERSION}"


def version_file() -> str | None:
    """The file of fontTools that changes with its version, None if it is not installed."""
    spec = find_spec("fontTools")
    return spec.origin if spec else None


def limits_brotli() -> bool:
    """Whether the installed brotli can be kept from unpacking more than it is asked for."""
    try:
        brotli.Decompressor().process(b"", output_buffer_limit=1)
    except TypeError:
        return False
    except brotli.error:
        return True
    return True


def made(subset: Subset, shown: str) -> MadeFont | Diagnostic:
    """The file of `subset`; an error at `shown`, the name of the font, if there can be none."""
    try:
        content = content_of(subset.of)
    except OSError as fault:
        return _damaged(shown, f"cannot be read: {reason_text(fault)}")
    found = _unfit(content, shown)
    if found:
        return found
    logging.getLogger("fontTools").addHandler(logging.NullHandler())  # else it prints what it finds odd in old fonts
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _made(content, subset, shown)
    except Exception as fault:  # its readers raise anything for damaged files
        if isinstance(fault, ModuleNotFoundError) and fault.name == "lxml":
            return _without_lxml(shown)
        return _damaged(shown, f"is damaged: {_reason(fault)}")


def _damaged(shown: str, what: str) -> Diagnostic:
    return error(DAMAGED, f"`{shown}` {what}", Location(shown), hint=_ANEW)


def _without_lxml(shown: str) -> Diagnostic:
    message = f"`{shown}` has glyphs in SVG, which only fontTools with lxml can read"
    return error("config/unavailable", message, Location(shown), hint="run `pip install lxml`")


def _unfit(content: bytes, shown: str) -> Diagnostic | None:
    """The fault of the file that shows before it is unpacked."""
    kind = container_of(content)
    if kind is None:
        return _damaged(shown, "is not a font: it begins with the bytes of something else")
    if kind == "collection":
        hint = "take the font that you need out of it, or leave it out of `fonts`"
        return error("font/collection", f"`{shown}` is a collection of fonts", Location(shown), hint=hint)
    if (suffix := _misnamed(kind, shown)) is not None:
        stem = os.path.splitext(os.path.basename(shown))[0]
        message = f"`{shown}` is not {os.path.splitext(shown)[1][1:].upper()}, but {_KIND_NAMES[kind]}"
        return error("font/mislabelled", message, Location(shown), hint=f"name it `{stem}{suffix}`")
    try:
        packed = checked(content)
        if packed is not None:
            _check_unpacked(content, packed)
    except DamagedError as fault:
        return _damaged(shown, str(fault))
    except FontTooLargeError:
        message = f"`{shown}` unpacks to more than {LARGEST_BYTES // 1_000_000} MB"
        return error("font/too-large", message, Location(shown), hint=_ANEW)
    return None


_SUFFIXES: Final = {"sfnt": (".ttf", ".otf"), "woff": (".woff",), "woff2": (".woff2",)}
_KIND_NAMES: Final = {"sfnt": "TrueType or OpenType font", "woff": "WOFF", "woff2": "WOFF2"}


def _misnamed(kind: str, shown: str) -> str | None:
    """The suffix that the file should have, if it has the suffix of another kind."""
    known = _SUFFIXES[kind]
    return None if shown.lower().endswith(known) else known[0]


def _check_unpacked(content: bytes, packed: CompressedPart) -> None:
    """Raise DamagedError unless the compressed part of a WOFF2 file has the size that its header promises."""
    unpacking, size, given = brotli.Decompressor(), 0, content[packed.start : packed.end]
    try:
        while not unpacking.is_finished() and size <= packed.size_bytes:
            made = unpacking.process(given, output_buffer_limit=packed.size_bytes + 1)
            if not made and not given:
                break
            size, given = size + len(made), b""
    except brotli.error:
        raise DamagedError("is damaged: it cannot be unpacked") from None
    if size != packed.size_bytes:
        raise DamagedError("is damaged: it unpacks to another size than its header has")


def _reason(fault: Exception) -> str:
    if isinstance(fault, RecursionError):
        return "it is nested too deeply"
    if isinstance(fault, KeyError) and fault.args:
        return f"it has no table `{str(fault.args[0]).strip()}`"
    text = (str(fault) or type(fault).__name__).splitlines()[0].rstrip(".")
    return f"{text[:1].lower()}{text[1:]}"


def _made(content: bytes, subset: Subset, shown: str) -> MadeFont | Diagnostic:
    from fontTools.ttLib import TTFont

    with TTFont(BytesIO(content), lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font:
        font.cfg["fontTools.ttLib.tables.otBase:USE_HARFBUZZ_REPACKER"] = False  # other bytes where it is installed
        if subset.ranges is not None:
            found = _subset(font, subset, subset.ranges, shown)
            if found:
                return found
        metrics = _metrics(font)
        font.flavor = subset.kind
        font.flavorData = None  # its metadata would be kept, with the names of what wrote it
        file = BytesIO()
        font.save(file, reorderTables=None if subset.kind == "woff2" else True)
        return MadeFont(file.getvalue(), metrics)


def _subset(font: "TTFont", subset: Subset, ranges: Ranges, shown: str) -> Diagnostic | None:
    """Leave only `ranges` in `font`; or why that cannot be."""
    if not _is_allowed(font, subset) and (why := _forbids(font)):
        stem = os.path.basename(shown)
        hint = f'get a licence for that, and write `allow = ["{stem}"]` next to its range; or leave it out of `fonts`'
        return error("font/forbidden", f"`{shown}` {why}", Location(shown), hint=hint)
    characters = [one for one in font.getBestCmap() or () if any(start <= one <= end for start, end in ranges)]
    if not characters:
        message = f"`{shown}` has no character that is asked for"
        hint = "correct its `unicode_range`, or leave it out of `fonts`"
        return error("font/empty", message, Location(shown), hint=hint)
    from fontTools.subset import Options, Subsetter

    options = Options(
        layout_features=["*"],
        name_IDs=list(_KEPT_NAMES),
        legacy_kern=True,  # which counts where GPOS has no kerning
        symbol_cmap=True,
        notdef_outline=True,
        harfbuzz_repacker=False,
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return None


def _is_allowed(font: "TTFont", subset: Subset) -> bool:
    """Whether the font may be cut down whatever it declares."""
    families = {font["name"].getDebugName(number) for number in _FAMILIES} if subset.allow and "name" in font else set()
    return subset.is_allowed or not families.isdisjoint(subset.allow)


def _forbids(font: "TTFont") -> str | None:
    """Why the font may not be cut down, as it declares itself; None if it may."""
    bits = font["OS/2"].fsType if "OS/2" in font else 0
    if bits & _NO_SUBSETTING:
        return "forbids subsetting"
    return "forbids that it is changed or embedded" if bits & _USAGE == _RESTRICTED else None


def _metrics(font: "TTFont") -> FontMetrics | None:
    """The measures of `font`; None if it lacks most letters, so that no system font can stand in for it."""
    glyphs = font.getBestCmap() or {}
    if any(ord(letter) not in glyphs for letter in _LETTERS):
        return None
    ascent, descent, line_gap = _line(font)
    axes = [axis.axisTag for axis in font["fvar"].axes] if "fvar" in font else []
    bold = _width(font, {_WEIGHT_AXIS: _BOLD}) if _WEIGHT_AXIS in axes else 0
    regular = _width(font, {_WEIGHT_AXIS: 400}) if _WEIGHT_AXIS in axes else _width(font, {})
    if regular <= 0:
        return None
    ascent, descent, line_gap = _in_ems(font, ascent), _in_ems(font, -descent), _in_ems(font, line_gap)
    return FontMetrics(_like(font), ascent, descent=descent, line_gap=line_gap, width=regular, bold_width=bold)


def _in_ems(font: "TTFont", units: float) -> int:
    per_em: int = font["head"].unitsPerEm
    return round(max(0, units) * _EM / per_em)


def _line(font: "TTFont") -> tuple[int, int, int]:
    """The ascent, the descent, which is negative, and the gap of a line, as browsers take them."""
    hhea = font["hhea"]
    if "OS/2" not in font:
        return hhea.ascent, hhea.descent, hhea.lineGap
    os2 = font["OS/2"]
    if os2.fsSelection & _USE_TYPO_METRICS or not (hhea.ascent or hhea.descent):
        return os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap
    return hhea.ascent, hhea.descent, hhea.lineGap


def _width(font: "TTFont", location: dict[str, float]) -> int:
    """The average width of a letter in English text, at that place on the axes of the font."""
    glyphs, names = font.getGlyphSet(location=location or None), font.getBestCmap()
    total: Any = sum(count * glyphs[names[ord(letter)]].width for letter, count in _LETTERS.items())
    return _in_ems(font, total / sum(_LETTERS.values()))


def _like(font: "TTFont") -> Any:
    """The system font that resembles `font` by what it records of itself."""
    if "post" in font and font["post"].isFixedPitch:
        return "Courier New"
    if "OS/2" not in font:
        return "Arial"
    os2 = font["OS/2"]
    is_latin = os2.panose.bFamilyType == 2
    has_serifs = (is_latin and os2.panose.bSerifStyle in _SERIFS) or os2.sFamilyClass >> 8 in _SERIF_CLASSES
    return "Times New Roman" if has_serifs else "Arial"
