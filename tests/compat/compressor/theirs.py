"""The real django-compressor, in an environment of its own, so that it takes no part in other tests."""

import sys
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Final

from tests.conftest import missing_tool
from tests.environments import make_environment

ROOT: Final = Path(__file__).parents[3]
_REQUIRED: Final = (
    *("django-compressor==4.6.0", "django>=5.2,<5.3", "jinja2>=3.1,<3.2"),
    *("django-libsass==0.9", "django-sekizai==4.1.0"),
)
_BESIDE: Final = ("sekizai", "classytags")  # which ours is tried with, too


def their_python() -> str:
    """The Python of that environment, kept in `.cache` for as long as what it requires."""
    folder = ROOT / ".cache/compressor" / "python-{}.{}.{}".format(*sys.version_info)
    folder.mkdir(parents=True, exist_ok=True)
    whole, required = folder / "whole", "\n".join(_REQUIRED)
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not whole.exists() or whole.read_text(encoding="utf-8") != required:
            _install(folder)
            whole.write_text(required, encoding="utf-8")
    return str(folder / "venv/bin/python")


def _install(folder: Path) -> None:
    done = make_environment(folder / "venv", *_REQUIRED)
    if done.returncode:
        missing_tool(f"cannot install django-compressor: {done.stderr}")


def beside(folder: Path) -> str:
    """`folder`, with the packages in it that are no part of django-compressor, for a path of modules."""
    (found,) = Path(their_python()).parents[1].glob("lib/python*/site-packages")
    folder.mkdir(exist_ok=True)
    for name in _BESIDE:
        (folder / name).symlink_to(found / name)
    return str(folder)
