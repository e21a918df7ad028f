"""Each kind of events reports the same changes in real folders."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from buildassets.compiler.watch.events.polling import Polling
from buildassets.compiler.watch.events.protocol import Events, FileChange, Phase
from tests.conftest import wait_for, write_tree


def inotify() -> Events:
    from buildassets.compiler.watch.events.inotify import Inotify

    return Inotify()


def observed() -> Events:
    from buildassets.compiler.watch.events.observer import Observed

    return Observed()


def polling() -> Events:
    return Polling(0.02)


KINDS: tuple[Callable[[], Events], ...] = (inotify, observed, polling)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def events(request: pytest.FixtureRequest) -> Iterator[Events]:
    with closing(request.param()) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"a/one.css": "1", "a/two.css": "2", "b/three.css": "3"})
    time.sleep(0.1)  # so that looking need not doubt what it sees
    return tmp_path


def all_changes(events: Events, seconds: float = 0.3) -> list[FileChange]:
    """Return all changes until none has come for a while."""
    changes: list[FileChange] = []
    while more := list(events.wait(seconds)):
        changes += more
    return changes


def changes_until(events: Events, *wanted: Callable[[FileChange], bool]) -> list[FileChange]:
    """Return all changes until each of the `wanted` has come."""
    changes: list[FileChange] = []

    def has_come() -> bool:
        changes.extend(events.wait(0.1))
        return all(any(map(is_wanted, changes)) for is_wanted in wanted)

    wait_for(has_come)
    return changes


def at(path: Path, phase: Phase | None = None) -> Callable[[FileChange], bool]:
    """Whether a change is at `path`, and in that phase."""
    return lambda change: change.path == str(path) and phase in (None, change.phase)


def name_at(path: Path) -> Callable[[FileChange], bool]:
    """Whether a change is that something appeared at `path` or left it."""
    return lambda change: change.path == str(path) and change.of_names


def gone(path: Path) -> Callable[[FileChange], bool]:
    """Whether a change is that what was at `path` has gone."""
    return lambda change: change == FileChange(str(path), Phase.GONE, of_names=True)


def covered(events: Events, *folders: Path) -> frozenset[str]:
    return events.cover(frozenset(map(str, folders)))


def test_cover_gives_what_is_new(events: Events, folder: Path) -> None:
    assert covered(events, folder / "a") == {str(folder / "a")}
    assert covered(events, folder / "a", folder / "b") == {str(folder / "b")}
    assert covered(events, folder / "b") == set()


def test_write_is_reported_as_done_and_not_as_a_name(events: Events, folder: Path) -> None:
    covered(events, folder / "a")
    (folder / "a/one.css").write_text("changed")
    is_done = at(folder / "a/one.css", Phase.DONE)
    changes = [change for change in changes_until(events, is_done) if change.path == str(folder / "a/one.css")]
    assert changes[-1] == FileChange(str(folder / "a/one.css"), Phase.DONE, of_names=False)
    assert not any(change.of_names for change in changes)


def test_new_file_is_a_name(events: Events, folder: Path) -> None:
    covered(events, folder / "a")
    (folder / "a/new.css").write_text("new")
    changes_until(events, name_at(folder / "a/new.css"))


def test_deleted_file_is_gone(events: Events, folder: Path) -> None:
    covered(events, folder / "a")
    (folder / "a/one.css").unlink()
    changes_until(events, gone(folder / "a/one.css"))


def test_renamed_file_is_gone_and_a_name(events: Events, folder: Path) -> None:
    covered(events, folder / "a")
    (folder / "a/one.css").rename(folder / "a/other.css")
    changes_until(events, gone(folder / "a/one.css"), name_at(folder / "a/other.css"))


def test_file_that_is_replaced_is_a_name(events: Events, folder: Path) -> None:
    covered(events, folder / "a")
    (folder / "a/two.css").replace(folder / "a/one.css")
    changes_until(events, name_at(folder / "a/one.css"))


def test_reading_and_listing_is_not_reported(events: Events, folder: Path) -> None:
    covered(events, folder / "a")
    (folder / "a/one.css").read_text()
    list((folder / "a").iterdir())
    assert all_changes(events) == []


def test_folder_that_is_no_longer_covered_is_silent(events: Events, folder: Path) -> None:
    covered(events, folder / "a", folder / "b")
    covered(events, folder / "b")
    (folder / "a/one.css").write_text("changed")
    assert all_changes(events) == []
    (folder / "b/three.css").write_text("changed")
    changes_until(events, at(folder / "b/three.css"))


def test_deleted_folder_is_gone_and_covered_again_when_it_returns(events: Events, folder: Path) -> None:
    covered(events, folder, folder / "b")
    (folder / "b/three.css").unlink()
    (folder / "b").rmdir()
    changes_until(events, gone(folder / "b"))
    covered(events, folder)
    write_tree(folder, {"b/three.css": "3"})
    changes_until(events, name_at(folder / "b"))
    covered(events, folder, folder / "b")
    (folder / "b/three.css").write_text("changed")
    changes_until(events, at(folder / "b/three.css"))


def test_folder_that_is_covered_since_it_was_created_stays_covered(events: Events, folder: Path) -> None:
    events.cover(frozenset([str(folder)]))
    (folder / "c").mkdir()
    events.cover(frozenset([str(folder), str(folder / "c")]))
    all_changes(events)
    write_tree(folder, {"c/four.css": "4"})
    changes_until(events, lambda change: change.path == str(folder / "c/four.css"))


def test_covering_more_forgets_nothing(events: Events, folder: Path) -> None:
    (folder / "empty").mkdir()
    covered(events, folder / "empty")
    (folder / "empty/new.css").write_text("new")
    covered(events, folder / "empty", folder / "a")
    changes_until(events, at(folder / "empty/new.css"))


def test_wait_ends_after_its_time(events: Events, folder: Path) -> None:
    covered(events, folder / "a")
    began = time.monotonic()
    assert list(events.wait(0.1)) == []
    assert time.monotonic() - began > 0.09


@pytest.mark.parametrize("kind", [inotify, polling], ids=lambda kind: kind.__name__)
def test_folder_that_is_not_there_is_not_covered(kind: Callable[[], Events], folder: Path) -> None:
    with closing(kind()) as events:
        covered(events, folder / "a", folder / "none")
        write_tree(folder, {"a/one.css": "changed"})
        changes_until(events, at(folder / "a/one.css"))


def test_inotify_reports_when_a_file_is_closed(folder: Path) -> None:
    with closing(inotify()) as events:
        covered(events, folder / "a")
        with (folder / "a/one.css").open("w") as file:
            file.write("half")
            file.flush()
            began = changes_until(events, at(folder / "a/one.css")) + all_changes(events)
            assert {change.phase for change in began} == {Phase.UNDER_WAY}
        ended = changes_until(events, at(folder / "a/one.css", Phase.DONE))
        assert ended[-1] == FileChange(str(folder / "a/one.css"), Phase.DONE)


def test_inotify_does_not_take_one_folder_for_another(folder: Path) -> None:
    with closing(inotify()) as events:
        covered(events, folder, folder / "a", folder / "b")
        (folder / "a").rename(folder / "c")
        (folder / "b").rename(folder / "a")
        changes_until(events, at(folder / "a", Phase.DONE))
        assert covered(events, folder, folder / "a", folder / "c") == {str(folder / "a"), str(folder / "c")}
        (folder / "a/three.css").write_text("changed")
        (folder / "c/one.css").write_text("changed")
        changes = changes_until(events, at(folder / "a/three.css"), at(folder / "c/one.css"))
        assert {change.path for change in changes} == {str(folder / "a/three.css"), str(folder / "c/one.css")}


def test_inotify_reports_under_each_name_of_a_folder(folder: Path) -> None:
    (folder / "link").symlink_to("a")
    with closing(inotify()) as events:
        covered(events, folder / "a", folder / "link")
        (folder / "a/one.css").write_text("changed")
        changes_until(events, at(folder / "a/one.css"), at(folder / "link/one.css"))


def test_polling_sees_a_second_write_of_the_same_size(folder: Path) -> None:
    with closing(Polling(0.01)) as events:
        covered(events, folder / "a")
        path = folder / "a/one.css"
        path.write_text("x")
        while not list(events.wait(1)):
            pass
        path.write_text("y")
        changes_until(events, at(path))
