import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from buildassets.compiler.cache.stamps import Looks, signature, stamps_of
from buildassets.compiler.cache.traces import Signature
from buildassets.compiler.incremental.snapshot import FinishedBuild, last, take
from buildassets.foundation.digest import digest
from tests.conftest import write_tree

MINUTE_NS = 60_000_000_000


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a source and an output."""
    return write_tree(tmp_path, {"assets/a.css": "a", "build/a.css": "a"})


def taken(
    site: Path,
    *,
    began_ns: int | None = None,
    done_ns: int | None = None,
    known: Mapping[str, tuple[Signature | None, str]] | None = None,
    as_read: Mapping[str, Signature] = {},
) -> None:
    """A snapshot of a build that is over, a minute after all was written by default."""
    inputs = [site / "assets", site / "assets/a.css", site / "assets/absent.css"]
    now = time.time_ns() + MINUTE_NS
    done = FinishedBuild(
        inputs=tuple(map(str, inputs)),
        outputs=[str(site / "build/a.css")],
        result=b"result",
        began_ns=now if began_ns is None else began_ns,
        known=known or {},
        as_read=as_read,
    )
    take(str(site / "cache"), "build", done, clock=lambda: now if done_ns is None else done_ns)


def found(site: Path, build: str = "build", now_ns: int | None = None) -> bytes | None:
    snapshot = last(str(site / "cache"), build, time.time_ns if now_ns is None else lambda: now_ns)
    return None if snapshot is None or snapshot.changed else snapshot.kept.result


def test_the_result_is_there_again_while_nothing_changes(site: Path) -> None:
    taken(site)
    assert found(site) == b"result"


def test_nothing_is_known_at_first(site: Path) -> None:
    assert found(site) is None


def test_another_build_is_another(site: Path) -> None:
    taken(site)
    assert found(site, "other") is None


def test_a_source_that_is_written_again_unchanged_is_not_a_change(site: Path) -> None:
    source = site / "assets/a.css"
    taken(site, known={str(source): (None, digest(b"a"))})
    source.write_text("b")
    assert found(site) is None
    source.write_text("a")
    assert found(site) == b"result"
    source.write_text("c")
    assert found(site) is None


def test_a_link_to_what_a_source_held_is_a_change(site: Path) -> None:
    source = site / "assets/a.css"
    taken(site, known={str(source): (None, digest(b"a"))})
    source.unlink()
    source.symlink_to(site / "build/a.css")
    assert found(site) is None


def test_a_source_that_was_just_written_again_is_read_each_time(site: Path) -> None:
    source = site / "assets/a.css"
    taken(site, known={str(source): (None, digest(b"a"))})
    source.write_text("a")
    now = source.stat().st_mtime_ns
    for _ in range(2):
        snapshot = last(str(site / "cache"), "build", lambda: now)
        assert snapshot is not None
        assert list(snapshot.stamped_files().young) == [str(source)]


def test_a_digest_of_what_looked_otherwise_is_not_that_of_a_source(site: Path) -> None:
    source = site / "assets/a.css"
    taken(site, known={str(source): ((1, 2, 3, 4), digest(b"b"))})
    source.write_text("b")
    assert found(site) is None


@pytest.mark.parametrize("name", ["assets/a.css", "assets/absent.css", "assets/new.css", "build/a.css"])
def test_a_written_file_is_a_change(site: Path, name: str) -> None:
    taken(site)
    (site / name).write_text("b")
    assert found(site) is None


@pytest.mark.parametrize("name", ["assets/a.css", "build/a.css"])
def test_a_removed_file_is_a_change(site: Path, name: str) -> None:
    taken(site)
    (site / name).unlink()
    assert found(site) is None


@pytest.mark.parametrize("changed", [{0}, {63, 64}, {1, 127, 128, 199}, set(range(200))])
def test_of_many_files_just_those_that_changed_are_found(tmp_path: Path, changed: set[int]) -> None:
    names = [f"{number:03}" for number in range(200)]
    paths = [str(tmp_path / name) for name in names]
    write_tree(tmp_path, dict.fromkeys(names, "a"))
    now = time.time_ns() + MINUTE_NS
    done = FinishedBuild(inputs=paths, outputs=[], result=b"", began_ns=now)
    take(str(tmp_path / "cache"), "build", done, clock=lambda: now)
    write_tree(tmp_path, {names[number]: "b" for number in changed})
    snapshot = last(str(tmp_path / "cache"), "build")
    assert snapshot is not None
    assert snapshot.changed.keys() == {paths[number] for number in changed}
    assert snapshot.unchanged.keys() == set(paths).difference(snapshot.changed)
    assert all(look == signature(path) for path, (look, _) in snapshot.changed.items())


def test_a_write_that_restores_size_and_mtime_is_a_change(site: Path) -> None:
    source = site / "assets/a.css"
    status = source.stat()
    taken(site)
    source.write_text("b")
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert found(site) is None


def test_nothing_is_kept_of_a_build_whose_source_was_written_meanwhile(site: Path) -> None:
    taken(site, began_ns=(site / "assets/a.css").stat().st_mtime_ns)
    assert found(site) is None


@pytest.mark.parametrize("then", ["b", "a", None])
def test_a_source_that_is_written_or_removed_once_it_was_read_is_a_change(site: Path, then: str | None) -> None:
    source = site / "assets/a.css"
    seen = signature(str(source))
    assert seen
    source.unlink()
    if then is not None:
        source.write_text(then)
    taken(site, as_read={str(source): seen})
    assert found(site) is None


def test_a_source_with_the_same_stamp_is_not_a_change(site: Path) -> None:
    seen = signature(str(site / "assets/a.css"))
    assert seen
    taken(site, as_read={str(site / "assets/a.css"): seen})
    assert found(site) == b"result"


def test_nothing_is_kept_if_a_source_was_written_before_it_was_read_by_the_build(site: Path) -> None:
    seen = signature(str(site / "assets/a.css"))
    assert seen
    taken(site, began_ns=seen[1], as_read={str(site / "assets/a.css"): seen})
    assert found(site) is None


def test_an_output_too_young_for_its_stamp_is_read_again(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write within the tick of the clock changes nothing that a stat shows."""
    output = site / "build/a.css"
    written_ns = output.stat().st_mtime_ns
    taken(site, done_ns=written_ns)
    assert found(site, now_ns=written_ns) == b"result"
    look = output.stat()
    output.write_text("b")
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **options: look if path == str(output) else real(path, **options))
    assert found(site) is None


def test_a_new_file_in_a_young_folder_of_which_only_folders_count_is_not_a_change(site: Path) -> None:
    folder, began_ns = str(site), time.time_ns() + MINUTE_NS
    young_ns = site.stat().st_mtime_ns
    done = FinishedBuild(
        inputs=[folder],
        outputs=[],
        result=b"result",
        began_ns=began_ns,
        folders=[folder],
        listed=[folder],
        parents=frozenset([folder]),
    )
    take(str(site / ".cache"), "build", done, clock=lambda: young_ns)
    (site / "new.txt").touch()
    known = last(str(site / ".cache"), "build")
    assert known is not None
    assert known.changed == {}
    (site / "new").mkdir()
    known = last(str(site / ".cache"), "build")
    assert known is not None
    assert list(known.changed) == [folder]


@pytest.mark.parametrize("position", range(0, 400, 7))
def test_a_damaged_snapshot_is_none(site: Path, position: int) -> None:
    taken(site)
    (snapshot,) = (site / "cache/builds").iterdir()
    content = bytearray(snapshot.read_bytes())
    content[position % len(content)] ^= 1
    snapshot.write_bytes(content)
    assert found(site) is None


def test_names_that_are_not_unicode_are_kept(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.css")
    Path(name).write_text("a")
    done = FinishedBuild(inputs=[name], outputs=[], result=b"result", began_ns=time.time_ns() + MINUTE_NS)
    take(str(tmp_path / "cache"), "build", done)
    assert found(tmp_path) == b"result"


@pytest.mark.parametrize("name", ["a\0b.css", "a\ud800b.css"])
def test_an_impossible_file_name_is_not_a_fault(site: Path, name: str) -> None:
    inputs = [str(site / "assets/a.css"), str(site / "assets" / name)]
    done = FinishedBuild(inputs=inputs, outputs=[], result=b"result", began_ns=time.time_ns() + MINUTE_NS)
    take(str(site / "cache"), "build", done)
    assert found(site) == b"result"


def test_files_that_were_just_read_are_not_read_again(site: Path) -> None:
    taken(site)
    first = last(str(site / "cache"), "build")
    assert first is not None
    looks = Looks([*first.names, str(site)], first.stamps + stamps_of([str(site)]), first.taken_ns)
    (site / "assets/a.css").write_text("changed later")
    known = last(str(site / "cache"), "build", looks=[looks])
    assert known is not None
    assert (known.changed, known.taken_ns) == ({}, first.taken_ns)
    assert found(site) is None


def test_looks_of_other_files_are_of_no_use(site: Path) -> None:
    taken(site)
    names = [str(site / "assets"), str(site / "assets/other.css")]
    (site / "assets/a.css").write_text("changed")
    snapshot = last(str(site / "cache"), "build", looks=[Looks(names, stamps_of(names), 0)])
    assert snapshot is not None
    assert list(snapshot.changed) == [str(site / "assets/a.css")]
