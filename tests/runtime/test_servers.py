"""The servers that deployments use, over sockets: what was decided arrives, byte for byte."""

import contextlib
import http.client
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.conftest import PATIENCE_SECONDS, find_tool
from tests.runtime.served import NOISE, released
from tests.runtime.servers import SERVERS, Server, running


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, served_manifest: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Each server once, around an application."""
    with running(request.param, served_manifest, tmp_path_factory.mktemp("server")) as one:
        yield one


@pytest.mark.parametrize("name", ["css/app.css", "img/noise.png", "img/ü x (1).svg", "empty.txt"])
def test_every_asset_arrives(server: Server, served: Assets, served_manifest: Path, name: str) -> None:
    reply = server.request("GET", served.url(name))
    assert (reply.status, reply.body) == (200, released(served_manifest, served.url(name)))
    assert reply.headers["content-length"] == str(len(reply.body))
    assert "transfer-encoding" not in reply.headers


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_copy_arrives_unchanged(server: Server, served: Assets, served_manifest: Path, coding: str) -> None:
    url = served.url("css/app.css")
    reply = server.request("GET", url, {"Accept-Encoding": coding})
    assert (reply.headers["content-encoding"], reply.body) == (coding, released(served_manifest, url, coding))


@pytest.mark.parametrize(
    ("wanted", "span"), [("0-0", (0, 1)), ("300-500000", (300, 500001)), ("-400000", (300000, None))]
)
def test_a_range_arrives_and_no_byte_more(
    server: Server, served: Assets, wanted: str, span: tuple[int, int | None]
) -> None:
    reply = server.request("GET", served.url("img/noise.png"), {"Range": f"bytes={wanted}"})
    assert (reply.status, reply.body) == (206, NOISE[slice(*span)])


def test_several_ranges_arrive(server: Server, served: Assets) -> None:
    reply = server.request("GET", served.url("img/noise.png"), {"Range": "bytes=5-9,300000-600000"})
    assert reply.status == 206
    assert len(reply.body) == int(reply.headers["content-length"])
    assert NOISE[5:10] in reply.body
    assert NOISE[300000:600001] in reply.body


def test_unmodified_file_has_no_content(server: Server, served: Assets) -> None:
    tag = server.request("GET", served.url("css/app.css")).headers["etag"]
    reply = server.request("GET", served.url("css/app.css"), {"If-None-Match": tag})
    assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", tag)


def test_one_connection_has_many_answers(server: Server, served: Assets) -> None:
    url = served.url("img/noise.png")
    asked = [
        ("HEAD", {}),
        ("GET", {"Range": "bytes=1-3"}),
        ("GET", {"Range": "bytes=900000-"}),
        ("OPTIONS", {}),
        ("GET", {}),
    ]
    statuses = []
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    ) as connection:
        for method, headers in asked:
            connection.request(method, url, headers=headers)
            response = connection.getresponse()
            statuses.append((response.status, len(response.read())))
    assert statuses == [(200, 0), (206, 3), (416, 22), (204, 0), (200, len(NOISE))]


def test_http_1_0_is_answered(server: Server, served: Assets) -> None:
    raw = server.raw(f"GET {served.url('img/noise.png')} HTTP/1.0\r\n\r\n".encode())
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200"))
    assert body == NOISE


@pytest.mark.parametrize("server", ["hypercorn"], indirect=True)
def test_http_2_is_answered(server: Server, served: Assets, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{server.port}{served.url('img/noise.png')}"
    command = [find_tool("curl"), "-sS", "--http2-prior-knowledge", "-r", "5-400000", "-o", str(tmp_path / "got"), url]
    done = subprocess.run(
        [*command, "-w", "%{http_version} %{http_code}"], capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert done.stdout == "2 206", done.stderr
    assert (tmp_path / "got").read_bytes() == NOISE[5:400001]


def test_the_rest_is_the_application_s(server: Server) -> None:
    assert server.request("GET", "/assets/css/app.css").body == b"a page of the application"


@pytest.mark.parametrize("name", ["gunicorn-sync", "uvicorn-httptools"])
def test_alone_the_rest_is_not_found(served_manifest: Path, tmp_path: Path, name: str) -> None:
    with running(name, served_manifest, tmp_path, alone=True) as server:
        reply = server.request("GET", "/assets/css/app.css")
    assert (reply.status, reply.body) == (404, b"Not Found\n")
    assert "rror" not in server.log.read_text()
