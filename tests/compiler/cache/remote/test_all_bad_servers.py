"""Builds with all kinds of servers that misbehave: the right release, one warning, and no long wait."""

import os
from pathlib import Path

import pytest

from tests.compiler.cache.remote.bad_servers import FINE, KINDS, REDIS, REDIS_STALLING, STALLING, serving
from tests.compiler.cache.remote.known_site import IMPATIENCE, Site, warnings_of_build

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("_key")]


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - STALLING))
def test_a_bad_http_server_leaves_the_release_right(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(KINDS[kind], known.good) as port:
        messages = warnings_of_build(known, f"http://127.0.0.1:{port}/cache", tmp_path)
    assert messages or kind in FINE


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("kind", STALLING)
def test_a_build_gives_up_an_http_server_that_stalls(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(KINDS[kind], known.good) as port:
        (message,) = warnings_of_build(known, f"http://127.0.0.1:{port}/cache", tmp_path)
    assert IMPATIENCE in message


@pytest.mark.parametrize("kind", sorted(REDIS.keys() - REDIS_STALLING))
def test_a_bad_redis_server_leaves_the_release_right(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(REDIS[kind], {}) as port:
        assert warnings_of_build(known, f"redis://127.0.0.1:{port}/0", tmp_path)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("kind", REDIS_STALLING)
def test_a_build_gives_up_a_redis_server_that_stalls(kind: str, known: Site, tmp_path: Path) -> None:
    with serving(REDIS[kind], {}) as port:
        (message,) = warnings_of_build(known, f"redis://127.0.0.1:{port}/0", tmp_path)
    assert IMPATIENCE in message


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    ("kind", "stalls"),
    [
        ("is silent", True),
        ("closes at once", False),
        ("a page for all", True),
        ("speaks TLS", False),
        ("trickling headers", True),
    ],
)
@pytest.mark.parametrize("scheme", ["https", "rediss"])
def test_a_server_without_tls_where_it_is_expected(
    scheme: str, kind: str, stalls: bool, known: Site, tmp_path: Path
) -> None:
    with serving(KINDS[kind], {}) as port:
        (message,) = warnings_of_build(known, f"{scheme}://127.0.0.1:{port}", tmp_path)
    assert IMPATIENCE in message or not stalls


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "device", "large"])
def test_odd_files_in_a_folder(kind: str, known: Site, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    for name in known.good:
        path = shared / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "folder":
            path.mkdir()
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "large":
            path.write_bytes(b"")
            os.truncate(path, 1 << 40)
        else:
            path.symlink_to("/dev/zero" if kind == "device" else "/etc/passwd")
    assert warnings_of_build(known, shared.as_uri(), tmp_path)


def test_a_bomb_takes_no_memory(known: Site, tmp_path: Path) -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serving(KINDS["endless contents"], known.good) as port:
        known.result(f"http://127.0.0.1:{port}/cache", tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
