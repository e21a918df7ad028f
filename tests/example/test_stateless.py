"""Web processes are killed and their folders wiped while people use the site: no request fails.

Four processes behind nginx with its plain round robin, as the example's nginx.conf sets it up.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.example.fleet import Worker, fleet
from tests.example.load import Load
from tests.example.servers import balancer
from tests.example.visitor import Visitor, released_files

pytestmark = pytest.mark.thorough

_REQUESTS = 400
_WAVES = ((100, (0, 1)), (200, (2, 3)))  # after so many requests, these are killed
_SECONDS = 0.01  # at each page: who looks at nothing takes the time in which processes start


def _kill_in_waves(load: Load, workers: list[Worker], release: Path) -> None:
    for requests, killed in _WAVES:
        load.wait_for(requests)
        for number in killed:
            workers[number].kill()
        for number in killed:
            workers[number].start(release)


# Each framework with each store is what `test_sessions.py` has.
@pytest.mark.parametrize(
    ("framework", "store"),
    [("flask", "cookie"), ("flask", "redis"), ("django", "memcached")],
)
def test_killed_processes_and_wiped_folders_cause_no_faults(
    framework: str, store: str, release: Path, session_url: Callable[[str], str], tmp_path: Path
) -> None:
    variables = {"SESSION_URL": session_url(store)}
    workers = [Worker(framework, tmp_path / f"worker-{number}", variables) for number in range(4)]
    with fleet(workers, release), balancer([worker.port for worker in workers], tmp_path) as port:
        load = Load(port, released_files(release), seconds=_SECONDS)
        load.run(lambda: _kill_in_waves(load, workers, release), _REQUESTS)
    assert load.faults == []
    assert load.requests >= _REQUESTS
    assert sum(visitor.cut_off for visitor in load.visitors) <= len(load.visitors) * len(_WAVES)
    all_workers = {f"127.0.0.1:{worker.port}" for worker in workers}
    assert [visitor.boat for visitor in load.visitors if not all_workers <= visitor.served_by] == []


def test_process_with_another_key_causes_a_fault(release: Path, tmp_path: Path) -> None:
    other = {"SECRET_KEY": "a key that no other process of this test has"}
    workers = [Worker("flask", tmp_path / "one"), Worker("flask", tmp_path / "other", other)]
    with fleet(workers, release), Visitor(workers[0].port) as at_one, Visitor(workers[1].port) as at_other:
        at_one.sign_in()
        at_other.cookies = at_one.cookies
        faults = [visitor.faults_of_page("/visit", released_files(release)) for visitor in (at_one, at_other)]
    assert faults == [[], ["signed out at /visit"]]
