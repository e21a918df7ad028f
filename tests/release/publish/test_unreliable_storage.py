"""Publishing over connections that die, and to storages that answer too late."""

import json
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from tests.command import environment, run
from tests.conftest import PATIENCE_SECONDS, read_tree
from tests.release.s3 import BUCKET, S3, Line
from tests.release.slow import BEHAVIOURS, Behaviour, serving

pytestmark = pytest.mark.thorough


def over(line: Line, s3: S3) -> dict[str, str]:
    """The environment of a client that is tied to the server by `line`, and does not try again by itself."""
    return {**s3.environment, "AWS_ENDPOINT_URL": line.url, "AWS_MAX_ATTEMPTS": "1"}


def test_a_connection_that_dies_repeatedly_only_delays_the_upload(site: Path, s3: S3, prefix: str) -> None:
    with closing(Line(s3.url)) as line:
        done = run(site, "publish", f"s3://{BUCKET}/{prefix}", **over(line, s3))
        assert done.returncode == 0, done.stderr
        assert line.cuts > 10
    assert s3.names(prefix) == read_tree(site / "build").keys()


def test_an_upload_that_a_dead_connection_ended_continues_later(
    site: Path, s3: S3, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    with closing(Line(s3.url, most_connections=40)) as line:
        done = run(site, "publish", f"s3://{BUCKET}/{prefix}", **over(line, s3))
        assert done.returncode == 1
        assert "error[publish/failed]: cannot upload `" in done.stderr
    there = s3.names(prefix)
    assert there
    assert "manifest.json" not in there
    # The storage keeps what it has of a file whose connection died; an upload may arrive when its sender has given up.
    whole = {name for name in there if s3.get(f"{prefix}/{name}")[0] == (site / "build" / name).read_bytes()}
    later = run(site, "publish", f"s3://{BUCKET}/{prefix}", "--json", **s3.environment)
    assert whole
    assert set(json.loads(later.stdout)["unchanged"]) >= whole
    assert s3.names(prefix) == read_tree(site / "build").keys()


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS.keys())
def test_an_interrupt_does_not_wait_for_a_storage(site: Path, behaviour: Behaviour) -> None:
    is_asked = Event()

    def behave(connection: socket.socket, is_over: Event) -> None:
        is_asked.set()
        behaviour(connection, is_over)

    with serving(behave) as url:
        keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL": url}
        child = subprocess.Popen(
            [sys.executable, "-m", "buildassets", "publish", "s3://releases/site"],
            cwd=site,
            env=environment(**keys),
            stderr=subprocess.DEVNULL,
        )
        assert is_asked.wait(PATIENCE_SECONDS)
        child.terminate()
        assert child.wait(timeout=PATIENCE_SECONDS) == 143
