"""Imports Python of the project into this process: the only module that does."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from buildassets.disk.folders import is_within
from buildassets.foundation.permission import Permission, require
from buildassets.programs.places import brought_by, lies_in_environment, lies_in_project

if TYPE_CHECKING:  # 28 ms
    from importlib.machinery import ModuleSpec
    from importlib.metadata import Distribution, EntryPoint

_ORIGIN = "direct_url.json"  # https://packaging.python.org/en/latest/specifications/direct-url/


def project_module(name: str, *, permission: Permission) -> ModuleType:
    """The module `name`, which the project names. Raises NotPermittedError, and whatever the module raises."""
    require(permitted=permission.python, what=f"to import the module `{name}`")
    return import_module(name)


@contextmanager
def importable(folder: str, *, permission: Permission, first: bool) -> Iterator[None]:
    """Make the modules in `folder` importable in the block, before or after all others. Raises NotPermittedError."""
    require(permitted=permission.python, what=f"to import modules in `{folder}`")
    sys.path.insert(0 if first else len(sys.path), folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def loaded_entry_point(entry: "EntryPoint", folder: str, *, permission: Permission) -> Any:
    """The object that `entry` names. Raises NotPermittedError if its package is the project itself in `folder`."""
    if is_of_project(entry, folder):
        require(permitted=permission.python, what=f"to import `{entry.value}`")
    return entry.load()


def is_of_project(entry: "EntryPoint", folder: str) -> bool:
    """Whether the package of `entry` lies in the project in `folder`, or around it, as an editable install can."""
    if entry.dist is None:
        return True
    source = editable_source(entry.dist)
    folders = [os.path.realpath(str(entry.dist.locate_file(""))), *filter(None, [source])]
    return any(_holds_modules_of(one, folder) for one in folders)


def refuse_project_modules(folder: str) -> None:
    """Let this process import no module of the project in `folder`, such as one that we use where it is installed."""
    if not any(isinstance(one, _Refusal) and one.folder == folder for one in sys.meta_path):
        sys.meta_path.insert(0, _Refusal(folder))


def admit_project_modules() -> None:
    """Let this process import modules of the project again."""
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, _Refusal)]


class _Refusal:
    """Finds modules by the other finders (importlib's meta path), and none that the project in `folder` brings."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._is_of_project = partial(_is_module_of, brought_by(folder), os.path.realpath(folder))

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> "ModuleSpec | None":
        """See importlib.abc.MetaPathFinder."""
        if name.partition(".")[0] == __name__.partition(".")[0]:
            return None
        for finder in [one for one in sys.meta_path if not isinstance(one, _Refusal)]:
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if self._is_of_project(spec):
                    raise ModuleNotFoundError(f"No module named {name!r} outside of the project", name=name)
                return spec
        return None


def _is_module_of(is_brought: Callable[[str], bool], folder: str, spec: "ModuleSpec") -> bool:
    """Whether a module lies in the project in `folder`, or in a folder around it that has no installed packages."""
    files = [spec.origin] if spec.has_location and spec.origin else spec.submodule_search_locations or ()
    return any(is_brought(file) or _is_around(os.path.dirname(file), folder) for file in files)


def _is_around(place: str, folder: str) -> bool:
    real = os.path.realpath(place)
    return is_within(real, folder) and not lies_in_environment(os.path.join(real, "module"))


def _holds_modules_of(place: str, folder: str) -> bool:
    """Whether modules in `place` are of the project in `folder`: it lies in the project, or around it."""
    return lies_in_project(os.path.join(place, "module"), folder) or _is_around(place, os.path.realpath(folder))


def editable_source(package: "Distribution") -> str | None:
    """The absolute folder that `package` is installed from as editable; None if it is not."""
    from urllib.parse import urlsplit  # 20 ms with the next, and builds and web processes import this module
    from urllib.request import url2pathname

    try:
        origin = json.loads(package.read_text(_ORIGIN) or "{}")
        is_editable, url = origin.get("dir_info", {}).get("editable", False), urlsplit(origin.get("url", ""))
        return os.path.realpath(url2pathname(url.path)) if is_editable and url.scheme == "file" else None
    except (ValueError, AttributeError, RecursionError):
        return None
