"""Whose turn it is in a folder: processes that read or write it wait for one another.

Where a turn is needed there is no limit: what is waited for may be a long build. But nobody waits long without a word
of what for.
"""

import fcntl
import os
import sys
from time import monotonic, sleep
from typing import Final

_SILENT_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.05


def wait_for_turn(descriptor: int, operation: int, folder: str) -> None:
    """Lock the open `folder`, with an `operation` of flock(2). Raises OSError."""
    if _takes_turn(descriptor, operation):
        return
    from threading import Timer

    word = Timer(_SILENT_SECONDS, _report, (folder,))
    word.daemon = True
    word.start()
    try:
        fcntl.flock(descriptor, operation)
    finally:
        word.cancel()


def take_turn_within(descriptor: int, operation: int, limit_seconds: float) -> None:
    """The same for who can do without: TimeoutError where it is not its turn within the limit."""
    deadline = monotonic() + limit_seconds
    while not _takes_turn(descriptor, operation):
        if monotonic() > deadline:
            raise TimeoutError
        sleep(_PAUSE_SECONDS)


def _takes_turn(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _report(folder: str) -> None:
    shown = ascii(os.path.relpath(folder))[1:-1]
    sys.stderr.write(f"waiting for another program that is at work in `{shown}`\n")
    sys.stderr.flush()
