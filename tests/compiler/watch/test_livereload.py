"""The live reload server as whoever connects to it sees it."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from buildassets.cli.parse.permissions import permission_of
from buildassets.compiler.result import BuildResult
from buildassets.compiler.watch import livereload, livereload_server
from buildassets.compiler.watch.listener import Rebuilt
from buildassets.compiler.watch.livereload import LiveReload
from buildassets.compiler.watch.open_pages import OpenPages
from buildassets.foundation.diagnostics import error
from tests.building import build, load_config
from tests.conftest import PATIENCE_SECONDS, Tree, wait_for, write_tree

ORIGIN = "http://localhost:5000"
GOOD: Tree = {"buildassets.toml": "", "assets/app.css": "a { color: red }", "assets/app.js": "f()"}
BROKEN: Tree = {"assets/app.css": 'a { background: url("nowhere.svg") }'}


def development_build(folder: Path, files: Tree) -> BuildResult:
    write_tree(folder, files)
    return build(load_config(start=str(folder)), mode="development")


def release_of(folder: Path) -> str:
    release: str = json.loads((folder / "build/manifest.json").read_text())["release"]
    return release


@pytest.fixture
def live_reload(tmp_path: Path) -> Iterator[LiveReload]:
    """A server on a free port, after a good build."""
    with LiveReload(
        str(tmp_path / "build"), port=0, origins=["https://my.test"], permission=permission_of("watch")
    ) as live_reload:
        live_reload.start()
        live_reload.publish(development_build(tmp_path, GOOD))
        yield live_reload


class Listener:
    """A page's connection, from the request on."""

    def __init__(self, live_reload: LiveReload, path: str, headers: dict[str, str]) -> None:
        self.connection = HTTPConnection(urlsplit(live_reload.url).netloc, timeout=PATIENCE_SECONDS)
        self.connection.request("GET", path, headers=headers)
        self.answer: HTTPResponse = self.connection.getresponse()

    def close(self) -> None:
        """Go away."""
        self.answer.close()
        self.connection.close()

    def event(self) -> dict[str, Any]:
        """The data of the next event."""
        while line := self.answer.readline():
            if line.startswith(b"data: "):
                data: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return data
        raise EOFError


def listen(live_reload: LiveReload, release: str = "", **headers: str) -> Any:
    path = f"/events?token={live_reload.token}&release={release}"
    return closing(Listener(live_reload, path, {"Origin": ORIGIN, **headers}))


def test_a_project_that_was_moved_away_gets_no_new_folder(tmp_path: Path) -> None:
    with LiveReload(str(tmp_path / "site/build"), port=0, permission=permission_of("watch")) as live_reload:
        live_reload.start()
        assert not (tmp_path / "site").exists()
        (tmp_path / "site").mkdir()
        live_reload.publish(development_build(tmp_path / "site", GOOD))
        assert (tmp_path / "site/build/assets/livereload.json").exists()


def test_a_page_learns_at_once_that_it_is_up_to_date(live_reload: LiveReload, tmp_path: Path) -> None:
    release = release_of(tmp_path)
    with listen(live_reload, release) as page:
        event = page.event()
    assert (event["release"], event["swaps"], event["reload"], event["errors"]) == (release, [], None, [])


def test_each_build_sends_what_is_swapped(live_reload: LiveReload, tmp_path: Path) -> None:
    with listen(live_reload, release_of(tmp_path)) as page:
        page.event()
        for colour in ("blue", "green"):
            live_reload.publish(development_build(tmp_path, {"assets/app.css": f"a {{ color: {colour} }}"}))
            (swap,) = page.event()["swaps"]
            assert (tmp_path / "build/assets" / swap["new"]).read_text() == f"a {{ color: {colour} }}"


def test_a_request_for_one_event_gets_the_state_and_no_more(live_reload: LiveReload, tmp_path: Path) -> None:
    release = release_of(tmp_path)
    live_reload.publish(development_build(tmp_path, {"assets/app.css": "a { color: blue }"}))
    with listen(live_reload, f"{release}&once=1") as page:
        assert [swap["path"] for swap in page.event()["swaps"]] == ["app.css"]
        with pytest.raises(EOFError):
            page.event()


def test_templates_are_sent_with_each_state(live_reload: LiveReload, tmp_path: Path) -> None:
    with listen(live_reload, release_of(tmp_path)) as page:
        assert page.event()["templates"] == ""
        live_reload.publish_templates("state")
        assert page.event()["templates"] == "state"
        live_reload.publish(development_build(tmp_path, {"assets/app.css": "a { color: blue }"}))
        assert page.event()["templates"] == "state"


def test_templates_are_in_the_file_by_which_pages_find_the_server(live_reload: LiveReload, tmp_path: Path) -> None:
    live_reload.publish_templates("state")
    assert announced(tmp_path)["templates"] == "state"
    live_reload.stop()
    assert not (tmp_path / "build/assets/livereload.json").exists()


def test_a_failed_build_sends_its_errors_and_keeps_the_release(live_reload: LiveReload, tmp_path: Path) -> None:
    release = release_of(tmp_path)
    with listen(live_reload, release) as page:
        page.event()
        live_reload.publish(development_build(tmp_path, BROKEN))
        failed = page.event()
        live_reload.publish(development_build(tmp_path, GOOD))
        mended = page.event()
    assert [found["code"] for found in failed["errors"]] == ["reference/missing"]
    assert failed["errors"][0]["location"]["file"] == "assets/app.css"
    assert (failed["error_count"], failed["release"], failed["swaps"]) == (1, release, [])
    assert (mended["errors"], mended["swaps"], mended["reload"]) == ([], [], None)


def test_a_slow_page_gets_the_newest_state_only(live_reload: LiveReload, tmp_path: Path) -> None:
    release = release_of(tmp_path)
    for colour in ("blue", "green"):
        live_reload.publish(development_build(tmp_path, {"assets/app.css": f"a {{ color: {colour} }}"}))
    with listen(live_reload, release) as page:
        (swap,) = page.event()["swaps"]
    assert (tmp_path / "build/assets" / swap["new"]).read_text() == "a { color: green }"


def test_the_last_event_id_names_the_release_of_a_page(live_reload: LiveReload, tmp_path: Path) -> None:
    first = release_of(tmp_path)
    live_reload.publish(development_build(tmp_path, {"assets/app.css": "a { color: blue }"}))
    with listen(live_reload, "", **{"Last-Event-ID": first}) as page:
        assert [swap["path"] for swap in page.event()["swaps"]] == ["app.css"]


def test_a_page_of_an_unknown_release_is_loaded_again(live_reload: LiveReload) -> None:
    with listen(live_reload, "0" * 64) as page:
        assert page.event()["reload"] == "an unknown release"


def test_the_release_from_before_the_start_is_known(tmp_path: Path) -> None:
    development_build(tmp_path, GOOD)
    before = release_of(tmp_path)
    with LiveReload(str(tmp_path / "build"), port=0, permission=permission_of("watch")) as live_reload:
        live_reload.start()
        live_reload.publish(development_build(tmp_path, {"assets/app.css": "a { color: blue }"}))
        with listen(live_reload, before) as page:
            assert [swap["path"] for swap in page.event()["swaps"]] == ["app.css"]


def test_a_first_build_that_fails_sends_its_errors(tmp_path: Path) -> None:
    with LiveReload(str(tmp_path / "build"), port=0, permission=permission_of("watch")) as live_reload:
        live_reload.start()
        live_reload.publish(development_build(tmp_path, {**GOOD, **BROKEN}))
        with listen(live_reload) as page:
            event = page.event()
    assert (event["release"], event["reload"], event["error_count"]) == ("", None, 1)


def test_a_silent_connection_has_a_heartbeat(live_reload: LiveReload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livereload, "_HEARTBEAT_SECONDS", 0.05)
    with listen(live_reload) as page:
        page.event()
        assert [page.answer.readline() for _ in range(3)] == [b"\n", b":\n", b"\n"]


# ── who does not do their part ──


def connected(live_reload: LiveReload) -> socket.socket:
    address = urlsplit(live_reload.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(20)
    connection.connect((address.hostname, address.port))
    return connection


@pytest.fixture
def page_that_reads_nothing(
    live_reload: LiveReload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """The connection of a page that asks for events, which may be large, and reads none."""
    monkeypatch.setattr(livereload, "_DIAGNOSTICS_SHOWN", 1_000_000)
    path = f"/events?token={live_reload.token}&release={release_of(tmp_path)}"
    with connected(live_reload) as page:
        host = urlsplit(live_reload.url).netloc
        page.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {ORIGIN}\r\n\r\n".encode())
        yield page


@pytest.fixture
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection has no time limit."""
    monkeypatch.setattr(livereload_server._Handler, "timeout", None)


@pytest.fixture
def _limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection has a short time limit."""
    monkeypatch.setattr(livereload_server._Handler, "timeout", 0.2)


def publish_much(live_reload: LiveReload) -> None:
    fault = error("a/b", "x" * 1000)
    for count in (5000, 5001, 5002):
        live_reload.publish(BuildResult(None, (), (fault,) * count))


@pytest.mark.usefixtures("_unlimited", "page_that_reads_nothing")
def test_page_that_reads_nothing_delays_no_other_page(live_reload: LiveReload, tmp_path: Path) -> None:
    with listen(live_reload, release_of(tmp_path)) as page:
        in_background(lambda: publish_much(live_reload))
        while page.event()["error_count"] != 5002:
            pass


@pytest.mark.usefixtures("_limited", "page_that_reads_nothing")
def test_page_that_reads_nothing_is_given_up(live_reload: LiveReload) -> None:
    wait_for(lambda: free(live_reload) == livereload_server._CONNECTIONS - 1)
    publish_much(live_reload)
    wait_for(lambda: free(live_reload) == livereload_server._CONNECTIONS)


def in_background(work: Callable[[], object]) -> None:
    """Do `work`, which may wait for nothing without end."""
    thread = Thread(target=work, daemon=True)
    thread.start()
    wait_for(lambda: not thread.is_alive())


@pytest.mark.parametrize("request_bytes", [b"", b"GET /events", b"GET /events HTTP/1.1\r\nHost: "])
def test_unfinished_request_is_given_up(
    live_reload: LiveReload, monkeypatch: pytest.MonkeyPatch, request_bytes: bytes
) -> None:
    monkeypatch.setattr(livereload_server._Handler, "timeout", 0.1)
    with connected(live_reload) as slow:
        slow.sendall(request_bytes)
        wait_for(lambda: free(live_reload) == livereload_server._CONNECTIONS - 1)

        def is_given_up() -> bool:
            with suppress(ConnectionError):
                slow.sendall(b"x")
            return free(live_reload) == livereload_server._CONNECTIONS

        wait_for(is_given_up)


def free(live_reload: LiveReload) -> int:
    assert live_reload._server is not None
    return live_reload._server._free._value


@pytest.mark.usefixtures("_unlimited")
def test_stop_waits_for_no_connection(live_reload: LiveReload) -> None:
    with connected(live_reload), connected(live_reload) as slow:
        slow.sendall(b"GET /events HTTP/1.1\r\n")
        in_background(live_reload.stop)


# ── who may listen ──


def refused(live_reload: LiveReload, path: str, headers: dict[str, str]) -> bool:
    """Whether the request is answered like every other that is refused."""
    with closing(Listener(live_reload, path, headers)) as page:
        names = [name for name, _ in page.answer.getheaders()]
        return (page.answer.status, page.answer.read(), names) == (403, b"", ["Content-Length", "Connection"])


def test_the_right_request_is_answered_for_its_origin_only(live_reload: LiveReload) -> None:
    with listen(live_reload) as page:
        assert page.answer.status == 200
        assert page.answer.getheader("Access-Control-Allow-Origin") == ORIGIN
        assert page.answer.getheader("Content-Type") == "text/event-stream"
        assert page.answer.getheader("Cache-Control") == "no-store"


@pytest.mark.parametrize(
    "origin",
    ["http://localhost", "https://localhost:1", "http://127.0.0.1:5000", "http://[::1]:5000", "http://a.localhost:80"],
)
def test_pages_of_this_machine_may_listen(live_reload: LiveReload, origin: str) -> None:
    assert live_reload.allows(origin)


def test_pages_of_a_named_origin_may_listen(live_reload: LiveReload) -> None:
    assert live_reload.allows("https://my.test")
    assert not live_reload.allows("http://my.test")
    assert not live_reload.allows("https://my.test:8443")


@pytest.mark.parametrize(
    "origin",
    [
        *("", "null", "http://example.com", "http://localhost.example.com", "http://127.0.0.1.example.com:5000"),
        *("http://localhost@example.com", "file://", "http://192.168.1.5", "http://0.0.0.0", "http://xlocalhost"),
        *("http://[::1", "chrome-extension://localhost", "http://127.0.0.1\x00.example.com"),
    ],
)
def test_no_other_page_may_listen(live_reload: LiveReload, origin: str) -> None:
    assert not live_reload.allows(origin)
    header = origin.replace("\x00", "%00")
    assert refused(live_reload, f"/events?token={live_reload.token}", {"Origin": header})


@pytest.mark.parametrize("host", ["localhost", "rebound.example.com", "127.0.0.1.example.com", "[::1]", "0.0.0.0", ""])
def test_no_other_name_leads_to_it(live_reload: LiveReload, host: str) -> None:
    port = urlsplit(live_reload.url).port
    path = f"/events?token={live_reload.token}"
    assert refused(live_reload, path, {"Origin": ORIGIN, "Host": f"{host}:{port}"})
    assert refused(live_reload, path, {"Origin": ORIGIN, "Host": host})


@pytest.mark.parametrize("query", ["", "?", "?token=", "?token=x", "?token=%ff%00", "?release="])
def test_page_without_the_token_is_refused(live_reload: LiveReload, query: str) -> None:
    assert refused(live_reload, f"/events{query}", {"Origin": ORIGIN})


def test_page_without_an_origin_is_refused(live_reload: LiveReload) -> None:
    assert refused(live_reload, f"/events?token={live_reload.token}", {})


@pytest.mark.parametrize("path", ["/", "/manifest.json", "/events/", "/assets/livereload.json"])
def test_there_is_nothing_else_to_get(live_reload: LiveReload, path: str) -> None:
    assert refused(live_reload, f"{path}?token={live_reload.token}", {"Origin": ORIGIN})


def exchange(live_reload: LiveReload, request: bytes) -> bytes:
    """The whole answer to the bytes of `request`."""
    address = urlsplit(live_reload.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        *(b"POST /events HTTP/1.1\r\n\r\n", b"OPTIONS /events HTTP/1.1\r\nOrigin: http://localhost\r\n\r\n"),
        *(b"<script>alert(1)</script>\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET //[ HTTP/1.1\r\n\r\n"),
        *(b"GET /events?token=\xff HTTP/1.1\r\nHost: \xff\r\n\r\n", b"GET " + b"a" * 70000 + b" HTTP/1.1\r\n\r\n"),
    ],
)
def test_invalid_request_is_refused_like_any_other(live_reload: LiveReload, request_bytes: bytes) -> None:
    answer = exchange(live_reload, request_bytes)
    assert answer in (b"", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def test_server_listens_on_this_machine_only(live_reload: LiveReload) -> None:
    assert live_reload.url.startswith("http://127.0.0.1:")
    with socket.socket(socket.AF_INET) as other:
        other.bind(("127.0.0.2", urlsplit(live_reload.url).port or 0))  # free, as nobody listens on all addresses


# ── how it is found ──


def announced(folder: Path) -> Any:
    return json.loads((folder / "build/assets/livereload.json").read_text())


def test_a_file_among_the_assets_contains_the_url(live_reload: LiveReload, tmp_path: Path) -> None:
    assert announced(tmp_path) == {"url": live_reload.url, "token": live_reload.token, "templates": ""}


def test_the_file_comes_back_with_the_next_build(live_reload: LiveReload, tmp_path: Path) -> None:
    (tmp_path / "build/assets/livereload.json").unlink()
    live_reload.publish(development_build(tmp_path, GOOD))
    assert announced(tmp_path)["url"] == live_reload.url


def test_after_the_stop_nothing_is_left(live_reload: LiveReload, tmp_path: Path) -> None:
    with listen(live_reload) as page:
        page.event()
        live_reload.stop()
        with pytest.raises(EOFError):
            page.event()
    assert not (tmp_path / "build/assets/livereload.json").exists()
    assert not [name for name in (tmp_path / "build/assets").iterdir() if name.name.startswith(".")]
    with pytest.raises(ConnectionRefusedError):
        exchange(live_reload, b"")


def test_a_second_watcher_takes_another_port_and_keeps_its_file(live_reload: LiveReload, tmp_path: Path) -> None:
    port = urlsplit(live_reload.url).port
    assert port is not None
    with LiveReload(str(tmp_path / "build"), port=port, permission=permission_of("watch")) as second:
        second.start()
        assert second.url != live_reload.url
        assert second.token != live_reload.token
        live_reload.stop()
        assert announced(tmp_path)["url"] == second.url


def test_watch_continues_where_no_port_may_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_socket: socket.socket, _address: object) -> None:
        raise OSError(99, "Cannot assign requested address")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    result = development_build(tmp_path, GOOD)
    config = replace(load_config(start=str(tmp_path)), permission=permission_of("watch"))
    reported: list[str] = []
    pages = OpenPages(reported.append, lambda found: reported.append(found.code))
    pages.start(config)
    pages.rebuilt(Rebuilt(config, result, None, (), 0.1))
    pages.stop()
    assert reported == ["watch/livereload"]


def test_a_release_for_production_knows_nothing_of_it(tmp_path: Path) -> None:
    write_tree(tmp_path, GOOD)
    result = build(load_config(start=str(tmp_path)))
    assert result.manifest is not None
    assert result.manifest.livereload is None
    assert "livereload" not in (tmp_path / "build/manifest.json").read_text()
