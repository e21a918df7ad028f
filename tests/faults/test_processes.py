"""Where the system allows no more processes and threads, a build continues without them, or reports the error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.work.thread_pool import thread_pool
from tests.command import run
from tests.conftest import find_tool, read_tree, write_tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")

LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))\n"
BUILD = """
from buildassets import build, load_config
from buildassets.foundation.diagnostics import render_text
for one in build(load_config(), jobs=4).diagnostics:
    print(render_text(one))
"""
COMMAND = """
import sys
from buildassets.cli.main import main
sys.argv[1:] = {arguments}
main()
"""


def limited(folder: Path, program: str) -> tuple[int, str]:
    """Return the exit code of the Python `program` where it can start no thread and no process, and its output."""
    command = [sys.executable, "-c", LIMIT + program]
    if os.geteuid() == 0:  # for whom there is no such limit
        can = "-all,+dac_read_search,+dac_override"
        owner = ["--reuid=54321", "--regid=54321", "--clear-groups", f"--inh-caps={can}", f"--ambient-caps={can}"]
        command = [find_tool("setpriv"), *owner, *command]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def site(tmp_path: Path) -> Path:
    files = {f"assets/{number}.{kind}": "a{b:c}" for number in range(20) for kind in ("css", "txt")}
    return write_tree(tmp_path, {**files, "buildassets.toml": ""})


def test_build_continues_without_threads(site: Path) -> None:
    assert limited(site, BUILD) == (0, "")
    by_one = read_tree(site / "build")
    (site / "build").rename(site / "by_one")
    assert run(site, "build", "-q", "--no-cache").returncode == 0
    assert by_one == read_tree(site / "build")


@pytest.mark.parametrize("engine", ["dart-sass", "libsass"])
def test_compiler_that_cannot_be_started_is_an_error(site: Path, engine: str) -> None:
    settings = f'engines = {{ scss = "{engine}" }}'
    write_tree(site, {"buildassets.toml": settings, "assets/a.scss": "", "assets/b.scss": ""})
    code, shown = limited(site, BUILD)
    assert code == 0, shown
    assert shown.count("cannot be started: resource temporarily unavailable\n  --> assets/") == 2
    assert "hint: raise the limit of processes for this user" in shown


@pytest.mark.parametrize("arguments", [["build"], ["check"], ["build", "--jobs", "1"], ["watch", "--no-run"]], ids=str)
def test_no_command_ends_with_a_traceback(site: Path, arguments: list[str]) -> None:
    if arguments[0] == "watch":
        (site / "buildassets.toml").write_text("nonsense = 1")  # else it would go on
    code, shown = limited(site, COMMAND.format(arguments=arguments))
    assert "Traceback" not in shown
    assert code in (0, 1, 2)


def test_a_pool_without_threads_gives_results_and_faults(tmp_path: Path) -> None:
    program = """
from buildassets.work.thread_pool import thread_pool
from buildassets.work.threads import UnwaitedThreads, within
for pool in (thread_pool(2), UnwaitedThreads(2)):
    with pool:
        print([*pool.map(abs, [-1, 2])], type(pool.submit(int, "x").exception()).__name__)
try:
    within(1.0, int)
except OSError as fault:
    print(fault.strerror)
"""
    assert limited(tmp_path, program) == (0, "[1, 2] ValueError\n" * 2 + "no thread can be started for it\n")


def test_a_pool_with_threads_gives_the_same() -> None:
    with thread_pool(2) as pool:
        assert [*pool.map(abs, [-1, 2])] == [1, 2]
        assert isinstance(pool.submit(int, "x").exception(), ValueError)
