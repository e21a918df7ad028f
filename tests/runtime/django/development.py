"""A project of Django that `manage.py runserver` serves, in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.conftest import PATIENCE_SECONDS, Tree
from tests.example.servers import free_port
from tests.runtime.django.project import MANAGE

PROJECT: Tree = {
    "buildassets.toml": "",
    "assets/app.css": "a { color: red }",
    "manage.py": MANAGE,
    "settings.py": """from pathlib import Path
BASE_DIR = Path(__file__).parent
DEBUG = True
SECRET_KEY = "x"
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
INSTALLED_APPS = ["buildassets.runtime.django", "django.contrib.staticfiles"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR]}]
BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}
""",
    "urls.py": "from django.shortcuts import render\nfrom django.urls import path\n"
    "urlpatterns = [path('', lambda request: render(request, 'page.html'))]\n",
    "page.html": '{% load buildassets %}{% asset "app.css" %} {% livereload %}',
}


class Server:
    """A development server in `folder` at `port`."""

    def __init__(self, folder: Path, port: int, process: "subprocess.Popen[str]") -> None:
        self.folder = folder
        self.process = process
        self._port = port

    def output(self) -> str:
        """Return all that the server and its watch have printed."""
        return (self.folder / "log").read_text()

    def page(self, path: str = "/") -> str:
        """Return the answer for `path`; it is empty while no server answers."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except OSError:
            return ""
        finally:
            connection.close()

    def wait_for(self, is_so: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                pytest.fail(self.output())
            time.sleep(0.05)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
    """Run the development server of the project in `folder` meanwhile, with `options`."""
    port = free_port()
    command = [sys.executable, "manage.py", "runserver", *options, f"127.0.0.1:{port}"]
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "BUILDASSETS_WATCH")}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, text=True, start_new_session=True
        ) as process,
    ):
        try:
            yield Server(folder, port, process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE_SECONDS)
            finally:  # leaving `Popen` waits for ever for what does not end
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def members(group: int) -> list[str]:
    """Return the command lines of all processes in the process group `group`."""
    listed = subprocess.run(["ps", "-eo", "pgid=,args="], capture_output=True, text=True, check=True).stdout
    return [line.strip() for line in listed.splitlines() if line.split(maxsplit=1)[0] == str(group)]
