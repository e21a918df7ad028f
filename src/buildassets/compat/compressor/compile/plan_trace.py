"""Checks whether an earlier plan is still valid, by the settings, and all files and folders that were read for it.

Takes a folder, gives whether its plan holds; keeps a trace next to it. What Python loads and what templates and their
tags read is recorded by the interpreter's own audit events, so that nobody has to name it. Imports Django.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.signals import connection_created

from buildassets._version import __version__
from buildassets.compat.compressor.compile.environment_reads import EnvironmentReads, digests, have_read
from buildassets.disk.files import write_whole
from buildassets.disk.plain_files import plain
from buildassets.disk.removal import remove_file
from buildassets.foundation.permission import OWN

__all__ = ["Reads", "deciding_key", "forget", "holds", "keep", "recorded_reads"]

_NAME: Final = "plan.trace"
_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")
_BYTECODE: Final = "__pycache__"
_READING: Final = ("open", "os.listdir", "os.scandir")
_ELSEWHERE: Final = ("sqlite3.connect", "socket.connect", "socket.getaddrinfo", "socket.sendto")
_STARTING: Final = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
_WRITES: Final = os.O_WRONLY | os.O_RDWR
_Stamp = list[int] | None


@dataclass(slots=True)
class Reads:
    """Reads: the `stamps` of files and folders by path; not `all_files` where databases or hosts were asked.

    Where it `starts_programs`, these have the whole environment.
    """

    stamps: dict[str, _Stamp] = field(default_factory=dict)
    all_files: bool = True
    starts_programs: bool = False


_recordings: list[Reads] = []  # an audit hook cannot be taken away again, so there is one for the process
_hooked: list[bool] = []


@contextmanager
def recorded_reads() -> Iterator[Reads]:
    """The paths of files and folders that this process reads meanwhile, as each was before it was read first.

    So is what an edit changes behind the reading seen to be another one than the plan was made of.
    """
    if not _hooked:
        sys.addaudithook(_audit)
        _hooked.append(True)
    found = Reads()
    _recordings.append(found)
    try:
        with _recorded_queries(found):
            yield found
    finally:
        _recordings[:] = [one for one in _recordings if one is not found]


@contextmanager
def _recorded_queries(found: Reads) -> Iterator[None]:
    """Note queries of Django's databases, whose connections may be open already, and be those of a library in C."""

    def executed(execute: Any, *given: Any) -> Any:
        found.all_files = False
        return execute(*given)

    def connected(**_: Any) -> None:
        found.all_files = False

    connection_created.connect(connected)
    try:
        with ExitStack() as stack:
            for connection in _connections():
                stack.enter_context(connection.execute_wrapper(executed))
            yield
    finally:
        connection_created.disconnect(connected)


def _connections() -> Sequence[Any]:
    """The databases of this thread that were used already; Django completes the setting DATABASES for it."""
    try:
        return connections.all(initialized_only=True)
    except ImproperlyConfigured:
        return []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Note for each recording what an audit event of the interpreter reads, be it a file or something else."""
    if not _recordings:
        return
    if event in _ELSEWHERE:
        for found in _recordings:
            found.all_files = False
    if event in _STARTING:
        for found in _recordings:
            found.starts_programs = True
    if event in _READING:
        _audit_reading(event, arguments)


def _audit_reading(event: str, arguments: tuple[Any, ...]) -> None:
    """Record the stamp of a file or folder that is read, in all recordings that go on."""
    path = arguments[0]
    if event == "open" and len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & _WRITES:
        return
    if isinstance(path, str | bytes):
        read = os.path.abspath(os.fsdecode(path))
        for found in _recordings:
            if read not in found.stamps:
                found.stamps[read] = _stamp(read)


def holds(folder: str, key: str) -> bool:
    """Whether the plan in `folder` is what would be made now, where all that decides besides files has that `key`.

    Of the environment only variables count that were read.
    """
    try:
        with open(plain(os.path.join(folder, _NAME)), encoding="utf-8") as file:
            trace = json.load(file)
        if trace["key"] != key or trace["stamps"] != _stamps(trace["stamps"]):
            return False
        return not have_read(trace["read"], trace["environment"], trace["stamps"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def keep(folder: str, key: str, reads: Reads, paths: Iterable[str], *, variables: EnvironmentReads) -> None:
    """Let the plan in `folder` hold for as long as these `paths`, and the modules that are loaded, are as they are.

    What was read has to be as it was then, also of the environment. `key` is that of before the plan was made: what is
    imported for it may add to the settings.
    """
    modules = (getattr(module, "__file__", None) for module in sys.modules.copy().values())
    own = (os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names if name != _NAME)
    written = {os.path.abspath(path) for path in own}
    known = {os.path.abspath(path) for path in (*reads.stamps, *paths, *filter(None, modules))} | written
    stamps = _stamps(known)
    for path, stamp in reads.stamps.items():
        is_gone = stamps[path] is None  # as what a program wrote for us to read
        if not (is_gone or path in written or _is_changed_by_us(path, folder)):
            stamps[path] = stamp
    read = None if variables.reads_all or reads.starts_programs else sorted(variables.names)
    trace = {"key": key, "stamps": stamps, "environment": digests(), "read": read}
    write_whole(os.path.join(folder, _NAME), json.dumps(trace, sort_keys=True).encode("utf-8", "surrogatepass"))


def _is_changed_by_us(path: str, folder: str) -> bool:
    """Whether the process itself may have changed `path`: Python writes bytecode, and we what is in `folder`."""
    is_around = os.path.join(folder, "").startswith(os.path.join(path, ""))
    return is_around or path.endswith(".pyc") or os.path.isdir(os.path.join(path, _BYTECODE))


def forget(folder: str) -> None:
    """Let no plan in `folder` hold."""
    if os.path.exists(os.path.join(folder, _NAME)):
        remove_file(folder, _NAME, permission=OWN)


def _stamps(paths: Iterable[str]) -> dict[str, _Stamp]:
    return {path: _stamp(path) for path in sorted(paths)}


def _stamp(path: str) -> _Stamp:
    try:
        status = os.stat(path)
    except (OSError, ValueError):  # a path with a NUL, as a template may ask for, names no file
        return None
    return [status.st_mtime_ns, status.st_size, status.st_ino]


def deciding_key(given: object) -> str:
    """What decides a plan besides files and variables: `given`, settings, versions. Values are hashed only."""
    _connections()  # so that the settings are what they are in the next build of this process
    named = sorted((name, _setting(name)) for name in dir(settings) if name.isupper())
    decided = (__version__, sys.version, sys.argv[:1], os.getcwd(), repr(given), named)
    return sha256(repr(decided).encode("utf-8", "surrogatepass")).hexdigest()


def _setting(name: str) -> str:
    """A setting as a text; empty for one that Django refuses to hand out, as a secret key that is set in production."""
    try:
        return _text(getattr(settings, name))
    except ImproperlyConfigured:
        return ""


def _text(value: object) -> str:
    """A value as a text that is the same in every process: no order of sets, no address."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_text(key)}: {_text(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(_text, value)))}}}"
    return _ADDRESS.sub("", repr(value))
