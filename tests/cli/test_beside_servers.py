"""Web servers that restart after an edit, next to a watch that goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import PATIENCE_SECONDS, Tree, wait_for, write_tree
from tests.example.servers import free_port

pytestmark = pytest.mark.thorough
ASGI = """
import os
from buildassets.runtime import Assets

assets = Assets("build/manifest.json", reload=True)

async def app(scope, receive, send):
    if scope["type"] == "http":
        answer = f"one {os.getpid()} {assets.url('a.css')}"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answer.encode()})
"""
WSGI = """
import os
from buildassets.runtime import Assets

assets = Assets("build/manifest.json", reload=True)

def app(environ, start_response):
    start_response("200 OK", [])
    return [f"one {os.getpid()} {assets.url('a.css')}".encode()]
"""
FLASK = """
import os
from flask import Flask
from buildassets.runtime.flask import FlaskAssets

app = Flask(__name__)
extension = FlaskAssets(app)

@app.get("/")
def page():
    return f"one {os.getpid()} {extension.assets.url('a.css')}"

if __name__ == "__main__":
    app.run(port=int(os.sys.argv[1]), debug=True, reloader_type="stat")
"""
SERVERS = {
    "uvicorn": (ASGI, ("uvicorn", "app:app", "--reload", "--port={port}", "--log-level=warning")),
    "gunicorn": (WSGI, ("gunicorn", "app:app", "--reload", "--bind=127.0.0.1:{port}", "--no-control-socket")),
    "flask": (FLASK, ("flask", "--app=app", "--debug", "run", "--port={port}")),
    "flask by itself": (FLASK, ("app", "{port}")),
}


class Served:
    """An application at a port, and the watch that its server runs next to."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.folder = folder
        self.process = process
        self._url = f"http://127.0.0.1:{port}/"

    def answer(
        self, wanted: Callable[[str, str, str], bool], save: Callable[[], object] = lambda: None
    ) -> tuple[str, str, str]:
        """Return the word, the process id and the URL of the sheet in the answer, once they are `wanted`.

        A server that compares times does not see what is saved before its first look: `save` is called until it does.
        """
        started = saved = time.monotonic()
        save()
        while time.monotonic() < started + PATIENCE_SECONDS and self.process.poll() is None:
            if time.monotonic() > saved + 5:
                saved = time.monotonic()
                save()
            with suppress(OSError), urlopen(self._url, timeout=20) as response:
                word, pid, url = response.read().decode().split()
                if wanted(word, pid, url):
                    return word, pid, url
            time.sleep(0.05)
        log = (self.folder / "log").read_text()
        pytest.fail(f"the application does not give that answer:\n{log}")

    def programs(self) -> dict[int, str]:
        """The commands of all processes that the watch has started, by their ids, and its own."""
        return {pid: command for pid, command in _commands() if _group(pid) == self.process.pid}


def _commands() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")


def _group(pid: int) -> int:
    with suppress(OSError):
        return os.getsid(pid)
    return -1


@contextmanager
def served(folder: Path, name: str) -> Iterator[Served]:
    """Serve the application by the server `name`, next to a watch in a session of its own."""
    program, command = SERVERS[name]
    files: Tree = {"buildassets.toml": "", "assets/a.css": "a { color: red }", "app.py": program}
    port = free_port()
    watch = [sys.executable, "-m", "buildassets", "watch", "--port=0", "--", sys.executable, "-m"]
    arguments = [*watch, *(part.format(port=port) for part in command)]
    write_tree(folder, files)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(arguments, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    with process:
        try:
            yield Served(folder, process, port)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


# Not `flask run`: with watchdog it watches all that Python has installed, and loses events where others write there.
@pytest.mark.parametrize("name", ["uvicorn", "gunicorn", "flask by itself"])
def test_reloading_server_follows_assets_and_its_own_code(tmp_path: Path, name: str) -> None:
    with served(tmp_path, name) as site:
        _, pid, first = site.answer(lambda *_: True)
        write_tree(tmp_path, {"assets/a.css": "a { color: tan }"})
        _, same, second = site.answer(lambda _, __, url: url != first)
        assert same == pid
        announced = (tmp_path / "build/assets/livereload.json").read_bytes()
        program = {"app.py": SERVERS[name][0].replace("one", "other")}
        _, other, url = site.answer(lambda word, _, __: word == "other", lambda: write_tree(tmp_path, program))
        assert (other != pid, url) == (True, second)
        write_tree(tmp_path, {"assets/a.css": "a { color: red }"})
        site.answer(lambda word, who, url: (word, url) == ("other", first))
        assert (tmp_path / "build/assets/livereload.json").read_bytes() == announced
        assert sum("buildassets watch" in command for command in site.programs().values()) == 1


@pytest.mark.parametrize("name", ["uvicorn", "gunicorn", "flask"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_reloading_server_ends_with_the_watch(tmp_path: Path, name: str, number: int, code: int) -> None:
    with served(tmp_path, name) as site:
        site.answer(lambda *_: True)
        if number == signal.SIGINT:
            os.killpg(site.process.pid, number)  # as a terminal does
        else:
            site.process.send_signal(number)
        assert site.process.wait(timeout=PATIENCE_SECONDS) == code
        wait_for(lambda: site.programs() == {})
    assert "buildassets/cli" not in (tmp_path / "log").read_text()  # as in a traceback of ours
