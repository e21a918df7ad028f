"""The watches of one or several projects, on one source of events: one builds at a time.

A change reaches each watch that it matters to. Which watches there are is asked again when what decides it changes.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TypeAlias

from buildassets.compiler.watch.events.lasting import LastingEvents
from buildassets.compiler.watch.loop import Watch, may_be_newer
from buildassets.compiler.watch.relevance import WatchedPaths, watched
from buildassets.compiler.watch.rest import Wake, first_wake, next_wakes
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import frozen


@frozen
class WatchedProject:
    """A watch that may be made: `files` decide its configuration, which may be invalid; all are in `folder`."""

    make: Callable[[], Watch]
    folder: str
    files: tuple[str, ...]


@frozen
class Members:
    """The watches by name, and what decides which there are: the `files`, and names in the `folders`."""

    watches: Mapping[str, WatchedProject]
    files: tuple[str, ...]
    folders: tuple[str, ...]


_Missed: TypeAlias = dict[str | None, frozenset[str]]
Faults: TypeAlias = Callable[[str | None, tuple[Diagnostic, ...]], None]


class Watches:
    """The watches that `find` names, for as long as `run` goes on. `find` raises ConfigError.

    `faults` gets the faults of the configuration of the watch with that name, or of what `find` reads, for None.
    """

    def __init__(
        self,
        find: Callable[[], Members],
        faults: Faults,
        warn: Callable[[Diagnostic], None],
        poll_seconds: float | None = None,
    ) -> None:
        self._find = find
        self._faults = faults
        self._warn = warn
        self._poll_seconds = poll_seconds
        self._members = Members({}, (), ())
        self._running: dict[str, Watch] = {}
        self._may_correct: dict[str, frozenset[str]] = {}  # paths that may make the configuration of others valid
        self._shares: dict[str | None, frozenset[str]] = {}  # the folders that each watch covers; None: these watches
        self._unseen: dict[str, set[str]] = {}  # folders that were covered anew for another watch

    def run(self) -> None:
        """Build all, and again what changes concern, until something is raised, as by Ctrl-C.

        Raises ConfigError if `find` does at first.
        """
        began_ns = time.time_ns()
        self._members = self._find()
        self._events = LastingEvents(self._poll_seconds, self._warn)
        with ExitStack() as ends:
            ends.callback(self._events.close)
            ends.callback(self._end_all)
            missed = self._begin(self._members.watches, began_ns)
            while True:
                missed = self._turn(next_wakes(self._events, self._looks(), self._is_held, missed))

    def _end_all(self) -> None:
        with ExitStack() as ends:
            for name in self._running:
                ends.callback(self._end, name)

    def _begin(self, names: Iterable[str], began_ns: int) -> _Missed:
        """Start these watches, and build for each. Returns the paths that may have changed unseen since `began_ns`."""
        missed: _Missed = {}
        for name in names:
            watch = self._members.watches[name].make()
            try:
                watch.read()
            except ConfigError as failure:
                self._faults(name, failure.diagnostics)
                self._may_correct[name] = failure.looked_at
                continue
            self._running[name] = watch
            watch.start(partial(self._cover, name))
            missed[name] = watch.turn(first_wake())
        looks = self._own_looks()
        if folders := frozenset(folder for look in looks.values() for folder in look.folders):
            added = self._cover(None, folders)
            for own, look in looks.items():
                missed[own] = frozenset(path for path in look.paths_in(added) if may_be_newer(path, began_ns))
        return missed

    def _end(self, name: str) -> None:
        self._shares.pop(name, None)
        self._running.pop(name).stop()

    def _turn(self, wakes: Mapping[str | None, Wake]) -> _Missed:
        """Let each watch have its turn that is concerned. Returns the paths that may have changed unseen."""
        began_ns = time.time_ns()
        running = sorted(name for name in self._running if name in wakes)
        starting = {name for name in self._members.watches if name in wakes}
        if None in wakes and self._finds_again():
            starting = set(self._members.watches)
        missed = self._begin(sorted(starting - self._running.keys()), began_ns)
        for name in running:
            if name in self._running:
                missed[name] = self._running[name].turn(wakes[name])
        return missed

    def _finds_again(self) -> bool:
        """Ask again which watches there are, and end those that are gone; reports faults and returns False for them."""
        try:
            self._members = self._find()
        except ConfigError as failure:
            self._faults(None, failure.diagnostics)
            return False
        for name in self._running.keys() - self._members.watches.keys():
            self._end(name)
        return True

    def _looks(self) -> dict[str | None, WatchedPaths]:
        return self._own_looks() | {name: watch.looked_at for name, watch in self._running.items()}

    def _own_looks(self) -> dict[str | None, WatchedPaths]:
        """The files that decide which watches there are, and the configurations of those that could not start."""
        looks: dict[str | None, WatchedPaths] = {None: self._deciding()}
        for name, one in self._members.watches.items():
            if name not in self._running:
                looks[name] = _unread(one, self._may_correct.get(name, frozenset()))
        return looks

    def _deciding(self) -> WatchedPaths:
        folders = {*self._members.folders, *map(os.path.dirname, self._members.files)}
        paths = frozenset((*self._members.files, *self._members.folders))
        return WatchedPaths(paths, frozenset(self._members.folders), frozenset(folders))

    def _is_held(self) -> bool:
        return any(watch.is_held() for watch in list(self._running.values())[:1])  # all are in one working tree

    def _cover(self, name: str | None, folders: frozenset[str]) -> frozenset[str]:
        """Cover `folders` for the watch with that name, beside those of others. Returns those that are new to it."""
        before = self._shares.pop(name, frozenset())
        elsewhere = frozenset().union(*self._shares.values())
        self._shares[name] = folders
        added = self._events.cover(folders | elsewhere)
        for other in self._running:
            self._unseen.setdefault(other, set()).update(added & self._shares.get(other, frozenset()))
        unseen = self._unseen.pop(name, set()) if name is not None else set()
        return folders & (added | unseen | (elsewhere - before))


def _unread(member: WatchedProject, further: frozenset[str]) -> WatchedPaths:
    """Paths that may make the configuration of `member` valid: its files, names in its folder, and `further` paths."""
    return watched({*member.files, member.folder, *further}, (), ())
