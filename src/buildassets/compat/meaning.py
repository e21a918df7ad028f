"""The outcome for a setting, a filter or a line of another system. Pure."""

from typing import Literal

from buildassets.foundation.frozen import frozen

Outcome = Literal["taken over", "changed", "not possible"]


@frozen
class Meaning:
    """The outcome, and the reason or what to do instead.

    With `needs` something has to be done where it has a value. `suffixes` are those that only it would compile.
    """

    outcome: Outcome
    note: str
    needs: bool = False
    suffixes: tuple[str, ...] = ()
