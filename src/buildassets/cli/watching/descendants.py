"""Finds what a command has started, and ends it, where the system lists processes in `/proc` (proc(5)).

A command that shares our terminal is in our process group, so that a signal to its group would reach us, too.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, NamedTuple

_PROC: Final = "/proc"
# The fields of `/proc/PID/stat` behind the name of the program.
_PARENT: Final = 1
_SESSION: Final = 3
_SINCE: Final = 19


class Descendant(NamedTuple):
    """A process by its number and the time of its start, since numbers are given again."""

    number: int
    since: str


def descendants(number: int) -> list[Descendant]:
    """The processes that `number` started, directly or not, in its session: a daemon has another one."""
    listed = {other: stat for name in _names() if (stat := _stat(other := int(name)))}
    own = listed.get(number)
    found: list[Descendant] = []
    waiting = [number] if own else []
    while waiting:
        parent = str(waiting.pop())
        for other, stat in listed.items():
            if own and stat[_PARENT] == parent and stat[_SESSION] == own[_SESSION]:
                found.append(Descendant(other, stat[_SINCE]))
                waiting.append(other)
    return found


def running(processes: Iterable[Descendant]) -> list[Descendant]:
    """Those of `processes` that have not ended."""
    stats = ((one, _stat(one.number)) for one in processes)
    return [one for one, stat in stats if stat and stat[_SINCE] == one.since and stat[0] not in "ZX"]


def send(processes: Iterable[Descendant], signal_number: int) -> None:
    """Send a signal to those of `processes` that have not ended."""
    for one in running(processes):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(one.number, signal_number)


def _names() -> list[str]:
    try:
        return [name for name in os.listdir(_PROC) if name.isdecimal()]
    except OSError:
        return []


def _stat(number: int) -> list[str]:
    """The fields of a process; none if it is gone."""
    try:
        with open(f"{_PROC}/{number}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []
