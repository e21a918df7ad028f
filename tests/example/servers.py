"""The servers that the example needs: nginx, Redis, Memcached. Each on a free port, ended with the test."""

import getpass
import itertools
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import PATIENCE_SECONDS, find_tool

PROJECT = Path(__file__).parents[2] / "example_project"
_LOWEST_PORT = (
    20000  # below those that systems give to outgoing connections: one of those must not take a dead worker's
)
# From anywhere, as other processes test at the same time; not by `random`, whose seed all those of a test run share.
_ports = itertools.count(_LOWEST_PORT + secrets.randbelow(10000))


def free_port() -> int:
    """A port of this machine that nobody listens on, never one twice; it stays free while its server is away."""
    return next(port for port in _ports if not is_open(port))


def wait_until(is_so: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait for a server to be there; the test fails if it ends, or takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the server did not start: {log.read_text()}")
        time.sleep(0.03)


def is_open(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A server, from when it listens on `port`."""
    with log.open("ab") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            wait_until(lambda: is_open(port), process, log)
            yield process
        finally:
            process.kill()


def redis_command(port: int, folder: Path) -> list[str]:
    """A Redis that keeps nothing on disk."""
    options = ["--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "no"]
    return [find_tool("redis-server"), "--port", str(port), *options]


def memcached_command(port: int) -> list[str]:
    """A Memcached; as root it runs for somebody who is named only."""
    return [find_tool("memcached"), "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-u", getpass.getuser()]


def nginx_config(text: str, listen: int, workers: list[int], folder: Path) -> str:
    """Return the example's nginx.conf for these ports, with temporary files in `folder` and the worker in a header."""
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    for number, port in enumerate(workers, start=8001):
        text = text.replace(f"127.0.0.1:{number} ", f"127.0.0.1:{port} ")
    text = text.replace("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{listen};\nadd_header X-Served-By $upstream_addr;")
    return re.sub(r"(?m)^http \{$", f"http {{\n{places}", text)


@contextmanager
def balancer(workers: list[int], folder: Path) -> Iterator[int]:
    """The port of nginx, as the example sets it up, before `workers`."""
    nginx = find_tool("nginx", "/usr/sbin/nginx")
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(nginx_config((PROJECT / "nginx.conf").read_text(), port, workers, folder))
    options = ["-p", str(folder), "-c", str(config), "-e", "stderr", "-g", f"daemon off; pid {folder}/nginx.pid;"]
    with running([nginx, *options], port, folder / "nginx.log") as process:
        try:
            yield port
        finally:
            process.terminate()  # a killed master would leave its worker behind
            process.wait(timeout=PATIENCE_SECONDS)
