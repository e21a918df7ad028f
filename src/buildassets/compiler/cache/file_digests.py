"""The digests of files, folders and sets of files, each read once, and whether they may have changed since."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from buildassets.compiler.cache.stamps import is_settled, signature
from buildassets.disk.file_sets import is_set_name, set_named
from buildassets.disk.files import digest_of
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import frozen

if TYPE_CHECKING:
    from buildassets.compiler.cache.traces import Signature

ABSENT: Final = ""  # in place of the digest of a file that does not exist or cannot be read

Nanoseconds = Callable[[], int]  # since the epoch


@frozen
class _FileState:
    """The state of a path: its digest and its stamp.

    `is_settled`: any later write will change the stamp. `was_read`: its content was read, which takes a while.
    """

    digest: str
    signature: "Signature | None" = None
    is_settled: bool = False
    was_read: bool = False


class FileDigests:
    """The digests of files and folders as they are now; each path is read once.

    A folder's digest is that of the names in it and of their kinds, that of a set that of its files' names. `known` and
    `further` are digests that were found before, with the stamps of then.
    """

    def __init__(
        self,
        known: "Mapping[str, tuple[Signature, str]]",
        clock: Nanoseconds = time.time_ns,
        further: Mapping[str, "tuple[Signature, str]"] = {},
    ) -> None:
        self._known = known
        self._further = further
        self._clock = clock
        self._states: dict[str, _FileState] = {}

    def of(self, path: str) -> str:
        """The digest of what is at `path`, or ABSENT."""
        state = self._states.get(path)
        if state is None:
            state = self._states[path] = self._state_of(path)
        return state.digest

    def of_at_most(self, path: str, limit_bytes: int) -> str | None:
        """The digest of what is at `path`; None, without reading it, for a new path with more than `limit_bytes`."""
        if path not in self._states and (seen := signature(path)) is not None and seen[0] > limit_bytes:
            return None
        return self.of(path)

    def may_have_changed(self, path: str, since_ns: int) -> bool:
        """Whether the path may have had another digest than `of` gives at some time since `since_ns`."""
        is_new = path not in self._states
        self.of(path)
        state = self._states[path]
        seen = state.signature if is_new and not state.was_read else signature(path)
        return state.signature != seen or (seen is not None and not is_settled(seen, since_ns))

    def found(self) -> "dict[str, tuple[Signature | None, str]]":
        """The stamp and the digest of each file that was read and is there."""
        states = self._states.copy().items()  # threads of an interrupted build still add to it
        return {path: (state.signature, state.digest) for path, state in states if state.signature and state.digest}

    def settled(self) -> "Iterator[tuple[str, Signature, str]]":
        """The path, stamp and digest of each file whose stamp alone will show a change."""
        for path, state in self._states.copy().items():  # threads of an interrupted build still add to it
            if state.signature is not None and state.is_settled:
                yield path, state.signature, state.digest

    def _state_of(self, path: str) -> _FileState:
        if is_set_name(path):
            return _FileState(set_named(path)[0].digest)
        now = self._clock()
        seen = signature(path)
        if seen is None:
            return _FileState(ABSENT)
        for known in (self._known.get(path), self._further.get(path)):
            if known and known[0] == seen:
                return _FileState(known[1], seen, is_settled=True)
        try:
            current = digest(_listing(path)) if os.path.isdir(path) else digest_of(path)
        except OSError:
            return _FileState(ABSENT, seen, was_read=True)
        return _FileState(current, seen, is_settled(seen, now), was_read=True)


def _listing(folder: str) -> bytes:
    with os.scandir(folder) as entries:
        return "\0".join(sorted(f"{entry.name}\0{kind(entry)}" for entry in entries)).encode("utf-8", "surrogatepass")


def kind(entry: os.DirEntry[str]) -> str:
    """The kind of a folder's entry: `link`, `folder` or `file`. Links are not followed."""
    if entry.is_symlink():
        return "link"
    return "folder" if entry.is_dir() else "file"
