"""Programs in forks of a process that has imported what they need: each is one of its own, with a start less.

What reads the environment while Python starts is done anew: there is a process to fork for each state of that.
"""

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.conftest import settle

_BUILDASSETS: Final = """
import atexit, brotli, concurrent.futures.thread, contextlib, ctypes, gc, importlib, json, os, pkgutil, rjsmin, runpy
import sys, threading
import buildassets.cli, buildassets.compiler
for package in (buildassets.cli, buildassets.compiler):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        with contextlib.suppress(ModuleNotFoundError):  # of an optional package
            importlib.import_module(module.name)
sys.path.remove("")
"""
# Reads, a line of JSON each, what to run. Writes the process's id when it has begun, and its exit code at its end.
_FORK: Final = """
import gc, json, os, sys
gc.freeze()  # what a collection has no need to look at, and so to copy
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if not child:
        break
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()
for number, name in enumerate((os.devnull, *asked["streams"])):
    opened = os.open(name, os.O_RDWR)
    os.dup2(opened, number)
    os.close(opened)
os.chdir(asked["folder"])
os.environ.clear()
os.environ.update(asked["environment"])
sys.path[:0] = [os.getcwd(), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
"""
_RUN_BUILDASSETS: Final = """
sys.argv = ["-m", *asked["arguments"]]
try:
    runpy.run_module("buildassets", run_name="__main__", alter_sys=True)
except SystemExit as end:
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(end.code or 0)  # nobody waits for the end of all that was imported
"""
_FORKS: Final = hasattr(os, "fork")  # Windows starts each program
AT_START: Final = ("PYTHON", "LC_", "LANG", "TZ", "LD_")  # begin the names of what is read then
_servers = threading.local()  # each thread has its own, as they run commands at once


def run_buildassets(
    folder: Path, arguments: tuple[str, ...], environment: Mapping[str, str], timeout: float
) -> "subprocess.CompletedProcess[bytes]":
    """What `python -m buildassets` with these arguments does in `folder`."""
    settle()
    if not _FORKS:
        command = [sys.executable, "-m", "buildassets", *arguments]
        return subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, timeout=timeout)
    given = {"arguments": arguments}
    return run_program((_BUILDASSETS, _RUN_BUILDASSETS), folder, given, environment, timeout)


def run_program(
    program: tuple[str, str], folder: Path, given: Mapping[str, Any], environment: Mapping[str, str], timeout: float
) -> "subprocess.CompletedProcess[bytes]":
    """What a program does in `folder`: its imports, made once, and the rest, for which `asked` has what is `given`."""
    if not _FORKS:
        imports, rest = program
        start = "import json, os, sys\nasked = json.loads({!r})\n{}sys.path.insert(0, os.getcwd())\n{}"
        whole = start.format(json.dumps(given), imports, rest)
        command = [sys.executable, "-c", whole]
        return subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, timeout=timeout)
    with TemporaryDirectory() as place:
        streams = [Path(place, name) for name in ("stdout", "stderr")]
        for stream in streams:
            stream.touch()
        asked = {
            **given,
            "folder": str(folder),
            "environment": dict(environment),
            "streams": list(map(str, streams)),
        }
        code = _exit_code(_server(program, environment), json.dumps(asked), timeout)
        return subprocess.CompletedProcess(program, code, *(stream.read_bytes() for stream in streams))


def _exit_code(server: "subprocess.Popen[bytes]", asked: str, timeout: float) -> int:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(f"{asked}\n".encode())
    server.stdin.flush()
    child = int(server.stdout.readline())
    if not wait([server.stdout.fileno()], timeout):
        os.kill(child, 9)
        server.stdout.readline()
        raise subprocess.TimeoutExpired(asked, timeout)
    return int(server.stdout.readline())


def _server(program: tuple[str, str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """The process to fork for a program with this environment."""
    started: dict[Any, subprocess.Popen[bytes]] = _servers.__dict__
    given = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
    key = (program, frozenset(item for item in given.items() if item[0].startswith(AT_START)))
    if key not in started:
        command = [sys.executable, "-c", _FORK.join(program)]
        pipe = subprocess.PIPE
        started[key] = subprocess.Popen(command, env=given, bufsize=0, stdin=pipe, stdout=pipe)
        weakref.finalize(threading.current_thread(), _end, started[key])  # or else when the run ends
    return started[key]


def _end(server: "subprocess.Popen[bytes]") -> None:
    with server:  # closes what it reads, at whose end it ends
        pass
