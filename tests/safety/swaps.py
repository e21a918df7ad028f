"""An attacker who swaps a folder for a link, over and over, while the program works in it."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import NOT_SHOWN

# How often each attack is tried. The quick tests show what a hole of some microseconds shows within a second or two.
TRIES: Final = int(os.environ.get("BUILDASSETS_RACES", "300"))
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of Linux

only_linux = pytest.mark.skipif(sys.platform != "linux", reason=f"{NOT_SHOWN}: only Linux exchanges two names at once")


def exchange(one: Path, other: Path) -> None:
    """Exchange what two paths name, in one step."""
    assert _exchange(os.fsencode(one), os.fsencode(other)) == 0


def _exchange(one: bytes, other: bytes) -> int:
    result: int = ctypes.CDLL(None).renameat2(_HERE, one, _HERE, other, _EXCHANGE)
    return result


def _swap(one: bytes, other: bytes, is_stopped: "ctypes.Array[ctypes.c_char]") -> None:
    while is_stopped[0] == b"\0":
        for _ in range(50):
            _exchange(one, other)


@contextmanager
def swapped(folder: Path, outside: Path) -> Iterator[None]:
    """Exchange `folder` for a link to the folder `outside`, over and over, until the block ends."""
    link = folder.with_name(f"{folder.name}.other")
    link.symlink_to(outside)
    context = get_context("fork")  # a thread would get half of the time, and not in the midst of a call
    is_stopped = context.Array(ctypes.c_char, 1)
    attacker = context.Process(target=_swap, args=(os.fsencode(folder), os.fsencode(link), is_stopped), daemon=True)
    attacker.start()
    try:
        yield
    finally:
        is_stopped[0] = b"\1"
        attacker.join()
