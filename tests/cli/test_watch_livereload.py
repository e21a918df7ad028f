"""The live reload of a watch, from its start to its end."""

import json
import socket
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cli.watching import watching
from tests.command import run
from tests.conftest import PATIENCE_SECONDS, Tree, write_tree
from tests.example.servers import free_port

SITE: Tree = {"buildassets.toml": "", "assets/a.css": "a { color: red }"}


def announced(folder: Path) -> Any:
    return json.loads((folder / "build/assets/livereload.json").read_text())


def status(folder: Path, origin: str) -> int:
    """Return the status that the watcher of the release in `folder` answers a page of `origin`."""
    server = announced(folder)
    connection = HTTPConnection(urlsplit(server["url"]).netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", f"/events?token={server['token']}", headers={"Origin": origin})
        return connection.getresponse().status
    finally:
        connection.close()


def test_open_pages_find_the_watcher_while_it_runs(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE), "--port", "0") as watch:
        watch.next()
        assert status(tmp_path, "http://localhost:5000") == 200
        assert status(tmp_path, "http://my.test:8000") == 403
    assert not (tmp_path / "build/assets/livereload.json").exists()


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("http://my.test:8000", "http://my.test:8000"),
        ("http://My.test:80/", "http://my.test"),
        ("https://my.test:443", "https://my.test"),
    ],
)
def test_named_origins_may_listen(tmp_path: Path, given: str, origin: str) -> None:
    with watching(write_tree(tmp_path, SITE), "--port=0", f"--origin={given}") as watch:
        watch.next()
        assert status(tmp_path, origin) == 200


@pytest.mark.parametrize(
    "given", ["my.test", "*", "http://", "http://[", "http://my.test/path", "file:///", "http://me@my.test"]
)
def test_malformed_origin_is_wrong_usage(tmp_path: Path, given: str) -> None:
    done = run(write_tree(tmp_path, SITE), "watch", "--origin", given)
    assert done.returncode == 2
    assert "is not an origin" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_release_for_production_has_no_live_reload(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE), "--mode", "production") as watch:
        watch.next()
        assert not (tmp_path / "build/assets/livereload.json").exists()
        assert "livereload" not in (tmp_path / "build/manifest.json").read_text()


def test_watcher_moves_to_another_release_directory(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE), "--port=0") as watch:
        watch.next()
        write_tree(tmp_path, {"buildassets.toml": 'output = "dist"'})
        assert watch.next()["output"] == "dist"
        (tmp_path / "dist").rename(tmp_path / "moved")
        (tmp_path / "build").rename(tmp_path / "old")
        (tmp_path / "moved").rename(tmp_path / "build")
        assert status(tmp_path, "http://localhost:5000") == 200
    assert not (tmp_path / "old/assets/livereload.json").exists()


@pytest.mark.parametrize("gone", ["build", "build/assets/livereload.json"])
def test_deleted_announcement_comes_back(tmp_path: Path, gone: str) -> None:
    with watching(write_tree(tmp_path, SITE), "--port=0") as watch:
        watch.next()
        (tmp_path / gone).rename(tmp_path / "deleted")
        write_tree(tmp_path, {"assets/a.css": "a { color: blue }"})
        watch.next()
        if gone == "build" and not (tmp_path / "build/assets/livereload.json").exists():
            watch.next()
        assert status(tmp_path, "http://localhost:5000") == 200


def test_taken_port_is_reported_with_the_one_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with watching(write_tree(tmp_path, SITE), "--port", str(port)) as watch:
            (found,) = watch.next()["diagnostics"]
            watch.next()
            url = announced(tmp_path)["url"]
    assert (found["severity"], found["code"]) == ("warning", "watch/port")
    assert found["message"] == f"port {port} at `127.0.0.1` is taken: open pages listen at `{url}`"
    assert found["hint"] == "end the program that has it, or name another `--port`; 0 is any that is free"


def test_free_port_is_used_without_a_warning(tmp_path: Path) -> None:
    port = free_port()
    with watching(write_tree(tmp_path, SITE), "--port", str(port)) as watch:
        assert watch.next()["diagnostics"] == []
        assert announced(tmp_path)["url"] == f"http://127.0.0.1:{port}/"
