"""The remote cache of one build: what it reads ahead, what it writes behind, and what it has to report.

Takes the settings and the environment, gives results of steps that were made elsewhere. Nothing that it does decides
more than time: whatever a server does, a step whose result does not come is run here.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from queue import SimpleQueue
from threading import Lock
from typing import Final

from buildassets.compiler.cache.remote.address import opened_store
from buildassets.compiler.cache.remote.chains import Chains, Fetched, LocalMachine, Seen, read_record
from buildassets.compiler.cache.remote.keys import KEY_VARIABLE, Ring, ring
from buildassets.compiler.cache.remote.line import WRITE_LAST, CallOutcome, Line
from buildassets.compiler.cache.remote.privacy import Private, private_texts
from buildassets.compiler.cache.remote.records import (
    MOST_CONTENT_BYTES,
    NameRecord,
    Sign,
    Value,
    Verify,
    content_name,
    dumped,
    is_portable,
    packed,
    record_name,
)
from buildassets.compiler.cache.remote.store import RemoteUse
from buildassets.compiler.cache.traces import Kept
from buildassets.compiler.config.values import Config
from buildassets.foundation.credentials import masked_url
from buildassets.foundation.diagnostics import Diagnostic, warning
from buildassets.foundation.frozen import frozen, replace

_ASKED_FROM_BYTES: Final = 1 << 14  # whether a server has bytes is asked before as many or more are sent
_WORTH_SECONDS: Final = 0.1  # of waiting for one result that is written, and more for each megabyte
_BYTES_A_SECOND: Final = 2_000_000


@frozen
class _Terms:
    """The keys that verify records in each scope, the signer of new ones, if any, and whether any are written."""

    scopes: Mapping[str, Verify]
    sign: Sign | None
    writes: bool


class RemoteCache:
    """The results that other machines keep for `config`, read and, if the build `writes`, written."""

    def __init__(
        self, line: Line, shown: str, terms: _Terms, private: Private, *, notices: tuple[Diagnostic, ...] = ()
    ) -> None:
        self._line = line
        self._shown = shown
        self._terms = terms
        self._private = private
        self._notices = notices
        self._seen = Seen()
        self._written: SimpleQueue[CallOutcome] = SimpleQueue()
        self._offered: list[str] = []
        self._kept_back: set[str] = set()  # files, and steps
        self._use = RemoteUse()
        self._lock = Lock()  # deltas are asked for in threads

    def fetched(self, firsts: Mapping[str, str], place: LocalMachine) -> Iterator[Fetched]:
        """The kept results of steps, by their first keys. Those with a trace have their result in `place`."""
        if self._line.ended:
            return
        hits = size_bytes = 0
        seconds = 0.0
        for found in Chains(self._line, self._terms.scopes, self._seen, place).followed(firsts):
            if found.kept.traces:
                hits, size_bytes, seconds = hits + 1, size_bytes + found.size_bytes, seconds + found.seconds
            yield found
        with self._lock:
            before = self._use
            self._use = RemoteUse(
                before.hits + hits,
                before.misses + len(firsts) - hits,
                before.size_bytes + size_bytes,
                before.seconds_saved + seconds,
            )

    @property
    def writes(self) -> bool:
        """Whether what is offered is written."""
        return self._terms.writes and not self._line.ended

    def is_private(self, file: str, chunks: Iterable[bytes]) -> bool:
        """Whether the content of `file`, in `chunks`, shows what may not leave this machine."""
        return self._keeps_back(file, is_private=self._private.is_among(chunks))

    def _keeps_back(self, name: str, *, is_private: bool) -> bool:
        if is_private:
            self._kept_back.add(name)
        return is_private

    def offer(self, step: str, kept: Kept, read: Callable[[], bytes | None], seconds: float) -> None:
        """Write what was found out here, if this build writes: `read` gives the bytes of the result in a thread."""
        trace = kept.traces[0]
        names = [name for key in trace.keys[:-1] for name in kept.names[key]]
        if not self.writes or trace.size_bytes > MOST_CONTENT_BYTES:
            return
        if not all(map(is_portable, names)):
            return
        if not self._keeps_back(step, is_private=any(map(self._private.shows, names))):
            self._offered.append(trace.result)  # threads offer, too
            work = partial(self._write, step, kept, read, round(seconds * 1000))
            self._line.call(self._written, WRITE_LAST, None, work)

    def _write(self, step: str, kept: Kept, read: Callable[[], bytes | None], milliseconds: int) -> int:
        """Write a result, then the records that lead to it, the first one last. Returns the number of bytes."""
        trace = kept.traces[0]
        with self._line.room(3 * trace.size_bytes):
            content = read()
            if content is None or self._keeps_back(step, is_private=self._private.is_in(content)):
                return 0
            stored, result = packed(content, milliseconds)
            self._put_content(content_name(result.stored), stored)
        self._put(trace.keys[-1], result)
        for key in reversed(trace.keys[:-1]):
            self._put(key, NameRecord(kept.names[key]))
        return len(stored)

    def _put_content(self, name: str, stored: bytes) -> None:
        replace = name in self._seen.broken
        if stored and (replace or len(stored) < _ASKED_FROM_BYTES or not self._line.store.holds(name)):
            self._line.store.put(name, stored, replace=replace)

    def _put(self, key: str, value: Value) -> None:
        scope, verify = next(iter(self._terms.scopes.items()))
        name = record_name(scope, key)
        if not any(name in known for known in (self._seen.valid, self._seen.broken, self._seen.absent)):
            read_record(self._line, self._seen, scope, key, verify=verify)
        if name not in self._seen.valid:
            content = dumped(scope, key, value, self._terms.sign)
            self._line.store.put(name, content, replace=name in self._seen.broken)
            self._seen.valid.add(name)

    def close(self, *, waits: bool = True) -> tuple[RemoteUse, list[Diagnostic]]:
        """End all; if it `waits`, what is to be written is written before. Returns what there is to report."""
        while waits and self._offered and (outcome := self._line.outcome(self._written)):
            self._offered.pop()
            if not outcome.fault:
                self._line.gained(_WORTH_SECONDS + (outcome.value or 0) / _BYTES_A_SECOND)
        found = [*self._notices[:1], *self._complaint()][:1]
        use = replace(
            self._use,
            failed=bool(self._line.ended and self._line.faults),
            kept_back=tuple(sorted(self._kept_back)),
        )
        self._line.stop()
        return use, found

    def _complaint(self) -> Iterator[Diagnostic]:
        """The one warning about a server that did not do as it should."""
        if not self._line.faults:
            return
        first, *others = self._line.faults
        notes = [f"also: {fault}" for fault in others[:3]]
        if self._line.ended:
            notes.append("it was not asked any more, and what it did not give was made here")
        if self._offered:
            notes.append(f"not written to it: {len(self._offered)} of the results of this build")
        hint = "the release is right without it; check the server and its settings: docs/deploy/remote-cache.md"
        yield warning("cache/remote", f"the remote cache `{self._shown}` failed: {first}", notes=notes, hint=hint)


def remote_cache(config: Config, *, writes: bool, environment: Mapping[str, str] = os.environ) -> RemoteCache | None:
    """The remote cache that `config` names; None if it names none, or none can be used with these keys.

    Raises ConfigError if a variable of `environment` is not as it has to be.
    """
    if not config.cache.remote:
        return None
    url = config.cache.remote
    keys = ring(config.cache.trust, environment)
    is_folder = url.startswith("file:")
    terms, notices = _terms(keys, is_open=is_folder, writes=writes)
    line = Line(opened_store(url, environment, permission=config.permission))
    if terms is None:
        line.end("")
        terms = _Terms({keys.scopes[0]: lambda _signature, _signed: False}, None, writes=False)
    return RemoteCache(line, masked_url(url), terms, private_texts(config, environment), notices=tuple(notices))


def _terms(keys: Ring, *, is_open: bool, writes: bool) -> tuple[_Terms | None, list[Diagnostic]]:
    """By which keys records count, and what is wrong with that; None if none can count.

    In a folder that `is_open` unsigned records count where no key is listed, as in the local cache: who may write there
    is decided by its permissions.
    """
    if keys.is_empty and not is_open:
        hint = "list public keys in `[cache.trust]`, or set `$BUILDASSETS_CACHE_KEY`"
        message = f"the remote cache is not used: no key is listed for the scope `{keys.scopes[0]}`"
        return None, [warning("cache/trust", message, hint=hint)]
    try:
        scopes = {scope: keys.verify(scope, unsigned=is_open) for scope in keys.scopes if scope not in keys.unreadable}
        sign = keys.sign()
    except ImportError:
        hint = 'install it with `pip install "buildassets[cache]"`'
        message = "the remote cache is not used: signatures need the package `cryptography`"
        return None, [warning("cache/trust", message, hint=hint)]
    notices = [*_unreadable(keys), *_unwritable(keys, is_open=is_open, writes=writes), *_unlisted(keys, writes=writes)]
    return _Terms(scopes, sign, writes and (sign is not None or _is_unsigned(keys, is_open=is_open))), notices


def _is_unsigned(keys: Ring, *, is_open: bool) -> bool:
    """Whether records of the own scope count, and are written, without a signature."""
    return is_open and not keys.secrets and not keys.trusted.get(keys.scopes[0])


def _unreadable(keys: Ring) -> Iterator[Diagnostic]:
    if keys.unreadable:
        message = f"the scope `{keys.unreadable[0]}` of the remote cache is not read: no public key is listed for it"
        hint = "list its public keys in `[cache.trust]`; an HMAC key counts for the scope only in which it writes"
        yield warning("cache/trust", message, hint=hint)


def _unwritable(keys: Ring, *, is_open: bool, writes: bool) -> Iterator[Diagnostic]:
    if writes and not keys.secrets and not _is_unsigned(keys, is_open=is_open):
        message = f"nothing is written to the remote cache: `${KEY_VARIABLE}` is not set"
        yield warning(
            "cache/trust", message, hint="set it to the private key of the scope, or leave `--cache-write` out"
        )


def _unlisted(keys: Ring, *, writes: bool) -> Iterator[Diagnostic]:
    if writes and (public := keys.unlisted()):
        message = f"the key in `${KEY_VARIABLE}` is none of those that are listed for the scope `{keys.scopes[0]}`"
        notes = ["what is written with it does not count for builds without this key"]
        hint = f"list its public key, `{public}`, or set the private key of one that is listed"
        yield warning("cache/trust", message, notes=notes, hint=hint)
