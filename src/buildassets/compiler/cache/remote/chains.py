"""Reads the chains of keys of many steps from a remote cache at the same time.

Takes first keys, gives for each step what its chain led to. Each link is read with what is on this machine: a record
names files, and their digests here give the key of the next record. What is begun is ended first.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from queue import SimpleQueue
from typing import Final, Protocol

from buildassets.compiler.cache.remote.line import READ_FIRST, CallOutcome, Line
from buildassets.compiler.cache.remote.records import (
    MOST_RECORD_BYTES,
    NameRecord,
    Result,
    Value,
    Verify,
    content_name,
    loaded,
    record_name,
    unpacked,
)
from buildassets.compiler.cache.traces import Kept, Trace, next_key
from buildassets.foundation.frozen import field, frozen

_MOST_LINKS: Final = 64


class LocalMachine(Protocol):
    """The facts of this machine that decide the way, and where results go."""

    def digest_of(self, name: str) -> str:
        """The digest of the file with that portable name."""
        ...

    def has(self, result: Result) -> bool:
        """Whether the bytes of `result` are here already."""
        ...

    def take_in(self, content: bytes) -> bool:
        """Keep the bytes of a result. Returns whether that could be done."""
        ...


@frozen
class Seen:
    """The records, by name, that are known to be valid, not to verify, or to be absent.

    Contents that do not have their digest are `broken`, too.
    """

    valid: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)


@frozen
class Fetched:
    """The end of the chain of `step`: with a trace, whose result is here, or only to names of files.

    `size_bytes` came over the line for the result, and `seconds` are what it took to make.
    """

    step: str
    kept: Kept
    size_bytes: int = 0
    seconds: float = 0.0


class _Chain:
    """The chain of one step as far as it was followed; `scope` is the index of the one that is asked."""

    def __init__(self, step: str, first: str) -> None:
        self.step = step
        self.keys = [first]
        self.digests: list[str] = []
        self.names: dict[str, tuple[str, ...]] = {}
        self.scope = 0
        self.record = ""  # the name of the one that led to the result
        self.result: Result | None = None

    def follow(self, names: tuple[str, ...], digest_of: Callable[[str], str]) -> bool:
        """Go on to the key after `names`. Returns False for a chain that no build makes."""
        key = self.keys[-1]
        self.names[key] = names
        self.digests += map(digest_of, names)
        self.keys.append(next_key(key, names, digest_of))
        self.scope = 0
        return len(self.keys) <= _MOST_LINKS

    def kept(self) -> Kept:
        """What is to be known of the step."""
        if self.result is None:
            return Kept((), 0, self.names)
        result = self.result
        return Kept(
            (Trace(tuple(self.keys), tuple(self.digests), result.digest, result.size_bytes, is_remote=True),),
            0,
            self.names,
        )


def read_record(line: Line, seen: Seen, scope: str, key: str, *, verify: Verify) -> Value | None:
    """The record of `key` in `scope`, if any; runs in a thread of the `line` and updates `seen`."""
    name = record_name(scope, key)
    content = line.store.get(name, MOST_RECORD_BYTES)
    if content is None:
        seen.absent.add(name)
        return None
    try:
        value = loaded(content, scope, key, verify)
    except ValueError as fault:
        seen.broken.add(name)
        line.noted(f"a record cannot be used: {fault}")
        return None
    seen.valid.add(name)
    return value


class Chains:
    """Follows chains over `line`, in each of `scopes` with what verifies its records."""

    def __init__(self, line: Line, scopes: Mapping[str, Verify], seen: Seen, place: LocalMachine) -> None:
        self._line = line
        self._scopes = tuple(scopes.items())
        self._seen = seen
        self._place = place
        self._answers: SimpleQueue[CallOutcome] = SimpleQueue()
        self._pending = 0

    def followed(self, firsts: Mapping[str, str]) -> Iterator[Fetched]:
        """The ends of the chains of steps, by their first keys; chains without a record are left out."""
        for step, first in firsts.items():
            self._ask(_Chain(step, first))
        while self._pending and (outcome := self._line.outcome(self._answers)):
            self._pending -= 1
            if found := self._after(outcome.what, outcome.value):
                yield found

    def _ask(self, chain: _Chain) -> None:
        """Ask for the record of the last key of `chain`."""
        self._pending += 1
        scope, verify = self._scopes[chain.scope]
        work = partial(read_record, self._line, self._seen, scope, chain.keys[-1], verify=verify)
        self._line.call(self._answers, READ_FIRST - len(chain.keys), chain, work)

    def _after(self, chain: _Chain, value: Value | bytes | None) -> Fetched | None:
        """Take the next step of `chain` after an answer; what it led to if there is none."""
        if isinstance(value, bytes):
            return self._taken_in(chain, value)
        if isinstance(value, Result):
            return self._with_result(chain, value)
        if isinstance(value, NameRecord):
            if chain.follow(value.names, self._place.digest_of):
                self._ask(chain)
            return None
        if chain.result is None and chain.scope + 1 < len(self._scopes):
            chain.scope += 1
            self._ask(chain)
            return None
        chain.result = None
        return Fetched(chain.step, chain.kept()) if chain.names else None

    def _with_result(self, chain: _Chain, result: Result) -> Fetched | None:
        chain.result = result
        if self._place.has(result) or (not result.size_bytes and self._place.take_in(b"")):
            return self._hit(chain, 0)
        self._pending += 1
        chain.record = record_name(self._scopes[chain.scope][0], chain.keys[-1])
        self._line.call(self._answers, READ_FIRST - _MOST_LINKS, chain, partial(self._content, chain.record, result))
        return None

    def _taken_in(self, chain: _Chain, content: bytes) -> Fetched | None:
        if self._place.take_in(content):
            return self._hit(chain, len(content))
        return None

    def _hit(self, chain: _Chain, size_bytes: int) -> Fetched:
        seconds = chain.result.milliseconds / 1000 if chain.result else 0.0
        self._line.gained(seconds)
        return Fetched(chain.step, chain.kept(), size_bytes, seconds)

    def _content(self, record: str, result: Result) -> bytes | None:
        """The plain bytes of `result`, if they are there; in a thread of the line."""
        with self._line.room(2 * result.size_bytes):
            stored = self._line.store.get(content_name(result.stored), result.size_bytes)
            try:
                if stored is not None:
                    return unpacked(stored, result)
            except ValueError as fault:
                self._seen.broken.add(content_name(result.stored))
                self._line.noted(f"a result cannot be used: {fault}")
        self._seen.valid.discard(record)
        self._seen.broken.add(record)
        return None
