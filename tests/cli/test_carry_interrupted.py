"""A build that carries files over from a server which does not answer ends at a signal."""

import signal
import socket
import subprocess
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.cli.processes import command_of
from tests.command import environment, run
from tests.conftest import PATIENCE_SECONDS, write_tree
from tests.release.slow import BEHAVIOURS, Behaviour, serving


def interrupted(folder: Path, url: str, number: signal.Signals, is_asked: Event) -> int:
    """The exit code of a build that gets the signal once it waits for the server."""
    grace = {"_GRACE_SECONDS": 0.05}  # for downloads that still run
    command = command_of("build", "-o", "new", "--carry-from", url, module="buildassets.work.threads", constants=grace)
    child = subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.DEVNULL)
    assert is_asked.wait(PATIENCE_SECONDS)
    time.sleep(0.1)  # in which it begins to wait
    child.send_signal(number)
    return child.wait(timeout=PATIENCE_SECONDS)


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS.keys())
def test_interrupt_does_not_wait_for_a_manifest(tmp_path: Path, behaviour: Behaviour) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { top: 1px }"})
    is_asked = Event()

    def behave(connection: socket.socket, is_over: Event) -> None:
        is_asked.set()
        behaviour(connection, is_over)

    with serving(behave) as url:
        assert interrupted(tmp_path, f"{url}manifest.json", signal.SIGTERM, is_asked) == 143


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupt_does_not_wait_for_files(tmp_path: Path, number: signal.Signals, code: int) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { top: 1px }", "assets/b.css": "b { top: 1px }"})
    assert run(tmp_path, "build").returncode == 0
    write_tree(tmp_path, {"assets/a.css": "a { top: 2px }", "assets/b.css": "b { top: 2px }"})
    is_over, is_asked = Event(), Event()

    class OnlyManifests(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/manifest.json":
                super().do_GET()
            else:
                is_asked.set()
                is_over.wait()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(OnlyManifests, directory=str(tmp_path / "build"))) as server:
        serving_ = Thread(target=server.serve_forever)
        serving_.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/manifest.json"
            assert interrupted(tmp_path, url, number, is_asked) == code
        finally:
            is_over.set()
            server.shutdown()
            serving_.join()
