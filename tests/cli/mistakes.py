"""What a user sees after a mistake: the exit code and all of stderr, with times as `0.00 s`."""

import re
from pathlib import Path
from subprocess import CompletedProcess

from tests.cli.test_bad_input import build
from tests.cli.test_cli import run


def mistaken(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and what stands on stderr, behind a line end so that both stand at the margin of a test."""
    return _seen(run(folder, *arguments))


def unprivileged(folder: Path, verb: str, *arguments: str) -> tuple[int, str]:
    """The same of a build by somebody who may not read and write everything."""
    assert verb == "build"
    try:
        return _seen(build(folder, *arguments))
    finally:
        for path in folder.rglob("*"):
            path.chmod(0o755)


def _seen(done: CompletedProcess[str]) -> tuple[int, str]:
    text = re.sub(r"\d+\.\d\d s\b", "0.00 s", done.stderr)
    return done.returncode, f"\n{text.rstrip()}\n"
