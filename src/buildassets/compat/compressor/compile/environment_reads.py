"""Finds out which environment variables decide a plan: those that were read, and those that loaded modules name.

Takes what runs, gives names; compares the environments of two builds. Reads modules.
"""

import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from types import FrameType
from typing import Any, Final

import buildassets
from buildassets.disk.files import bytes_at

__all__ = ["EnvironmentReads", "digests", "have_read", "recorded_environment"]

# Which libraries in C read, and Python before all modules.
_ALWAYS: Final = re.compile(r"(?:PYTHON|LC_|LANG|LANGUAGE\Z|TZ\Z|SASS_PATH\Z|DJANGO_SETTINGS_MODULE\Z)")
_OWN_FOLDER: Final = os.path.dirname(os.path.abspath(buildassets.__file__)) + os.sep
_SITE: Final = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


@dataclass(slots=True)
class EnvironmentReads:
    """The `names` of variables that were read, also in vain; `reads_all` where a program or a copy had all."""

    names: set[str] = field(default_factory=set)
    reads_all: bool = False


class _Recorded(dict[Any, Any]):
    """The variables as `os.environ` keeps them, in a form that notes which ones it is asked for."""

    def __init__(self, variables: Mapping[Any, Any], reads: EnvironmentReads) -> None:
        super().__init__(variables)
        self._reads = reads

    def __getitem__(self, key: Any) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[Any]:
        self._reads.reads_all = self._reads.reads_all or not _is_import_of_python(sys._getframe(1))
        return super().__iter__()

    def _note(self, key: Any) -> None:
        if not _is_import_of_python(sys._getframe(2)):
            self._reads.names.add(os.fsdecode(key))


def _is_import_of_python(frame: FrameType | None) -> bool:
    """Whether a module of Python's own library runs for its import, as `wsgiref.handlers`, which copies variables."""
    while frame is not None and _is_of_python(frame.f_code.co_filename):
        if frame.f_code.co_name == "<module>":
            return True
        frame = frame.f_back
    return False


def _is_of_python(path: str) -> bool:
    is_installed = any(one in path for one in _SITE)
    return path.startswith(("<frozen ", sysconfig.get_path("stdlib") + os.sep)) and not is_installed


@contextmanager
def recorded_environment() -> Iterator[EnvironmentReads]:
    """Record which variables Python code of this process reads meanwhile."""
    reads = EnvironmentReads()
    views: list[Any] = [os.environ, *([os.environb] if os.supports_bytes_environ else [])]  # of one dict
    variables: dict[Any, Any] = views[0]._data
    recorded = _Recorded(variables, reads)
    for view in views:
        view._data = recorded
    try:
        yield reads
    finally:
        variables.clear()
        variables.update(dict.items(recorded))
        for view in views:
            view._data = variables


def digests() -> dict[str, str]:
    """The digest of each variable, as a trace holds no values."""
    return {name: sha256(os.fsencode(value)).hexdigest() for name, value in sorted(os.environ.items())}


def have_read(reads: Iterable[str] | None, before: Mapping[str, str], modules: Iterable[str]) -> bool:
    """Whether what has changed in the environment since `before` decides something.

    `reads` are the names that were read, None for all. The `modules` of a project may have read others before.
    """
    now = digests()
    changed = {name for name in {*before, *now} if before.get(name) != now.get(name)}
    if not changed or reads is None:
        return bool(changed)
    if changed & {*reads} or any(map(_ALWAYS.match, changed)):
        return True
    parts = {name[:end] for name in changed for end in (len(name), *_ends(name))}
    named = re.compile(rb"[\"'](?:" + b"|".join(re.escape(os.fsencode(part)) for part in sorted(parts)) + rb")[\"'{%]")
    return any(named.search(bytes_at(path) or b"") for path in modules if _is_of_project(path))


def _ends(name: str) -> Iterator[int]:
    """Where a name may be put together: behind each `_`."""
    return (match.end() for match in re.finditer("_", name))


def _is_of_project(path: str) -> bool:
    """Whether a file is a module of the project or of a package: neither of Python nor of this one."""
    return path.endswith(".py") and not _is_of_python(path) and not path.startswith(_OWN_FOLDER)
