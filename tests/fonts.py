"""Fonts as test input: small ones that are made here, and published ones."""

from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from tests.corpus.packages import node_modules

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz "


def font_file(characters: str = LETTERS, flavor: str | None = None, fs_type: int = 0, **os2: Any) -> bytes:
    """A font in which each of `characters` is a box, whose width hangs on its code point."""
    names = {ord(one): f"uni{ord(one):04X}" for one in characters}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    widths = {".notdef": 500, **{name: 400 + code % 100 for code, name in names.items()}}
    builder.setupGlyf({name: _box(width) for name, width in widths.items()})
    builder.setupHorizontalMetrics({name: (width, 50) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=900, descent=-300)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2(fsType=fs_type, sTypoAscender=900, sTypoDescender=-300, usWinAscent=900, usWinDescent=300, **os2)
    builder.setupPost()
    builder.font.flavor = flavor
    builder.font.recalcTimestamp = False
    file = BytesIO()
    builder.save(file)
    return file.getvalue()


def _box(width: int) -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for point in ((50, 700), (width - 50, 700), (width - 50, 0)):
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()


def opened(content: bytes | Path) -> Any:
    """The font in a file."""
    return TTFont(BytesIO(content) if isinstance(content, bytes) else content)


def characters_of(content: bytes | Path) -> set[str]:
    """The characters that a font has."""
    return {chr(code) for code in opened(content).getBestCmap()}


def published(path: str) -> Path:
    """A font of npm, by its path in `node_modules`."""
    return node_modules("fonts") / path
