"""The protocol of change events, which wake a watch; the system reports them or polling finds them.

The receiver decides what a change means. Imports nothing of the compiler.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Protocol

from buildassets.foundation.frozen import frozen


class Phase(Enum):
    """The state of a changed path."""

    UNDER_WAY = "under way"  # being written
    DONE = "done"  # closed, moved into place, or never open
    GONE = "gone"


@frozen
class FileChange:
    """A change at the absolute `path`; `of_names` is true if it appeared in its folder or left it.

    An empty `path` means that anything may have changed: there were more events than the system could queue.
    """

    path: str
    phase: Phase = Phase.DONE
    of_names: bool = False


class Events(Protocol):
    """Reports changes in the folders that it covers. All methods are called by one thread."""

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """Report changes in these `folders` from now on, absolute paths. Returns those not covered before.

        Raises LimitError if the system refuses that many.
        """
        ...

    def wait(self, seconds: float | None) -> Iterable[FileChange]:
        """The next changes, as soon as there are any. Empty after `seconds`; None waits forever."""
        ...

    def close(self) -> None:
        """Stop reporting, and release what the system holds for it."""
        ...


class LimitError(Exception):
    """The system watches no more folders. `setting` is the name of its limit for sysctl, `limit` its value now."""

    def __init__(self, setting: str, limit: int | None) -> None:
        super().__init__(setting)
        self.setting = setting
        self.limit = limit
