import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.cache.content_store import ContentStore
from buildassets.compiler.cache.file_digests import FileDigests
from buildassets.compiler.cache.stamps import signature
from buildassets.compiler.cache.store import BYTES, Cache, ReadCache, Run
from buildassets.compiler.cache.traces import KEPT_DAYS, KEPT_TRACES, Stale
from tests.conftest import settle

LATER_NS = 60_000_000_000  # a minute, after which a file counts as old


def later() -> int:
    return time.time_ns() + LATER_NS


def age(path: Path) -> None:
    """Let `path` be as old as a file that nobody has touched since."""
    os.utime(path, ns=(1_600_000_000_123_456_789, 1_600_000_000_123_456_789))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.scss"
    path.write_text("a")
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Callable[[], Cache]:
    """Opens the cache anew, as the next build would, a minute after all that was written before."""
    return lambda: Cache(str(tmp_path / "cache"), later)


def kept(cache: Cache, source: Path, result: bytes = b"css", key: str = "key") -> None:
    cache.keep("step", lambda: key, Run(result, ([str(source)],)), cache.now())
    cache.save()


def held(cache: Cache, step: str, key: str) -> bytes | Stale:
    return cache.held(step, key, BYTES)


def reason(found: bytes | Stale) -> str:
    assert isinstance(found, Stale)
    return f"`{found.path}` {found.reason}" if found.path else found.reason


def test_a_result_is_there_for_the_next_build(cache: Callable[[], Cache], source: Path) -> None:
    kept(cache(), source)
    assert held(cache(), "step", "key") == b"css"


def test_a_step_that_was_never_built_gives_that_as_its_reason(cache: Callable[[], Cache]) -> None:
    assert reason(held(cache(), "step", "key")) == "it was never built before"


def test_a_changed_file_makes_a_result_stale(cache: Callable[[], Cache], source: Path) -> None:
    kept(cache(), source)
    source.write_text("b")
    assert reason(held(cache(), "step", "key")) == f"`{source}` changed"


def test_a_missing_file_makes_a_result_stale(cache: Callable[[], Cache], source: Path) -> None:
    kept(cache(), source)
    source.unlink()
    assert reason(held(cache(), "step", "key")) == f"`{source}` is gone"


def test_a_file_that_was_looked_for_in_vain_makes_a_result_stale(cache: Callable[[], Cache], source: Path) -> None:
    source.unlink()
    kept(cache(), source)
    assert held(cache(), "step", "key") == b"css"
    source.write_text("a")
    assert reason(held(cache(), "step", "key")) == f"`{source}` is new"


def test_another_key_makes_a_result_stale(cache: Callable[[], Cache], source: Path) -> None:
    kept(cache(), source)
    assert reason(held(cache(), "step", "other")) == "the settings or an engine changed"


def test_a_new_name_in_a_folder_makes_a_result_stale(cache: Callable[[], Cache], tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    kept(cache(), folder)
    assert held(cache(), "step", "key") == b"css"
    (folder / "_new.scss").touch()
    assert reason(held(cache(), "step", "key")) == f"`{folder}` changed"


def test_the_same_bytes_written_again_make_nothing_stale(cache: Callable[[], Cache], source: Path) -> None:
    kept(cache(), source)
    source.unlink()
    source.write_text("a")
    assert held(cache(), "step", "key") == b"css"


def test_an_edit_that_restores_size_and_mtime_is_seen(cache: Callable[[], Cache], source: Path) -> None:
    age(source)
    kept(cache(), source)
    source.write_text("b")
    age(source)
    assert reason(held(cache(), "step", "key")) == f"`{source}` changed"


def test_a_young_file_is_read_again(source: Path) -> None:
    """A second write within the tick of the clock leaves no mark."""
    seen = signature(str(source))
    assert seen
    known = {str(source): (seen, "digest of what was read")}
    young = FileDigests({}, lambda: source.stat().st_mtime_ns)
    young.of(str(source))
    assert list(young.settled()) == []
    assert FileDigests(known).of(str(source)) == "digest of what was read"


def test_a_file_of_a_coarse_clock_stays_young_for_seconds(source: Path) -> None:
    os.utime(source, ns=(2_000_000_000_000_000_000, 2_000_000_000_000_000_000))
    one_second_later = FileDigests({}, lambda: 2_000_000_001_000_000_000)
    one_second_later.of(str(source))
    assert list(one_second_later.settled()) == []


def test_a_file_that_is_written_while_a_step_runs_is_not_trusted(cache: Callable[[], Cache], source: Path) -> None:
    opened = cache()
    opened.files.of(str(source))
    source.write_text("other")
    opened.keep("step", lambda: "key", Run(b"of which text?", ([str(source)],)), opened.now())
    opened.save()
    assert reason(held(cache(), "step", "key")) == "it was never built before"


def exchange_by_link(folder: Path) -> None:
    (folder / "new").symlink_to("v2")
    (folder / "new").rename(folder / "current")


def exchange_by_renaming(folder: Path) -> None:
    (folder / "v1").rename(folder / "old")
    (folder / "v2").rename(folder / "v1")


@pytest.mark.parametrize(("exchange", "way"), [(exchange_by_link, "current"), (exchange_by_renaming, "v1")])
def test_a_folder_that_is_exchanged_while_a_step_runs_is_not_trusted(
    tmp_path: Path, exchange: Callable[[Path], None], way: str
) -> None:
    """The files in it look as old as they are."""
    for name in ("v1", "v2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.scss").write_text(name)
        age(tmp_path / name / "a.scss")
    (tmp_path / "current").symlink_to("v1")
    settle()
    began_ns = time.time_ns()
    exchange(tmp_path)
    opened = Cache(str(tmp_path / "cache"))
    opened.keep("step", lambda: "key", Run(b"of v1", ([str(tmp_path / way / "a.scss")],)), began_ns)
    opened.save()
    assert isinstance(held(Cache(str(tmp_path / "cache")), "step", "key"), Stale)


def test_a_new_name_next_to_a_source_makes_no_run_untrusted(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    path = tmp_path / "assets/a.scss"
    path.write_text("a")
    settle()
    began_ns = time.time_ns()
    (tmp_path / "assets/other.css").write_text("")
    (tmp_path / "build").mkdir()
    opened = Cache(str(tmp_path / "cache"))
    opened.keep("step", lambda: "key", Run(b"css", ([str(path)],)), began_ns)
    opened.save()
    assert held(Cache(str(tmp_path / "cache")), "step", "key") == b"css"


def test_going_back_to_an_earlier_state_finds_its_result(cache: Callable[[], Cache], source: Path) -> None:
    for text in "abc":
        source.write_text(text)
        kept(cache(), source, text.encode())
    for text in "abc":
        source.write_text(text)
        assert held(cache(), "step", "key") == text.encode()


def test_only_the_last_traces_are_kept(cache: Callable[[], Cache], source: Path) -> None:
    texts = [str(number) for number in range(KEPT_TRACES + 1)]
    for text in texts:
        source.write_text(text)
        kept(cache(), source, text.encode())
    source.write_text(texts[0])
    assert isinstance(held(cache(), "step", "key"), Stale)


@given(st.integers(0), st.integers(0, 255))
def test_a_damaged_index_is_ignored(tmp_path_factory: pytest.TempPathFactory, position: int, byte: int) -> None:
    folder = tmp_path_factory.mktemp("cache")
    source = folder / "a"
    source.write_text("a")
    kept(Cache(str(folder), later), source)
    index = folder / "index.json"
    content = bytearray(index.read_bytes())
    content[position % len(content)] = byte
    index.write_bytes(content)
    found = held(Cache(str(folder), later), "step", "key")
    assert found == b"css" or reason(found) == "it was never built before"


def test_a_truncated_index_is_ignored(cache: Callable[[], Cache], tmp_path: Path, source: Path) -> None:
    kept(cache(), source)
    index = tmp_path / "cache/index.json"
    index.write_bytes(index.read_bytes()[:-10])
    assert isinstance(held(cache(), "step", "key"), Stale)


def test_a_damaged_result_is_noticed(cache: Callable[[], Cache], tmp_path: Path, source: Path) -> None:
    kept(cache(), source)
    (content,) = (path for path in (tmp_path / "cache/content").rglob("*") if path.is_file())
    content.write_bytes(b"cs")
    assert reason(held(cache(), "step", "key")) == "its result is not in the cache"
    assert not content.exists()


def test_builds_at_the_same_time_lose_nothing(cache: Callable[[], Cache], source: Path) -> None:
    one, other = cache(), cache()
    one.keep("one", lambda: "key", Run(b"1", ([str(source)],)), one.now())
    other.keep("other", lambda: "key", Run(b"2", ([str(source)],)), other.now())
    one.save()
    other.save()
    assert held(cache(), "one", "key") == b"1"
    assert held(cache(), "other", "key") == b"2"


def test_a_read_only_cache_does_not_fail_the_build(tmp_path: Path, source: Path) -> None:
    (tmp_path / "file").touch()
    cache = Cache(str(tmp_path / "file/cache"), later)
    kept(cache, source)
    assert isinstance(cache.unusable, NotADirectoryError)


def test_the_folder_is_kept_out_of_version_control(cache: Callable[[], Cache], tmp_path: Path, source: Path) -> None:
    kept(cache(), source)
    assert (tmp_path / "cache/.gitignore").read_text() == "*\n"


def test_content_that_nothing_names_is_unused_once_it_is_old(tmp_path: Path) -> None:
    store = ContentStore(str(tmp_path))
    old, _, named = store.put(b"old"), store.put(b"young"), store.put(b"named")
    for name in (old, named):
        age(tmp_path / name[:2] / name[2:])
    assert list(store.all_but([named], 60)) == [(str(tmp_path / old[:2] / old[2:]), 3)]


def test_content_that_is_put_again_is_young(tmp_path: Path) -> None:
    store = ContentStore(str(tmp_path))
    name = store.put(b"content")
    age(tmp_path / name[:2] / name[2:])
    store.put(b"content")
    assert list(store.all_but([], 60)) == []


class Days:
    """Opens one cache on different days. What it holds is as old as the test needs it to be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first = time.time_ns() // DAY_NS + 1

    def on(self, day: int) -> Cache:
        for path in (self.folder / "cache").glob("content/*/*"):
            age(path)
        return Cache(str(self.folder / "cache"), lambda: (self.first + day) * DAY_NS)

    def contents(self) -> list[bytes]:
        """The content of the store."""
        return sorted(path.read_bytes() for path in (self.folder / "cache").glob("content/*/*"))


DAY_NS = 86_400 * 1_000_000_000


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path)


def save_steps(cache: Cache, *steps: str) -> Cache:
    """A build that comes to these steps, and runs those of which nothing is known."""
    for step in steps:
        if isinstance(held(cache, step, "key"), Stale):
            cache.keep(step, lambda: "key", Run(f"result of {step}".encode()), cache.now())
    cache.save()
    return cache


def test_a_step_that_no_build_comes_to_is_forgotten(days: Days) -> None:
    save_steps(days.on(0), "gone", "used")
    save_steps(days.on(KEPT_DAYS), "used")
    assert held(days.on(KEPT_DAYS), "gone", "key") == b"result of gone"
    save_steps(days.on(KEPT_DAYS + 1), "used", "new")
    assert reason(held(days.on(KEPT_DAYS + 1), "gone", "key")) == "it was never built before"
    assert days.contents() == [b"result of new", b"result of used"]


def test_a_build_that_finds_all_that_it_needs_is_a_use(days: Days) -> None:
    for day in (0, KEPT_DAYS, 2 * KEPT_DAYS):
        assert save_steps(days.on(day), "used").rerun.keys() == ({"used"} if day == 0 else set())


def test_a_result_that_a_build_at_the_same_time_has_used_stays(days: Days) -> None:
    save_steps(days.on(0), "one", "other")
    slow, fast = days.on(KEPT_DAYS + 1), days.on(KEPT_DAYS + 1)
    held(slow, "one", "key")
    save_steps(fast, "new")
    slow.save()
    assert held(days.on(KEPT_DAYS + 1), "one", "key") == b"result of one"


def test_leftovers_of_killed_builds_are_found_on_another_day(days: Days) -> None:
    save_steps(days.on(0), "step")
    days.on(0).keep("killed", lambda: "key", Run(b"nobody saved this"), 0)
    save_steps(days.on(0), "step", "same day")
    assert b"nobody saved this" in days.contents()
    save_steps(days.on(1), "step")
    assert days.contents() == [b"result of same day", b"result of step"]


def test_results_of_a_build_are_available_to_itself(cache: Callable[[], Cache], source: Path) -> None:
    opened = cache()
    assert reason(held(opened, "step", "key")) == "it was never built before"
    opened.keep("step", lambda: "key", Run(b"css", ([str(source)],)), opened.now())
    assert held(opened, "step", "key") == b"css"
    opened.save()
    assert held(cache(), "step", "key") == b"css"


def test_steps_that_ran_are_listed_with_the_reason(cache: Callable[[], Cache], source: Path) -> None:
    kept(cache(), source)
    source.write_text("b")
    opened = cache()
    held(opened, "step", "key")
    held(opened, "step that fails", "key")
    opened.keep("step", lambda: "key", Run(b"css", ([str(source)],)), opened.now())
    assert opened.rerun == {"step": Stale("changed", str(source))}


def test_only_the_latest_builds_are_known(days: Days) -> None:
    (days.folder / "cache/builds").mkdir(parents=True)
    for number in range(30):
        path = days.folder / f"cache/builds/{number:064x}"
        path.touch()
        os.utime(path, (number, number))
    save_steps(days.on(0), "step")
    assert sorted(path.name for path in (days.folder / "cache/builds").iterdir()) == [
        f"{one:064x}" for one in range(10, 30)
    ]


def test_the_file_that_changed_is_a_better_reason_than_other_settings(cache: Callable[[], Cache], source: Path) -> None:
    kept(cache(), source)
    kept(cache(), source, key="of the other mode")
    source.write_text("b")
    assert reason(held(cache(), "step", "key")) == f"`{source}` changed"


def test_a_cache_that_is_only_read_leaves_a_damaged_result_where_it_is(
    tmp_path: Path, cache: Callable[[], Cache], source: Path
) -> None:
    kept(cache(), source)
    (result,) = (path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.read_bytes() == b"css")
    assert held(ReadCache(str(tmp_path / "cache")), "step", "key") == b"css"
    result.write_bytes(b"cut")
    assert reason(held(ReadCache(str(tmp_path / "cache")), "step", "key")) == "its result is not in the cache"
    assert result.read_bytes() == b"cut"
