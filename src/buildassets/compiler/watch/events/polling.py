"""Finds changes by polling: for folders whose changes the system does not report, as on network mounts."""

import os
import time
from collections.abc import Iterator
from time import monotonic, sleep
from typing import Final, TypeAlias

from buildassets.compiler.cache.stamps import is_settled
from buildassets.compiler.cache.traces import Signature
from buildassets.compiler.watch.events.protocol import FileChange, Phase

_LARGEST_SHARE: Final = 0.05  # of one core's time, that polling may take

# The stamps of a folder's entries by name; None for one written so lately that a later write could leave the same.
_Stamps: TypeAlias = dict[str, Signature | None]


class Polling:
    """Events by polling `every_seconds`, or less often where one round takes long."""

    def __init__(self, every_seconds: float) -> None:
        self._every_seconds = every_seconds
        self._seen: dict[str, _Stamps | None] = {}  # None: the folder does not exist

    def cover(self, folders: frozenset[str]) -> frozenset[str]:
        """See Events."""
        added = folders - self._seen.keys()
        new = {folder: _stamps(folder) for folder in added}
        self._seen = {folder: new[folder] if folder in new else self._seen[folder] for folder in sorted(folders)}
        return added

    def wait(self, seconds: float | None) -> list[FileChange]:
        """See Events."""
        until = None if seconds is None else monotonic() + seconds
        pause = self._every_seconds
        while True:
            left = pause if until is None else until - monotonic()
            if left <= 0:
                return []
            sleep(min(pause, left))
            began = monotonic()
            if changes := [change for folder in self._seen for change in self._changes(folder)]:
                return changes
            pause = max(self._every_seconds, (monotonic() - began) / _LARGEST_SHARE)

    def close(self) -> None:
        """See Events."""

    def _changes(self, folder: str) -> Iterator[FileChange]:
        before, now = self._seen[folder], _stamps(folder)
        self._seen[folder] = now
        if now is None or before is None:
            if now is not before:
                yield FileChange(folder, Phase.GONE if now is None else Phase.DONE, of_names=True)
            return
        for name in sorted(before.keys() | now.keys()):
            if name not in now:
                yield FileChange(os.path.join(folder, name), Phase.GONE, of_names=True)
            elif name not in before or before[name] is None or before[name] != now[name]:
                yield FileChange(os.path.join(folder, name), of_names=_is_other(before.get(name), now[name]))


def _is_other(before: Signature | None, now: Signature | None) -> bool:
    """Whether the name may stand for another file or folder now, not for the same one with new content."""
    return before is None or now is None or before[3] != now[3]  # the inodes


def _stamps(folder: str) -> _Stamps | None:
    now = time.time_ns()
    stamps: _Stamps = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    status = entry.stat()
                except OSError:  # gone again, or a link that leads nowhere
                    status = entry.stat(follow_symlinks=False)
                seen = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
                stamps[entry.name] = seen if is_settled(seen, now) else None
    except OSError:
        return None
    return stamps
