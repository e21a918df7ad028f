"""Change events of Linux (inotify(7)), read by the C library.

watchdog is not used: where it is installed, the reloaders of Flask and Werkzeug use it, too, and watch all packages of
Python with it, until "Inotify queue overflowed" fills the terminal.
"""

import ctypes
import errno
import os
import select
import struct
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.compiler.watch.events.protocol import FileChange, LimitError, Phase
from buildassets.disk.folders import upward
from buildassets.foundation.frozen import frozen

# From linux/inotify.h, which promises them.
_MODIFY: Final = 0x2
_ATTRIB: Final = 0x4
_CLOSE_WRITE: Final = 0x8
_MOVED_FROM: Final = 0x40
_MOVED_TO: Final = 0x80
_CREATE: Final = 0x100
_DELETE: Final = 0x200
_DELETE_SELF: Final = 0x400
_MOVE_SELF: Final = 0x800
_OVERFLOW: Final = 0x4000
_IGNORED: Final = 0x8000
_ONLY_FOLDERS: Final = 0x1000000
_EXCEPT_UNLINKED: Final = 0x4000000
_IS_FOLDER: Final = 0x40000000

_NAMES: Final = _CREATE | _DELETE | _MOVED_FROM | _MOVED_TO | _DELETE_SELF | _MOVE_SELF
_AWAY: Final = _NAMES & ~(_CREATE | _MOVED_TO)  # after these the path is gone
_WRITING: Final = _CREATE | _MODIFY
# No IN_ACCESS, IN_OPEN, IN_CLOSE_NOWRITE: a build that reads must not wake itself.
_MASK: Final = _NAMES | _WRITING | _CLOSE_WRITE | _ATTRIB | _ONLY_FOLDERS | _EXCEPT_UNLINKED
_OF_FOLDERS: Final = _IS_FOLDER | _DELETE_SELF | _MOVE_SELF
_HEAD: Final = struct.Struct("iIII")  # descriptor, mask, cookie, length of the name
_BUFFER_BYTES: Final = 1 << 16


@frozen
class _Event:
    """An event of the folder with the `descriptor`; `name` is that of a file in it, or empty."""

    descriptor: int
    mask: int
    name: bytes


class Inotify:
    """Events by inotify. Raises LimitError if the system's limit on its instances is reached."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)
        self._file: int = self._library.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        if self._file < 0:
            raise _limit("instances")
        self._poll = select.poll()
        self._poll.register(self._file, select.POLLIN)
        self._covered: dict[str, int] = {}  # descriptors by path: one for all names of a folder
        self._names: dict[int, list[str]] = {}  # the paths of each
        self._ways: frozenset[str] | None = frozenset()  # the paths of covered folders and above; None if out of date

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """See Events."""
        self._leave(self._covered.keys() - folders)
        return frozenset(folder for folder in sorted(folders - self._covered.keys()) if self._add(folder))

    def wait(self, seconds: float | None) -> list[FileChange]:
        """See Events."""
        if not self._poll.poll(None if seconds is None else max(0.0, seconds) * 1000):
            return []
        return [change for event in list(self._read()) for change in self._changes(event)]

    def close(self) -> None:
        """See Events."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _read(self) -> Iterator[_Event]:
        """All events that the system has queued."""
        while True:
            try:
                buffer = os.read(self._file, _BUFFER_BYTES)
            except BlockingIOError:
                return
            position = 0
            while position < len(buffer):
                descriptor, mask, _, length = _HEAD.unpack_from(buffer, position)
                position += _HEAD.size + length
                yield _Event(descriptor, mask, buffer[position - length : position].rstrip(b"\0"))

    def _add(self, path: str) -> bool:
        """Cover the folder `path`. Returns False if it does not exist or may not be read."""
        descriptor = self._library.inotify_add_watch(self._file, os.fsencode(path), _MASK)
        if descriptor < 0:
            if ctypes.get_errno() == errno.ENOSPC:
                raise _limit("watches")
            return False
        self._covered[path], self._ways = descriptor, None
        self._names.setdefault(descriptor, []).append(path)
        return True

    def _leave(self, paths: Iterable[str]) -> None:
        for path in paths:
            descriptor, self._ways = self._covered.pop(path), None
            self._names[descriptor].remove(path)
            if not self._names[descriptor]:
                del self._names[descriptor]
                self._library.inotify_rm_watch(self._file, descriptor)  # it fails where the folder is gone

    def _ways_to_covered(self) -> frozenset[str]:
        """The paths of covered folders, and of those above: a link among them may be replaced like a folder."""
        if self._ways is None:
            self._ways = frozenset(above for path in self._covered for above in upward(path))
        return self._ways

    def _changes(self, event: _Event) -> Iterator[FileChange]:
        """The changes that `event` reports, under each name of its folder; none if that is no longer covered."""
        if event.mask & _OVERFLOW:
            self._leave(list(self._covered))  # any folder may have been replaced meanwhile
            yield FileChange("")
        elif not event.mask & _IGNORED:
            for folder in list(self._names.get(event.descriptor, ())):
                if folder in self._covered:  # else the change under another name has ended that
                    yield self._change(folder, event)

    def _change(self, folder: str, event: _Event) -> FileChange:
        path = os.path.join(folder, os.fsdecode(event.name)) if event.name else folder
        is_of_names = bool(event.mask & _NAMES)
        if is_of_names and not event.mask & _CREATE and path in self._ways_to_covered():
            # What is there now is another folder, even if it has the name of one that was covered. One that is created
            # takes the place of none: what was covered there has gone before, and what is covered since is the new one.
            self._leave([name for name in self._covered if name == path or name.startswith(path + os.sep)])
        if event.mask & _AWAY:
            return FileChange(path, Phase.GONE, is_of_names)
        is_under_way = event.mask & _WRITING and not event.mask & _OF_FOLDERS
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
