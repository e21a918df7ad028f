"""Takes from a Python on Linux what Windows lacks, before any other module is loaded; also in the children of that one.

What Windows has in its place is played by small stand-ins: `msvcrt.locking`, `socket.share`. The names of paths and of
the platform stay those of Linux.
"""

import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from itertools import count
from threading import Thread
from types import ModuleType
from typing import Any

ABSENT_MODULES = ("fcntl", "termios", "resource", "pwd", "grp", "pty", "tty", "syslog", "watchdog.observers.inotify_c")
ABSENT = {
    os: (
        *("fork", "forkpty", "uname", "geteuid", "getuid", "getegid", "getgid", "sync", "fdatasync", "pread", "pwrite"),
        *("O_DIRECTORY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_SYNC", "mkfifo", "chown", "lchown"),
        *("killpg", "getpgid", "setsid", "statvfs", "sched_getaffinity", "fchmod", "pipe2", "sendfile"),
    ),
    signal: ("SIGHUP", "SIGKILL", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "setitimer", "alarm", "pthread_sigmask"),
    select: ("poll", "epoll"),
    socket: ("AF_UNIX", "send_fds", "recv_fds"),
}
_UNLOCKED, _HELD = fcntl.F_UNLCK, fcntl.F_WRLCK
_set_lock, _of_open_file = fcntl.fcntl, fcntl.F_OFD_SETLK
_unix, _send, _receive = socket.AF_UNIX, socket.send_fds, socket.recv_fds
_open, _replace, _unlink, _utime = os.open, os.replace, os.unlink, os.utime


def _fault(kind: type[OSError], number: int, path: object, winerror: int) -> OSError:
    fault = kind(number, os.strerror(number), path)
    fault.winerror = winerror  # type: ignore[attr-defined]  # which it has on Windows
    return fault


def _is_open(path: Any) -> bool:
    real = os.path.realpath(path)
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if os.readlink(f"/proc/self/fd/{number}") == real:
                return True
    return False


def _open_file(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
    if os.path.isdir(path):
        raise _fault(PermissionError, 13, path, 5)
    return _open(path, flags, mode, **more)


_refused: set[str] = set()


def _replace_closed(new: Any, path: Any, **more: Any) -> None:
    """Refuse what is open, and each name once: somebody else has the file open."""
    place = os.path.abspath(path)
    is_first = place not in _refused
    _refused.add(place)
    if _is_open(new) or _is_open(path) or (is_first and os.path.isfile(place)):
        raise _fault(PermissionError, 13, path, 32)
    _replace(new, path, **more)


def _unlink_closed(path: Any, **more: Any) -> None:
    if not more and _is_open(path) and not os.path.islink(path):
        raise _fault(PermissionError, 13, path, 32)
    _unlink(path, **more)


def _utime_of_what_links_lead_to(path: Any, *given: Any, follow_symlinks: bool = True, **more: Any) -> None:
    if not follow_symlinks:
        raise NotImplementedError("utime: follow_symlinks unavailable on this platform")
    _utime(path, *given, **more)


def _locking(descriptor: int, mode: int, size: int) -> None:
    start = os.lseek(descriptor, 0, os.SEEK_CUR)
    kind = _UNLOCKED if mode == 0 else _HELD
    if calls := os.environ.get("LOCKING_CALLS"):
        with open(calls, "a") as file:
            file.write(f"{mode} {start} {size}\n")
    try:
        _set_lock(descriptor, _of_open_file, struct.pack("hhqqi", kind, os.SEEK_SET, start, size, 0))
    except BlockingIOError:
        raise _fault(PermissionError, 13, None, 33) from None


def _pair(*_: object) -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = socket.create_connection(listener.getsockname())
        return here, listener.accept()[0]


_numbers = count()


def _share(end: socket.socket, process: int) -> bytes:
    """Where the process can get a copy of the socket."""
    address = b"\0buildassets-%d-%d" % (os.getpid(), next(_numbers))
    listener = socket.socket(_unix)
    listener.bind(address)
    listener.listen()
    copy = os.dup(end.fileno())

    def give() -> None:
        with listener, listener.accept()[0] as taker:
            _send(taker, [b"."], [copy])
        os.close(copy)

    Thread(target=give, daemon=True).start()
    return address


def _from_share(address: bytes) -> socket.socket:
    with socket.socket(_unix) as giver:
        giver.connect(address)
        return socket.socket(fileno=_receive(giver, 1, 1)[1][0])


def _kill(process: "subprocess.Popen[Any]") -> None:
    process.send_signal(9)


def remove() -> None:
    """Do all of it."""
    for module, names in ABSENT.items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    for name in ABSENT_MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # which is how an import of it fails
    msvcrt = ModuleType("msvcrt")
    for name, value in {"LK_UNLCK": 0, "LK_LOCK": 1, "LK_NBLCK": 2, "locking": _locking}.items():
        setattr(msvcrt, name, value)
    sys.modules["msvcrt"] = msvcrt
    stand_ins = {"open": _open_file, "replace": _replace_closed, "unlink": _unlink_closed}
    for name, stand_in in {**stand_ins, "remove": _unlink_closed, "utime": _utime_of_what_links_lead_to}.items():
        setattr(os, name, stand_in)
    for owner, name, stand_in in (
        (socket.socket, "share", _share),
        (socket, "fromshare", _from_share),
        (socket, "socketpair", _pair),
        (subprocess.Popen, "kill", _kill),
    ):
        setattr(owner, name, stand_in)
    import tempfile

    tempfile.TemporaryFile = tempfile.NamedTemporaryFile  # type: ignore[assignment]  # as on Windows


if os.environ.get("WITHOUT_POSIX"):
    remove()
