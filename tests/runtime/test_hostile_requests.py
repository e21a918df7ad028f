"""Hostile requests: no byte from outside the manifest, no answer of 500 or more, and no work that grows with malice."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import thread_time
from types import FrameType
from typing import Any

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.served_files import ServedFiles
from buildassets.runtime.serving import answer
from buildassets.runtime.wsgi import AssetServer
from tests.conftest import write_tree
from tests.runtime.hostile import HEADERS, SECRET, SECRET_FILES, TARGETS
from tests.runtime.served import SOURCES, build_release, get_wsgi
from tests.runtime.servers import SERVERS, Server, running


@pytest.fixture(scope="session")
def guarded_manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release among files that nobody may read."""
    folder = tmp_path_factory.mktemp("guarded")
    write_tree(folder, dict.fromkeys(SECRET_FILES, SECRET))
    return build_release(folder)


@pytest.fixture(scope="session")
def guarded(guarded_manifest: Path) -> Assets:
    """What it names."""
    return Assets(guarded_manifest)


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, guarded_manifest: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Each server once."""
    with running(request.param, guarded_manifest, tmp_path_factory.mktemp("server"), alone=True) as one:
        yield one


def request(target: str, lines: str = "") -> bytes:
    """A request for `target` with more header lines."""
    return f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n".encode("latin-1")


def assert_harmless(raw: bytes) -> None:
    """It gives away nothing, and it is no failure of the server."""
    head, _, body = raw.partition(b"\r\n\r\n")
    assert SECRET not in body
    assert b"root:" not in body
    assert b'"schema"' not in body
    assert b"Traceback" not in body
    assert b"\r\nSet-Cookie:" not in head
    assert b"\r\nX-Injected:" not in head
    assert head[:9] in (b"HTTP/1.1 ", b"HTTP/1.0 ")
    assert 200 <= int(head[9:12]) < 500


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_that_names_no_asset_gets_nothing(server: Server, guarded: Assets, name: str) -> None:
    target = TARGETS[name].replace("{url}", guarded.url("css/app.css"))
    raw = server.raw(request(target))
    assert_harmless(raw)
    assert raw[9:10] == b"4"


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_gives_no_more_than_the_asset(server: Server, guarded: Assets, name: str) -> None:
    header, value = HEADERS[name]
    raw = server.raw(request(guarded.url("css/app.css"), f"{header}: {value}\r\n"))
    assert_harmless(raw)
    assert len(raw) < len(SOURCES["css/app.css"]) + 1000


@pytest.mark.parametrize("encode", ["%{:02x}".format, "%{:02X}".format])
def test_an_asset_has_every_percent_encoding_of_its_name(
    server: Server, guarded: Assets, encode: Callable[[int], str]
) -> None:
    spelled = "/" + "".join(encode(byte) for byte in guarded.url("css/app.css").encode()[1:])
    assert server.request("GET", spelled).status == 200
    assert server.request("GET", spelled.replace("%", "%25")).status == 404


def test_many_lines_of_one_header_are_one_list(server: Server, guarded: Assets) -> None:
    lines = "Accept-Encoding: x;q=0.1\r\n" * 90 + "Accept-Encoding: gzip\r\n"
    raw = server.raw(request(guarded.url("css/app.css"), lines))
    assert_harmless(raw)
    if server.name != "wsgiref":  # which hands on the first line alone
        assert b"\r\ncontent-encoding: gzip" in raw.lower()


@pytest.mark.parametrize("name", [*TARGETS, *HEADERS])
def test_no_answer_takes_a_tenth_of_a_second_of_the_processor(guarded: Assets, name: str) -> None:
    server = AssetServer(assets=guarded)
    header, value = HEADERS.get(name, ("", ""))
    url = TARGETS.get(name, "{url}").replace("{url}", guarded.url("css/app.css")).split("?")[0]
    began = thread_time()  # of this thread alone, so that a busy machine adds nothing: a millisecond, as a rule
    get_wsgi(server, url, **{header.lower().replace("-", "_"): value} if header else {})
    assert thread_time() - began < 0.1


_GROWING = {
    "accept-encoding": ("gzip;q=0.5,", "x,", ";", " ", "0", "gzip;q=0"),
    "range": ("bytes=", "0-1,", "-", "9", " ", ","),
    "if-none-match": ('"a",', '"', "W/", 'W/"', " ", "a"),
    "if-match": ('"a",', '"', "W/", 'W/"'),
    "if-modified-since": ("Sun, ", "0", " ", "Nov"),
    "if-range": ('"', "Sun, ", "0"),
}


@pytest.mark.parametrize(("header", "piece"), [(name, piece) for name, all_ in _GROWING.items() for piece in all_])
def test_twice_the_header_is_twice_the_steps_at_most(guarded: Assets, header: str, piece: str) -> None:
    resource = ServedFiles(guarded).find(guarded.url("css/app.css"))
    start = "bytes=0-0," if header == "range" else ""

    def steps(length: int) -> int:
        return _steps(lambda: answer(resource, "GET", {header: (start + piece * length)[:length]}))

    assert steps(8000) - steps(0) <= 2.2 * (steps(4000) - steps(0)) + 100


def _steps(call: Callable[[], object]) -> int:
    """The lines of Python that `call` runs."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        call()
    finally:
        sys.settrace(before)
    return count
