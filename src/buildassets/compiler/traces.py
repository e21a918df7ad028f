"""What the cache knows of the steps of builds: as text, and how much of it is worth keeping. Pure.

The text begins with its own digest. It has a line for each step and each file, which is read when it is asked for, and
written again as it was: a build that does over what one edit concerns asks for few of thousands.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Generic, TypeVar

from buildassets.compiler.values import field, frozen
from buildassets.digest import digest

KEPT_TRACES: Final = 3  # of each step, so that going back to another branch finds its own
KEPT_DAYS: Final = 90  # of a step that no build came to: its source is gone, or nobody works on it
LIMIT_BYTES: Final = 1_000_000_000  # of all results; forty times what a tree of 1,600 files and 32 MB takes
_VERSION: Final = "4"  # of the text

Signature = tuple[int, int, int, int]  # size, mtime and ctime in ns, inode
Look = tuple[Signature, str]  # how a file looked, and its digest

_Value = TypeVar("_Value")


@frozen
class Trace:
    """One run of a step. `inputs` are paths with their digests (empty for what was looked for in vain)."""

    key: str
    inputs: tuple[tuple[str, str], ...]
    result: str
    size_bytes: int  # of the result


@frozen
class Stale:
    """Why a step has to run again: `reason` is a clause, or goes on from the name of what lies at `path`."""

    reason: str
    path: str | None = None


@frozen
class Kept:
    """The traces of one step, the latest first, and the day (since the epoch) when a build last came to it."""

    traces: tuple[Trace, ...]
    day: int

    @property
    def size_bytes(self) -> int:
        """What the results take."""
        return sum(trace.size_bytes for trace in self.traces)


class Lines(Mapping[str, _Value], Generic[_Value]):
    """Values by name, each read from its text when it is asked for. Names and values stand in it as JSON."""

    def __init__(self, texts: dict[str, str], read: Callable[[Any], _Value]) -> None:
        self.texts = texts
        self._read = read
        self._values: dict[str, _Value] = {}

    def __getitem__(self, name: str) -> _Value:
        if name not in self._values:
            self._values[name] = self._read(json.loads(self.texts[json.dumps(name)]))
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return map(json.loads, self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def updated(self, values: Mapping[str, Any]) -> "Lines[_Value]":
        """The same with other `values`, as JSON has them."""
        return Lines({**self.texts, **_texts(values)}, self._read)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {json.dumps(name): json.dumps(value, separators=(",", ":")) for name, value in values.items()}


def _read_kept(value: Any) -> Kept:
    day, *traces = value
    return Kept(tuple(Trace(key, tuple(map(tuple, inputs)), *rest) for key, inputs, *rest in traces), day)


def _written_kept(kept: Kept) -> Any:
    return kept.day, *((one.key, one.inputs, one.result, one.size_bytes) for one in kept.traces)


def _read_look(value: Any) -> Look:
    size, mtime, ctime, inode, found = value
    return (size, mtime, ctime, inode), found


@frozen
class Index:
    """All steps by their names, how files looked that have a known digest, and the day of the last sweep."""

    steps: Lines[Kept] = field(default_factory=lambda: Lines({}, _read_kept))
    files: Lines[Look] = field(default_factory=lambda: Lines({}, _read_look))
    swept: int = 0

    def results(self) -> frozenset[str]:
        """The digests of all results."""
        return frozenset(trace.result for kept in self.steps.values() for trace in kept.traces)

    def with_traces(self, new: Mapping[str, Trace], day: int) -> "Index":
        """The same after a build came to the steps `new`."""
        steps = {}
        for step, trace in new.items():
            kept = self.steps.get(step)
            earlier = kept.traces if kept else ()
            steps[step] = Kept((trace, *(one for one in earlier if one != trace))[:KEPT_TRACES], day)
        return self.with_steps(steps)

    def with_files(self, files: Mapping[str, Look]) -> "Index":
        """The same with the looks of `files`."""
        return replace(self, files=self.files.updated({path: (*seen, found) for path, (seen, found) in files.items()}))

    def bounded(self, today: int, limit_bytes: int = LIMIT_BYTES) -> "Index":
        """The same without what has not been used for long, and what there is no room for.

        First goes the step that was used least recently, then all but the latest trace of those used today. What
        builds of today needed last stays, whatever it takes. Looks stay of the files that are named by what stays.
        """
        steps = {step: kept for step, kept in self.steps.items() if today - kept.day <= KEPT_DAYS}
        excess = sum(kept.size_bytes for kept in steps.values()) - limit_bytes
        order = sorted(steps, key=lambda step: (steps[step].day, step)) if excess > 0 else []
        for step in order:
            if excess > 0 and steps[step].day < today:
                excess -= steps.pop(step).size_bytes
        for step in order:
            if excess > 0 and step in steps:
                latest = replace(steps[step], traces=steps[step].traces[:1])
                excess -= steps[step].size_bytes - latest.size_bytes
                steps[step] = latest
        named = {json.dumps(path) for kept in steps.values() for trace in kept.traces for path, _ in trace.inputs}
        files = {path: text for path, text in self.files.texts.items() if path in named}
        return Index(files=Lines(files, _read_look), swept=self.swept).with_steps(steps)

    def with_steps(self, steps: Mapping[str, Kept]) -> "Index":
        """The same with `steps`."""
        return replace(self, steps=self.steps.updated({step: _written_kept(kept) for step, kept in steps.items()}))


def loads(content: bytes) -> Index:
    """The index in `content`; an empty one where it is damaged or of another version."""
    checksum, _, body = content.partition(b"\n")
    if digest(body).encode() != checksum:
        return Index()
    head, *lines = body.decode("ascii").split("\n")
    version, *numbers = head.split(" ")
    if version != _VERSION:
        return Index()
    swept, count = map(int, numbers)
    texts = [line.split("\t") for line in lines]
    return Index(Lines(dict(texts[:count]), _read_kept), Lines(dict(texts[count:]), _read_look), swept)


def dumps(index: Index) -> bytes:
    """`index` as text."""
    lines = [f"{_VERSION} {index.swept} {len(index.steps)}"]
    lines += map("\t".join, (*index.steps.texts.items(), *index.files.texts.items()))
    body = "\n".join(lines).encode("ascii")
    return digest(body).encode() + b"\n" + body
