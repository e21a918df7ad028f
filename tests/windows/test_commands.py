"""What only Windows has: its signals, its shells, files that others hold open, its code pages and its ends of lines."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Timer

import pytest

from buildassets.disk.files import put_in_place
from buildassets.disk.locks import locked
from buildassets.programs.start import typed_command
from tests.command import SITE, environment
from tests.conftest import PATIENCE_SECONDS, read_tree, write_tree
from tests.windows.marks import ONLY_HERE

pytestmark = ONLY_HERE

BUILDASSETS = [sys.executable, "-m", "buildassets"]
_INTERRUPTED = 130
# Only who has a console may send these; a test has none. Writes the exit code of the command into a file.
INTERRUPT = """
import ctypes, os, signal, subprocess, sys, time
ctypes.windll.kernel32.FreeConsole()
ctypes.windll.kernel32.AllocConsole()
is_break = sys.argv[1] == "ctrl-break"
streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
flags = subprocess.CREATE_NEW_PROCESS_GROUP if is_break else 0
process = subprocess.Popen(sys.argv[2:], creationflags=flags, **streams)
while not os.path.exists("build/manifest.json"):
    time.sleep(0.1)
signal.signal(signal.SIGINT, lambda *_: None)  # which all programs of the console get
os.kill(process.pid if is_break else 0, signal.CTRL_BREAK_EVENT if is_break else signal.CTRL_C_EVENT)
code = process.wait(60)
open("code", "w").write(str(code))
"""
HOLDER = """
import sys
from buildassets.disk.locks import locked
with locked(sys.argv[1]):
    print(1, flush=True)
    input()
"""


def run(folder: Path, command: Sequence[str], **variables: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        command, cwd=folder, env=environment(**variables), capture_output=True, timeout=PATIENCE_SECONDS
    )


@pytest.mark.parametrize("options", [(), ("--poll=0.2",)])
@pytest.mark.parametrize("key", ["ctrl-c", "ctrl-break"])
def test_a_key_ends_a_watch(tmp_path: Path, key: str, options: tuple[str, ...]) -> None:
    write_tree(tmp_path, SITE)
    run(tmp_path, [sys.executable, "-c", INTERRUPT, key, *BUILDASSETS, "watch", *options])
    assert (tmp_path / "code").read_text() == str(_INTERRUPTED)


def test_the_end_of_its_command_ends_a_watch(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    assert run(tmp_path, [*BUILDASSETS, "watch", "--", sys.executable, "-c", "raise SystemExit(7)"]).returncode == 7


@pytest.mark.parametrize("words", [["a b", "c"], ["x&y", "<in>"], ["(a)", "b;c"], ["", "it's"], ["a^b", "d|e"]])
def test_a_command_in_a_hint_is_what_cmd_runs(tmp_path: Path, words: list[str]) -> None:
    write_tree(tmp_path, {"show.py": "import sys\nprint(ascii(sys.argv[1:]))\n"})
    line = typed_command([sys.executable, "show.py", *words])
    (tmp_path / "run.cmd").write_text(f"@{line}\n", encoding="utf-8")
    assert run(tmp_path, ["cmd", "/c", "run.cmd"]).stdout.strip() == ascii(words).encode()


def test_a_file_that_another_program_has_open_is_replaced_when_that_closes_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"old": "1", "new": "2"})
    file = (tmp_path / "old").open("rb")
    Timer(0.3, file.close).start()
    put_in_place(str(tmp_path / "new"), str(tmp_path / "old"))
    assert (tmp_path / "old").read_bytes() == b"2"


def test_a_lock_of_another_process_is_waited_for(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(TimeoutError), locked(str(tmp_path), limit_seconds=0.2):
            pass
        other.communicate(b"\n")
    with locked(str(tmp_path), limit_seconds=5):
        pass


@pytest.mark.parametrize("coding", ["cp1252", "utf-8", "cp437"])
def test_output_is_written_in_the_code_page(tmp_path: Path, coding: str) -> None:
    write_tree(tmp_path, {**SITE, "assets/css/grün.css": "a { background: url(fort.svg) }\n"})
    done = run(tmp_path, [*BUILDASSETS, "check"], PYTHONUTF8="0", PYTHONIOENCODING=coding)
    assert done.returncode == 1
    assert "assets/css/grün.css:1:21" in done.stderr.decode(coding)


def test_workers_that_are_spawned_make_the_same_release(tmp_path: Path) -> None:
    releases = []
    scripts = {f"assets/{n}.js": f"let a{n} = {n};\n" * 900 for n in range(40)}
    for jobs in ("1", "2"):
        folder = write_tree(tmp_path / jobs, {**SITE, **scripts})
        done = run(folder, [*BUILDASSETS, "build", "--jobs", jobs])
        assert done.returncode == 0, done.stderr
        releases.append(read_tree(folder / "build"))
    assert releases[0] == releases[1]


def test_paths_are_given_with_either_slash_and_shown_as_typed(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    assert run(tmp_path, [*BUILDASSETS, "build", "-o", r"out\www"]).returncode == 0
    assert run(tmp_path, [*BUILDASSETS, "verify", "out/www"]).returncode == 0
    assert rb"`out\none`" in run(tmp_path, [*BUILDASSETS, "verify", r"out\none"]).stderr


def test_a_release_is_unpacked_into_an_empty_folder_and_published_to_one(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    (tmp_path / "empty").mkdir()
    for arguments in ("build", "pack -o a.zip", "unpack a.zip -o empty", "publish www", "verify www", "verify empty"):
        done = run(tmp_path, [*BUILDASSETS, *arguments.split()])
        assert done.returncode == 0, (arguments, done.stderr)
    assert read_tree(tmp_path / "empty") == read_tree(tmp_path / "build")


def test_a_second_build_takes_what_the_first_kept(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    first, second = (run(tmp_path, [*BUILDASSETS, "build"]) for _ in range(2))
    assert b"config/cache" not in first.stderr
    assert b"wrote nothing" in second.stderr
