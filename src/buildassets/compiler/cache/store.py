"""The cache: the results of the steps of earlier builds, and the conditions under which they are still valid.

A step of a build is kept as a Trace: a chain of keys that begins with all that it depends on besides files and goes on
with the digest of every file and folder that it looked at, and the digest of its result, whose bytes are in the
content store. A stat is a shortcut to a digest: a file with the stamp that it had when it was read counts as the same,
unless it was so young then that a later write could have left the stamp as it was.

The folder may be shared by builds that run at the same time, also of other clones and users, and be deleted at any
time. Damaged files in it count as absent. Nothing in it is executed: reading it gives plain values only.
"""

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from buildassets.compiler.body import OnDisk
from buildassets.compiler.cache.content_store import ContentStore, ReadContentStore
from buildassets.compiler.cache.file_digests import ABSENT, FileDigests, Nanoseconds
from buildassets.compiler.cache.folder import BUILDS, MEASURES
from buildassets.compiler.cache.portable_names import EVERYWHERE, PortableNames
from buildassets.compiler.cache.stamps import signature, were_exchanged
from buildassets.compiler.cache.traces import Index, Kept, Signature, Stale, Trace, dumps, first_key, loads, run_of
from buildassets.disk.file_sets import is_set_name, pattern_of
from buildassets.disk.files import STAGING_NAME, bytes_at, write_whole
from buildassets.disk.folders import path_below
from buildassets.disk.locks import locked
from buildassets.disk.removal import remove_path
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.permission import OWN

if TYPE_CHECKING:
    from buildassets.compiler.cache.remote.records import Result
    from buildassets.compiler.cache.remote.remote import RemoteCache
    from buildassets.compiler.cache.shared_work import SharedWork

_DAY_NS: Final = 86_400 * 1_000_000_000
INDEX: Final = "index.json"
CONTENT: Final = "content"
IGNORE_FILE: Final = ".gitignore"
IGNORES_ALL: Final = b"*\n"
# The names of the files in the folders of a cache. Files with other names are somebody else's, and never removed.
NAMES: Final = {
    BUILDS: lazy_pattern(rf"[0-9a-f]{{8}}|[0-9a-f]{{64}}|{STAGING_NAME}"),
    MEASURES: lazy_pattern(rf"[0-9a-f]{{64}}|{STAGING_NAME}"),
    CONTENT: lazy_pattern(rf"[0-9a-f]{{2}}/(?:[0-9a-f]{{62}}|{STAGING_NAME})"),
}
KEPT_BUILDS: Final = 20  # one for each folder, mode, configuration and environment
_ABANDONED_SECONDS: Final = 3600.0
# A Bootstrap sheet depends on 200 to 900 files, and takes 10 ms to keep, and the keys of first drafts 40 ms, in which
# the programs of engines are hashed: the release need not wait for that. Results of more bytes are kept at once.
_KEPT_LATER_BYTES: Final = 1 << 23
_MOST_BYTES: Final = 1 << 30  # of an index, and of a file that an engine reads; no real one is that large
_PATIENCE_SECONDS: Final = 10.0
_TOO_LARGE: Final = "-"  # in place of the digest of a larger file
_NEVER_BUILT: Final = Stale("it was never built before")
_Value = TypeVar("_Value")


def _has_stamp(path: str, seen: Signature) -> bool:
    return signature(path) == seen


def newest_of(cache: str, folder: str) -> list[tuple[str, int]]:
    """The path and the size of each file that builds wrote into the `folder` of a `cache`, the newest first.

    None where the folder is a link, and no links.
    """
    top, files = os.path.join(cache, folder), []
    with suppress(OSError):
        if not os.path.islink(top):
            with os.scandir(top) as entries:
                for entry in entries:
                    if NAMES[folder].fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                        files.append((entry.stat(follow_symlinks=False), entry.path))
    files.sort(key=lambda file: file[0].st_mtime_ns, reverse=True)
    return [(path, status.st_size) for status, path in files]


@frozen
class Run:
    """The result of one run of a step: bytes, perhaps in a file, and the absolute paths of all that it looked at.

    The paths are in groups: the settings and the files of the groups before decide which paths are in the next. Names
    of sets of files are among them; `sets` are the digests that these had when the run looked.
    """

    content: bytes | OnDisk
    inputs: tuple[Collection[str], ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """The size of the result."""
        return self.content.size_bytes if isinstance(self.content, OnDisk) else len(self.content)


class Form(Protocol[_Value]):
    """Turns the values of a step into bytes to keep, and back."""

    def held(self, store: ContentStore, trace: Trace, looked_at: Collection[str]) -> _Value | None:
        """The value that is kept as the result of `trace`; None if it is absent or damaged.

        `looked_at` are the names of what the run looked at. Reading a result must execute nothing.
        """
        ...

    def run(self, value: _Value) -> Run | None:
        """The part of `value` to keep; None to keep nothing, as of a value with errors."""
        ...


class _Bytes:
    def held(self, store: ContentStore, trace: Trace, looked_at: Collection[str]) -> bytes | None:
        return store.get(trace.result, trace.size_bytes)

    def run(self, value: bytes) -> Run:
        return Run(value)


class _InFile:
    def held(self, store: ContentStore, trace: Trace, looked_at: Collection[str]) -> OnDisk | None:
        return store.file(trace.result, trace.size_bytes)

    def run(self, value: OnDisk) -> Run:
        return Run(value)


BYTES: Final[Form[bytes]] = _Bytes()  # for values that are bytes and depend on no file
IN_FILE: Final[Form[OnDisk]] = _InFile()  # for the same, if they are too large to hold in memory


@frozen
class _Place:
    """This machine, for what comes from the remote cache."""

    digest_of: Callable[[str], str]
    content: ContentStore

    def has(self, result: "Result") -> bool:
        """Whether the bytes of `result` are in the content store."""
        return self.content.get(result.digest, result.size_bytes) is not None

    def take_in(self, content: bytes) -> bool:
        """Put the bytes of a result into the content store. Returns whether that could be done."""
        with suppress(OSError):
            self.content.put(content)
            return True
        return False


class Cache:
    """The traces and results of earlier builds in one folder, and those of this one.

    `names` are the names of files in it. What the `remote` cache has is taken over by `fetch`, what other projects made
    in this process is `shared`.
    """

    def __init__(
        self,
        folder: str,
        clock: Nanoseconds = time.time_ns,
        names: PortableNames = EVERYWHERE,
        remote: "RemoteCache | None" = None,
        *,
        shared: "SharedWork | None" = None,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._names = names
        self._index = self._on_disk()
        self._fault: OSError | None = None  # the first one while something was kept
        self._new: dict[str, Kept] = {}  # each with the one trace that this build used
        self._unkept: dict[str, tuple[Callable[[], str], Run, int]] = {}  # by step: key, run and time of its begin
        self._unkept_bytes = 0
        self._seconds: dict[str, float] = {}  # that steps of this build took
        self._remote = remote
        self._fetched: dict[str, Kept] = {}  # from the remote cache, some with names only
        self._private: set[str] = set()  # steps whose results stay on this machine
        self._reasons: dict[str, Stale] = {}
        self.rerun: dict[str, Stale] = {}  # the steps that ran and whose results are kept, and why they had to run
        self._content = ContentStore(os.path.join(folder, CONTENT))
        self._shared = shared
        self.files = FileDigests(self._index.files, clock, shared.files if shared else {})
        self._digests: dict[str, str] = {}  # of files, by their names

    def now(self) -> int:
        """The time at which a step begins, for `keep`."""
        return self._clock()

    def step(self, name: str, key: str, make: Callable[[], _Value], form: Form[_Value]) -> _Value:
        """The kept value of the step `name` if it is still valid, else that of `make`, which is then kept.

        `key` has to contain everything that the step depends on besides files.
        """
        held = self.held(name, key, form)
        if not isinstance(held, Stale):
            return held
        began_ns, began = self.now(), time.monotonic()
        value = make()
        self.keep(name, lambda: key, form.run(value), began_ns, seconds=time.monotonic() - began)
        return value

    @property
    def is_remote(self) -> bool:
        """Whether there is a remote cache to take results from."""
        return self._remote is not None

    def fetch(self, steps: Iterable[tuple[str, str]]) -> None:
        """Take over from the remote cache what it has of those `steps`, given by name and key, that have to run."""
        if self._remote is None:
            return
        firsts = {name: first_key(name, key) for name, key in steps if isinstance(self.trace(name, key), Stale)}
        if firsts:
            for found in self._remote.fetched(firsts, _Place(self._digest_of, self._content)):
                earlier = self._index.steps.get(found.step)
                if earlier is None or all(
                    earlier.names.get(key, names) == names for key, names in found.kept.names.items()
                ):
                    self._fetched[found.step] = found.kept

    def keep_from_others(self, sources: Iterable[tuple[str, str, Callable[[], Iterable[bytes]]]]) -> None:
        """Write no result of steps to the remote cache that are made of private `sources`: step, file and content.

        A result that is compressed does not show any more what its source shows. The source is read in chunks.
        """
        if self._remote is not None and self._remote.writes:
            for name, file, read in sources:
                with suppress(OSError):
                    if name in self._reasons and self._remote.is_private(file, read()):
                        self._private.add(name)

    def held(self, name: str, key: str, form: Form[_Value]) -> _Value | Stale:
        """The kept value of the step if it is still valid, or the reason why the step has to run."""
        trace = self.trace(name, key)
        if isinstance(trace, Stale):
            return trace
        looked_at = {file for file, _ in self._new[name].inputs(trace)}
        value = form.held(self._content, trace, looked_at)
        if value is not None:
            return value
        self._reasons[name] = Stale("its result is not in the cache")
        return self._reasons[name]

    def trace(self, name: str, key: str) -> Trace | Stale:
        """The trace of the step that is still valid, though its result may be lost; or why the step has to run."""
        if name in self._unkept:
            self._keep_down_to(0)
        first = first_key(name, key)
        for kept in self._known(name):
            if trace := kept.valid_trace(first, self._digest_of):
                self._use(name, kept, trace)
                return trace
        if self._shared is not None and (shared := self._taken_over(self._shared, name, first)):
            return shared
        self._reasons[name] = self._reason(name, first)
        return self._reasons[name]

    def _taken_over(self, shared: "SharedWork", name: str, first: str) -> Trace | None:
        """The valid trace of another project in this process, its result copied to here; None if there is none."""
        kept = shared.kept(name)
        trace = kept.valid_trace(first, self._digest_of) if kept else None
        with suppress(OSError):
            if kept and trace and shared.has_copied(name, trace, self._content):
                self._use(name, kept, trace)
                return trace
        return None

    def holds(self, name: str, key: str) -> bool:
        """Whether `held` would give a result, provided that it is still in the content store."""
        return isinstance(self.trace(name, key), Trace)

    def knows(self, name: str) -> bool:
        """Whether anything is known of the step; where nothing is, it has to run."""
        if name in self._unkept or any(self._known(name)) or (self._shared and self._shared.knows(name)):
            return True
        self._reasons[name] = _NEVER_BUILT
        return False

    def result_of(self, name: str) -> tuple[str, int] | None:
        """The digest and the size of the result of the step that this build made or used; None if it is not kept."""
        self._keep_down_to(0)
        kept = self._new.get(name)
        return (kept.traces[0].result, kept.traces[0].size_bytes) if kept else None

    def note_use(self, name: str, result: str) -> None:
        """Note that a known `result` of the step is in use, though this build did not ask for it."""
        kept = self._index.steps.get(name)
        if kept and name not in self._new:
            for trace in (one for one in kept.traces if one.result == result):
                self._use(name, kept, trace)

    def path_of(self, result: str) -> str:
        """The path of the result with that digest, whether it is there or not."""
        return self._content.path(result)

    def content_of(self, result: str, size_bytes: int) -> bytes | None:
        """The result with that digest; None if it is not there, or damaged."""
        return self._content.get(result, size_bytes)

    def steps(self) -> Iterable[str]:
        """The names of all steps of earlier builds."""
        return iter(self._index.steps)

    def results(self, name: str, besides: str) -> frozenset[str]:
        """The digests of the step's known results with other keys than `besides`."""
        first = first_key(name, besides)
        return frozenset(trace.result for kept in self._known(name) for trace in kept.traces if trace.keys[0] != first)

    def _known(self, name: str) -> Iterator[Kept]:
        """The traces of the step from this build, then those of earlier builds."""
        for steps in (self._new, self._index.steps, self._fetched):
            if kept := steps.get(name):
                yield kept

    def _digest_of(self, name: str) -> str:
        """The digest of the file with that name in the cache, ABSENT, or _TOO_LARGE: such a file no engine reads."""
        digest = self._digests.get(name)  # the same as long as `files` lasts: each path is read once
        if digest is None:
            known = self.files.of_at_most(self._names.path(name), _MOST_BYTES)
            digest = self._digests[name] = _TOO_LARGE if known is None else known
        return digest

    def _use(self, name: str, kept: Kept, trace: Trace) -> None:
        if kept is self._new.get(name):
            return
        self._new[name] = replace(kept, traces=(trace,)).at_most(1)
        if kept.day != self.today():
            self._content.touch(trace.result)  # another build, running now, may otherwise remove it as too old

    def today(self) -> int:
        """The number of the present day since 1970."""
        return self._clock() // _DAY_NS

    def _reason(self, name: str, first: str) -> Stale:
        """Why no trace is valid. For traces with other settings, such as another mode's, the reason is only that."""
        traces = [(kept, trace) for kept in self._known(name) for trace in kept.traces]
        for kept, trace in traces:
            if trace.keys[0] == first:
                changed = [(file, was) for file, was in kept.inputs(trace) if self._digest_of(file) != was]
                if changed:
                    return self._change(*min(changed, key=lambda found: is_set_name(found[0])))  # a file is more exact
        return Stale("the settings or an engine changed") if traces else _NEVER_BUILT

    def _change(self, file: str, was: str) -> Stale:
        """How the file or the set of that name differs from what it `was`."""
        path = self._names.path(file)
        if is_set_name(file):
            return Stale("matches other files", pattern_of(path))
        return Stale("is new" if was == ABSENT else "is gone" if self._digest_of(file) == ABSENT else "changed", path)

    def keep(
        self, name: str, key_of: Callable[[], str], run: Run | None, began_ns: int, *, seconds: float = 0.0
    ) -> None:
        """Keep the result of the step, unless an input may have been written since the step began at `began_ns`.

        `key_of` gives the key, which may take long, in time for `save`. `seconds` are those that the step took.
        """
        if run is None:
            return
        if name in self._reasons:
            self.rerun[name] = self._reasons[name]
        self._seconds[name] = seconds
        if not run.inputs:  # keeping it takes no time, and the caller may be a thread
            self._keep(name, key_of, run, began_ns)
            return
        self._unkept[name] = key_of, run, began_ns
        self._unkept_bytes += run.size_bytes
        self._keep_down_to(_KEPT_LATER_BYTES)

    @property
    def unusable(self) -> OSError | None:
        """Why nothing can be kept in the folder, which has nothing either; None for a cache that is of use."""
        return None if self._index.steps else self._fault

    @contextmanager
    def _noting_faults(self) -> Iterator[None]:
        """Let the build go on without a cache that cannot be written, or that another program holds for long."""
        try:
            yield
        except TimeoutError:
            pass
        except OSError as fault:
            self._fault = self._fault or fault

    def _keep_down_to(self, limit_bytes: int) -> None:
        while self._unkept and (self._unkept_bytes > limit_bytes or not limit_bytes):
            name = next(iter(self._unkept))
            key_of, run, began_ns = self._unkept.pop(name)
            self._unkept_bytes -= run.size_bytes
            self._keep(name, key_of, run, began_ns)

    def _keep(self, name: str, key_of: Callable[[], str], run: Run, began_ns: int) -> None:
        paths = {path for group in run.inputs for path in group}
        if were_exchanged(paths, began_ns) or any(self.files.may_have_changed(path, began_ns) for path in paths):
            return
        if any(self.files.of(name) != was for name, was in run.sets.items()):
            return
        kept = self._index.steps.get(name)
        groups = [tuple(map(self._names.name, group)) for group in run.inputs]
        with self._noting_faults():
            result = self._content.put(run.content), run.size_bytes
            first = first_key(name, key_of())
            known = {**(self._fetched[name].names if name in self._fetched else {}), **(kept.names if kept else {})}
            made = run_of(first, groups, known, self._digest_of, result=result)
            if _TOO_LARGE not in made.traces[0].digests:
                self._new[name] = made
                if self._remote is not None and name not in self._private:
                    read = partial(self._content.get, *result)
                    self._remote.offer(name, made, read, self._seconds.get(name, 0.0))

    def share(self, folder: str) -> None:
        """Let later builds of this process take over what this one, of the project in `folder`, used and found out."""
        if self._shared is not None:
            files = ((path, (stamp, digest)) for path, stamp, digest in self.files.settled())
            self._shared.take_up(folder, self._new, self._content, files)

    def save(self) -> None:
        """Write the traces of this build to disk; once a day, also remove what is too old or too much."""
        self._keep_down_to(0)
        with self._noting_faults():
            os.makedirs(self._folder, exist_ok=True)
        today = self.today()
        new = self._new.copy()  # threads of an interrupted build still add to it
        if all(self._is_latest(name, run, today) for name, run in new.items()):
            return
        with self._noting_faults(), writable(self._folder):
            on_disk = self._on_disk()
            settled = ((path, (stamp, digest)) for path, stamp, digest in self.files.settled())
            looked_at = {path: seen for path, seen in settled if self._index.files.get(path) != seen}
            index = on_disk.with_runs(new, today)
            if on_disk.swept == today:
                self._write(index.with_files(looked_at))
            elif on_disk.steps or on_disk.files:  # once a day, since it checks every known step and every file
                self._sweep(index.with_files(looked_at).bounded(today, _has_stamp))
            else:  # what this build has found out is worth keeping
                self._sweep(index.with_files(looked_at))

    def _is_latest(self, name: str, run: Kept, today: int) -> bool:
        known = self._index.steps.get(name)
        return known is not None and known.traces[0] == run.traces[0] and known.day == today

    def prune(self, *, dry_run: bool = False) -> list[tuple[str, int]]:
        """Remove what is too old or too much. Returns the paths and sizes of the files.

        The caller has to lock the folder. Raises OSError.
        """
        index = self._on_disk().bounded(self.today(), _has_stamp)
        return list(self._unused(index)) if dry_run else self._sweep(index)

    def _on_disk(self) -> Index:
        path = os.path.join(self._folder, INDEX)
        with suppress(OSError):
            if os.path.getsize(path) <= _MOST_BYTES:
                return loads(bytes_at(path) or b"")
        return Index()

    def _write(self, index: Index) -> None:
        write_whole(os.path.join(self._folder, INDEX), dumps(index))

    def _sweep(self, index: Index) -> list[tuple[str, int]]:
        unused = list(self._unused(index))
        for path, _ in unused:  # before the index is written: a full disk has no room for another one
            with suppress(OSError):
                remove_path(self._folder, path, permission=OWN)
        self._write(replace(index, swept=self.today()))
        return unused

    def _unused(self, index: Index) -> Iterator[tuple[str, int]]:
        """The path and the size of every file that `index` does not need."""
        content = os.path.join(self._folder, CONTENT)
        for path, size_bytes in self._content.all_but(index.results(), _ABANDONED_SECONDS):
            if NAMES[CONTENT].fullmatch(path_below(content, path) or ""):
                yield path, size_bytes
        for folder in (BUILDS, MEASURES):
            yield from newest_of(self._folder, folder)[KEPT_BUILDS:]


class ReadCache(Cache):
    """The same, but nothing on disk changes: what is made is not kept, and what is damaged stays."""

    def __init__(self, folder: str, names: PortableNames = EVERYWHERE) -> None:
        super().__init__(folder, names=names)
        self._content = ReadContentStore(os.path.join(folder, CONTENT))

    def keep(
        self, name: str, key_of: Callable[[], str], run: Run | None, began_ns: int, *, seconds: float = 0.0
    ) -> None:
        """Keep nothing."""

    def save(self) -> None:
        """Write nothing."""


@contextmanager
def writable(folder: str) -> Iterator[None]:
    """Create the cache folder if need be, and lock it while the block writes to it.

    Raises OSError, and TimeoutError if another program holds the lock for long: a build can do without its cache.
    """
    os.makedirs(folder, exist_ok=True)
    with suppress(FileExistsError), open(os.path.join(folder, IGNORE_FILE), "xb") as file:
        file.write(IGNORES_ALL)
    with locked(folder, limit_seconds=_PATIENCE_SECONDS):
        yield
