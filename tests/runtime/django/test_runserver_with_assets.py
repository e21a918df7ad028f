"""`manage.py runserver --with-assets`: its processes start once, end together, and reload pages that are new."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from tests.conftest import PATIENCE_SECONDS, Tree, write_tree
from tests.runtime.django.development import PROJECT, Server, members, serving

pytestmark = pytest.mark.thorough


def test_reloader_starts_no_second_watcher(tmp_path: Path) -> None:
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
def test_all_processes_end_together(tmp_path: Path, number: int) -> None:
    with serving(write_tree(tmp_path, PROJECT), "--with-assets") as server:
        server.wait_for(server.page)
        server.process.send_signal(number)
        assert server.process.wait(timeout=PATIENCE_SECONDS) == 128 + number
        server.wait_for(lambda: not members(server.process.pid))
    assert "Traceback" not in server.output()


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
    """Yield the state of the templates of each event that the watch sends to an open page."""
    place = json.loads((folder / "build/assets/livereload.json").read_text())
    connection = HTTPConnection(urlsplit(place["url"]).netloc, timeout=PATIENCE_SECONDS)
    connection.request("GET", f"/events?token={place['token']}", headers={"Origin": "http://localhost"})
    with connection.getresponse() as events:
        while line := events.readline():
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))["templates"]
    connection.close()


@contextmanager
def many_readers(server: Server) -> Iterator[None]:
    """Load the page again and again in other threads, so that the server is busy and keeps the page if it ever does."""
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
def test_page_that_is_reloaded_for_an_edited_template_is_new(tmp_path: Path, template: str, options: list[str]) -> None:
    word = template.rpartition("/")[2].removesuffix(".html")
    text = str(_WITH_TEMPLATES[template])
    with serving(write_tree(tmp_path, _WITH_TEMPLATES), "--with-assets", *options) as server:
        server.wait_for(lambda: f"{word} 0" in server.page())
        states = loads(tmp_path)
        before = next(states)
        with many_readers(server):
            for number in range(1, 21):
                write_tree(tmp_path, {template: text.replace(f"{word} 0", f"{word} {number}")})
                before = next(state for state in states if state != before)
                page = server.page().partition(" <script")[0]
                assert f"{word} {number}" in page
