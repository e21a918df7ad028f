"""A picture of bar charts as SVG text, readable on light and dark pages. Pure; no library draws it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final
from xml.sax.saxutils import escape

_COLUMNS: Final = 2
_PANEL_WIDTH: Final = 410
_LABEL_WIDTH: Final = 132
_VALUE_WIDTH: Final = 62
_BAR_HEIGHT: Final = 16
_STEP: Final = 22
_HEAD: Final = 44
_GAP: Final = 20
_CUT_FACTOR: Final = 3
_STYLE: Final = """\
svg { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif }
.page { fill: #fff; stroke: #d0d7de } text { fill: #1f2328 } .title { font-weight: 600; font-size: 13px }
.cut { stroke: #fff; stroke-width: 4 }
.note { fill: #59636e } .bar { fill: #afb8c1 } .ours { fill: #0a7d5a } .own { font-weight: 600 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #3d444d } text { fill: #f0f6fc } .note { fill: #9198a1 }
.cut { stroke: #0d1117 } .bar { fill: #656c76 } .ours { fill: #3fb68b }
}
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `text` is its value as people read it."""

    label: str
    value: float
    text: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart, its bars from the top; they start at zero, and the longest fills the width.

    A bar that is many times as long as most would leave the others too short to be compared: it is cut, and marked so.
    """

    title: str
    note: str
    bars: Sequence[Bar]


def draw(title: str, panels: Sequence[Panel]) -> str:
    """The picture: the panels in two columns, row by row."""
    rows = [panels[start : start + _COLUMNS] for start in range(0, len(panels), _COLUMNS)]
    heights = [max(_HEAD + len(panel.bars) * _STEP for panel in row) for row in rows]
    width = _COLUMNS * _PANEL_WIDTH + (_COLUMNS + 1) * _GAP
    height = sum(heights) + (len(rows) + 1) * _GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="page" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6"/>',
    ]
    top = _GAP
    for row, row_height in zip(rows, heights, strict=True):
        for column, panel in enumerate(row):
            lines += _panel(panel, _GAP + column * (_PANEL_WIDTH + _GAP), top)
        top += row_height + _GAP
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel, left: int, top: int) -> Iterator[str]:
    yield f'<g transform="translate({left} {top})">'
    yield f'<text class="title" y="13">{escape(panel.title)}</text>'
    yield f'<text class="note" y="30">{escape(panel.note)}</text>'
    values = [bar.value for bar in panel.bars]
    longest = min(max(values), _CUT_FACTOR * median(values))
    for number, bar in enumerate(panel.bars):
        yield from _bar(bar, _HEAD + number * _STEP, longest)
    yield "</g>"


def _bar(bar: Bar, top: int, longest: float) -> Iterator[str]:
    width = max(1.0, min(1.0, bar.value / longest) * (_PANEL_WIDTH - _LABEL_WIDTH - _VALUE_WIDTH))
    middle = top + _BAR_HEIGHT - 4
    own = ' class="own"' if bar.is_ours else ""
    kind = "ours" if bar.is_ours else "bar"
    yield f'<text{own} x="{_LABEL_WIDTH - 8}" y="{middle}" text-anchor="end">{escape(bar.label)}</text>'
    yield f'<rect class="{kind}" x="{_LABEL_WIDTH}" y="{top}" width="{width:.1f}" height="{_BAR_HEIGHT}" rx="2"/>'
    if bar.value > longest:
        yield f'<path class="cut" d="M{_LABEL_WIDTH + width - 24:.1f} {top + _BAR_HEIGHT + 1}l6 -{_BAR_HEIGHT + 2}"/>'
    yield f'<text{own} x="{_LABEL_WIDTH + width + 6:.1f}" y="{middle}">{escape(bar.text)}</text>'
