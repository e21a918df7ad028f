import importlib
import sys
from pathlib import Path

import pytest

from benchmarks import ours, report, requests
from benchmarks.installed import PEERS
from benchmarks.results import Row, Section
from tests.conftest import write_tree
from tests.runtime.served import get_wsgi


@pytest.fixture
def kinds(tmp_path: Path) -> dict[str, requests.Kind]:
    packages = {
        name: "a { color: red }\n" * 100 if name.endswith("css") else "<svg/>" for name in requests._FILES.values()
    }
    found, _ = requests.make_release(write_tree(tmp_path / "packages", packages), tmp_path)
    return {one.name: one for one in found}


def test_requested_files_are_in_the_release(tmp_path: Path, kinds: dict[str, requests.Kind]) -> None:
    assert len(kinds) == 4
    assert all((tmp_path / "build" / one.path[1:]).is_file() for one in kinds.values())


@pytest.mark.parametrize("factory", ["ours", "whitenoise"])
def test_contenders_serve_the_copy_by_brotli(
    tmp_path: Path, kinds: dict[str, requests.Kind], factory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELEASE", str(tmp_path / "build"))
    monkeypatch.syspath_prepend(str(PEERS))
    monkeypatch.delitem(sys.modules, "serve_wsgi", raising=False)
    app = getattr(importlib.import_module("serve_wsgi"), factory)()
    reply = get_wsgi(app, kinds["a style sheet, by brotli"].path, accept_encoding="gzip, deflate, br, zstd")
    assert (reply.status, reply.headers["content-encoding"]) == (200, "br")
    assert get_wsgi(app, "/other").body == b"a page"


def test_every_contender_has_a_factory() -> None:
    for interface, contenders in requests.CONTENDERS.items():
        text = (PEERS / f"serve_{requests._SERVERS[interface][1]}.py").read_text("utf-8")
        assert not [one.name for one in contenders if f"\ndef {one.factory}()" not in text]


def test_row_is_compared_with_ours() -> None:
    figures = {"cpu_us": 100.0, "requests_s": 5000.0, "status": 200, "bytes": 856}
    rows = [Row(ours.NAME, "0.1", runs=3, figures=figures), Row("Peer", "2", figures={**figures, "cpu_us": 250.0})]
    text = report.whole({requests.NAME: Section(requests.NAME, "a release", 3, {"WSGI: an icon": rows})}, "")
    assert "### WSGI: an icon\n" in text
    assert "| Peer | 2 |  |\n" in text
    assert "| Peer | 2.50 | 250 | 5,000 | 200 | 856 | 0 |" in text
