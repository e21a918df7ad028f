"""Files that are parsed as a whole have a limit: one with a hole takes no disk, and all the memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import write_tree

_HOLE_BYTES = 1_500_000_000
_LIMITED = """
import sys
from resource import RLIMIT_AS, setrlimit

setrlimit(RLIMIT_AS, (1 << 29, 1 << 29))
from buildassets.cli.main import main

sys.argv[0] = "buildassets"
main()
"""


def _run_in_half_a_gigabyte(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _LIMITED, *arguments]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
@pytest.mark.parametrize("name", ["buildassets.toml", "pyproject.toml", "buildassets.lock"])
@pytest.mark.parametrize(
    "command", [("check", "--no-run"), ("doctor",), ("init", "--dry-run"), ("tools", "list")], ids=" ".join
)
def test_settings_with_a_hole_are_not_read_into_memory(tmp_path: Path, name: str, command: tuple[str, ...]) -> None:
    write_tree(tmp_path, {"assets/a.css": "", name: "# buildassets\n"})
    os.truncate(tmp_path / name, _HOLE_BYTES)
    done = _run_in_half_a_gigabyte(tmp_path, *command)
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert "MemoryError" not in done.stderr


@pytest.mark.parametrize(
    ("name", "code"), [("buildassets.toml", "config/unreadable"), ("buildassets.lock", "lock/invalid")]
)
def test_settings_of_4_megabytes_are_reported(tmp_path: Path, name: str, code: str) -> None:
    write_tree(tmp_path, {"assets/a.css": "", name: "#" * 4_000_000})
    done = run(tmp_path, "tools", "list")
    assert done.returncode == 2
    assert f"error[{code}]: `{name}` has 4.0 MB or more" in done.stderr
    assert "hint: " in done.stderr


def test_template_of_50_megabytes_is_reported_and_a_binary_file_is_ignored(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "templates/a.html": "{" * 2_000_000, "templates/b": "\0"})
    for name in ("a.html", "b"):
        os.truncate(tmp_path / "templates" / name, 50_000_000)
    done = run(tmp_path, "check")
    assert "warning[template/unreadable]: the template `templates/a.html` has 50.0 MB or more" in done.stderr
    assert "templates/b" not in done.stderr
