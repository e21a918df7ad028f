"""Sessions in Redis and in Memcached, in Flask and in Django, while the store is away or hangs."""

import signal
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.conftest import wait_for
from tests.example.conftest import Start
from tests.example.servers import free_port, memcached_command, redis_command, running
from tests.example.visitor import Visitor

pytestmark = pytest.mark.thorough


class Store:
    """A server of sessions that may stop answering, and may be started again."""

    def __init__(self, name: str, folder: Path) -> None:
        self._port = free_port()
        self._log = folder / "log"
        self._command = redis_command(self._port, folder) if name == "redis" else memcached_command(self._port)
        self.url = f"{name}://127.0.0.1:{self._port}"

    def running(self) -> AbstractContextManager["subprocess.Popen[bytes]"]:
        """Run the server within the block."""
        return running(self._command, self._port, self._log)


@pytest.fixture(scope="module", params=["redis", "memcached"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Each of the two, for the tests of this module."""
    return Store(request.param, tmp_path_factory.mktemp(request.param))


def test_without_the_store_only_private_pages_are_unavailable(framework: str, store: Store, start: Start) -> None:
    with Visitor(start(framework, SESSION_URL=store.url).port) as visitor:
        with store.running():
            visitor.sign_in()
            assert visitor.is_known
        cookies = dict(visitor.cookies)
        page, private = visitor.get("/visit"), visitor.get("/berth")
        assert (page.status, "We cannot tell who you are" in page.text) == (200, True)
        assert (private.status, private.headers["Retry-After"]) == (503, "30")
        assert "Signing in is not possible" in private.text
        assert visitor.post_without_token("/sign-out").status in {403, 503}
        assert visitor.cookies["session"] == cookies["session"]


def test_signing_in_fails_without_the_store(framework: str, store: Store, start: Start) -> None:
    with Visitor(start(framework, SESSION_URL=store.url).port) as visitor:
        with store.running():
            token = visitor.token("/sign-in")
        answer = visitor.sign_in_with(token)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "30"


def test_session_survives_a_store_that_hung(framework: str, store: Store, start: Start) -> None:
    with Visitor(start(framework, SESSION_URL=store.url).port) as visitor, store.running() as server:
        visitor.sign_in()
        server.send_signal(signal.SIGSTOP)
        wait_for(lambda: Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
        while_it_hangs = visitor.get("/berth").status
        server.send_signal(signal.SIGCONT)
        assert while_it_hangs == 503
        assert visitor.is_known
