"""Whose turn it is in a folder: processes that read or write it wait for one another.

There is no limit: what is waited for may be a long build. But nobody waits long without a word of what for.
"""

import fcntl
import os
import sys
from typing import Final

_SILENT_SECONDS: Final = 5.0


def wait_for_turn(descriptor: int, operation: int, folder: str) -> None:
    """Lock the open `folder`, with an `operation` of flock(2). Raises OSError."""
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        return
    except BlockingIOError:
        pass
    from threading import Timer

    word = Timer(_SILENT_SECONDS, _report, (folder,))
    word.daemon = True
    word.start()
    try:
        fcntl.flock(descriptor, operation)
    finally:
        word.cancel()


def _report(folder: str) -> None:
    shown = ascii(os.path.relpath(folder))[1:-1]
    sys.stderr.write(f"waiting for another program that is at work in `{shown}`\n")
    sys.stderr.flush()
