"""Environments of Python as their files show them: those in a project, and the folders of their packages."""

import os
import sys
from collections.abc import Iterator
from glob import escape, glob
from typing import Final

_NAMES: Final = (".venv", "venv", "env")
_LIBRARIES: Final = (os.path.join("lib", "python*"), "Lib")


def environments(folder: str) -> Iterator[str]:
    """The virtual environments in `folder`, by their usual names."""
    return filter(_is_environment, (os.path.join(folder, name) for name in _NAMES))


def package_folders(prefix: str) -> list[str]:
    """The folders with packages in the environment at `prefix`."""
    return [path for name in _LIBRARIES for path in sorted(glob(os.path.join(escape(prefix), name, "site-packages")))]


def project_path(folder: str) -> list[str]:
    """The folders with packages of the project in `folder`: of the active environment, else of its own, else ours."""
    active = os.environ.get("VIRTUAL_ENV", "")
    prefix = next(filter(_is_environment, (active, *environments(folder))), sys.prefix)
    return sys.path if os.path.realpath(prefix) == os.path.realpath(sys.prefix) else package_folders(prefix)


def _is_environment(prefix: str) -> bool:
    return os.path.isfile(os.path.join(prefix, "pyvenv.cfg"))
