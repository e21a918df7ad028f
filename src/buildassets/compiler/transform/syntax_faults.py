"""Finds faults in texts that no engine of ours checks: unclosed syntax, and invalid JSON.

Takes a draft with its text, gives diagnostics at the original places.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from buildassets.compiler.engines.tailwind.rules import foreign_rule
from buildassets.compiler.languages.css.late_rules import late_rules
from buildassets.compiler.languages.css.open_ends import MOST_OPEN_ENDS, open_ends
from buildassets.compiler.languages.javascript.unclosed import unclosed
from buildassets.compiler.languages.json.fault import json_fault
from buildassets.compiler.languages.markup.svg_fault import svg_fault
from buildassets.compiler.model import Source
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.diagnostics import Diagnostic, error, locate, warning
from buildassets.foundation.media import Syntax

_OF_CSS: Final = 'begin the sheet with `@import "tailwindcss";`, or, where another one has that, with `@reference`'
_OF_SASS: Final = (
    'move the rule into a sheet in CSS that begins with `@import "tailwindcss";`: Tailwind 4 compiles no Sass'
)
TEMPLATE: Final = "source/template"
_JSON: Final = (".json", ".jsonld", ".geojson", ".gltf", ".webmanifest")


def syntax_faults(text: str, source: Source, positions: OriginalPositions) -> Iterator[Diagnostic]:
    """The faults of `text`, the draft of `source` before minifying."""
    syntax = source.syntax
    if syntax is Syntax.JAVASCRIPT:
        fault = unclosed(text, module=True if source.logical.endswith(".mjs") else None)
        if fault:
            yield error("js/syntax", fault.message, positions.place_in(fault.start, fault.end), hint=fault.hint)
    elif syntax is Syntax.CSS:
        for one in open_ends(text)[:MOST_OPEN_ENDS]:
            yield warning("css/syntax", one.message, positions.place_in(one.start, one.end), hint=one.hint)
    elif syntax is Syntax.SVG and (wrong := svg_fault(text)):
        where = positions.place_in(wrong.start, wrong.end)
        yield warning("svg/syntax", f"`{source.shown}` {wrong.message}", where, hint=wrong.hint)
    elif syntax is Syntax.HTML and (span := _template_code(text)):
        yield warning(TEMPLATE, f"the page has template code: `{text[slice(*span)]}`", positions.place_in(*span))


def _template_code(text: str) -> tuple[int, int] | None:
    """The span of the first statement of a template in `text`, or else of its first expression."""
    for opening, closing in (("{%", "%}"), ("{{", "}}")):
        start = text.find(opening)
        end = text.find(closing, start)
        if 0 <= start < end and "\n" not in text[start:end]:
            return start, end + len(closing)
    return None


def late_rule_faults(text: str, positions: OriginalPositions) -> Iterator[Diagnostic]:
    """The warnings for rules of `text`, a sheet that was not compiled, in places where browsers ignore them."""
    for one in islice(late_rules(text), MOST_OPEN_ENDS):
        yield warning("css/syntax", one.message, positions.place_in(one.start, one.end), hint=one.hint)


def foreign_rule_faults(
    text: str, source: Source, positions: OriginalPositions, *, is_of_others: bool
) -> Iterator[Diagnostic]:
    """The error for a rule of Tailwind in `text`, a sheet that it does not compile; a warning if `is_of_others`."""
    if found := foreign_rule(text):
        message = f"`{text[found.start : found.end]}` is a rule of Tailwind, which does not compile this sheet"
        hint = _OF_SASS if source.path.endswith((".scss", ".sass")) else _OF_CSS
        make = warning if is_of_others else error
        yield make("tailwind/not-compiled", message, positions.place_in(found.start, found.end), hint=hint)


def is_json(source: Source) -> bool:
    """Whether the file of `source` has to be JSON, so that browsers ignore it if it is invalid."""
    return is_json_name(source.relative)


def is_json_name(path: str) -> bool:
    """Whether the suffix of `path` is one of JSON."""
    return path.lower().endswith(_JSON)


def json_faults(text: str, source: Source) -> Iterator[Diagnostic]:
    """The error if `text`, the content of `source`, is no JSON."""
    if fault := json_fault(text):
        where = locate(source.shown, text, fault.start, fault.end)
        yield warning("json/syntax", f"`{source.shown}` {fault.message}", where, hint=fault.hint)
