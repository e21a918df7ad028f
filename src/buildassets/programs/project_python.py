"""Imports Python of the project into this process: the only module that does."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from buildassets.folders import is_within
from buildassets.programs.permission import Permission, require
from buildassets.programs.places import lies_in_project

if TYPE_CHECKING:  # 28 ms
    from importlib.metadata import Distribution, EntryPoint

_ORIGIN = "direct_url.json"  # https://packaging.python.org/en/latest/specifications/direct-url/


def project_module(name: str, *, permission: Permission) -> ModuleType:
    """The module `name`, which the project names. Raises NotPermittedError, and whatever the module raises."""
    require(permission.python, f"to import the module `{name}`")
    return import_module(name)


@contextmanager
def importable(folder: str, *, permission: Permission, first: bool) -> Iterator[None]:
    """Make the modules in `folder` importable in the block, before or after all others. Raises NotPermittedError."""
    require(permission.python, f"to import modules in `{folder}`")
    sys.path.insert(0 if first else len(sys.path), folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def loaded_entry_point(entry: "EntryPoint", folder: str, *, permission: Permission) -> Any:
    """The object that `entry` names. Raises NotPermittedError if its package is the project itself in `folder`."""
    if is_of_project(entry, folder):
        require(permission.python, f"to import `{entry.value}`")
    return entry.load()


def is_of_project(entry: "EntryPoint", folder: str) -> bool:
    """Whether the package of `entry` lies in the project in `folder`, or around it, as an editable install can."""
    if entry.dist is None:
        return True
    source = _editable_source(entry.dist)
    folders = [os.path.realpath(str(entry.dist.locate_file(""))), *filter(None, [source])]
    is_below = any(lies_in_project(os.path.join(one, "module"), folder) for one in folders)
    return is_below or (source is not None and is_within(source, os.path.realpath(folder)))


def _editable_source(package: "Distribution") -> str | None:
    """The absolute folder that `package` is installed from as editable; None if it is not."""
    from urllib.request import url2pathname  # 20 ms, and web processes import this module

    try:
        origin = json.loads(package.read_text(_ORIGIN) or "{}")
        is_editable, url = origin.get("dir_info", {}).get("editable", False), urlsplit(origin.get("url", ""))
    except (ValueError, AttributeError):
        return None
    return os.path.realpath(url2pathname(url.path)) if is_editable and url.scheme == "file" else None
