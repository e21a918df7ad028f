"""`manage.py runserver` in a project of its own: one command serves pages and the release, and watches."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import write_tree
from tests.example.servers import free_port
from tests.runtime.django.development import PROJECT, serving
from tests.runtime.django.project import manage


def test_one_command_serves_and_watches(tmp_path: Path) -> None:
    with serving(write_tree(tmp_path, PROJECT), "--with-assets") as server:
        server.wait_for(lambda: re.match(r"/assets/app\.[0-9a-f]{12}\.css", server.page()))
        first = server.page()
        assert 'data-server="/assets/livereload.json"' in first
        assert server.page(first.split()[0]) == "a { color: red }"
        assert json.loads(server.page("/assets/livereload.json"))["url"].startswith("http://127.0.0.1:")
        write_tree(tmp_path, {"assets/app.css": "a { color: blue }"})
        server.wait_for(lambda: server.page().split()[0] != first.split()[0])


def test_release_is_served_once_it_is_built(tmp_path: Path) -> None:
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


def test_application_that_serves_the_release_names_the_command_that_builds_it(tmp_path: Path) -> None:
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


def test_server_without_the_option_is_that_of_the_next_application(tmp_path: Path) -> None:
    with serving(write_tree(tmp_path, PROJECT)) as server:
        server.wait_for(server.page)
        assert not (tmp_path / "build/assets").exists()
    helped = manage(tmp_path, "runserver", "--help").stdout
    assert "--with-assets" in helped
    assert "--nostatic" in helped  # of django.contrib.staticfiles


def test_server_below_a_watch_starts_no_second_one(tmp_path: Path) -> None:
    write_tree(tmp_path, PROJECT)
    command = [sys.executable, "manage.py", "runserver", "--with-assets", "no address"]
    watch = [sys.executable, "-m", "buildassets", "watch", "--port=0", "--", *command]
    done = subprocess.run(watch, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stderr.count("live reload for open pages at") == 1
    assert done.returncode == 1
    assert "is not a valid port number" in done.stderr
