"""Headers that an application adds to the files of its release."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from wsgiref.util import is_hop_by_hop

import pytest

from buildassets.runtime import Assets, asgi, wsgi
from tests.runtime.served import build_release, get_wsgi
from tests.runtime.test_asgi import get as get_asgi

_OURS = "the server decides that itself"


def adding(assets: Assets, name: object = "X-Robots-Tag", value: object = "noindex") -> wsgi.AssetServer:
    return wsgi.AssetServer(assets=assets, headers=lambda path, entry: {name: value})  # type: ignore[dict-item]


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(build_release(tmp_path))


def test_headers_are_in_every_answer_with_the_file(assets: Assets) -> None:
    server, url = adding(assets), assets.url("css/app.css")
    whole = get_wsgi(server, url)
    for more in ({"range": "bytes=0-3"}, {"accept_encoding": "br"}, {"if_none_match": whole.headers["etag"]}):
        assert get_wsgi(server, url, **more).headers["x-robots-tag"] == "noindex"
    assert get_wsgi(server, url, "HEAD").headers == whole.headers
    for refused in (get_wsgi(server, "/assets/gone.css"), get_wsgi(server, url, "POST")):
        assert "x-robots-tag" not in refused.headers


def test_the_function_gets_the_logical_path_and_the_entry(assets: Assets, tmp_path: Path) -> None:
    asked: dict[str, Mapping[str, Any]] = {}

    def give(path: str, entry: Mapping[str, Any]) -> None:
        asked[path] = entry

    wsgi.AssetServer(assets=assets, headers=give)
    assert asked == json.loads((tmp_path / "build/manifest.json").read_text())["assets"]


def test_the_server_of_asgi_adds_the_same(assets: Assets) -> None:
    server = asgi.AssetServer(assets=assets, headers=lambda path, entry: {"X-Kind": entry["type"]})
    reply = get_asgi(server, assets.url("css/app.css"))
    assert reply.headers["x-kind"] == "text/css"


@pytest.mark.parametrize(("name", "value"), [("cache-control", "no-cache"), ("X-content-type-options", "sniff")])
def test_own_headers_are_replaced(assets: Assets, name: str, value: str) -> None:
    given: list[tuple[str, str]] = []

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:
        given.extend(headers)

    environ = {"REQUEST_METHOD": "HEAD", "PATH_INFO": assets.url("css/app.css"), "SCRIPT_NAME": ""}
    adding(assets, name, value)(environ, start)
    assert [one for key, one in given if key.lower() == name.lower()] == [value]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("X-A", "b\r\nSet-Cookie: c", "the value 'b\\r\\nSet-Cookie: c', which no header can have"),
        *(("X-A", value, "which no header can have") for value in ("a\n", "\0", " a", "a\t", "\u2603", 1, None)),
        *((name, "a", "which is not the name of a header") for name in ("", "X A", "X:", "X\n", "\u00fc", 1)),
        *((name, "a", _OURS) for name in ("content-length", "Content-Encoding", "ETag", "Vary", "Transfer-Encoding")),
        *((name, "a", _OURS) for name in ("trailers", "Proxy-Connection", "Location")),
        *(
            (f"Access-Control-{rest}", "a", _OURS)
            for rest in ("Allow-Credentials", "Max-Age", "Allow-Private-Network", "X")
        ),
        ("Access-Control-Allow-Origin", "*", "name origins in `origins`"),
        ("Content-Type", "a/b", "name the type in `types` of the configuration"),
        ("Set-Cookie", "a=b", "caches that visitors share would give it to all of them"),
    ],
)
def test_forbidden_header_ends_the_start(assets: Assets, name: object, value: object, why: str) -> None:
    with pytest.raises(ValueError, match=r"^`headers` gives .* for `css/app\.css`") as refused:
        adding(assets, name, value)
    assert why in str(refused.value)


HOP_BY_HOP = ("Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailers", "Upgrade")


@pytest.mark.parametrize("name", HOP_BY_HOP)
def test_headers_of_a_connection_are_not_sent(assets: Assets, name: str) -> None:
    assert is_hop_by_hop(name)  # a server of wsgiref would end the answer with an AssertionError
    with pytest.raises(ValueError, match=_OURS):
        adding(assets, name, "a")


def test_names_that_differ_in_case_only_end_the_start(assets: Assets) -> None:
    given = {"X-Kind": "a", "X-Other": "b", "x-kind": "c"}
    message = "^`headers` gives 'X-Kind' and 'x-kind' for `css/app.css`, which are one header; give one of them$"
    with pytest.raises(ValueError, match=message):
        wsgi.AssetServer(assets=assets, headers=lambda path, entry: given)


def test_headers_that_are_not_a_mapping_end_the_start(assets: Assets) -> None:
    with pytest.raises(ValueError, match="let it give a mapping of names to values, or None"):
        wsgi.AssetServer(assets=assets, headers=lambda path, entry: [("X-A", "b")])  # type: ignore[arg-type,return-value]


def test_exception_of_the_function_is_the_cause(assets: Assets) -> None:
    def give(path: str, entry: Mapping[str, Any]) -> dict[str, str]:
        return {"X-A": entry["nosuch"]}

    with pytest.raises(ValueError, match=r"^`headers` raises KeyError for `css/app\.css`: 'nosuch'$") as refused:
        wsgi.AssetServer(assets=assets, headers=give)
    assert isinstance(refused.value.__cause__, KeyError)


def test_an_empty_value_ends_the_start(assets: Assets) -> None:
    why = r"^`headers` gives 'X-A' for `css/app\.css` an empty value; leave the header out$"
    with pytest.raises(ValueError, match=why):
        adding(assets, "X-A", "")


@pytest.mark.parametrize("server", [wsgi.AssetServer, asgi.AssetServer])
def test_headers_that_are_not_a_function(assets: Assets, server: Any) -> None:
    why = "`headers` is {'X': '1'}; give it a function, as in `lambda path, entry: {'X': '1'}`"
    with pytest.raises(TypeError, match=f"^{re.escape(why)}$"):
        server(assets=assets, headers={"X": "1"})


@pytest.mark.parametrize("server", [wsgi.AssetServer, asgi.AssetServer])
def test_a_path_in_place_of_the_assets(server: Any) -> None:
    why = "`assets` is 'build/manifest.json'; give it `Assets('build/manifest.json')`"
    with pytest.raises(TypeError, match=f"^{re.escape(why)}$"):
        server(assets="build/manifest.json")
