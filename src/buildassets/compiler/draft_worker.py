"""The child program that makes drafts: it has engines of its own, and may die of what they do.

`workers` starts it with the number of a connection's file descriptor. It takes a Config and a Mode, says that it is
ready, then takes Sources and gives a draft for each, in that order. Whatever is wrong with it ends it.
"""

import signal
from collections.abc import Callable
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from socket import socket
from typing import Any, NoReturn

from buildassets.compiler.compile import drafted
from buildassets.compiler.engine_set import started_engines
from buildassets.compiler.engines.object_stream import ObjectStream
from buildassets.compiler.model import Answer


class _Ended(BaseException):
    """The build is over."""


def _end(_signal: int, _frame: object) -> NoReturn:
    _on_signals(signal.SIG_IGN)  # a second one is not to keep the engines from ending their processes
    raise _Ended


def _on_signals(action: Callable[[int, Any], Any] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, action)


def main(file_descriptor: int) -> None:
    """Answer until the other end is closed, or a signal says that nobody waits any more; then end the engines."""
    _on_signals(_end)
    try:
        _answer_all(ObjectStream(socket(fileno=file_descriptor)))
    except (_Ended, EOFError, ConnectionError):
        return


def _answer_all(connection: ObjectStream) -> NoReturn:
    config, mode = connection.receive()
    with ExitStack() as stack:
        engines = started_engines(config, mode, stack)
        connection.send(None)
        draft_of = partial(drafted, engines=engines, directives=config.directives)
        while True:
            source = connection.receive()
            printed = StringIO()
            with redirect_stdout(printed), redirect_stderr(printed):
                draft = draft_of(source)
            connection.send(Answer(draft, printed.getvalue()))
