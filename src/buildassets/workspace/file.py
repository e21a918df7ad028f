"""Finds and reads the file of a workspace: `buildassets-workspace.toml`, or the table of uv's in `pyproject.toml`.

Takes a folder, gives a Workspace, or raises ConfigError with all faults of the file.
"""

import os
from typing import Any, Final

from buildassets.compiler.config.file import read_text, refuse_foreign, relative_to, working_directory
from buildassets.compiler.config.toml_table import Document, parse
from buildassets.disk.folders import upward
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error, sort_key
from buildassets.foundation.frozen import frozen
from buildassets.workspace.members import Project, find_projects

NAME: Final = "buildassets-workspace.toml"
_UV_FILE: Final = "pyproject.toml"
_UV_TABLE: Final = ("tool", "uv", "workspace")


@frozen
class Workspace:
    """The `projects` of a workspace, sorted by name, and the absolute paths of the `files` that may name them.

    `folder` is absolute, and names are relative to it.
    """

    folder: str
    projects: tuple[Project, ...]
    files: tuple[str, ...] = ()


def find_workspace(start: str = ".") -> Workspace:
    """The workspace of the nearest folder from `start` upward that has one; raises ConfigError.

    A file of ours takes precedence over all tables of uv's; without `projects`, it takes the members of uv's workspace.
    """
    start = os.path.normpath(os.path.join(working_directory(), start))
    for folder in upward(start):
        if os.path.lexists(path := os.path.join(folder, NAME)):
            refuse_foreign(path, start, concerns=os.path.lexists)
            return _ours(folder, start)
    for folder in upward(start):
        if (document := _of_uv(folder, start)) is not None:
            refuse_foreign(os.path.join(folder, _UV_FILE), start, concerns=os.path.lexists)
            return _workspace(folder, document, "members", includes_root=True)
    message = f"there is no workspace: no `{NAME}`, here or above, and no `pyproject.toml` with `[tool.uv.workspace]`"
    hint = f'write `projects = ["sites/*"]` to `{NAME}` in the folder above your projects'
    raise ConfigError([error("workspace/none", message, hint=hint)])


def _ours(folder: str, start: str) -> Workspace:
    path = os.path.join(folder, NAME)
    shown = relative_to(start, path)
    text = read_text(path, shown)
    document = Document(parse(text, shown), text, shown)
    if "projects" not in document.table and (members := _of_uv(folder, start)) is not None:
        document.table.close()
        _raise_if_any(document)
        return _workspace(folder, members, "members", includes_root=True)
    return _workspace(folder, document, "projects", includes_root=False)


def _of_uv(folder: str, start: str) -> Document | None:
    """The table of uv's workspace in `folder`, if it has one."""
    path = os.path.join(folder, _UV_FILE)
    if not os.path.lexists(path):
        return None
    shown = relative_to(start, path)
    text = read_text(path, shown)
    if "workspace" not in text:
        return None
    values: Any = parse(text, shown)
    for key in _UV_TABLE:
        values = values.get(key) if isinstance(values, dict) else None
    return Document(values, text, shown, _UV_TABLE) if isinstance(values, dict) else None


def _workspace(folder: str, document: Document, key: str, *, includes_root: bool) -> Workspace:
    table = document.table
    patterns, excluded = table.texts(key), table.texts("exclude")
    if not includes_root:
        table.close()
    projects = find_projects(folder, patterns, excluded, table, key=key, includes_root=includes_root)
    if not projects and not document.faults:
        message = "the workspace has no projects"
        if patterns:
            message = f"no folder that `{key}` names is a project"
        hint = (
            "a project has a `buildassets.toml`, or a `pyproject.toml` with `[tool.buildassets]`, or a folder `assets/`"
        )
        table.fault("workspace/no-projects", message, key, hint=hint)
    _raise_if_any(document)
    return Workspace(folder, projects, tuple(os.path.join(folder, name) for name in (NAME, _UV_FILE)))


def _raise_if_any(document: Document) -> None:
    if document.faults:
        raise ConfigError(sorted(document.faults, key=sort_key))
