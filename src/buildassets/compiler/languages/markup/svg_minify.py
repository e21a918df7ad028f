"""Writes an SVG image in fewer characters, with the same tree but for what shows nothing. Pure.

What goes: comments, but for licences, the XML declaration and the document type, white space in tags, and white space
between elements where no text is drawn (SVG 2, section 11.7: only in text content elements is it). What could see the
difference, a script or a selector such as `:empty`, keeps it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from buildassets.compiler.languages.markup.xml_events import RefusedError, XmlEvent, XmlKind, written, xml_events
from buildassets.foundation.lazy_pattern import lazy_pattern

# White space in these is shown, or belongs to others who read it.
_KEEPING: Final = frozenset(
    ("text", "tspan", "textPath", "tref", "altGlyph", "title", "desc", "style", "foreignObject", "metadata", "glyph")
)
_SPACE: Final = " \t\n\r"  # what XML calls so; a no-break space is none
_KEPT_COMMENT: Final = lazy_pattern(r"(?i)\A!|@license|@preserve|licen[sc]e|copyright|\u00a9")
_SEES_SPACE: Final = lazy_pattern(r"(?i):(?:empty|blank)|white-space|\\|@import")


def minified(text: str) -> str | None:
    """`text` in fewer characters; None if it is not well-formed, declares entities, or has a script in it.

    The result is read again, and has to be the same tree.
    """
    try:
        events = xml_events(text)
        if _has_script(events):
            return None
        wanted = [*without_space(_without_comments(events), keeps_all=_sees_space(events))]
        result = written(wanted)
        return result if xml_events(result) == wanted else None
    except RefusedError:
        return None


def merged(events: Iterable[XmlEvent]) -> list[XmlEvent]:
    """`events`, in which texts that lie next to one another are one."""
    found: list[XmlEvent] = []
    for is_text, run in groupby(events, lambda event: event.kind is XmlKind.TEXT):
        if is_text:
            found.append(XmlEvent(XmlKind.TEXT, text="".join(event.text for event in run)))
        else:
            found.extend(run)
    return found


def is_kept_comment(event: XmlEvent) -> bool:
    """Whether `event` is a comment that stays: one of a licence, or one that begins with `!`."""
    return event.kind is XmlKind.COMMENT and _KEPT_COMMENT.search(event.text) is not None


def _without_comments(events: Sequence[XmlEvent]) -> Sequence[XmlEvent]:
    kept = [event for event in events if event.kind is not XmlKind.COMMENT or is_kept_comment(event)]
    return events if len(kept) == len(events) else merged(kept)


def without_space(events: Iterable[XmlEvent], *, keeps_all: bool = False) -> Iterator[XmlEvent]:
    """`events` without texts of white space only, but for those in elements that keep theirs."""
    kept_depth = 0  # how many elements are open from the first that keeps its white space
    for event in events:
        if event.kind is XmlKind.START and (kept_depth or event.name in _KEEPING or ":" in event.name):
            kept_depth += 1
        elif event.kind is XmlKind.END and kept_depth:
            kept_depth -= 1
        if event.kind is not XmlKind.TEXT or kept_depth or keeps_all or event.text.strip(_SPACE):
            yield event


def _has_script(events: Sequence[XmlEvent]) -> bool:
    elements = {event.name for event in events if event.kind is XmlKind.START}
    attributes = {name for event in events for name, _ in event.attributes}
    is_script = any(name.rpartition(":")[2].lower() == "script" for name in elements)
    return is_script or any(name.lower().startswith("on") for name in attributes)


def _sees_space(events: Sequence[XmlEvent]) -> bool:
    """Whether a sheet in the image, or one that it names, may select elements by the text in them."""
    is_style = False
    for event in events:
        if event.kind in (XmlKind.START, XmlKind.END):
            is_style = event.kind is XmlKind.START and event.name.rpartition(":")[2] == "style"
        elif (is_style and _SEES_SPACE.search(event.text)) or (
            event.kind is XmlKind.INSTRUCTION and event.name == "xml-stylesheet"
        ):
            return True
    return False
