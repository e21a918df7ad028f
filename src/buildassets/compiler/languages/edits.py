"""Edits a text, and moves the places that are known in it; has the values of joining texts. Pure.

Whatever changes a text after its references were found does so by edits, so that they need not be found again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from buildassets.compiler.languages.reference import Link
from buildassets.foundation.frozen import frozen, replace


class Edit(NamedTuple):
    """`text[start:end]` becomes `replacement`; what is cut has an empty one, what is put in has an empty span."""

    start: int
    end: int
    replacement: str = ""


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """`edits` sorted by place, without those that begin inside an earlier one.

    Edits at one place keep their order.
    """
    ordered: list[Edit] = []
    position = 0
    for edit in sorted(edits, key=span):
        if edit.start >= position:
            ordered.append(edit)
            position = edit.end
    return ordered


def span(edit: Edit) -> tuple[int, int]:
    """By which edits are sorted."""
    return edit[:2]


def edited(text: str, ordered: Iterable[Edit]) -> str:
    """`text` after edits that are `in_order`."""
    pieces: list[str] = []
    position = 0
    for edit in ordered:
        pieces += text[position : edit.start], edit.replacement
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)


def distances(spans: Iterable[tuple[int, int]], ordered: Iterable[Edit]) -> Iterator[int | None]:
    """How far each of `spans`, in text order, moves by edits that are `in_order`; None for one that they touch."""
    remaining = iter(ordered)
    edit = next(remaining, None)
    distance = 0
    for start, end in spans:
        while edit and edit.end <= start:
            distance += len(edit.replacement) - (edit.end - edit.start)
            edit = next(remaining, None)
        yield None if edit and edit.start < end else distance


def moved_links(links: Sequence[Link], ordered: Iterable[Edit], offset: int = 0) -> list[Link]:
    """`links`, in text order, at their places after edits, if `offset` characters come before that text."""
    spans = ((reference.start, reference.end) for reference, _ in links)
    moves = zip(links, distances(spans, ordered), strict=True)
    return [_moved(link, offset + distance) for link, distance in moves if distance is not None]


def _moved(link: Link, distance: int) -> Link:
    reference, target = link
    return replace(reference, start=reference.start + distance, end=reference.end + distance), target


def origins(spans: Iterable[tuple[int, int]], ordered: Iterable[Edit]) -> Iterator[tuple[int, int]]:
    """Where each of `spans`, in the order of the edited text, stood before edits that are `in_order`.

    What an edit wrote stood where that is which it replaced.
    """
    remaining = iter(ordered)
    edit = next(remaining, None)
    distance = 0
    for start, end in spans:
        while edit and edit.start + distance + len(edit.replacement) <= start:
            distance += len(edit.replacement) - (edit.end - edit.start)
            edit = next(remaining, None)
        yield (edit.start, edit.end) if edit and edit.start + distance < end else (start - distance, end - distance)


class Member(NamedTuple):
    """A text to be joined with others, and the name that a user knows it by."""

    shown: str
    text: str


@frozen
class Cause:
    """The place in another member that makes something a fault, and a `verb` in the past for it."""

    member: int
    start: int
    end: int
    verb: str


@frozen
class JoinFault:
    """Why texts cannot be joined: what is at `start:end` in that member. The rest is as in a Diagnostic."""

    member: int
    start: int
    end: int
    code: str
    message: str
    hint: str | None = None
    cause: Cause | None = None


@frozen
class Joints:
    """For each member the edits that fit it to its neighbours, in text order and apart; and all that forbids it.

    `changes` are what makes the whole mean something else, and does not forbid it.
    """

    edits: tuple[tuple[Edit, ...], ...]
    faults: tuple[JoinFault, ...] = ()
    changes: tuple[JoinFault, ...] = ()
