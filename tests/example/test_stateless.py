"""Web processes are killed and their folders wiped while people use the site: nobody notices.

Four processes behind nginx with its plain round robin, as the example's nginx.conf sets it up.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.example.conftest import STORES
from tests.example.fleet import Worker, fleet
from tests.example.load import Load
from tests.example.servers import balancer
from tests.example.visitor import Visitor, released_files

_REQUESTS = 1000
_WAVES = ((250, (0, 1)), (500, (2, 3)))  # after so many requests, these are killed
_SECONDS = 0.01  # at each page: who looks at nothing takes the time in which processes start


def _kill_in_waves(load: Load, workers: list[Worker], release: Path) -> None:
    for requests, killed in _WAVES:
        load.wait_for(requests)
        for number in killed:
            workers[number].kill()
        for number in killed:
            workers[number].start(release)


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("framework", ["flask", "django"])
def test_nobody_notices_that_processes_are_killed_and_their_folders_wiped(
    framework: str, store: str, release: Path, session_url: Callable[[str], str], tmp_path: Path
) -> None:
    told = {"SESSION_URL": session_url(store)}
    workers = [Worker(framework, tmp_path / f"worker-{number}", told) for number in range(4)]
    with fleet(workers, release), balancer([worker.port for worker in workers], tmp_path) as port:
        load = Load(port, released_files(release), seconds=_SECONDS)
        load.run(lambda: _kill_in_waves(load, workers, release), _REQUESTS)
    assert load.faults == []
    assert load.requests >= _REQUESTS
    assert sum(visitor.cut_off for visitor in load.visitors) <= len(load.visitors) * len(_WAVES)
    everybody = {f"127.0.0.1:{worker.port}" for worker in workers}
    assert [visitor.boat for visitor in load.visitors if not everybody <= visitor.served_by] == []


def test_a_process_with_another_key_would_be_noticed(release: Path, tmp_path: Path) -> None:
    other = {"SECRET_KEY": "a key that no other process of this test has"}
    workers = [Worker("flask", tmp_path / "one"), Worker("flask", tmp_path / "other", other)]
    with fleet(workers, release), Visitor(workers[0].port) as at_one, Visitor(workers[1].port) as at_other:
        at_one.sign_in()
        at_other.cookies = at_one.cookies
        faults = [visitor.faults_of_page("/visit", released_files(release)) for visitor in (at_one, at_other)]
    assert faults == [[], ["signed out at /visit"]]
