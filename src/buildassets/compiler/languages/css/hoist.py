"""Moves imports from other hosts in later sheets of a bundle to its head: only there an import counts.

Takes the texts of the sheets with their rules, gives edits and what they change. Pure; imports no other language.

What is moved keeps its order and its conditions (`layer`, `supports()`, media queries), and brings the `@layer`
statements along that are before it in its own sheet, as these say in which order the layers count. They may not stand
between two imports (CSS Cascade 5, section 2), so that with another import before them nothing is moved.

An import that meets a `{` is invalid up to the end of that block (CSS Syntax 3, section 5.4.2), and stays where it is.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from buildassets.compiler.languages.css.lexer import Kind, follow, tokens
from buildassets.compiler.languages.css.outline import Head, Rule
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.languages.edits import Edit, edited, in_order
from buildassets.foundation.lazy_pattern import lazy_pattern

_HOST: Final = lazy_pattern(r"(?:[hH][tT][tT][pP][sS]?:)?//")


class SheetPart(NamedTuple):
    """A sheet: its rules are at least those up to the first one that closes the head.

    `start` is behind what names its encoding; `closers` are what its last statement lacks of its end.
    """

    text: str
    rules: Sequence[Rule]
    start: int
    closers: str


class Late(NamedTuple):
    """An `@import` behind rules of earlier sheets: `rule` of the sheet with the number `member`, up to `end`.

    `layers` are the `@layer` statements before it in that sheet, `closers` what it lacks of its end as the last of all.
    One that `is_movable` names another host.
    """

    member: int
    rule: Rule
    end: int
    closers: str
    layers: str
    is_movable: bool


def late_imports(parts: Sequence[SheetPart]) -> Iterator[Late]:
    """The imports that count in their own sheets but not in the whole, in order."""
    head = Head.LAYERS
    has_imports = False  # at the head of the whole
    for member, part in enumerate(parts):
        own_head = Head.LAYERS
        layers = ""
        for rule in part.rules:
            if rule.keyword == "@import" and not rule.has_block and own_head <= Head.IMPORTS:
                if head > Head.IMPORTS:
                    late = _late(part, member, rule, layers, may_follow=not (layers and has_imports))
                    yield late
                    has_imports = has_imports or late.is_movable
                    layers = ""  # brought along once
                else:
                    has_imports = True
            elif rule.keyword == "@layer" and own_head is Head.LAYERS and not rule.has_block:
                layers += part.text[rule.start : _end(part.text, rule)]
            head, own_head = rule.head_after(head), rule.head_after(own_head)


def _late(part: SheetPart, member: int, rule: Rule, layers: str, *, may_follow: bool) -> Late:
    end = _end(part.text, rule)
    closers = part.closers if end == len(part.text) else ""
    return Late(
        member,
        rule,
        end=end,
        closers=closers,
        layers=layers,
        is_movable=may_follow and _is_foreign(part.text[rule.start : end] + closers),
    )


def hoisted(parts: Sequence[SheetPart], own: Sequence[Sequence[Edit]], late: Sequence[Late]) -> list[list[Edit]]:
    """The edits of each sheet: its `own`, and those that move the `late` imports behind the last import that counts.

    Where no import counts, they go to the beginning.
    """
    edits = [list(one) for one in own]
    if not late:
        return [in_order(one) for one in edits]
    member, place = _end_of_head(parts)
    moved = "".join(_moved(parts[one.member].text, own[one.member], one) for one in late)
    edits[member].append(Edit(place, place, moved))
    for one in late:
        edits[one.member] = [_without(edit, one) for edit in edits[one.member]]
        edits[one.member].append(Edit(one.rule.start, one.end))
    return [in_order(one) for one in edits]


def _moved(text: str, own: Sequence[Edit], late: Late) -> str:
    """The text that is moved: an import with its layers, without the comments that `own` cuts out of the sheet."""
    start = late.rule.start
    inside = [edit for edit in own if start <= edit.start < edit.end <= late.end]
    cuts = [Edit(edit.start - start, edit.end - start) for edit in inside]
    return late.layers + edited(text[start : late.end], cuts) + late.closers


def _without(edit: Edit, late: Late) -> Edit:
    """`edit` without the closing of the import, which goes with it."""
    if late.closers and edit.start == edit.end == late.end:
        return edit._replace(replacement=edit.replacement.removeprefix(late.closers))
    return edit


def _end_of_head(parts: Sequence[SheetPart]) -> tuple[int, int]:
    """Where the last rule ends that an import may follow: the number of the sheet, and the place in it."""
    head = Head.LAYERS
    found = 0, parts[0].start
    for member, part in enumerate(parts):
        for rule in part.rules:
            head = rule.head_after(head)
            if head > Head.IMPORTS:
                return found
            if not rule.has_block:
                found = member, _end(part.text, rule)
    return found


def _end(text: str, rule: Rule) -> int:
    """Where a statement ends, behind its semicolon."""
    brackets: list[str] = []
    for kind, start, end in tokens(text, rule.start):
        if kind is Kind.FUNCTION:
            brackets.append(text[start:end])
        elif kind is Kind.DELIMITER:
            if not brackets and text[start] == ";":
                return end
            follow(brackets, text[start])
    return len(text)


def _is_foreign(statement: str) -> bool:
    found = scan(statement)
    return bool(found) and _HOST.match(found[0].url) is not None
