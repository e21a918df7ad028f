"""Standard streams that cannot be written: a stated exit code, and never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import BROKEN, SITE, environment, run
from tests.compiler.conftest import SHOUT, write_package
from tests.conftest import write_tree

VERBS = (["build"], ["build", "-v", "--no-cache"], ["check"], ["verify"], ["clean", "-v"], ["pack"], ["nonsense"])


def ended(folder: Path, redirection: str, *arguments: str, **more: str) -> tuple[int, str]:
    """The exit code of a command whose streams are redirected by a shell, and what it printed all the same."""
    script = f'"$@" {redirection}'
    done = subprocess.run(
        ["bash", "-c", script, "bash", sys.executable, "-m", "buildassets", *arguments],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with a release, and with a memo of its build."""
    write_tree(tmp_path, SITE)
    for _ in range(2):
        assert run(tmp_path, "build").returncode == 0
    return tmp_path


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("arguments", VERBS, ids=" ".join)
def test_full_stderr_exits_with_1(site: Path, arguments: list[str]) -> None:
    assert ended(site, "2> /dev/full", *arguments) == (1, "")


@pytest.mark.parametrize("arguments", VERBS, ids=" ".join)
def test_stderr_without_a_reader_exits_with_1(site: Path, arguments: list[str]) -> None:
    script = ("import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 2); os.execv(sys.argv[1], sys.argv[1:])",)
    command = [sys.executable, "-c", *script, sys.executable, "-m", "buildassets", *arguments]
    done = subprocess.run(command, cwd=site, env=environment(), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def test_closed_stderr_changes_no_exit_code(site: Path) -> None:
    assert ended(site, "2>&-", "build") == (0, "")
    assert ended(site, "2>&-", "build", "--no-cache", "-v") == (0, "")
    assert ended(site, "2>&-", "nonsense") == (2, "")


def test_closed_stdout_is_an_error(site: Path) -> None:
    code, printed = ended(site, ">&-", "verify", "--json")
    assert code == 1
    assert printed.startswith("error[output/stdout]: cannot write to standard output: bad file descriptor\n")


def test_annotations_to_a_full_stderr_exit_with_1(tmp_path: Path) -> None:
    write_tree(tmp_path, BROKEN)
    assert ended(tmp_path, "2> /dev/full", "build", CI="true") == (1, "")


def test_files_of_a_build_never_get_the_descriptor_of_a_closed_stream(site: Path) -> None:
    """Whatever writes to stderr by its number would write into them."""
    code, _ = ended(site, "0<&- 1>&- 2>&-", "build", "--no-cache", "-v")
    assert code == 0
    assert run(site, "verify").returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("arguments", [["-h"], ["build", "--help"], ["--version"], ["verify", "--json"]], ids=" ".join)
def test_full_stdout_exits_with_1(site: Path, arguments: list[str]) -> None:
    code, printed = ended(site, "> /dev/full", *arguments)
    assert (code, printed.partition("\n")[0]) == (
        1,
        "error[output/stdout]: cannot write to standard output: no space left on device",
    )


LOUD = SHOUT.replace(
    "return Compiled", "os.write(1, b'past Python\\n'); subprocess.run(['echo', 'a program']); return Compiled"
).replace("from buildassets.engines import *", "import os, subprocess\nfrom buildassets.engines import *")


def test_engine_that_writes_to_descriptor_1_leaves_stdout_clean(tmp_path: Path) -> None:
    package = write_package(tmp_path, "loud", LOUD, {"loud": "Shout"})
    site = write_tree(tmp_path / "site", {"buildassets.toml": '[engines]\ntxt2 = "loud"\n', "assets/a.txt2": "a"})
    done = subprocess.run(
        [sys.executable, "-m", "buildassets", "build", "--json", "--jobs", "1"],
        cwd=site,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(package), *filter(None, sys.path)))},
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["ok"]
    assert "past Python\na program\n" in done.stderr
