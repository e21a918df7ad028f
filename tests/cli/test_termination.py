"""A signal ends the program also where Python drops the exception that it becomes."""

import os
import signal
import subprocess
import sys

import pytest

from tests.conftest import PATIENCE_SECONDS

# The destructor gets the signal and goes on: what is raised in it is dropped.
PROGRAM = """
import os, signal, time
from buildassets.cli.termination import terminated_as_exit

class Dropping:
    def __del__(self):
        signal.raise_signal({number})
        for _ in range(9):
            pass

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which `nohup` has ignored
terminated_as_exit()
try:
    dropping = Dropping()
    del dropping
    time.sleep(60)
except KeyboardInterrupt:
    raise SystemExit(130) from None
"""


SIGNALS = pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal")

# The signal comes where the main thread does not see it, and then it waits for a lock that nobody releases.
WAITING = """
import os, signal, threading, time
from buildassets.cli.termination import terminated_as_exit

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which `nohup` has ignored
terminated_as_exit()
signal.pthread_sigmask(signal.SIG_BLOCK, [{number}])

def send():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [{number}])
    time.sleep(0.3)
    signal.pthread_kill(threading.get_ident(), {number})

threading.Thread(target=send, daemon=True).start()
lock = threading.Lock()
lock.acquire()
signal.pthread_sigmask(signal.SIG_UNBLOCK, [{number}])
try:
    lock.acquire()
except KeyboardInterrupt:
    raise SystemExit(130) from None
"""


@SIGNALS
def test_a_signal_that_does_not_wake_the_main_thread_is_not_lost(name: str, code: int) -> None:
    program = WAITING.format(number=int(signal.Signals[name]))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stderr) == (code, "")


@SIGNALS
def test_a_signal_in_a_destructor_is_not_lost(name: str, code: int) -> None:
    program = PROGRAM.format(number=int(signal.Signals[name]))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stderr) == (code, "")


def test_exception_in_a_destructor_is_reported_unless_a_signal_raised_it() -> None:
    program = PROGRAM.format(number=0).replace("signal.raise_signal(0)", "raise OSError('lost')").replace("60", "0")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0
    assert "OSError: lost" in done.stderr


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="there is no list of open files")
def test_more_commands_in_a_process_open_no_more_files() -> None:
    program = (
        "import os, threading\nfrom buildassets.cli.termination import terminated_as_exit\nfound = []\n"
        "for _ in range(3):\n"
        " terminated_as_exit()\n found.append((len(os.listdir('/proc/self/fd')), threading.active_count()))\n"
        "raise SystemExit(len(set(found)))"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=PATIENCE_SECONDS).returncode == 1


def test_a_process_that_may_have_no_threads_goes_on() -> None:
    program = (
        'import signal, threading\ndef start(thread): raise RuntimeError("can\'t start new thread")\n'
        "threading.Thread.start = start\nfrom buildassets.cli.termination import terminated_as_exit\n"
        "terminated_as_exit()\nsignal.raise_signal(signal.SIGTERM)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stderr) == (143, "")
