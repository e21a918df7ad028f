"""What the cache knows of the steps of builds: as text, and how much of it is worth keeping. Pure.

The text begins with its own digest. Takes and gives `Index`es; imports the vocabulary only.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from typing import Any, Final

from buildassets.compiler.values import frozen
from buildassets.digest import digest

KEPT_TRACES: Final = 3  # of each step, so that going back to another branch finds its own
KEPT_DAYS: Final = 90  # of a step that no build came to: its source is gone, or nobody works on it
LIMIT_BYTES: Final = 1_000_000_000  # of all results; forty times what a tree of 1,600 files and 32 MB takes
_SCHEMA: Final = 3

Signature = tuple[int, int, int, int]  # size, mtime and ctime in ns, inode


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


@frozen
class Index:
    """All steps by their names, how files looked that have a known digest, and the day of the last `swept`."""

    steps: Mapping[str, Kept] = field(default_factory=dict)
    files: Mapping[str, tuple[Signature, str]] = field(default_factory=dict)
    swept: int = 0

    def results(self) -> frozenset[str]:
        """The digests of all results."""
        return frozenset(trace.result for trace in self._traces())

    def with_traces(self, new: Mapping[str, Trace], day: int) -> "Index":
        """The same after a build came to the steps `new`."""
        steps = dict(self.steps)
        for step, trace in new.items():
            earlier = steps[step].traces if step in steps else ()
            steps[step] = Kept((trace, *(one for one in earlier if one != trace))[:KEPT_TRACES], day)
        return replace(self, steps=steps)

    def with_files(self, files: Mapping[str, tuple[Signature, str]]) -> "Index":
        """The same with the looks of `files`, and of others only where a trace names them."""
        named = {path for trace in self._traces() for path, _ in trace.inputs}
        return replace(self, files={**{path: seen for path, seen in self.files.items() if path in named}, **files})

    def bounded(self, today: int, limit_bytes: int = LIMIT_BYTES) -> "Index":
        """The same without what has not been used for long, and what there is no room for.

        First goes the step that was used least recently, then all but the latest trace of those used today. What
        builds of today needed last stays, whatever it takes.
        """
        steps = {step: kept for step, kept in self.steps.items() if today - kept.day <= KEPT_DAYS}
        excess = sum(_size_bytes(kept) for kept in steps.values()) - limit_bytes
        order = sorted(steps, key=lambda step: (steps[step].day, step)) if excess > 0 else []
        for step in order:
            if excess > 0 and steps[step].day < today:
                excess -= _size_bytes(steps.pop(step))
        for step in order:
            if excess > 0 and step in steps:
                latest = replace(steps[step], traces=steps[step].traces[:1])
                excess -= _size_bytes(steps[step]) - _size_bytes(latest)
                steps[step] = latest
        return replace(self, steps=steps)

    def _traces(self) -> Iterator[Trace]:
        for kept in self.steps.values():
            yield from kept.traces


def _size_bytes(kept: Kept) -> int:
    return sum(trace.size_bytes for trace in kept.traces)


def loads(content: bytes) -> Index:
    """The index in `content`; an empty one where it is damaged or of another version."""
    checksum, _, text = content.partition(b"\n")
    if digest(text).encode() != checksum:
        return Index()
    document: Any = json.loads(text)
    if document["schema"] != _SCHEMA:
        return Index()
    digests = document["digests"]

    def trace(key: str, inputs: Collection[tuple[str, int]], result: int, size_bytes: int) -> Trace:
        return Trace(key, tuple((path, digests[number]) for path, number in inputs), digests[result], size_bytes)

    return Index(
        {step: Kept(tuple(trace(*one) for one in traces), day) for step, (day, *traces) in document["steps"].items()},
        {name: ((a, b, c, d), digests[found]) for name, (a, b, c, d, found) in document["files"].items()},
        document["swept"],
    )


def dumps(index: Index) -> bytes:
    """`index` as text; a digest that stands in it many times is written once."""
    numbers: dict[str, int] = {}

    def number(found: str) -> int:
        return numbers.setdefault(found, len(numbers))

    def listed(trace: Trace) -> tuple[str, list[tuple[str, int]], int, int]:
        return trace.key, [(name, number(was)) for name, was in trace.inputs], number(trace.result), trace.size_bytes

    document = {
        "schema": _SCHEMA,
        "steps": {step: (kept.day, *map(listed, kept.traces)) for step, kept in index.steps.items()},
        "files": {name: (*seen, number(found)) for name, (seen, found) in index.files.items()},
        "swept": index.swept,
        "digests": list(numbers),
    }
    text = json.dumps(document, separators=(",", ":")).encode("ascii")
    return digest(text).encode() + b"\n" + text
