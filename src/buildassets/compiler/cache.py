"""What earlier builds found out, with the means to tell whether it still holds.

A step of a build is kept as a Trace: a key for all that it depends on besides files, the digest of every file and
folder that it looked at, and the digest of its result, whose bytes are in the content store. A trace holds if the key
is the same and every path still has its digest. A stat is a shortcut to a digest: a file that looks as it did when it
was read counts as the same, unless it was so young then that a later write could have left no mark.

The folder may be shared by builds that run at the same time, and be deleted at any time. Whatever in it is damaged
counts as not there.
"""

import fcntl
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from buildassets.compiler.cache_place import BUILDS
from buildassets.compiler.files import content_of
from buildassets.compiler.traces import Index, Signature, Stale, Trace, dumps, loads
from buildassets.compiler.values import frozen
from buildassets.digest import digest

ABSENT: Final = ""  # stands for the digest of what is not there or cannot be read
_DAY_NS: Final = 86_400 * 1_000_000_000
INDEX: Final = "index.json"
CONTENT: Final = "content"
IGNORE_FILE: Final = ".gitignore"
_KEPT_BUILDS: Final = 20  # of which there is one for each folder, mode, configuration and environment
# Kernels stamp files by a clock that ticks every 10 ms at the slowest; file systems without fractions of a second
# (ext3, HFS+) or with seconds in twos (FAT) are known by their zeros.
_GRAIN_NS: Final = 20_000_000
_COARSE_GRAIN_NS: Final = 2_000_000_000
_ABANDONED_SECONDS: Final = 3600.0

Clock = Callable[[], int]  # ns since the epoch


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
    """What was found at a path. `is_settled`: whether its looks alone will tell a later state apart.

    `was_read`: whether there was something to read, which takes a while.
    """

    digest: str
    signature: Signature | None = None
    is_settled: bool = False
    was_read: bool = False


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
        is_new = path not in self._looks
        self.of(path)
        look = self._looks[path]
        seen = look.signature if is_new and not look.was_read else signature(path)
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
            content = _listing(path) if os.path.isdir(path) else content_of(path)
        except OSError:
            return _Look(ABSENT, seen, was_read=True)
        return _Look(digest(content), seen, is_settled(seen, now), was_read=True)


def _listing(folder: str) -> bytes:
    with os.scandir(folder) as entries:
        return "\0".join(sorted(f"{entry.name}\0{kind(entry)}" for entry in entries)).encode("utf-8", "surrogatepass")


def kind(entry: os.DirEntry[str]) -> str:
    """What an entry of a folder is, links not followed."""
    if entry.is_symlink():
        return "link"
    return "folder" if entry.is_dir() else "file"


def bytes_at(path: str) -> bytes | None:
    """The bytes of the file at `path`; None where there is none or it cannot be read."""
    try:
        return content_of(path)
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
        if not self.touch(name):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_whole(path, content)
        return name

    def touch(self, name: str) -> bool:
        """Keep the bytes whose digest is `name` from being removed while a build may be about to name them.

        Says whether they are there.
        """
        try:
            os.utime(self._path(name))
        except OSError:
            return False
        return True

    def get(self, name: str) -> bytes | None:
        """The bytes whose digest is `name`; None where they are not there or damaged."""
        path = self._path(name)
        content = bytes_at(path)
        if content is None or digest(content) == name:
            return content
        with suppress(OSError):
            os.unlink(path)
        return None

    def all_but(self, names: Collection[str], older_than_seconds: float) -> Iterator[tuple[str, int]]:
        """The path and the size of every other file.

        Left out is what was put or touched so lately that another build may be about to name it.
        """
        for folder, _, files in os.walk(self._folder):
            for file in files:
                if os.path.basename(folder) + file not in names:
                    path = os.path.join(folder, file)
                    if (size_bytes := _size_if_old(path, older_than_seconds)) is not None:
                        yield path, size_bytes

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name[:2], name[2:])


def _size_if_old(path: str, seconds: float) -> int | None:
    """The size of the file at `path`, if it was written at least so long ago."""
    with suppress(OSError):
        status = os.lstat(path)
        if status.st_mtime < time.time() - seconds:
            return status.st_size
    return None


def _oldest(folder: str, besides: int) -> Iterator[tuple[str, int]]:
    """The path and the size of all files of `folder` but those `besides` that were written last."""
    with suppress(OSError), os.scandir(folder) as entries:
        looks = sorted(((entry.stat(), entry.path) for entry in entries), key=lambda one: one[0].st_mtime_ns)
        yield from ((path, status.st_size) for status, path in looks[:-besides])


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
        self._index = loads(bytes_at(os.path.join(folder, INDEX)) or b"")
        self._new: dict[str, Trace] = {}
        self._reasons: dict[str, Stale] = {}
        self.rerun: dict[str, Stale] = {}  # the steps whose results are kept anew, and why they had to run
        self._content = ContentStore(os.path.join(folder, CONTENT))
        self.files = FileDigests(self._index.files, clock)

    def now(self) -> int:
        """When a step begins, for `keep`."""
        return self._clock()

    def recall(self, step: str, key: str) -> bytes | Stale:
        """What `step` gave when it last ran with all that it depends on as it is now; or why it has to run."""
        trace = self.trace(step, key)
        if isinstance(trace, Stale):
            return trace
        content = self._content.get(trace.result)
        if content is None:
            self._reasons[step] = Stale("its result is not in the cache")
            return self._reasons[step]
        return content

    def trace(self, step: str, key: str) -> Trace | Stale:
        """What is known of `step` as it is now, though the result may be lost; or why it has to run."""
        reasons = []
        for trace in self._traces(step):
            reason = self._stale(trace, key)
            if reason is None:
                self._use(step, trace)
                return trace
            reasons.append(reason)
        stale = reasons[0] if reasons else Stale("it was never built before")
        # Of a trace with other settings, such as those of the other mode, nothing better is known.
        self._reasons[step] = next((reason for reason in reasons if reason.path), stale)
        return self._reasons[step]

    def holds(self, step: str, key: str) -> bool:
        """Whether `recall` would give a result, if that is still in the content store."""
        return isinstance(self.trace(step, key), Trace)

    def steps(self) -> Iterable[str]:
        """All steps that are known from earlier builds."""
        return self._index.steps.keys()

    def results(self, step: str, besides: str) -> frozenset[str]:
        """The digests of what `step` is known to have given with other keys than `besides`."""
        return frozenset(trace.result for trace in self._traces(step) if trace.key != besides)

    def _traces(self, step: str) -> tuple[Trace, ...]:
        kept = self._index.steps.get(step)
        earlier = kept.traces if kept else ()
        return (self._new[step], *earlier) if step in self._new else earlier

    def _use(self, step: str, trace: Trace) -> None:
        if trace is self._new.get(step):
            return
        self._new[step] = trace
        if self._index.steps[step].day != self._today():
            self._content.touch(trace.result)  # which a build at the same time may find too old to keep

    def _today(self) -> int:
        return self._clock() // _DAY_NS

    def _stale(self, trace: Trace, key: str) -> Stale | None:
        if trace.key != key:
            return Stale("the settings or an engine changed")
        for path, was in trace.inputs:
            found = self.files.of(path)
            if found != was:
                return Stale("is new" if was == ABSENT else "is gone" if found == ABSENT else "changed", path)
        return None

    def keep(self, step: str, key: str, inputs: Iterable[str], result: bytes, began_ns: int) -> None:
        """Keep what `step`, which began at `began_ns`, gave; unless an input may have been written since."""
        if step in self._reasons:
            self.rerun[step] = self._reasons[step]
        paths = sorted(set(inputs))
        if any(self.files.may_have_changed(path, began_ns) for path in paths):
            return
        named = tuple((path, self.files.of(path)) for path in paths)
        with suppress(OSError):  # a cache that cannot be written is none, and no fault of the build
            self._new[step] = Trace(key, named, self._content.put(result), len(result))

    def save(self) -> None:
        """Put the traces of this build before those on disk, and let go of what is too old or too much."""
        today = self._today()
        new = self._new.copy()  # threads of an interrupted build still add to it
        known = self._index.steps
        if all(step in known and known[step].traces[0] == new[step] and known[step].day == today for step in new):
            return
        with suppress(OSError), locked(self._folder):
            on_disk = self._on_disk()
            looked_at = {name: (seen, found) for name, seen, found in self.files.settled()}
            index = on_disk.with_traces(new, today)
            if on_disk.swept == today:
                self._write(index.with_files(looked_at))
            else:  # to look at all that is known, and at every file, is for once a day
                self._sweep(index.bounded(today).with_files(looked_at))

    def prune(self, *, dry_run: bool = False) -> list[tuple[str, int]]:
        """Let go of what is too old or too much; gives the paths and sizes of the files.

        Whoever calls this is in `taking_turns`. Raises OSError.
        """
        index = self._on_disk().bounded(self._today())
        return list(self._unused(index)) if dry_run else self._sweep(index)

    def _on_disk(self) -> Index:
        return loads(bytes_at(os.path.join(self._folder, INDEX)) or b"")

    def _write(self, index: Index) -> None:
        write_whole(os.path.join(self._folder, INDEX), dumps(index))

    def _sweep(self, index: Index) -> list[tuple[str, int]]:
        self._write(replace(index, swept=self._today()))
        unused = list(self._unused(index))
        for path, _ in unused:
            with suppress(OSError):
                os.unlink(path)
        return unused

    def _unused(self, index: Index) -> Iterator[tuple[str, int]]:
        """The path and the size of every file that is not worth keeping, if `index` is all that is known."""
        yield from self._content.all_but(index.results(), _ABANDONED_SECONDS)
        yield from _oldest(os.path.join(self._folder, BUILDS), _KEPT_BUILDS)


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Make the cache folder if need be; who writes it at the same time takes turns."""
    os.makedirs(folder, exist_ok=True)
    with suppress(FileExistsError), open(os.path.join(folder, IGNORE_FILE), "x") as file:
        file.write("*\n")
    with taking_turns(folder):
        yield


@contextmanager
def taking_turns(folder: str) -> Iterator[None]:
    """Wait until nobody else who takes turns is at `folder`. Raises OSError, as where there is none."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
