"""Several watches on one source of events, as of the projects of a workspace: one builds at a time.

A change reaches each watch that it matters to. Which watches there are is asked again when what decides it changes.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from buildassets.compiler.watch.events.lasting import LastingEvents
from buildassets.compiler.watch.events.protocol import Change, Phase
from buildassets.compiler.watch.loop import Watch, may_be_newer
from buildassets.compiler.watch.relevance import Watched
from buildassets.compiler.watch.rest import Wake, first_wake, next_wake
from buildassets.diagnostics import Diagnostic
from buildassets.errors import ConfigError
from buildassets.frozen import frozen


@frozen
class Member:
    """A watch that may be made: `files` decide its configuration, which may be invalid; all are in `folder`."""

    make: Callable[[], Watch]
    folder: str
    files: tuple[str, ...]


@frozen
class Members:
    """The watches by name, and what decides which there are: the `files`, and names in the `folders`."""

    watches: Mapping[str, Member]
    files: tuple[str, ...]
    folders: tuple[str, ...]


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
        self._shares: dict[str | None, frozenset[str]] = {}  # the folders that each watch covers; None: these watches
        self._unseen: dict[str, set[str]] = {}  # folders that were covered anew for another watch

    def run(self) -> None:
        """Build all, and again what changes concern. Raises ConfigError if `find` does at first."""
        began_ns = time.time_ns()
        self._members = self._find()
        self._events = LastingEvents(self._poll_seconds, self._warn)
        try:
            missed = self._begin(self._members.watches, began_ns)
            while True:
                wake = next_wake(self._events, _Together(self._looks()), self._is_held, missed)
                missed = self._turn(wake)
        finally:
            self._events.close()
            for name in list(self._running):
                self._end(name)

    def _begin(self, names: Iterable[str], began_ns: int) -> set[str]:
        """Start these watches, and build for each. Returns the paths that may have changed unseen since `began_ns`."""
        missed: set[str] = set()
        for name in names:
            watch = self._members.watches[name].make()
            try:
                watch.read()
            except ConfigError as failure:
                self._faults(name, failure.diagnostics)
                continue
            self._running[name] = watch
            watch.start(lambda folders, name=name: self._cover(name, folders))  # type: ignore[misc]  # bound now
            missed |= watch.turn(first_wake())
        looks = tuple(self._own_looks())
        added = self._cover(None, frozenset(folder for one in looks for folder in one.folders))
        missed.update(path for one in looks for path in one.paths_in(added) if may_be_newer(path, began_ns))
        return missed

    def _end(self, name: str) -> None:
        self._shares.pop(name, None)
        self._running.pop(name).stop()

    def _turn(self, wake: Wake) -> set[str]:
        """Let each watch that `wake` concerns have its turn. Returns the paths that may have changed unseen."""
        missed: set[str] = set()
        began_ns = time.time_ns()
        changes = tuple(_changes(wake))
        running = sorted(self._running)
        if any(map(self._deciding().matters, changes)):
            missed |= self._find_again(began_ns)
        waiting = (name for name in self._members.watches if name not in self._running)
        concerned = [name for name in waiting if any(map(self._unread(name).matters, changes))]
        missed |= self._begin(sorted(concerned), began_ns)
        for name in running:
            if name in self._running and (own := _own(wake, changes, self._running[name].looked_at)) is not None:
                missed |= self._running[name].turn(own)
        return missed

    def _find_again(self, began_ns: int) -> set[str]:
        try:
            self._members = self._find()
        except ConfigError as failure:
            self._faults(None, failure.diagnostics)
            return set()
        for name in self._running.keys() - self._members.watches.keys():
            self._end(name)
        return self._begin(sorted(self._members.watches.keys() - self._running.keys()), began_ns)

    def _looks(self) -> Iterator[Watched]:
        yield from (watch.looked_at for watch in self._running.values())
        yield from self._own_looks()

    def _own_looks(self) -> Iterator[Watched]:
        """What decides which watches there are, and the configurations of those that could not start."""
        yield self._deciding()
        yield from (self._unread(name) for name in self._members.watches if name not in self._running)

    def _deciding(self) -> Watched:
        folders = {*self._members.folders, *map(os.path.dirname, self._members.files)}
        paths = frozenset((*self._members.files, *self._members.folders))
        return Watched(paths, frozenset(self._members.folders), frozenset(folders))

    def _unread(self, name: str) -> Watched:
        member = self._members.watches[name]
        return Watched(frozenset(member.files), frozenset([member.folder]), frozenset([member.folder]))

    def _is_held(self) -> bool:
        return any(watch.is_held() for watch in list(self._running.values())[:1])  # all are in one working tree

    def _cover(self, name: str | None, folders: frozenset[str]) -> frozenset[str]:
        """Cover `folders` for the watch with that name, beside those of others. Returns those that are new to it."""
        before = self._shares.get(name, frozenset())
        self._shares[name] = folders
        added = self._events.cover(frozenset().union(*self._shares.values()))
        for other in self._running:
            self._unseen.setdefault(other, set()).update(added & self._shares.get(other, frozenset()))
        unseen = self._unseen.pop(name, set()) if name is not None else set()
        return folders & (added | unseen | (folders - before))


class _Together:
    """What any of some watches looks at; see LooksAt."""

    def __init__(self, looks: Iterable[Watched]) -> None:
        self._looks = tuple(looks)

    @property
    def roots(self) -> Iterable[str]:
        return (root for one in self._looks for root in (*one.roots, *one.homes))

    @property
    def paths(self) -> "_Together":
        return self

    def __contains__(self, path: object) -> bool:
        return any(path in one.paths for one in self._looks)

    def matters(self, change: Change) -> bool:
        return any(one.matters(change) for one in self._looks)

    def changes_pages(self, change: Change) -> bool:
        return any(one.changes_pages(change) for one in self._looks)


def _changes(wake: Wake) -> Iterator[Change]:
    for path in wake.changed:
        yield Change(path, Phase.DONE if os.path.lexists(path) else Phase.GONE, wake.of_names)


def _own(wake: Wake, changes: Iterable[Change], looked_at: Watched) -> Wake | None:
    """The part of `wake`, with these `changes`, that concerns a watch with these looks; None if nothing does."""
    changed = frozenset(change.path for change in changes if looked_at.matters(change))
    templates = frozenset(path for path in wake.templates if looked_at.changes_pages(Change(path)))
    if not changed and not templates:
        return None
    return Wake(changed, wake.at, wake.of_names, bool(templates), templates)
