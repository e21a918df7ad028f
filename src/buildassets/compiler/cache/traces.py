"""The index of the cache: the traces of the steps of builds, their form as text, and which are worth keeping. Pure.

Only running a step shows what it looks at, so its result is found by a chain of keys: a key leads to the names of files
that were looked at, the key and the digests of these files give the next key, and the last key leads to the result.
What a key leads to never changes, so builders may share it. Names are portable: a chain is valid in every clone.

The text begins with its own digest. It has a line for each step and each file, which is parsed only when needed, and
otherwise written again as it was: a rebuild after one edit needs few of thousands.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from json import dumps as json_text
from typing import Any, Final, Generic, TypeVar

from buildassets.compiler.cache import json_values
from buildassets.foundation.digest import digest, digest_of_all
from buildassets.foundation.frozen import field, frozen, replace

KEPT_TRACES: Final = 8  # of each step, so that each branch, and each clone that shares the cache, finds its own
KEPT_DAYS: Final = 90  # of a step that no build came to: its source is gone, or nobody works on it
LIMIT_BYTES: Final = 1_000_000_000  # of all results: forty times those of a tree of 1,600 files and 32 MB
_VERSION: Final = "5"  # of the text

Signature = tuple[int, int, int, int]  # size, mtime and ctime in ns, inode
StampedDigest = tuple[Signature, str]  # the stamp of a file, and its digest then

_Value = TypeVar("_Value")


@frozen
class Trace:
    """One run of a step.

    `keys` are those of its chain, in order; the last one leads to the result. `digests` are those of all files that the
    keys before it lead to, in order, empty for absent files. `result` is the digest of the result.
    """

    keys: tuple[str, ...]
    digests: tuple[str, ...]
    result: str
    size_bytes: int  # of the result
    is_remote: bool = False  # made on another machine, and read from the remote cache


@frozen
class Stale:
    """Why a step has to run again: `reason` is a clause, or a predicate whose subject is `path`, if that is given."""

    reason: str
    path: str | None = None


@frozen
class Kept:
    """The traces of one step, the latest first, and the day (since the epoch) when a build last used it.

    `names` are the sorted file names that each key of a trace, except its last, leads to.
    """

    traces: tuple[Trace, ...]
    day: int
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """The size of all results."""
        return sum(trace.size_bytes for trace in self.traces)

    def valid_trace(self, key: str, digest_of: Callable[[str], str]) -> Trace | None:
        """The trace at the end of the chain from `key`, if the files still lead to one; `digest_of` takes a name."""
        while names := self.names.get(key):
            key = next_key(key, names, digest_of)
        return next((trace for trace in self.traces if trace.keys[-1] == key), None)

    def inputs(self, trace: Trace) -> Iterator[tuple[str, str]]:
        """The name and the digest of each file that the run looked at."""
        return zip(chain.from_iterable(self.names[key] for key in trace.keys[:-1]), trace.digests, strict=True)

    def after(self, trace: Trace, names: Mapping[str, tuple[str, ...]], day: int) -> "Kept":
        """The same with `trace` as the latest, whose keys lead to `names`."""
        return Kept((trace, *(old for old in self.traces if old != trace)), day, {**self.names, **names}).at_most(
            KEPT_TRACES
        )

    def at_most(self, count: int) -> "Kept":
        """The same with the `count` latest traces only."""
        traces = self.traces[:count]
        used = {key for trace in traces for key in trace.keys}
        return Kept(traces, self.day, {key: names for key, names in self.names.items() if key in used})


def first_key(step: str, settings: str) -> str:
    """The first key of the chain of `step`; `settings` has to contain everything that it depends on besides files."""
    return digest_of_all([step, settings])


def next_key(key: str, names: Iterable[str], digest_of: Callable[[str], str]) -> str:
    """The key that follows `key` in a chain, if `key` leads to `names`."""
    return digest_of_all([key, *chain.from_iterable((name, digest_of(name)) for name in names)])


def run_of(
    first: str,
    groups: Iterable[Collection[str]],
    known: Mapping[str, tuple[str, ...]],
    digest_of: Callable[[str], str],
    *,
    result: tuple[str, int],
) -> Kept:
    """The trace of one run of a step. Its chain starts at `first` and follows the `known` names as far as they go.

    `groups` are the names of the files that it looked at; the files of the groups before decide which names are in the
    next. `result` is the digest and the size of the result. The day is 0.
    """
    keys, digests, names = [first], list[str](), dict[str, tuple[str, ...]]()
    looked_at: set[str] = set()
    unseen = (tuple(sorted(fresh)) for group in groups if (fresh := set(group) - looked_at))
    while group_names := known.get(keys[-1]) or next(unseen, None):
        names[keys[-1]] = group_names
        looked_at.update(group_names)
        digests += map(digest_of, group_names)
        keys.append(next_key(keys[-1], group_names, digest_of))
    return Kept((Trace(tuple(keys), tuple(digests), *result),), 0, names)


class JsonLines(Mapping[str, _Value], Generic[_Value]):
    """Values by name, each parsed from its JSON text only when needed. Names are JSON texts, too.

    A value for which `read` raises ValueError counts as absent.
    """

    def __init__(self, texts: dict[str, str], read: Callable[[Any], _Value]) -> None:
        self.texts = texts
        self._read = read
        self._values: dict[str, _Value] = {}

    def __getitem__(self, name: str) -> _Value:
        if name not in self._values:
            try:
                self._values[name] = self._read(json_values.read(self.texts[json_text(name)]))
            except ValueError:
                raise KeyError(name) from None
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        for text in self.texts:
            with suppress(ValueError):
                yield json_values.text(json_values.read(text))

    def __len__(self) -> int:
        return len(self.texts)

    def readable(self) -> dict[str, _Value]:
        """All values that can be read."""
        return {name: value for name in self for value in (self.get(name),) if value is not None}

    def updated(self, values: Mapping[str, Any]) -> "JsonLines[_Value]":
        """The same with `values`, as JSON, added or replaced."""
        return JsonLines({**self.texts, **_texts(values)}, self._read)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {json_text(name): json_text(value, separators=(",", ":")) for name, value in values.items()}


def _read_kept(value: object) -> Kept:
    day, names, *traces = json_values.array(value)
    known = {key: json_values.texts(files) for key, files in json_values.table(names).items()}
    kept = Kept(tuple(map(_read_trace, traces)), json_values.number(day), known)
    for trace in kept.traces:
        groups = [known.get(key) for key in trace.keys[:-1]]
        if not all(groups) or sum(len(group or ()) for group in groups) != len(trace.digests):
            raise ValueError("a trace lacks names")
    if not kept.traces:
        raise ValueError("no trace")
    return kept


def _read_trace(value: object) -> Trace:
    keys, digests, result, size_bytes, *remote = json_values.array(value)
    if remote not in ([], [True]):
        raise ValueError("more than a trace has")
    if not keys:
        raise ValueError("no key")
    return Trace(
        json_values.texts(keys),
        json_values.texts(digests),
        result=json_values.digest(result),
        size_bytes=json_values.size(size_bytes),
        is_remote=bool(remote),
    )


def _written_kept(kept: Kept) -> Any:
    traces = (
        (trace.keys, trace.digests, trace.result, trace.size_bytes, *([True] if trace.is_remote else []))
        for trace in kept.traces
    )
    return kept.day, kept.names, *traces


def _read_stamped(value: object) -> StampedDigest:
    size, mtime, ctime, inode, file_digest = json_values.array(value, 5)
    return (
        json_values.number(size),
        json_values.number(mtime),
        json_values.number(ctime),
        json_values.number(inode),
    ), json_values.text(file_digest)


@frozen
class Index:
    """All steps by their names, the stamps and digests of files, and the day of the last sweep.

    Unlike the files of steps these are known by their paths: they are of this machine, and no key depends on them.
    """

    steps: JsonLines[Kept] = field(default_factory=lambda: JsonLines({}, _read_kept))
    files: JsonLines[StampedDigest] = field(default_factory=lambda: JsonLines({}, _read_stamped))
    swept: int = 0

    def results(self) -> frozenset[str]:
        """The digests of all results."""
        return frozenset(trace.result for kept in self.steps.readable().values() for trace in kept.traces)

    def with_runs(self, new: Mapping[str, Kept], day: int) -> "Index":
        """The same after a build that used the steps `new`, each with the one trace that it used."""
        steps = {}
        for step, run in new.items():
            steps[step] = (self.steps.get(step) or Kept((), day)).after(run.traces[0], run.names, day)
        return self.with_steps(steps)

    def with_files(self, files: Mapping[str, StampedDigest]) -> "Index":
        """The same with the stamps and digests of `files`."""
        values = {path: (*stamp, file_digest) for path, (stamp, file_digest) in files.items()}
        return replace(self, files=self.files.updated(values))

    def bounded(
        self, today: int, is_there: Callable[[str, Signature], bool], limit_bytes: int = LIMIT_BYTES
    ) -> "Index":
        """The same without steps that were not used for long, and without those that exceed `limit_bytes`.

        First goes the step that was used least recently, then all but the latest trace of those used today. The latest
        traces of today stay, however large. Stamps stay if `is_there` finds that the file still has them.
        """
        steps = {step: kept for step, kept in self.steps.readable().items() if today - kept.day <= KEPT_DAYS}
        excess = sum(kept.size_bytes for kept in steps.values()) - limit_bytes
        order = sorted(steps, key=lambda step: (steps[step].day, step)) if excess > 0 else []
        for step in order:
            if excess > 0 and steps[step].day < today:
                excess -= steps.pop(step).size_bytes
        for step in order:
            if excess > 0 and step in steps:
                latest = steps[step].at_most(1)
                excess -= steps[step].size_bytes - latest.size_bytes
                steps[step] = latest
        stamped_files = {path: stamped for path, stamped in self.files.readable().items() if is_there(path, stamped[0])}
        return Index(swept=self.swept).with_steps(steps).with_files(stamped_files)

    def with_steps(self, steps: Mapping[str, Kept]) -> "Index":
        """The same with `steps`."""
        return replace(self, steps=self.steps.updated({step: _written_kept(kept) for step, kept in steps.items()}))


def loads(content: bytes) -> Index:
    """The index in `content`; an empty one if that is damaged or of another version."""
    checksum, _, body = content.partition(b"\n")
    if digest(body).encode() != checksum:
        return Index()
    try:
        return _read_index(body.decode("ascii"))
    except ValueError:
        return Index()


def _read_index(body: str) -> Index:
    head, *lines = body.split("\n")
    version, swept, step_count = head.split(" ")
    if version != _VERSION:
        raise ValueError("another version")
    texts = [line.split("\t") for line in lines]
    return Index(
        JsonLines(dict(texts[: int(step_count)]), _read_kept),
        JsonLines(dict(texts[int(step_count) :]), _read_stamped),
        int(swept),
    )


def dumps(index: Index) -> bytes:
    """`index` as text."""
    lines = [f"{_VERSION} {index.swept} {len(index.steps)}"]
    lines += map("\t".join, (*index.steps.texts.items(), *index.files.texts.items()))
    body = "\n".join(lines).encode("ascii")
    return digest(body).encode() + b"\n" + body
