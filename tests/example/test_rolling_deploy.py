"""Web processes are replaced one by one by those of the next release, while people use the site: no request fails."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.manifest.model import loads
from tests.example.conftest import build, change
from tests.example.fleet import Worker, fleet
from tests.example.load import Load
from tests.example.servers import balancer
from tests.example.visitor import Visitor, released_files

pytestmark = pytest.mark.thorough

_REQUESTS = 300
_BETWEEN = 30  # requests, while all workers answer


def _replace_each(load: Load, workers: list[Worker], release: Path) -> list[int]:
    """Put `release` where each worker was, when some more requests came in; gives their exit codes."""
    codes = []
    for worker in workers:
        load.wait_for(load.requests + _BETWEEN)
        codes.append(worker.stop())
        worker.start(release)
    load.wait_for(load.requests + _BETWEEN)
    return codes


@pytest.mark.parametrize(("framework", "store"), [("flask", "redis"), ("django", "cookie")])
def test_replacing_a_release_causes_no_faults(
    framework: str,
    store: str,
    release: Path,
    next_release: Path,
    session_url: Callable[[str], str],
    tmp_path: Path,
) -> None:
    variables = {"SESSION_URL": session_url(store)}
    workers = [Worker(framework, tmp_path / f"worker-{number}", variables) for number in range(4)]
    codes: list[int] = []
    files = released_files(release, next_release)
    ports = [worker.port for worker in workers]
    with fleet(workers, release), balancer(ports, tmp_path) as port, Visitor(port) as with_old_page:
        old_page = with_old_page.get("/")
        load = Load(port, files, seconds=0.05)
        load.run(lambda: codes.extend(_replace_each(load, workers, next_release)), _REQUESTS)
        new_page = with_old_page.get("/")
        late = [fault for name in old_page.assets() for fault in with_old_page.faults_of_asset(name, files)]
    assert load.faults == []
    assert codes == [0, 0, 0, 0]
    assert late == []
    assert [visitor.cut_off for visitor in load.visitors] == [0, 0, 0, 0]
    assert len({*old_page.assets()} - {*new_page.assets()}) >= 4


def test_next_release_serves_every_file_of_the_one_before(release: Path, next_release: Path, tmp_path: Path) -> None:
    before = loads((release / "manifest.json").read_text())
    files = released_files(release)
    with fleet([Worker("flask", tmp_path / "worker")], next_release) as (worker,), Visitor(worker.port) as visitor:
        faults = [fault for entry in before.assets.values() for fault in visitor.faults_of_asset(entry.file, files)]
    assert faults == []


def test_release_that_carries_nothing_causes_faults(project: Path, release: Path, tmp_path: Path) -> None:
    alone = shutil.copytree(project, tmp_path / "alone", ignore=shutil.ignore_patterns("build"))
    change(alone)
    build(alone)
    worker = Worker("flask", tmp_path / "worker")
    with fleet([worker], release):
        with Visitor(worker.port) as visitor:
            old_page = visitor.get("/")
        worker.stop()
        worker.start(alone / "build")
        with Visitor(worker.port) as visitor:
            faults = [fault for name in old_page.assets() for fault in visitor.faults_of_asset(name, {})]
    assert [fault for fault in faults if fault.startswith("404 for the asset css/app.")]
