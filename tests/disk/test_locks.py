"""The lock of a folder is a file that those may hold who may write to the folder, and nobody else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import pytest

from buildassets.disk.locks import LOCK_NAME, locked
from buildassets.release.verify.verify import verified
from tests.command import release_site, run
from tests.conftest import NOT_SHOWN, write_tree

SITE = {"assets/a.css": "a { top: 1px }"}
OTHER_USER = 65534
only_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason=f"{NOT_SHOWN}: only root becomes another user"
)


@contextmanager
def another_user() -> Iterator[None]:
    """Be another user within the block."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(OTHER_USER)
    os.seteuid(OTHER_USER)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@contextmanager
def held_by_another_user(folder: Path) -> Iterator[list[str]]:
    """Have another user lock what can be locked in `folder`; yields the names of what could not be."""
    import fcntl

    descriptors, refused = [], []
    with another_user():
        for path in (folder, *folder.iterdir()):
            try:
                descriptors.append(os.open(path, os.O_RDONLY))
                fcntl.flock(descriptors[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                refused.append(path.name)
    try:
        yield refused
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


@pytest.fixture
def site() -> Iterator[Path]:
    """A project with a release that every user may read; the folders of pytest are those of one user."""
    with TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield release_site(Path(folder), SITE)


@only_root
@pytest.mark.parametrize("verb", [["build", "--no-cache"], ["verify"], ["pack"]])
def test_a_user_who_may_only_read_a_release_stops_no_verb(site: Path, verb: list[str]) -> None:
    with held_by_another_user(site / "build"):
        done = run(site, *verb)
    assert (done.returncode, "waiting" in done.stderr) == (0, False)


@only_root
def test_a_user_who_may_only_read_a_release_cannot_open_its_lock(site: Path) -> None:
    with locked(str(site / "build")), held_by_another_user(site / "build") as refused:
        assert refused == [LOCK_NAME]


@only_root
def test_a_user_who_may_only_read_a_release_needs_no_lock(site: Path) -> None:
    verified(str(site / "build"), "build")  # what is imported late is imported by root
    with another_user():
        assert verified(str(site / "build"), "build").report.is_clean
        with locked(str(site / "build"), shared=True) as is_held:
            assert not is_held


@only_root
def test_a_user_who_may_only_read_waits_for_a_while_where_a_build_is_at_work(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("buildassets.disk.locks._READERS_SECONDS", 0.1)
    build = str(site / "build")
    began = monotonic()
    with locked(build), another_user(), locked(build, shared=True) as is_held:
        assert (is_held, monotonic() - began > 0.1) == (False, True)


@only_root
def test_the_owner_of_a_folder_may_open_a_lock_of_root(tmp_path: Path) -> None:
    os.chown(tmp_path, OTHER_USER, OTHER_USER)
    with locked(str(tmp_path)):
        status = (tmp_path / LOCK_NAME).stat()
    assert (status.st_uid, status.st_gid) == (OTHER_USER, OTHER_USER)


@pytest.mark.parametrize(("folder", "lock"), [(0o755, 0o600), (0o775, 0o660), (0o700, 0o600), (0o777, 0o666)])
def test_a_lock_may_be_opened_by_those_who_may_write_to_its_folder(tmp_path: Path, folder: int, lock: int) -> None:
    tmp_path.chmod(folder)
    with locked(str(tmp_path)):
        assert (tmp_path / LOCK_NAME).stat().st_mode & 0o777 == lock


def test_a_lock_file_that_more_users_may_open_is_replaced(tmp_path: Path) -> None:
    planted = tmp_path / LOCK_NAME
    planted.touch(0o644)
    planted.chmod(0o644)
    with planted.open() as file, locked(str(tmp_path)):
        assert not os.path.samestat(os.fstat(file.fileno()), planted.stat())


def test_a_link_as_a_lock_file_is_not_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"other": "", "folder/a": ""})
    (tmp_path / "folder" / LOCK_NAME).symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic links"), locked(str(tmp_path / "folder")):
        pass


def test_the_last_who_holds_a_lock_removes_its_file(tmp_path: Path) -> None:
    with locked(str(tmp_path), shared=True):
        with locked(str(tmp_path), shared=True):
            pass
        assert (tmp_path / LOCK_NAME).exists()
    assert not (tmp_path / LOCK_NAME).exists()


def test_a_lock_that_a_killed_program_left_holds_nobody_up(site: Path) -> None:
    (site / "build" / LOCK_NAME).touch(0o600)
    verified = run(site, "verify")
    assert (verified.returncode, verified.stdout, verified.stderr[:7]) == (0, "", "`build`")
    assert run(site, "clean").stdout == ""


def test_a_lock_is_neither_packed_nor_published_nor_cleaned(site: Path) -> None:
    with locked(str(site / "build"), shared=True):
        run(site, "pack", "-o", "a.zip")
        run(site, "publish", "there")
        cleaned = run(site, "clean", "--dry-run")
    assert LOCK_NAME.encode() not in (site / "a.zip").read_bytes()
    assert LOCK_NAME not in os.listdir(site / "there")
    assert LOCK_NAME not in cleaned.stdout


def test_verify_reads_after_a_while_and_does_not_fail_for_what_a_build_may_just_have_written(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("buildassets.release.verify.verify._PATIENCE_SECONDS", 0.1)
    (site / "build/assets/new.css").touch()
    assert run(site, "verify").returncode == 1
    with locked(str(site / "build")):
        done = run(site, "verify")
    assert (done.returncode, done.stdout) == (0, "not listed: assets/new.css\n")
    assert done.stderr.startswith("warning[verify/extra]")


def test_verify_still_fails_for_what_is_changed_while_a_build_is_at_work(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("buildassets.release.verify.verify._PATIENCE_SECONDS", 0.1)
    next((site / "build/assets").glob("a.*.css")).write_text("b{}")
    with locked(str(site / "build")):
        assert run(site, "verify").returncode == 1
