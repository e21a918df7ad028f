"""Python's garbage collector, paused while a build runs."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Collect no garbage in this block: a build makes many values and next to no cycles among them.

    Collecting took a sixth of the time of a build of 16,500 files, and a tenth of a rebuild's.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
