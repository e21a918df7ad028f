"""A project of a workspace. Finds the folders that globs of the workspace name, and which of them are projects.

- A `*`, `?` or `[…]` matches inside one segment of a path, `**` any number of segments.
- No wildcard matches a folder whose name begins with a dot, nor `node_modules`.
- A folder that a wildcard matches and that is not a project is left out; one that is named in full is a fault.
- What `**` finds inside of a project is no other one unless it has a configuration.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from posixpath import isabs, join, normpath
from typing import Final

from buildassets.compiler.config.file import refuse_foreign, search_in
from buildassets.compiler.config.load import Overrides, load_config
from buildassets.compiler.config.no_sources import DEFAULT_ROOTS
from buildassets.compiler.config.toml_table import Table
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.sources.globs import compile_globs
from buildassets.foundation.diagnostics import Diagnostic, Location
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.nearest import nearest
from buildassets.foundation.permission import Permission
from buildassets.manifest.model import MANIFEST_NAME

_NEVER: Final = "node_modules"
_ANY_DEPTH: Final = "**"
_WILDCARDS: Final = "*?["


@frozen
class Project:
    """A project: `name` is its path from the workspace, with slashes; `folder` is absolute.

    `file` is the name of its configuration file in there, None if it has none and so the default configuration.
    """

    name: str
    folder: str
    file: str | None = None

    def config(self, mode: Mode = "production", url: str | None = None, *, permission: Permission) -> Config:
        """Its configuration, as a build in its own folder reads it; raises ConfigError. Folders above do not count."""
        return load_config(
            self.file, Overrides(url=url), start=self.folder, mode=mode, looks_above=False, permission=permission
        )

    def shown(self, diagnostic: Diagnostic) -> Diagnostic:
        """`diagnostic`, found in this project, with its places relative to the workspace."""
        where = diagnostic.location and self._placed(diagnostic.location)
        return replace(diagnostic, location=where, others=tuple(map(self._placed, diagnostic.others)))

    def _placed(self, where: Location) -> Location:
        if isabs(where.file) or os.path.isabs(where.file):
            return where
        return replace(where, file=normpath(join(self.name, where.file)))


def find_projects(
    folder: str,
    patterns: Sequence[str],
    excluded: Sequence[str],
    table: Table,
    *,
    key: str,
    includes_root: bool = False,
) -> tuple[Project, ...]:
    """The projects below `folder` that `patterns` name and `excluded` do not, sorted by name, each once.

    With `includes_root` the folder itself is one, if it has a configuration. Faults of `patterns`, the value at `key`,
    are recorded in `table`.
    """
    is_excluded = compile_globs(_normal(pattern) for pattern in excluded)
    found: dict[str, Project] = {}
    anywhere: set[str] = set()  # without a configuration, and nobody has named the folder that they are in
    for number, written in enumerate(patterns):
        pattern = _normal(written)
        if os.path.isabs(pattern) or ".." in pattern.split("/"):
            table.refuse(f"leaves the workspace: `{written}`", key, number, hint="name folders below this file")
            continue
        for name in _folders(folder, pattern):
            if name not in found and not is_excluded(name) and (project := _project(folder, name)):
                found[name] = project
                anywhere |= {name} if project.file is None and _ANY_DEPTH in pattern.split("/") else set()
        if not any(mark in pattern for mark in _WILDCARDS) and pattern not in found and not is_excluded(pattern):
            _refuse(folder, pattern, table, key, number=number)
    if includes_root and (root := _project(folder, ".")) and root.file is not None:
        found["."] = root
    inner = {name for name in anywhere if any(name.startswith(f"{other}/") for other in found)}
    return tuple(_by_folder({name: project for name, project in found.items() if name not in inner}))


def _normal(pattern: str) -> str:
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    return ("/" if pattern.startswith("/") else "") + ("/".join(parts) or ".")


def _by_folder(found: dict[str, Project]) -> Iterator[Project]:
    """Those projects, sorted; of several names of one folder the first."""
    seen = set()
    for _, project in sorted(found.items()):
        real = os.path.realpath(project.folder)
        if real not in seen:
            seen.add(real)
            yield project


def _project(folder: str, name: str) -> Project | None:
    """The project in that folder; None if it has neither a configuration nor a source root by default.

    A release directory has a folder `assets/`, too, and is none. Raises ConfigError for a file of another user.
    """
    path = os.path.normpath(os.path.join(folder, name))
    file = search_in(path)
    if file is None and os.path.exists(os.path.join(path, MANIFEST_NAME)):
        return None
    if file is None and not any(os.path.isdir(os.path.join(path, root)) for root in DEFAULT_ROOTS):
        return None
    if file is not None:
        refuse_foreign(os.path.join(path, file), folder, concerns=os.path.lexists)
    return Project(name, path, file)


def _folders(folder: str, pattern: str) -> Iterator[str]:
    """The names of folders below `folder` that `pattern` matches."""
    waiting = [("", tuple(pattern.split("/")))]
    while waiting:
        name, segments = waiting.pop()
        if not segments:
            yield name or "."
            continue
        first, *rest = segments
        path = os.path.join(folder, name)
        if first == _ANY_DEPTH:
            waiting.append((name, tuple(rest)))
            waiting += ((below, segments) for below in _below(path, name, follows_links=False))
        elif any(mark in first for mark in _WILDCARDS):
            matches = compile_globs([first])
            waiting += ((below, tuple(rest)) for below in _below(path, name) if matches(os.path.basename(below)))
        elif os.path.isdir(os.path.join(path, first)):
            waiting.append((f"{name}/{first}".lstrip("/"), tuple(rest)))


def _below(path: str, name: str, *, follows_links: bool = True) -> list[str]:
    """The names of the folders in the one at `path`, whose name is `name`, that a wildcard may match."""
    with suppress(OSError), os.scandir(path) as entries:
        folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=follows_links)]
        return [f"{name}/{one}".lstrip("/") for one in folders if not one.startswith(".") and one != _NEVER]
    return []


def _refuse(folder: str, name: str, table: Table, key: str, *, number: int) -> None:
    """Record that the folder with this name is not a project."""
    path = os.path.join(folder, name)
    if os.path.isdir(path):
        message = f"`{name}` is not a project: it has no configuration, and no folder `assets/` or `static/`"
        hint = "write a `buildassets.toml` there, or create `assets/`"
    else:
        message = f"cannot find the project `{name}`"
        around = os.path.dirname(name)
        near = nearest(name, _below(os.path.join(folder, around), around))
        hint = f"did you mean `{near}`?" if near else "name a folder that exists, relative to this file"
    table.fault("workspace/project", message, key, number, hint=hint)
