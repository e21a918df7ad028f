"""Hostile requests to each server: no byte from outside the manifest, and no answer of 500 or more."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.runtime.hostile import HEADERS, SECRET, TARGETS
from tests.runtime.served import SOURCES
from tests.runtime.servers import SERVERS, Server, running

pytestmark = pytest.mark.thorough


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


def assert_harmless(raw: bytes, name: str) -> None:
    """An answer to the request called `name` gives away nothing, and is not a failure of the server."""
    head, _, body = raw.partition(b"\r\n\r\n")
    for secret in (SECRET, b"root:", b'"schema"', b"Traceback"):
        assert secret not in body, name
    for injected in (b"\r\nSet-Cookie:", b"\r\nX-Injected:"):
        assert injected not in head, name
    assert head[:9] in (b"HTTP/1.1 ", b"HTTP/1.0 "), name
    assert 200 <= int(head[9:12]) < 500, name


def test_targets_that_name_no_asset_get_nothing(server: Server, guarded: Assets) -> None:
    for name, target in TARGETS.items():
        raw = server.raw(request(target.replace("{url}", guarded.url("css/app.css"))))
        assert_harmless(raw, name)
        assert raw[9:10] == b"4", name


def test_headers_give_no_more_than_the_asset(server: Server, guarded: Assets) -> None:
    for name, (header, value) in HEADERS.items():
        raw = server.raw(request(guarded.url("css/app.css"), f"{header}: {value}\r\n"))
        assert_harmless(raw, name)
        assert len(raw) < len(SOURCES["css/app.css"]) + 1000, name


@pytest.mark.parametrize("encode", ["%{:02x}".format, "%{:02X}".format])
def test_asset_is_found_by_every_percent_encoding_of_its_name(
    server: Server, guarded: Assets, encode: Callable[[int], str]
) -> None:
    spelled = "/" + "".join(encode(byte) for byte in guarded.url("css/app.css").encode()[1:])
    assert server.request("GET", spelled).status == 200
    assert server.request("GET", spelled.replace("%", "%25")).status == 404


def test_many_lines_of_one_header_are_one_list(server: Server, guarded: Assets) -> None:
    lines = "Accept-Encoding: x;q=0.1\r\n" * 90 + "Accept-Encoding: gzip\r\n"
    raw = server.raw(request(guarded.url("css/app.css"), lines))
    assert_harmless(raw, "many lines")
    if server.name != "wsgiref":  # which hands on the first line alone
        assert b"\r\ncontent-encoding: gzip" in raw.lower()
