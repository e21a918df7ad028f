"""Change events of systems other than Linux, through watchdog's observers."""

import os
from collections.abc import Iterator
from contextlib import suppress
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from watchdog.events import (
    EVENT_TYPE_CLOSED_NO_WRITE,
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MOVED,
    EVENT_TYPE_OPENED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from buildassets.compiler.watch.events.protocol import FileChange, Phase

_LOOK_SECONDS: Final = 0.2  # Windows wakes no waiting thread for a signal, such as Ctrl-C


class Observed(FileSystemEventHandler):
    """Events by an observer of watchdog. It reports whole trees, and so also folders that nobody asked for."""

    def __init__(self) -> None:
        self._reports: SimpleQueue[FileSystemEvent] = SimpleQueue()
        self._observer = Observer()
        self._covered: frozenset[str] = frozenset()
        self._trees: dict[str, ObservedWatch] = {}
        self._observer.start()

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """See Events."""
        added, self._covered = folders - self._covered, folders
        tops = {folder for folder in folders if not any(parent in folders for parent in _parents(folder))}
        for tree in self._trees.keys() - tops:
            self._observer.unschedule(self._trees.pop(tree))
        for tree in sorted(tops - self._trees.keys()):
            self._trees[tree] = self._observer.schedule(self, tree, recursive=True)
        return added

    def wait(self, seconds: float | None) -> list[FileChange]:
        """See Events."""
        reports: list[FileSystemEvent] = []
        end = inf if seconds is None else monotonic() + seconds
        while not reports and (left_seconds := end - monotonic()) > 0:
            with suppress(Empty):
                reports.append(self._reports.get(timeout=min(left_seconds, _LOOK_SECONDS)))
        with suppress(Empty):
            while True:
                reports.append(self._reports.get_nowait())
        return [change for event in reports for change in _changes(event)]

    def close(self) -> None:
        """See Events."""
        self._observer.stop()
        self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog's thread."""
        if event.event_type not in (EVENT_TYPE_OPENED, EVENT_TYPE_CLOSED_NO_WRITE):  # a build causes these by reading
            self._reports.put(event)


def _parents(folder: str) -> Iterator[str]:
    while folder != (folder := os.path.dirname(folder)):
        yield folder


def _changes(event: FileSystemEvent) -> Iterator[FileChange]:
    if event.event_type == EVENT_TYPE_MOVED:
        yield FileChange(os.fsdecode(event.src_path), Phase.GONE, of_names=True)
        yield FileChange(os.fsdecode(event.dest_path), of_names=True)
        return
    is_gone = event.event_type == EVENT_TYPE_DELETED
    is_of_names = is_gone or event.event_type == EVENT_TYPE_CREATED
    yield FileChange(os.fsdecode(event.src_path), Phase.GONE if is_gone else Phase.DONE, is_of_names)
