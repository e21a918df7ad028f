"""Runs programs of the project so that the working directory stays. Takes nothing, gives nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["kept_directory"]


@contextmanager
def kept_directory() -> Iterator[None]:
    """Return to the working directory afterwards: settings, templates and the command of the build are relative to it.

    A filter may change it, as one does that runs a program in a folder of its own.
    """
    before = os.getcwd()
    try:
        yield
    finally:
        os.chdir(before)
