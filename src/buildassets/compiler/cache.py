"""What earlier builds found out, with the means to tell whether it still holds.

A step of a build is kept as a Trace: a key for all that it depends on besides files, the digest of every file and
folder that it looked at, and the digest of its result, whose bytes are in the content store. A trace holds if the key
is the same and every path still has its digest. A stat is a shortcut to a digest: a file that looks as it did when it
was read counts as the same, unless it was so young then that a later write could have left no mark.

The folder may be shared by builds that run at the same time, and be deleted at any time. Whatever in it is damaged
counts as not there.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from buildassets.compiler.values import frozen
from buildassets.digest import digest

ABSENT: Final = ""  # stands for the digest of what is not there or cannot be read
KEPT_TRACES: Final = 3  # of each step, so that going back to another branch finds its own
_SCHEMA: Final = 2
_INDEX: Final = "index.json"
_CONTENT: Final = "content"
# Kernels stamp files by a clock that ticks every 10 ms at the slowest; file systems without fractions of a second
# (ext3, HFS+) or with seconds in twos (FAT) are known by their zeros.
_GRAIN_NS: Final = 20_000_000
_COARSE_GRAIN_NS: Final = 2_000_000_000
_ABANDONED_SECONDS: Final = 3600.0

Signature = tuple[int, int, int, int]  # size, mtime and ctime in ns, inode
Clock = Callable[[], int]  # ns since the epoch


@frozen
class Trace:
    """One run of a step. `inputs` are paths with their digests (ABSENT for what was looked for in vain)."""

    key: str
    inputs: tuple[tuple[str, str], ...]
    result: str
    size_bytes: int  # of the result


@frozen
class Stale:
    """Why a step has to run again: a sentence without its end."""

    reason: str


def signature(path: str) -> Signature | None:
    """What tells two states of a file apart without reading it; None where there is none.

    The ctime is there for restored mtimes. What cannot be a path (it holds a NUL) is nowhere.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def is_settled(seen: Signature, at_ns: int) -> bool:
    """Whether a file that looked so at `at_ns` cannot have been written since and look the same."""
    youngest = max(seen[1], seen[2])
    grain = _GRAIN_NS if seen[1] % 1_000_000_000 else _COARSE_GRAIN_NS
    return youngest + grain < at_ns


@frozen
class _Look:
    """What was found at a path. `is_settled`: whether its looks alone will tell a later state apart."""

    digest: str
    signature: Signature | None = None
    is_settled: bool = False


class FileDigests:
    """The digests of files and folders as they are now; each path is looked at once.

    A folder's digest is that of the names in it and of their kinds.
    """

    def __init__(self, known: Mapping[str, tuple[Signature, str]], clock: Clock = time.time_ns) -> None:
        self._known = known
        self._clock = clock
        self._looks: dict[str, _Look] = {}

    def of(self, path: str) -> str:
        """The digest of what is at `path`, or ABSENT."""
        look = self._looks.get(path)
        if look is None:
            look = self._looks[path] = self._look(path)
        return look.digest

    def may_have_changed(self, path: str, since_ns: int) -> bool:
        """Whether what `of` said was perhaps not so all the time from `since_ns` until now."""
        self.of(path)
        look, seen = self._looks[path], signature(path)
        return look.signature != seen or (seen is not None and not is_settled(seen, since_ns))

    def settled(self) -> Iterator[tuple[str, Signature, str]]:
        """What may be known from now on by its looks: path, looks, digest."""
        for path, look in self._looks.copy().items():  # threads of an interrupted build still look
            if look.signature is not None and look.is_settled:
                yield path, look.signature, look.digest

    def _look(self, path: str) -> _Look:
        now = self._clock()
        seen = signature(path)
        if seen is None:
            return _Look(ABSENT)
        known = self._known.get(path)
        if known and known[0] == seen:
            return _Look(known[1], seen, True)
        try:
            content = _listing(path) if os.path.isdir(path) else _bytes(path)
        except OSError:
            return _Look(ABSENT, seen)
        return _Look(digest(content), seen, is_settled(seen, now))


def _listing(folder: str) -> bytes:
    with os.scandir(folder) as entries:
        return "\0".join(sorted(f"{entry.name}\0{kind(entry)}" for entry in entries)).encode("utf-8", "surrogatepass")


def kind(entry: os.DirEntry[str]) -> str:
    """What an entry of a folder is, links not followed."""
    if entry.is_symlink():
        return "link"
    return "folder" if entry.is_dir() else "file"


def _bytes(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.readall()


def bytes_at(path: str) -> bytes | None:
    """The bytes of the file at `path`; None where there is none or it cannot be read."""
    try:
        return _bytes(path)
    except OSError:
        return None


class ContentStore:
    """Bytes by their digest. What does not have its digest any more is not there."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep `content`; gives its digest."""
        name = digest(content)
        path = self._path(name)
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_whole(path, content)
        return name

    def get(self, name: str) -> bytes | None:
        """The bytes whose digest is `name`; None where they are not there or damaged."""
        path = self._path(name)
        content = bytes_at(path)
        if content is None or digest(content) == name:
            return content
        with suppress(OSError):
            os.unlink(path)
        return None

    def remove_all_but(self, names: Iterable[str], older_than_seconds: float) -> None:
        """Forget everything else, but for what was written so lately that another build may be about to name it."""
        kept = set(names)
        horizon = time.time() - older_than_seconds
        for folder, _, files in os.walk(self._folder):
            for file in files:
                path = os.path.join(folder, file)
                with suppress(OSError):
                    if os.path.basename(folder) + file not in kept and os.stat(path).st_mtime < horizon:
                        os.unlink(path)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name[:2], name[2:])


def write_whole(path: str, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    import tempfile  # 3 ms, which a build with nothing to do does not need

    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".new-")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


class Cache:
    """The traces and results of earlier builds in one folder, and those of this one."""

    def __init__(self, folder: str, clock: Clock = time.time_ns) -> None:
        self._folder = folder
        self._clock = clock
        self._traces, known = _read_index(os.path.join(folder, _INDEX))
        self._new: dict[str, Trace] = {}
        self._content = ContentStore(os.path.join(folder, _CONTENT))
        self.files = FileDigests(known, clock)

    def now(self) -> int:
        """When a step begins, for `keep`."""
        return self._clock()

    def recall(self, step: str, key: str) -> bytes | Stale:
        """What `step` gave when it last ran with all that it depends on as it is now; or why it has to run."""
        traces = self._traces.get(step, ())
        stale = Stale("it was never built before")
        for trace in traces:
            reason = self._stale(trace, key)
            if reason is None:
                content = self._content.get(trace.result)
                if content is not None:
                    self._new[step] = trace
                    return content
                reason = Stale("its result is not in the cache")
            if trace is traces[0]:
                stale = reason
        return stale

    def trace(self, step: str, key: str) -> Trace | None:
        """What is known of `step` as it is now; its result need not be in the cache any more."""
        for trace in self._traces.get(step, ()):
            if self._stale(trace, key) is None:
                self._new[step] = trace
                return trace
        return None

    def results(self, step: str, besides: str) -> frozenset[str]:
        """The digests of what `step` is known to have given with other keys than `besides`."""
        return frozenset(trace.result for trace in self._traces.get(step, ()) if trace.key != besides)

    def holds(self, step: str, key: str) -> bool:
        """Whether `recall` would give a result, if that is still in the content store."""
        return any(self._stale(trace, key) is None for trace in self._traces.get(step, ()))

    def _stale(self, trace: Trace, key: str) -> Stale | None:
        if trace.key != key:
            return Stale("the settings or an engine changed")
        for path, was in trace.inputs:
            found = self.files.of(path)
            if found != was:
                verb = "is new" if was == ABSENT else "is gone" if found == ABSENT else "changed"
                return Stale(f"`{path}` {verb}")
        return None

    def keep(self, step: str, key: str, inputs: Iterable[str], result: bytes, began_ns: int) -> None:
        """Keep what `step`, which began at `began_ns`, gave; unless an input may have been written since."""
        paths = sorted(set(inputs))
        if any(self.files.may_have_changed(path, began_ns) for path in paths):
            return
        named = tuple((path, self.files.of(path)) for path in paths)
        with suppress(OSError):  # a cache that cannot be written is none, and no fault of the build
            self._new[step] = Trace(key, named, self._content.put(result), len(result))

    def save(self) -> None:
        """Put the traces of this build before those on disk."""
        new = self._new.copy()  # threads of an interrupted build still add to it
        if all(self._traces.get(step, (None,))[0] == trace for step, trace in new.items()):
            return
        with suppress(OSError), locked(self._folder):
            path = os.path.join(self._folder, _INDEX)
            on_disk, known = _read_index(path)
            traces = {**on_disk, **{step: _with(trace, on_disk.get(step, ())) for step, trace in new.items()}}
            looked_at = {name: (seen, found) for name, seen, found in self.files.settled()}
            known = {**known, **looked_at}
            named = {name for kept in traces.values() for trace in kept for name, _ in trace.inputs} | looked_at.keys()
            _write_index(path, traces, {name: fact for name, fact in known.items() if name in named})
            results = {trace.result for kept in traces.values() for trace in kept}
            self._content.remove_all_but(results, _ABANDONED_SECONDS)


def _with(trace: Trace, earlier: tuple[Trace, ...]) -> tuple[Trace, ...]:
    return (trace, *(one for one in earlier if one != trace))[:KEPT_TRACES]


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Make the cache folder if need be; who writes it at the same time takes turns."""
    os.makedirs(folder, exist_ok=True)
    with suppress(FileExistsError), open(os.path.join(folder, ".gitignore"), "x") as file:
        file.write("*\n")
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


_Index = tuple[dict[str, tuple[Trace, ...]], dict[str, tuple[Signature, str]]]


def _read_index(path: str) -> _Index:
    """The traces and known files; none where the index is missing, damaged or of another version."""
    try:
        checksum, _, text = _bytes(path).partition(b"\n")
        if digest(text).encode() != checksum:
            return {}, {}
        document: Any = json.loads(text)
    except (OSError, ValueError):
        return {}, {}
    if document["schema"] != _SCHEMA:
        return {}, {}
    digests = document["digests"]
    traces = {
        step: tuple(
            Trace(key, tuple((path, digests[number]) for path, number in inputs), digests[result], size_bytes)
            for key, inputs, result, size_bytes in kept
        )
        for step, kept in document["traces"].items()
    }
    return traces, {name: ((a, b, c, d), digests[found]) for name, (a, b, c, d, found) in document["files"].items()}


def _write_index(
    path: str, traces: Mapping[str, tuple[Trace, ...]], known: Mapping[str, tuple[Signature, str]]
) -> None:
    numbers: dict[str, int] = {}

    def number(found: str) -> int:
        return numbers.setdefault(found, len(numbers))

    document = {
        "schema": _SCHEMA,
        "traces": {
            step: [
                (trace.key, [(name, number(was)) for name, was in trace.inputs], number(trace.result), trace.size_bytes)
                for trace in kept
            ]
            for step, kept in traces.items()
        },
        "files": {name: (*seen, number(found)) for name, (seen, found) in known.items()},
        "digests": list(numbers),
    }
    text = json.dumps(document, separators=(",", ":")).encode("ascii")
    write_whole(path, digest(text).encode() + b"\n" + text)
