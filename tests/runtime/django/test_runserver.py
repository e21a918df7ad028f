"""`manage.py runserver --with-assets` in a project of its own: one command, one watcher."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from tests.conftest import PATIENCE_SECONDS, Tree, write_tree
from tests.example.servers import free_port
from tests.runtime.django.project import manage

PROJECT: Tree = {
    "buildassets.toml": "",
    "assets/app.css": "a { color: red }",
    "manage.py": "import os, sys\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
    "from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
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
        """All that it and what runs beside it printed so far."""
        return (self.folder / "log").read_text()

    def page(self, path: str = "/") -> str:
        """What is at `path`, or nothing while nobody answers."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except OSError:
            return ""
        finally:
            connection.close()

    def wait_for(self, is_so: Callable[[], object]) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                pytest.fail(self.output())
            time.sleep(0.05)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
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
    """The command lines of all processes in the process group `group`."""
    listed = subprocess.run(["ps", "-eo", "pgid=,args="], capture_output=True, text=True, check=True).stdout
    return [line.strip() for line in listed.splitlines() if line.split(maxsplit=1)[0] == str(group)]


def test_one_command_serves_and_watches(tmp_path: Path) -> None:
    with serving(write_tree(tmp_path, PROJECT), "--with-assets") as server:
        server.wait_for(lambda: re.match(r"/assets/app\.[0-9a-f]{12}\.css", server.page()))
        first = server.page()
        assert 'data-server="/assets/livereload.json"' in first
        assert server.page(first.split()[0]) == "a { color: red }"
        assert json.loads(server.page("/assets/livereload.json"))["url"].startswith("http://127.0.0.1:")
        write_tree(tmp_path, {"assets/app.css": "a { color: blue }"})
        server.wait_for(lambda: server.page().split()[0] != first.split()[0])


def test_the_reloader_starts_no_second_watcher(tmp_path: Path) -> None:
    with serving(write_tree(tmp_path, PROJECT), "--with-assets") as server:
        server.wait_for(server.page)

        def is_reloading() -> bool:  # what changes before the reloader looks for the first time it does not see
            write_tree(tmp_path, {"urls.py": f"{PROJECT['urls.py']!s}# changed\n"})
            return "urls.py changed, reloading" in server.output()

        server.wait_for(is_reloading)
        server.wait_for(server.page)
        assert server.output().count("live reload for open pages at") == 1
        # The watcher, which the first process became; Django's reloader; its server.
        assert len([one for one in members(server.process.pid) if " -m buildassets watch " in one]) == 1
        assert len([one for one in members(server.process.pid) if "manage.py runserver 127" in one]) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_of_it_ends_together(tmp_path: Path, number: int) -> None:
    with serving(write_tree(tmp_path, PROJECT), "--with-assets") as server:
        server.wait_for(server.page)
        server.process.send_signal(number)
        assert server.process.wait(timeout=PATIENCE_SECONDS) == 128 + number
        server.wait_for(lambda: not members(server.process.pid))
    assert "Traceback" not in server.output()


def test_release_is_served_from_the_moment_when_there_is_one(tmp_path: Path) -> None:
    storage = "'buildassets.runtime.django.storage.ReleaseStaticFilesStorage'"
    settings = f"{PROJECT['settings.py']!s}STORAGES = {{'staticfiles': {{'BACKEND': {storage}}}}}\n"
    page = "{% load static %}{% static 'app.css' %}"
    with serving(write_tree(tmp_path, {**PROJECT, "settings.py": settings, "page.html": page})) as server:
        server.wait_for(server.page)
        assert "run `manage.py assets build`" in server.page()
        assert manage(tmp_path, "assets", "build").returncode == 0
        assert re.fullmatch(r"/static/app\.[0-9a-f]{12}\.css", server.page())
        assert server.page(server.page()) == "a{color:red}"


def test_release_is_not_served_where_static_files_are_not(tmp_path: Path) -> None:
    write_tree(tmp_path, PROJECT)
    manage(tmp_path, "assets", "build")
    with serving(tmp_path, "--nostatic") as server:
        server.wait_for(server.page)
        assert "Page not found" in server.page(server.page().split()[0])


_WSGI = """
from django.core.wsgi import get_wsgi_application
from buildassets.runtime.django import assets
from buildassets.runtime.wsgi import AssetServer
application = AssetServer(get_wsgi_application(), assets=assets())
"""


def test_application_that_serves_the_release_says_how_to_get_one(tmp_path: Path) -> None:
    settings = f"{PROJECT['settings.py']!s}WSGI_APPLICATION = 'wsgi.application'\n"
    write_tree(tmp_path, {**PROJECT, "settings.py": settings, "wsgi.py": _WSGI})
    printed = manage(tmp_path, "runserver", "--noreload", f"127.0.0.1:{free_port()}").stderr
    assert printed.splitlines()[-1].startswith("CommandError: cannot read the manifest ")
    assert printed.endswith("or add --with-assets\n")


_ASGI_RUNSERVER = """
from django.contrib.staticfiles.management.commands.runserver import Command as Base
from django.core.asgi import get_asgi_application


class Command(Base):
    def get_application(self, options):
        return get_asgi_application()
"""
_ASK_IT = """
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from buildassets.runtime.django import assets
from django.core.management import load_command_class

command = load_command_class("buildassets.runtime.django", "runserver")
scope = {"type": "http", "method": "GET", "path": assets().url("app.css"), "headers": []}


async def ask():
    asked = ApplicationCommunicator(command.get_application({"use_static_handler": True}), scope)
    await asked.send_input({"type": "http.request"})
    return await asked.receive_output(), await asked.receive_output()


print(async_to_sync(ask)())
"""


def test_release_is_served_by_a_server_of_asgi(tmp_path: Path) -> None:
    settings = f"{PROJECT['settings.py']!s}INSTALLED_APPS.insert(1, 'later')\n"
    command = {
        f"later/{name}": "" for name in ("__init__.py", "management/__init__.py", "management/commands/__init__.py")
    }
    command["later/management/commands/runserver.py"] = _ASGI_RUNSERVER
    write_tree(tmp_path, {**PROJECT, **command, "settings.py": settings})
    assert manage(tmp_path, "assets", "build").returncode == 0
    printed = manage(tmp_path, "shell", "-c", _ASK_IT).stdout
    assert "'status': 200" in printed
    assert "b'a{color:red}'" in printed


def test_without_the_option_it_is_the_server_of_the_next_application(tmp_path: Path) -> None:
    with serving(write_tree(tmp_path, PROJECT)) as server:
        server.wait_for(server.page)
        assert not (tmp_path / "build/assets").exists()
    command = [sys.executable, "manage.py", "runserver", "--help"]
    helped = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "--with-assets" in helped
    assert "--nostatic" in helped  # of django.contrib.staticfiles


def test_who_is_watched_already_starts_no_watcher(tmp_path: Path) -> None:
    write_tree(tmp_path, PROJECT)
    command = [sys.executable, "manage.py", "runserver", "--with-assets", "no address"]
    watch = [sys.executable, "-m", "buildassets", "watch", "--port=0", "--", *command]
    done = subprocess.run(watch, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stderr.count("live reload for open pages at") == 1
    assert done.returncode == 1
    assert "is not a valid port number" in done.stderr


_WITH_TEMPLATES: Tree = {
    **PROJECT,
    "settings.py": str(PROJECT["settings.py"]).replace(
        '"DIRS": [BASE_DIR]', '"DIRS": [BASE_DIR / "pages"], "APP_DIRS": True'
    )
    + "INSTALLED_APPS += ['polls']\n",
    "pages/page.html": "{% include 'polls/poll.html' %} {% livereload %}".join(["{% load buildassets %}page 0 ", ""]),
    "polls/__init__.py": "",
    "polls/templates/polls/poll.html": "poll 0",
}


def loads(folder: Path) -> Iterator[object]:
    """What the watch asks an open page to do, event after event: of each, the state of the templates."""
    told = json.loads((folder / "build/assets/livereload.json").read_text())
    connection = HTTPConnection(urlsplit(told["url"]).netloc, timeout=PATIENCE_SECONDS)
    connection.request("GET", f"/events?token={told['token']}", headers={"Origin": "http://localhost"})
    with connection.getresponse() as events:
        while line := events.readline():
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))["templates"]
    connection.close()


@contextmanager
def many_readers(server: Server) -> Iterator[None]:
    """Others that load the page again and again, so that the server is busy, and has it in memory if it keeps any."""
    is_over = Event()

    def read() -> None:
        while not is_over.is_set():
            server.page()

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        is_over.set()
        for reader in readers:
            reader.join()


@pytest.mark.parametrize("options", [[], ["--noreload"]], ids=["Django's reloader", "none"])
@pytest.mark.parametrize("template", ["pages/page.html", "polls/templates/polls/poll.html"])
def test_page_that_an_edit_of_a_template_has_loaded_again_is_the_new_one(
    tmp_path: Path, template: str, options: list[str]
) -> None:
    word = template.rpartition("/")[2].removesuffix(".html")
    text = str(_WITH_TEMPLATES[template])
    with serving(write_tree(tmp_path, _WITH_TEMPLATES), "--with-assets", *options) as server:
        server.wait_for(lambda: f"{word} 0" in server.page())
        told = loads(tmp_path)
        before = next(told)
        with many_readers(server):
            for number in range(1, 21):
                write_tree(tmp_path, {template: text.replace(f"{word} 0", f"{word} {number}")})
                before = next(state for state in told if state != before)
                page = server.page().partition(" <script")[0]
                assert f"{word} {number}" in page
