"""Signals that end the program: they unwind the stack, so that temporary files and processes go."""

import os
import signal
import sys
from _thread import interrupt_main
from functools import cache
from threading import Thread, main_thread
from time import sleep
from typing import TYPE_CHECKING, Final

from buildassets.errors import Terminated

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_ENDING: Final = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")  # the last is Ctrl-Break, on Windows, which has no SIGHUP
_PATIENCE_SECONDS: Final = 0.1  # in which the main thread answers a signal, unless it has missed it


def terminated_as_exit() -> None:
    """Let SIGTERM, and the end of the terminal, raise Terminated in the main thread; the exit code is 143 or 129 then.

    Ctrl-C raises KeyboardInterrupt as before. None of them is lost: see `_Ending`.
    """
    ending = _ending()
    ending.has_begun = False
    for number in (getattr(signal, name) for name in _ENDING if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as SIGHUP is under nohup
            signal.signal(number, ending.begin)


def send_to_main_thread(number: int) -> None:
    """Have the main thread handle a signal, which wakes it where it waits; on Windows it looks up now and then."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main_thread().ident or 0, number)
    else:
        interrupt_main(signal.Signals(number))


@cache
def _ending() -> "_Ending":
    """That of this process, however many commands it runs one after the other, as tests do."""
    ending = _Ending()
    if sys.platform != "win32":  # where nothing can wake a thread that waits
        ending.watch_over()
    return ending


class _Ending:
    """The end of the program, begun by a signal.

    Python loses a signal in two cases, and then the program would go on forever: where it comes just before the main
    thread begins to wait for a lock or for a process, nothing wakes that thread; and what is raised in a destructor or
    in a callback of a weak reference, as each import has one, is dropped (`sys.unraisablehook`). So a thread of its own
    hears of each signal (`signal.set_wakeup_fd`), and sends it once more where the main thread does not begin to end.
    """

    def __init__(self) -> None:
        self.has_begun = False
        self._is_sent_again = False

    def begin(self, number: int, _frame: object) -> None:
        """The handler of a signal: unwind the stack.

        A signal that was sent once more, though on a busy machine the first was only late, must not interrupt that.
        """
        was_sent_again, self._is_sent_again = self._is_sent_again, False
        if was_sent_again and self.has_begun:
            return
        self.has_begun = True
        if number in (signal.SIGINT, getattr(signal, "SIGBREAK", None)):
            raise KeyboardInterrupt
        raise Terminated(128 + number)

    def watch_over(self) -> None:
        """Hear of each signal from now on."""
        heard, self._hear = os.pipe()
        try:
            Thread(target=self._send_again, args=(heard,), daemon=True, name="signals").start()
        except RuntimeError:  # no more threads are allowed, and signals stay what they are in Python
            return
        os.set_blocking(self._hear, False)
        signal.set_wakeup_fd(self._hear, warn_on_full_buffer=False)
        sys.unraisablehook = self._note_dropped

    def _send_again(self, heard: int) -> None:
        while number := os.read(heard, 1):
            sleep(_PATIENCE_SECONDS)
            if not self.has_begun:
                self._is_sent_again = True
                send_to_main_thread(number[0])

    def _note_dropped(self, dropped: "UnraisableHookArgs") -> None:
        """Report what was dropped, as Python does, unless a signal raised it."""
        if isinstance(dropped.exc_value, Terminated):
            number = int(str(dropped.exc_value.code)) - 128
        elif isinstance(dropped.exc_value, KeyboardInterrupt):
            number = signal.SIGINT
        else:
            sys.__unraisablehook__(dropped)
            return
        self.has_begun = False
        os.write(self._hear, bytes([number]))
