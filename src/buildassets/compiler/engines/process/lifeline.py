"""Ends a child process when this one ends in any way, also by SIGKILL. Does nothing where the system is not Linux.

A program ends by itself when its input is closed, if it looks. Dart Sass does not always: if its answer cannot be
written any more, its main thread ends, and waits for another one that waits for its next request (as of 1.99).
"""

import os
import signal
from contextlib import suppress

try:
    import fcntl

    _IS_AVAILABLE = hasattr(fcntl, "F_SETSIG") and hasattr(signal, "SIGKILL")
except ImportError:  # Windows
    _IS_AVAILABLE = False


class Lifeline:
    """A pipe to which nothing is written: the child inherits one end, and is killed when the other one is closed.

    The kernel reports that as it reports input (`fcntl(2)`, O_ASYNC and F_SETSIG). PR_SET_PDEATHSIG of `prctl(2)` would
    not do: with that a child ends with the thread that started it.
    """

    def __init__(self) -> None:
        self.inherited: tuple[int, ...] = ()
        self._ours: tuple[int, ...] = ()
        if _IS_AVAILABLE:
            theirs, ours = os.pipe()
            self.inherited, self._ours = (theirs,), (ours,)

    def tie(self, process_id: int) -> None:
        """Have that process, which has the descriptors `inherited`, end with this one."""
        for descriptor in self.inherited:
            with suppress(OSError):  # a kernel that only behaves like Linux
                fcntl.fcntl(descriptor, fcntl.F_SETOWN, process_id)
                fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGKILL)
                fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)
            os.close(descriptor)
        self.inherited = ()

    def close(self) -> None:
        """Close it, which ends the process."""
        for descriptor in (*self.inherited, *self._ours):
            os.close(descriptor)
        self.inherited = self._ours = ()
