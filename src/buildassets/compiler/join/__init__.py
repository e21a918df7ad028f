"""Joining texts so that the meaning of each stays: one module a syntax, each with `join(members) -> Joints`. Pure.

To join is to edit each text a little and to write the results one after the other, so that whatever is known of
places in the members, such as their references, only has to be moved.
"""

from collections.abc import Sequence
from typing import NamedTuple

from buildassets.compiler.edits import Edit
from buildassets.frozen import frozen
from buildassets.media import Syntax


class Member(NamedTuple):
    """A text to be joined with others, and the name that a user knows it by."""

    shown: str
    text: str


@frozen
class Fault:
    """Why texts cannot be joined: what stands at `start:end` in that member. The rest is as in a Diagnostic."""

    member: int
    start: int
    end: int
    code: str
    message: str
    hint: str | None = None


@frozen
class Joints:
    """For each member the edits that fit it to its neighbours, in text order and apart; and all that forbids it."""

    edits: tuple[tuple[Edit, ...], ...]
    faults: tuple[Fault, ...] = ()


def join(syntax: Syntax, members: Sequence[Member]) -> Joints:
    """How `members`, which are of one syntax, are joined."""
    if syntax is Syntax.CSS:
        from buildassets.compiler.join import css

        return css.join(members)
    from buildassets.compiler.join import js

    return js.join(members)
