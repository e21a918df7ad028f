"""The child program that makes drafts with engines of its own, which may crash it.

It is started with its end of a connection. It takes Settings, reports that it is ready, or why it cannot be, then takes
Sources and gives a draft for each, in that order; for None it gives the versions of its engines. Any failure of its own
ends it.

File descriptor 2 is a file, which collects everything that engines print, also from native code and from programs that
they run.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from socket import socket
from typing import Any, Final, NoReturn

from buildassets.compiler.engines.process.object_stream import ObjectStream
from buildassets.compiler.transform.draft import drafted
from buildassets.compiler.transform.engine_set import EngineSet, started_engines
from buildassets.compiler.transform.jobs import Drafted
from buildassets.errors import BuildError
from buildassets.foundation.frozen import replace

_LOG: Final = 2


class _Ended(BaseException):
    """The build has ended."""


def _end(_signal: int, _frame: object) -> NoReturn:
    _on_signals(signal.SIG_IGN)  # a second one must not keep the engines from ending their processes
    raise _Ended


def _on_signals(action: Callable[[int, Any], Any] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, action)


def main(end: socket) -> None:
    """Answer until the other end is closed or a signal arrives; then close the engines."""
    _on_signals(_end)
    os.dup2(_LOG, 1)
    sys.stdout = sys.stderr  # as in the command line's process: it can print every character
    try:
        _answer_all(ObjectStream(end))
    except (_Ended, EOFError, ConnectionError):
        return


def _answer_all(connection: ObjectStream) -> NoReturn:
    config, mode, values = connection.receive()
    with ExitStack() as stack:
        try:
            engines = replace(started_engines(config, mode, stack), meta_env=values)
        except BuildError as fault:  # where the building process could start its own: elsewhere
            connection.send(str(fault))
            raise EOFError from None
        connection.send("")
        draft_of = partial(drafted, engines=engines, directives=config.directives)
        _printed()  # dropped: the building process printed the same when it started its own
        while True:
            source = connection.receive()
            connection.send(Drafted(draft_of(source), _printed()) if source else _versions(engines))


def _versions(engines: EngineSet) -> dict[str, str]:
    from buildassets.compiler.transform.versions import versions_of  # only a process elsewhere is asked

    return versions_of(engines)


def _printed() -> str:
    """The output since the last call, removed from the log; what stays there is shown if the worker crashes."""
    sys.stderr.flush()
    os.lseek(_LOG, 0, os.SEEK_SET)
    printed = os.read(_LOG, os.fstat(_LOG).st_size)
    os.ftruncate(_LOG, 0)
    os.lseek(_LOG, 0, os.SEEK_SET)
    return printed.decode("utf-8", "replace")
