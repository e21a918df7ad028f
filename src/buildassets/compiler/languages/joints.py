"""Arguments and results of joining texts in any language. Frozen values."""

from typing import NamedTuple

from buildassets.compiler.languages.edits import Edit
from buildassets.foundation.frozen import frozen


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
