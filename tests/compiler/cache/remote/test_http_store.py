"""The connections of a remote cache behind an HTTP server."""

import gc
import socket
import warnings
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from buildassets.compiler.cache.remote.http_store import HttpStore
from buildassets.compiler.cache.remote.line import READ_FIRST, CallOutcome, Line
from tests.compiler.cache.remote.bad_servers import Good, answer, request, serving

_GOOD: Good = {"ac/a": b"content", "cas/empty": b""}


class _Server:
    """An HTTP server that counts its connections, and answers 404 with `absent` as the body."""

    def __init__(self, absent: bytes = b"") -> None:
        self.connections = 0
        self._absent = absent

    def __call__(self, line: socket.socket, good: Good) -> None:
        self.connections += 1
        while found := request(line):
            method, name, _ = found
            content = good.get(name)
            if method == "PUT":
                line.sendall(answer(201))
            elif content is None:
                line.sendall(answer(404, b"" if method == "HEAD" else self._absent))
            else:
                line.sendall(answer(200, content) if method == "GET" else answer(200, length=str(len(content))))


@pytest.fixture(params=[b"", b"not found"], ids=["an empty 404", "a 404 with a body"])
def server(request: pytest.FixtureRequest) -> _Server:
    return _Server(request.param)


@pytest.fixture
def store(server: _Server) -> Iterator[HttpStore]:
    with serving(server, _GOOD) as port:
        made = HttpStore(f"http://127.0.0.1:{port}/cache")
        yield made
        made.leave()


def test_all_requests_of_a_thread_share_one_connection(server: _Server, store: HttpStore) -> None:
    for _ in range(3):
        assert store.get("ac/a", 100) == b"content"
        assert store.get("cas/empty", 100) == b""
        assert store.get("ac/b", 100) is None
        assert store.holds("ac/a")
        assert not store.holds("ac/b")
        store.put("ac/c", b"new", replace=True)
    assert server.connections == 1


def test_no_connection_is_left_open_when_the_line_stops(store: HttpStore) -> None:
    line, answers = Line(store), SimpleQueue[CallOutcome]()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(4):
            line.call(answers, READ_FIRST, "a", lambda: store.get("ac/a", 100))
        assert [line.outcome(answers) for _ in range(4)] == [CallOutcome("a", b"content")] * 4
        line.stop()
        assert not store._open
        gc.collect()
    assert not caught
