"""What wakes a watch: changes in folders, as the system tells of them or as looking finds them.

Whoever waits decides what a change means. Imports nothing of the compiler.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Protocol

from buildassets.frozen import frozen


class Phase(Enum):
    """How far what happens at a path has come."""

    UNDER_WAY = "under way"  # it is being written
    DONE = "done"  # it is closed, moved into place, or was never open
    GONE = "gone"


@frozen
class Change:
    """Something happened at the absolute `path`; `of_names` says that it appeared in its folder or left it.

    Where nobody knows what has happened, because there was too much of it, `path` is empty.
    """

    path: str
    phase: Phase = Phase.DONE
    of_names: bool = False


class Events(Protocol):
    """Tells of changes in the folders that it covers; one thread calls all of it."""

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """Tell from now on of changes in these `folders`, absolute paths; gives those of which it did not tell before.

        Raises LimitError where the system refuses that many.
        """
        ...

    def wait(self, seconds: float | None) -> Iterable[Change]:
        """The next changes, as soon as there are any; none after `seconds`; None waits for ever."""
        ...

    def close(self) -> None:
        """Stop telling."""
        ...


class LimitError(Exception):
    """The system tells of no more folders. `setting` is what sysctl calls its limit, `limit` what that is now."""

    def __init__(self, setting: str, limit: int | None) -> None:
        super().__init__(setting)
        self.setting = setting
        self.limit = limit
