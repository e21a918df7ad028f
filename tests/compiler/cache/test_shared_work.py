import time
from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.compiler.cache import shared_work
from buildassets.compiler.cache.portable_names import PortableNames
from buildassets.compiler.cache.shared_work import SharedWork
from buildassets.compiler.cache.store import BYTES, Cache, Form, Run

LATER_NS = 60_000_000_000  # a minute, after which a file counts as old


class _Reading(Form[bytes]):
    """Bytes that were made of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def held(self, store: object, trace: object, looked_at: object) -> bytes | None:
        return BYTES.held(store, trace, looked_at)  # type: ignore[arg-type]  # handed on as they are

    def run(self, value: bytes) -> Run:
        return Run(value, inputs=((str(self._path),),))


def project(folder: Path, shared: SharedWork) -> Cache:
    """The cache of the project in `folder`, a minute after all that was written before."""
    names = PortableNames(str(folder), {})
    return Cache(str(folder / "cache"), lambda: time.time_ns() + LATER_NS, names, shared=shared)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str, str], bool]:
    """Whether a project with that name and source has to make its step; what it has is shared afterwards."""
    shared = SharedWork()

    def is_made(name: str, text: str) -> bool:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "a.css").write_text(text)
        cache = project(folder, shared)
        runs: list[bytes] = []

        def make() -> bytes:
            runs.append(text.upper().encode())
            return runs[0]

        assert cache.step("css", "key", make, _Reading(folder / "a.css")) == text.upper().encode()
        cache.save()
        cache.share(str(folder))
        return bool(runs)

    return is_made


def test_the_next_project_takes_over_what_the_same_source_gave(made: Callable[[str, str], bool]) -> None:
    assert made("one", "a")
    assert not made("two", "a")
    assert made("three", "b")


def test_bytes_that_are_gone_or_damaged_are_made_again(made: Callable[[str, str], bool], tmp_path: Path) -> None:
    made("one", "a")
    (content,) = (path for path in (tmp_path / "one/cache/content").rglob("*") if path.is_file())
    content.write_bytes(b"B")
    assert made("two", "a")


def test_the_latest_steps_are_those_that_stay(
    made: Callable[[str, str], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_work, "_MOST_STEPS", 0)
    made("one", "a")
    assert made("two", "a")


def test_digests_of_files_outside_of_a_project_are_shared(tmp_path: Path) -> None:
    shared = SharedWork()
    for name in ("one/own.css", "tool"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a")
    cache = project(tmp_path / "one", shared)
    cache.files.of(str(tmp_path / "tool"))
    cache.files.of(str(tmp_path / "one/own.css"))
    cache.share(str(tmp_path / "one"))
    assert list(shared.files) == [str(tmp_path / "tool")]
    (tmp_path / "tool").write_text("changed")
    fresh = project(tmp_path / "two", SharedWork()).files.of(str(tmp_path / "tool"))
    assert project(tmp_path / "two", shared).files.of(str(tmp_path / "tool")) == fresh
