"""A worker of each framework needs nothing of its machine: 1,000 requests open one manifest and change nothing."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import write_tree
from tests.runtime.served import build_release
from tests.runtime.stateless.workers import REQUESTS, SERVERS, Served, served

pytestmark = pytest.mark.thorough

JINJA = """<!doctype html>
{{ importmap() }}{{ stylesheet("css/app.css") }}{{ script("js/app.js") }}{{ image(name) }}
{{ inline_asset("css/critical.css") }}{{ livereload() }}
"""
DJANGO = """<!doctype html>{% load buildassets static %}
{% importmap %}{% stylesheet "css/app.css" %}{% script "js/app.js" %}{% image name %}
{% inline_asset "css/critical.css" %}{% livereload %}
"""
SOURCES = {
    "css/app.css": "a { b: url(../img/logo.svg) }",
    "css/critical.css": "p { q: r }",
    "img/logo.svg": "<svg/>",
    "js/app.js": "start()",
}


def served_by(framework: str, folder: Path) -> Served:
    """Run a worker at a site in `folder`; return its answers and accesses."""
    write_tree(folder / "site", {"templates/page.html": JINJA, "templates/page.django.html": DJANGO})
    build_release(folder / "site", SOURCES)
    return served(framework, folder / "site", folder / "strace.txt")


@pytest.fixture(scope="module")
def on_disk() -> Iterator[Path]:
    """A folder that becomes read-only with the disk, which one in memory does not."""
    with TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="module", params=[name for name in SERVERS if name != "hoarder"])
def worker(request: pytest.FixtureRequest, on_disk: Path) -> Served:
    """The answers and accesses of a worker of one of the frameworks."""
    return served_by(request.param, on_disk / request.param)


def test_worker_answers_on_a_read_only_file_system_without_home(worker: Served) -> None:
    assert (worker.report["can_write"], worker.report["home"]) == (False, None)
    assert len(worker.bodies) == 4


def test_the_manifest_is_opened_once(worker: Served) -> None:
    recorded = [access for access in worker.accesses("read", settled=False) if "manifest.json" in access]
    assert len(recorded) == 1, recorded
    calls = [call for call in worker.calls if "/manifest.json" in call.arguments]
    assert len(calls) == 1, calls


def test_nothing_is_changed_and_nothing_started(worker: Served) -> None:
    assert worker.accesses("change", settled=False) == []
    assert worker.accesses("run", settled=True) == []
    assert [call for call in worker.calls if call.is_change and call.time > worker.settled_at] == []


def test_requests_open_nothing_but_the_files_that_are_served(worker: Served) -> None:
    opened = worker.accesses("read", settled=True)
    assert [one for one in opened if "/build/assets/" not in one] == []
    calls = [call for call in worker.calls if call.time > worker.settled_at]
    assert [call for call in calls if "/build/assets/" not in call.arguments] == []


def test_stateful_worker_is_detected_by_hook_and_strace(tmp_path: Path) -> None:
    hoarder = served_by("hoarder", tmp_path)
    recorded = "\n".join(hoarder.accesses("change", settled=True))
    calls = "\n".join(call.arguments for call in hoarder.calls if call.is_change and call.time > hoarder.settled_at)
    assert ("/dev/shm/buildassets-visits" in recorded, "/dev/shm/buildassets-visits" in calls) == (True, True)
    opened = [one for one in hoarder.accesses("read", settled=True) if "manifest.json" in one]
    assert len(opened) > REQUESTS / 5
    assert len(opened) < len([call for call in hoarder.calls if "/manifest.json" in call.arguments])
