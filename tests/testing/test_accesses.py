"""Accesses of a process to files and programs are recorded, whichever way it makes them."""

import multiprocessing
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buildassets.testing import Accesses, recorded
from tests.conftest import write_tree


def seen(work: Callable[[Path], object], folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Action and paths below `folder`, relative to it, of what `work` does there."""
    with recorded() as accesses:
        work(folder)
    start = str(folder)
    return [
        (one.action, tuple(os.path.relpath(path, start) for path in one.paths))
        for one in accesses
        if one.action != "run" and one.paths[0].startswith(start)
    ]


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (lambda folder: (folder / "a").read_text(), ("read", ("a",))),
        (lambda folder: os.close(os.open(bytes(folder / "a"), os.O_RDONLY)), ("read", ("a",))),
        (os.listdir, ("read", (".",))),
        (lambda folder: list(folder.iterdir()), ("read", (".",))),
        (lambda folder: (folder / "a").write_text(""), ("change", ("a",))),
        (lambda folder: open(folder / "a", "a").close(), ("change", ("a",))),
        (lambda folder: open(folder / "a", "r+b").close(), ("change", ("a",))),
        (lambda folder: os.rename(folder / "a", folder / "b"), ("change", ("a", "b"))),
        (lambda folder: os.replace(folder / "a", folder / "b"), ("change", ("a", "b"))),
        (lambda folder: (folder / "a").unlink(), ("change", ("a",))),
        (lambda folder: (folder / "b").mkdir(), ("change", ("b",))),
        (lambda folder: (folder / "d").rmdir(), ("change", ("d",))),
        (lambda folder: (folder / "b").symlink_to("a"), ("change", ("b",))),
        (lambda folder: (folder / "b").hardlink_to(folder / "a"), ("change", ("b",))),
        (lambda folder: (folder / "a").chmod(0o600), ("change", ("a",))),
        (lambda folder: os.utime(folder / "a"), ("change", ("a",))),
        (lambda folder: os.truncate(folder / "a", 0), ("change", ("a",))),
        (lambda folder: sqlite3.connect(folder / "b").close(), ("change", ("b",))),
    ],
)
def test_access_is_recorded(
    tmp_path: Path, work: Callable[[Path], object], expected: tuple[str, tuple[str, ...]]
) -> None:
    (tmp_path / "d").mkdir()
    assert expected in seen(work, write_tree(tmp_path, {"a": "x"}))


def test_a_temporary_file_is_a_change(tmp_path: Path) -> None:
    found = seen(lambda folder: tempfile.TemporaryFile(dir=folder).close(), tmp_path)
    assert "change" in {action for action, _ in found}


def test_a_path_that_is_relative_to_a_descriptor_is_resolved(tmp_path: Path) -> None:
    write_tree(tmp_path, {"d/a": "", "d/e/b": ""})
    removed = {
        paths for action, paths in seen(lambda folder: shutil.rmtree(folder / "d"), tmp_path) if action == "change"
    }
    assert {("d/a",), ("d/e/b",), ("d/e",), ("d",)} <= removed


@pytest.mark.parametrize(
    "run",
    [
        lambda: subprocess.run([sys.executable, "--version"], capture_output=True, check=True),
        lambda: os.system(f"{sys.executable} --version > /dev/null"),
        lambda: os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ), 0),
    ],
)
def test_started_program_is_recorded(run: Callable[[], object]) -> None:
    with recorded() as accesses:
        run()
    assert any(sys.executable in " ".join(one.paths) for one in accesses.runs)


@pytest.mark.skipif(os.name == "nt", reason="Windows starts them in another way")
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_process_of_multiprocessing_is_recorded_although_python_has_no_event_for_it(method: str) -> None:
    with recorded() as accesses:
        context: Any = multiprocessing.get_context(method)
        process = context.Process(target=os.getpid)
        process.start()
        process.join()
    assert any(sys.executable in " ".join(one.paths) for one in accesses.runs)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not show the file of a descriptor")
@pytest.mark.parametrize("change", [lambda file: os.fchmod(file, 0o600), lambda file: os.fchown(file, -1, -1)])
def test_change_by_a_descriptor_that_reads_is_recorded(tmp_path: Path, change: Callable[[int], None]) -> None:
    write_tree(tmp_path, {"a": "x"})
    with (tmp_path / "a").open("rb") as file, recorded() as accesses:
        change(file.fileno())
    assert [one.paths for one in accesses.changes] == [(str(tmp_path / "a"),)]


@pytest.mark.skipif(os.name == "nt", reason="sockets have no files there")
def test_file_of_a_socket_is_a_change(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound, socket.create_server(("127.0.0.1", 0)):
        assert ("change", ("b",)) in seen(lambda folder: bound.bind(str(folder / "b")), tmp_path)


def test_start_of_a_program_is_recorded_once() -> None:
    with recorded() as accesses:
        subprocess.run([sys.executable, "--version"], capture_output=True, check=True)
    assert [one.event for one in accesses.runs] == ["subprocess.Popen"]


def test_every_thread_is_watched(tmp_path: Path) -> None:
    thread = threading.Thread(target=(tmp_path / "a").touch)
    with recorded() as accesses:
        thread.start()
        thread.join()
    assert [one for one in accesses.changes if one.paths == (str(tmp_path / "a"),)]


def test_path_that_is_not_a_file_is_ignored() -> None:
    with recorded() as accesses:
        open(os.devnull, "w").close()
        sqlite3.connect(":memory:").close()
        os.urandom(4)
        open(os.dup(0), "rb").close()
    assert list(accesses) == []


def test_nothing_is_recorded_after_the_end(tmp_path: Path) -> None:
    with recorded() as accesses:
        pass
    (tmp_path / "a").touch()
    assert len(accesses) == 0


def test_nested_recordings_each_record(tmp_path: Path) -> None:
    with recorded() as outer:
        with recorded() as inner:
            (tmp_path / "a").touch()
        (tmp_path / "b").mkdir()
    assert (len(inner) > 0, len(outer) - len(inner)) == (True, 1)


def test_stack_names_the_place_and_omits_the_standard_library(tmp_path: Path) -> None:
    with recorded() as accesses:
        shutil.copy(__file__, tmp_path / "a")
    line = test_stack_names_the_place_and_omits_the_standard_library.__code__.co_firstlineno + 2
    stack = accesses.changes[0].stack
    assert stack[0] == f"{__file__}:{line} in test_stack_names_the_place_and_omits_the_standard_library"
    assert not any("shutil.py" in place for place in stack)


def test_a_hook_fails_no_call(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = "import os; from buildassets.testing import recorded\nwith recorded() as a:\n os.rmdir(os.getcwd())\n"
    program += " try: open('x')\n except FileNotFoundError: print(*(path for one in a for path in one.paths))"
    done = subprocess.run([sys.executable, "-c", program], cwd=gone, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{gone} x\n", "")


def test_globs_of_what_is_allowed(tmp_path: Path) -> None:
    with recorded() as accesses:
        (tmp_path / "a.log").touch()
        os.rename(tmp_path / "a.log", tmp_path / "b.txt")
    assert {one.event for one in accesses.besides(["*.log"])} == {"os.rename"}
    assert accesses.besides([f"{tmp_path}/*"]) == []


def test_import_loads_the_standard_library_only() -> None:
    program = "import sys; old = {*sys.modules}; from buildassets.testing import recorded; print(*{*sys.modules} - old)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded <= {"buildassets", *sys.stdlib_module_names}
    ours = {name for name in done.stdout.split() if name.startswith("buildassets")}
    assert ours == {"buildassets", "buildassets._version", "buildassets.testing", "buildassets.testing.accesses"}


def test_an_access_is_shown_with_its_places(tmp_path: Path) -> None:
    with recorded() as accesses:
        (tmp_path / "a").mkdir()
    shown = str(accesses.changes[0]).splitlines()
    assert shown[0] == f"changes {tmp_path}/a (os.mkdir)"
    assert shown[1].startswith(f"    {__file__}:")


def test_an_empty_recording_is_one() -> None:
    assert (list(Accesses()), Accesses().reads, Accesses().changes, Accesses().runs) == ([], [], [], [])
