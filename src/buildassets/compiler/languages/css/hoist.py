"""Imports from other hosts in later sheets of a bundle: moved to the head of the whole, where alone an import counts.

Takes the texts of the sheets with their rules, gives edits and what they change. Pure; imports no other language.

What is moved keeps its order and its conditions (`layer`, `supports()`, media queries), and brings the `@layer`
statements along that stand before it in its own sheet, as these say in which order the layers count. They may not stand
between two imports (CSS Cascade 5, section 2), so that with another import before them nothing is moved.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from buildassets.compiler.languages.css.lexer import Kind, follow, tokens
from buildassets.compiler.languages.css.outline import Head, Rule
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.languages.edits import Edit
from buildassets.lazy_pattern import lazy_pattern

_HOST: Final = lazy_pattern(r"(?:[hH][tT][tT][pP][sS]?:)?//")


class Late(NamedTuple):
    """An `@import` behind rules of earlier sheets: `rule` of the sheet with the number `member`, up to `end`.

    `layers` are the `@layer` statements before it in that sheet. One that `is_movable` names another host.
    """

    member: int
    rule: Rule
    end: int
    layers: str
    is_movable: bool


def late_imports(texts: Sequence[str], rules: Sequence[Sequence[Rule]]) -> Iterator[Late]:
    """The imports that would count in their own sheets and do not in the whole, in order."""
    head = Head.LAYERS
    has_imports = False  # at the head of the whole
    for member, (text, own) in enumerate(zip(texts, rules, strict=True)):
        own_head = Head.LAYERS
        layers = ""
        for rule in own:
            if rule.keyword == "@import" and own_head <= Head.IMPORTS:
                if head > Head.IMPORTS:
                    late = _late(text, member, rule, layers, may_follow=not (layers and has_imports))
                    yield late
                    has_imports = has_imports or late.is_movable
                    layers = ""  # brought along once
                else:
                    has_imports = True
            elif rule.keyword == "@layer" and own_head is Head.LAYERS and not rule.has_block:
                layers += text[rule.start : _end(text, rule)]
            head, own_head = rule.head_after(head), rule.head_after(own_head)


def _late(text: str, member: int, rule: Rule, layers: str, *, may_follow: bool) -> Late:
    end = _end(text, rule)
    return Late(member, rule, end, layers, may_follow and _is_foreign(text[rule.start : end]))


def hoisted(
    texts: Sequence[str], rules: Sequence[Sequence[Rule]], starts: Sequence[int], late: Sequence[Late]
) -> list[list[Edit]]:
    """For each sheet the edits that move `late` behind the last import that counts in the whole, or to its begin.

    `starts` are where the sheets begin behind what names their encoding.
    """
    edits: list[list[Edit]] = [[] for _ in texts]
    if not late:
        return edits
    moved = "".join(f"{one.layers}{texts[one.member][one.rule.start : one.end]}" for one in late)
    member, place = _end_of_head(texts, rules, starts)
    edits[member].append(Edit(place, place, moved))
    for one in late:
        edits[one.member].append(Edit(one.rule.start, one.end))
    return edits


def _end_of_head(texts: Sequence[str], rules: Sequence[Sequence[Rule]], starts: Sequence[int]) -> tuple[int, int]:
    """The sheet and the place in it behind the last rule of the whole that an import may follow."""
    head = Head.LAYERS
    found = 0, starts[0]
    for member, (text, own) in enumerate(zip(texts, rules, strict=True)):
        for rule in own:
            head = rule.head_after(head)
            if head > Head.IMPORTS:
                return found
            found = member, _end(text, rule)
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
