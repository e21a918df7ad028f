"""A worker that serves many requests where it can write nothing and has no HOME, and all that it does with files.

Python's audit hook records that from within, strace from outside.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from tests.conftest import PATIENCE_SECONDS, find_tool, permitted

REQUESTS: Final = 1000
_CLIENTS: Final = 4
_ROOT: Final = Path(__file__).parents[3]
_GUNICORN: Final = (
    *("-m", "gunicorn", "--bind=fd://{fd}", "--no-control-socket", "--worker-tmp-dir=/dev/shm"),
    *("--worker-class=gthread", "--threads=4", "--graceful-timeout=1"),
)
_UVICORN: Final = ("-m", "uvicorn", "--fd={fd}", "--log-level=warning", "--timeout-graceful-shutdown=1")
SERVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "flask": _GUNICORN,
    "django": _GUNICORN,
    "starlette": _UVICORN,
    "fastapi": _UVICORN,
    "litestar": _UVICORN,
    "quart": _UVICORN,
    "hoarder": _GUNICORN,
}
_OTHERS: Final = {"compressor": _GUNICORN}  # which is tested elsewhere
# All disks become read-only for this process and those that it starts.
_READ_ONLY: Final = """
set -eu
while read -r _ _ _ _ place options _; do
    case "$place" in /proc|/proc/*|/sys|/sys/*|/dev|/dev/*) continue ;; esac
    mount -o "remount,bind,ro${options#r[ow]}" "$place"
done < /proc/self/mountinfo
exec "$@"
"""
# Times of descriptors are left out: a worker of gunicorn shows by them that it is alive.
_OPENING: Final = ("open", "openat", "openat2", "creat")
_CHANGING: Final = (
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "mknod", "mknodat"),
    *("link", "linkat", "symlink", "symlinkat", "truncate", "ftruncate", "fallocate", "chmod", "fchmodat", "setxattr"),
)
_CALL: Final = re.compile(r"^\d+ +(?P<time>[\d.]+) (?P<name>\w+)\((?P<arguments>.*)$")
_WRITING: Final = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")
# On no disk: glibc counts the cores here when two threads allocate at once, at whatever moment that is.
_CORES: Final = '"/sys/devices/system/cpu/'


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the system that opens a file, or changes what is on a disk."""

    time: float
    name: str
    arguments: str

    @property
    def is_change(self) -> bool:
        """Whether it writes, or may."""
        return self.name not in _OPENING or self.name == "creat" or bool(_WRITING.search(self.arguments))


@dataclass(frozen=True, slots=True)
class Served:
    """The answers of a worker, and its accesses.

    `settled` is how many accesses it had recorded before the many requests, `settled_at` when these began.
    """

    bodies: frozenset[bytes]
    report: Mapping[str, Any]
    settled: int
    settled_at: float
    calls: tuple[Call, ...]

    def accesses(self, action: str, *, settled: bool) -> list[str]:
        """Return the accesses that the worker has recorded: from the very start, or once it is `settled`."""
        found = self.report["accesses"][self.settled if settled else 0 :]
        return ["\n".join([*one["paths"], *one["stack"][:3]]) for one in found if one["action"] == action]


def served(framework: str, site: Path, log: Path) -> Served:
    """Run a worker of `framework` at `site`, a folder with a release and templates; return its answers and accesses."""
    with _worker(framework, site, log) as port:
        first = _get(port, "/")
        urls = sorted(set(re.findall(rb'(?:href|src)="(/assets/[^"]+)"', first)))
        assert len(urls) == 3, first
        paths = ["/", *(url.decode() for url in urls)]
        for _ in range(2):  # whatever is loaded when it is first needed
            for path in paths:
                _get(port, path)
        settled, settled_at = len(json.loads(_get(port, "/accesses"))["accesses"]), time.time()
        with ThreadPoolExecutor(_CLIENTS) as clients:
            answers = list(clients.map(lambda _: _get_all(port, paths), range(_CLIENTS)))
        report = json.loads(_get(port, "/accesses"))
    bodies = frozenset(body for answered in answers for body in answered)
    return Served(bodies, report, settled, settled_at, tuple(_calls(log)))


@contextmanager
def _worker(framework: str, site: Path, log: Path) -> Iterator[int]:
    """The port of a worker, which is ended afterwards with all that belongs to it."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        # Which what it accepts inherits: uvicorn takes a descriptor for no TCP, and each answer waits for 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fd = listening.fileno()
        server = [one.format(fd=fd) for one in {**SERVERS, **_OTHERS}[framework]]
        application = f"tests.runtime.stateless.apps.{framework}_app:application"
        command = [*_traced(log), *_read_only(), sys.executable, *server, application]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        child = subprocess.Popen(
            command, cwd=site, env=environment, pass_fds=(fd,), stderr=subprocess.PIPE, start_new_session=True
        )
        try:
            yield listening.getsockname()[1]
        except Exception:
            os.killpg(child.pid, signal.SIGKILL)
            raise AssertionError(child.communicate()[1].decode()) from None
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
            child.communicate(timeout=PATIENCE_SECONDS)


def _traced(log: Path) -> list[str]:
    """Return the command line that runs a command and logs the system calls of all its processes."""
    names = ",".join(f"?{name}" for name in (*_OPENING, *_CHANGING))  # no system has all of them
    command = [find_tool("strace"), "--follow-forks", "-ttt", f"--output={log}", "--seccomp-bpf", "--quiet=all"]
    return permitted([*command, "-e", "signal=none", "-e", f"trace={names}"])


def _read_only() -> list[str]:
    """Return the command line that runs a command where it can write nothing."""
    as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return permitted([find_tool("unshare"), *as_root, "--mount", find_tool("sh"), "-c", _READ_ONLY, "sh"])


def _get(port: int, path: str) -> bytes:
    return _get_all(port, [path], 1)[0]


def _get_all(port: int, paths: list[str], count: int = REQUESTS // _CLIENTS) -> list[bytes]:
    """The bodies of so many answers, by one connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    bodies = []
    for number in range(count):
        connection.request("GET", paths[number % len(paths)])
        answer = connection.getresponse()
        bodies.append(answer.read())
        assert answer.status == 200, (paths[number % len(paths)], answer.status, bodies[-1])
    connection.close()
    return bodies


def _calls(log: Path) -> Iterator[Call]:
    for line in log.read_text().splitlines():
        if (match := _CALL.match(line)) and _CORES not in line:
            yield Call(float(match["time"]), match["name"], match["arguments"])
