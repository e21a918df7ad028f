"""Files that are parsed as a whole have a limit: one with a hole takes no disk, and all the memory."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Lock, LockedPackage, write_lock
from tests.command import run
from tests.conftest import write_tree

_HOLE_BYTES = 1_500_000_000
PACKAGE = LockedPackage("2.0.4", "2", True, "sha512-" + "A" * 86 + "==", "0BSD", {"a.js": "0" * 64}, {})
_LIMITED = """
import sys
from resource import RLIMIT_AS, setrlimit

most_bytes = int(sys.argv.pop(1)) << 20
setrlimit(RLIMIT_AS, (most_bytes, most_bytes))
from buildassets.cli.main import main

sys.argv[0] = "buildassets"
main()
"""


def _run_in_memory(
    folder: Path, *arguments: str, megabytes: int = 512, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _LIMITED, str(megabytes), *arguments]
    environment = {**os.environ, "PYTHONUTF8": "1", **environment}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
@pytest.mark.parametrize("name", ["buildassets.toml", "pyproject.toml", "buildassets.lock"])
@pytest.mark.parametrize(
    "command", [("check", "--no-run"), ("doctor",), ("init", "--dry-run"), ("tools", "list")], ids=" ".join
)
def test_settings_with_a_hole_are_not_read_into_memory(tmp_path: Path, name: str, command: tuple[str, ...]) -> None:
    write_tree(tmp_path, {"assets/a.css": "", name: "# buildassets\n"})
    os.truncate(tmp_path / name, _HOLE_BYTES)
    done = _run_in_memory(tmp_path, *command)
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


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
@pytest.mark.parametrize(
    "command",
    [
        *(("list",), ("report",), ("verify",), ("clean", "--dry-run"), ("pack", "-o", "a.tar"), ("doctor",)),
        *(("explain", "a.css"), ("publish", "--dry-run", "elsewhere"), ("check", "--no-run")),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("begin", [b"", b"[" + b"[]," * 20_000_000])
def test_a_manifest_that_takes_gigabytes_is_not_read(tmp_path: Path, command: tuple[str, ...], begin: bytes) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "build/assets/a": "", "build/manifest.json": begin})
    if not begin:
        os.truncate(tmp_path / "build/manifest.json", _HOLE_BYTES)
    done = _run_in_memory(tmp_path, *command, megabytes=1024, MALLOC_ARENA_MAX="1")  # each arena of a thread is 64 MB
    assert "Traceback" not in done.stderr
    assert "memory" not in done.stderr
    if command[0] == "check":
        assert done.returncode == 0
    else:
        assert done.returncode in (1, 2)
        assert re.search(r"(?:read )?`build/manifest.json`(?: is not|: file too large)", done.stdout + done.stderr)
        assert "hint: " in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
@pytest.mark.parametrize(
    ("name", "command"),
    [
        *(("assets/a.css", ("check", "--no-run")), ("assets/a.scss", ("build",)), ("assets/a.js", ("build",))),
        *((".npmrc", ("vendor", "outdated")), ("assets/a.svg", ("list",))),
    ],
)
def test_a_file_with_a_hole_ends_without_a_traceback(tmp_path: Path, name: str, command: tuple[str, ...]) -> None:
    write_lock(str(tmp_path), Lock(vendor={"htmx.org": PACKAGE}), permission=BUILDING)
    write_tree(tmp_path, {"assets/b.css": "", name: ""})
    os.truncate(tmp_path / name, 2 * _HOLE_BYTES)
    done = _run_in_memory(tmp_path, *command)
    assert "Traceback" not in done.stderr
    if name.startswith("assets/") and command != ("list",):
        assert done.returncode == 1
        assert f"error[source/unreadable]: cannot read `{name}`: file too large" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space")
def test_too_little_memory_is_reported(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    os.truncate(tmp_path / "assets/a.css", 120 << 20)
    done = _run_in_memory(tmp_path, "check", "--no-run", megabytes=200, BUILDASSETS_NATIVE="0")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "There is not enough memory." in done.stderr
