"""Change events of Linux (inotify(7)), read through watchdog's internal reader.

watchdog's observers (7.1) are not used: they leave out folders silently when the limit is reached, report nothing where
the queue overflows, hold back all events for half a second after a file was moved away, and start a thread for each.
"""

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyEvent, InotifyFD, Mask, WatchDescriptor

from buildassets.compiler.watch.events.protocol import FileChange, LimitError, Phase
from buildassets.disk.folders import upward

_NAMES: Final = (
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
)
# After these the path is gone.
_AWAY: Final = _NAMES & ~(InotifyConstants.IN_CREATE | InotifyConstants.IN_MOVED_TO)
_WRITING: Final = InotifyConstants.IN_CREATE | InotifyConstants.IN_MODIFY
# No IN_ACCESS, IN_OPEN, IN_CLOSE_NOWRITE: a build that reads must not wake itself.
_MASK: Final = Mask(
    _NAMES
    | _WRITING
    | InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_ATTRIB
    | InotifyConstants.IN_ONLYDIR
    | InotifyConstants.IN_EXCL_UNLINK
)
_UNREADABLE: Final = WatchDescriptor(-1)  # what watchdog gives for a folder that may not be read

_Report: TypeAlias = "tuple[_Folder, InotifyEvent | None]"  # None: the queue overflowed


@dataclass(frozen=True, slots=True, eq=False)
class _Folder:
    """A covered folder under one of its names; watchdog's thread calls the methods."""

    path: str
    reports: "SimpleQueue[_Report]"

    def on_event(self, event: InotifyEvent) -> None:
        self.reports.put((self, event))

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Do nothing: an event has already reported that the folder is gone."""

    def on_queue_overflow(self) -> None:
        self.reports.put((self, None))


class Inotify:
    """Events by inotify. Raises LimitError if the system's limit on its instances is reached."""

    def __init__(self) -> None:
        try:
            self._reading = InotifyFD()
        except OSError:
            raise _limit("instances") from None
        self._reports: SimpleQueue[_Report] = SimpleQueue()
        self._covered: dict[str, tuple[WatchDescriptor, _Folder]] = {}
        self._ways: frozenset[str] | None = frozenset()  # the paths of covered folders and above; None if out of date
        self._reading.start()

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """See Events."""
        self._leave(self._covered.keys() - folders)
        return frozenset(folder for folder in sorted(folders - self._covered.keys()) if self._add(folder))

    def wait(self, seconds: float | None) -> list[FileChange]:
        """See Events."""
        reports = []
        try:
            reports.append(self._reports.get(timeout=seconds))
            while True:
                reports.append(self._reports.get_nowait())
        except Empty:
            return [change for folder, event in reports if (change := self._change(folder, event))]

    def close(self) -> None:
        """See Events."""
        self._reading.stop()
        self._reading.join()

    def _add(self, path: str) -> bool:
        """Cover the folder `path`. Returns False if it does not exist or may not be read."""
        folder = _Folder(path, self._reports)
        try:
            descriptor = self._reading.add_callback(os.fsencode(path), _MASK, folder, CallbackId(id(folder)))
        except OSError as fault:
            if fault.errno == errno.ENOSPC:
                raise _limit("watches") from None
            return False
        self._covered[path], self._ways = (descriptor, folder), None
        if descriptor == _UNREADABLE:
            self._leave([path])
        return descriptor != _UNREADABLE

    def _leave(self, paths: Iterable[str]) -> None:
        if not (left := [self._covered.pop(path) for path in paths]):
            return
        self._ways = None
        self._reading.remove_callbacks([(descriptor, CallbackId(id(folder))) for descriptor, folder in left])

    def _ways_to_covered(self) -> frozenset[str]:
        """The paths of covered folders, and of those above: a link among them may be replaced like a folder."""
        if self._ways is None:
            self._ways = frozenset(above for path in self._covered for above in upward(path))
        return self._ways

    def _change(self, folder: _Folder, event: InotifyEvent | None) -> FileChange | None:
        """The change that `event` reports; None if `folder` is no longer covered. No event means an overflow."""
        if event is None:
            self._leave(list(self._covered))  # any folder may have been replaced meanwhile
            return FileChange("")
        _, covered = self._covered.get(folder.path, (None, None))
        if covered is not folder:
            return None  # reported before the folder was left
        path = os.path.join(folder.path, os.fsdecode(event.name)) if event.name else folder.path
        is_of_names = bool(event.mask & _NAMES)
        is_created = bool(event.mask & InotifyConstants.IN_CREATE)
        if is_of_names and not is_created and path in self._ways_to_covered():
            # What is there now is another folder, even if it has the name of one that was covered. One that is created
            # takes the place of none: what was covered there has gone before, and what is covered since is the new one.
            self._leave([name for name in self._covered if name == path or name.startswith(path + os.sep)])
        if event.mask & _AWAY:
            return FileChange(path, Phase.GONE, is_of_names)
        is_under_way = event.mask & _WRITING and not event.is_directory
        return FileChange(path, Phase.UNDER_WAY if is_under_way else Phase.DONE, is_of_names)


def _limit(what: str) -> LimitError:
    """The lower of the two limits: the machine's and the container's."""
    settings = [f"fs.inotify.max_user_{what}", f"user.max_inotify_{what}"]
    limits = {setting: number for setting in settings if (number := _number(setting)) is not None}
    setting = min(limits, key=limits.__getitem__, default=settings[0])
    return LimitError(setting, limits.get(setting))


def _number(setting: str) -> int | None:
    try:
        with open("/proc/sys/" + setting.replace(".", "/"), encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None
