"""One `Assets` for all threads of a process, and for the processes that are forked from it."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.runtime.pages import SITE, run_python, write_release


@pytest.fixture
def often_switched() -> Iterator[None]:
    """Threads take turns after each microsecond."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def release(folder: Path) -> Path:
    return write_release(folder, importmap={"lib": "js/lib.mjs"}, imports={"js/app.js": ("js/lib.mjs",)})


def everything(assets: Assets) -> list[str]:
    """Return the results of all helpers."""
    given: list[str] = [assets.importmap(), assets.modulepreload("js/app.js"), assets.inline("css/home.css")]
    for name in SITE:
        given += [
            assets.url(name),
            assets.image(name),
            assets.stylesheet(name),
            assets.script(name),
            assets.preload(name),
        ]
        given += [*assets.early_hints(name), assets.at("//cdn.example/").url(name)]
    return given


def in_threads(assets: Assets, count: int) -> list[list[str]]:
    """Return the results of `count` threads that begin at once."""
    given: list[list[str]] = []
    barrier = threading.Barrier(count)

    def ask() -> None:
        barrier.wait()
        given.append(everything(assets))

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


@pytest.mark.usefixtures("often_switched")
@pytest.mark.parametrize("reload", [False, True])
def test_threads_that_begin_at_once_are_given_the_same(tmp_path: Path, reload: bool) -> None:
    manifest = release(tmp_path)
    expected = everything(Assets(manifest))
    for _ in range(5):
        assert in_threads(Assets(manifest, reload=reload), 8) == [expected] * 8


_FORK = """
import os, sys
from pathlib import Path
from tests.runtime.test_sharing import everything, in_threads
from buildassets.runtime import Assets
assets = Assets(sys.argv[1])
expected = everything(Assets(sys.argv[1]))
in_threads(assets, 4) if sys.argv[2] == "used" else None
os.unlink(sys.argv[1])
children = []
for _ in range(4):
    child = os.fork()
    if not child:
        os._exit(0 if everything(assets) == expected and in_threads(assets, 4) == [expected] * 4 else 1)
    children.append(child)
assert all(os.waitpid(child, 0)[1] == 0 for child in children)
assert everything(assets) == expected
"""


@pytest.mark.parametrize("before", ["used", "fresh"])
def test_forked_processes_are_given_the_same_without_a_manifest(tmp_path: Path, before: str) -> None:
    run_python(_FORK, str(release(tmp_path)), before, cwd=Path(__file__).parents[2])
