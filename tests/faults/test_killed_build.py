"""A build that is killed or ended when it renames a file leaves a whole release; `test_points.py` has all moments."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.release.verify.verify import verified
from tests.command import environment, release_site, run
from tests.conftest import read_tree, write_tree

SITE = {"assets/app.css": "a { background: url(a.svg) }\n", "assets/a.svg": "<svg/>"}
EDIT = {"assets/app.css": "b { background: url(a.svg) }\n"}
# The program, which gets a signal from itself before it renames a file to a name that ends with `argv[2]`.
PROGRAM = """
import os, signal, sys
number, end = int(sys.argv.pop(1)), sys.argv.pop(1)
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)

def at_rename(event, arguments):
    if event == "os.rename" and os.fsdecode(arguments[1]).endswith(end):
        os.kill(os.getpid(), number)

sys.addaudithook(at_rename)
from buildassets.cli.main import main
main()
"""


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """The folder `build` of a project that has changed since it was built."""
    release_site(tmp_path, SITE)
    write_tree(tmp_path, EDIT)
    return tmp_path / "build"


def signalled_build(folder: Path, number: signal.Signals, name: str) -> int:
    """Build until a file gets a name that ends with `name`, and then get the signal; return the exit code."""
    command = [sys.executable, "-c", PROGRAM, str(int(number)), name, "build"]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, timeout=60).returncode


@pytest.mark.parametrize("name", [".css", "manifest.json"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_signalled_build_leaves_the_old_release_and_the_next_build_completes(
    released: Path, name: str, number: signal.Signals, code: int
) -> None:
    before = (released / "manifest.json").read_bytes()
    assert signalled_build(released.parent, number, name) == code
    assert (released / "manifest.json").read_bytes() == before
    assert bool([*released.glob(".new-*")]) is (number == signal.SIGKILL)
    report = verified(str(released), "build").report
    assert not report.missing
    assert not report.changed

    done = run(released.parent, "build", "--no-cache")
    assert done.returncode == 0, done.stderr
    assert not [*released.rglob(".new-*")]
    expected = write_tree(released.parent / "apart", {**SITE, **EDIT})
    assert run(expected, "build").returncode == 0
    assert read_tree(released / "assets").items() >= read_tree(expected / "build/assets").items()
    assert (released / "manifest.json").read_bytes() == (expected / "build/manifest.json").read_bytes()
