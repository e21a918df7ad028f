"""Reports a project without sources; usually the folder or the name of a table is wrong.

Takes the project's folder, gives a diagnostic. Reads names in the folder, and its `pyproject.toml`.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

from buildassets.compiler.config.toml_positions import KeyPath, find_places
from buildassets.disk.files import small_content_of
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate
from buildassets.foundation.nearest import nearest
from buildassets.foundation.toml_values import toml_values
from buildassets.manifest.model import MANIFEST_NAME

DEFAULT_ROOTS: Final = ("assets", "static")
_OWN_FILE: Final = "buildassets.toml"
_PROJECT_FILE: Final = "pyproject.toml"
_TABLE: Final = "buildassets"
_MOST_FOLDERS: Final = 100  # in the working directory that are searched
_OTHERS: Final = ("node_modules", "site-packages")


def no_sources(folder: str, file: str | None, where: Location | None) -> Diagnostic:
    """The error for a project in `folder`, configured in `file` if there is one, that has no source root."""
    message = "there are no sources: no `sources` are named, and there is no folder `assets/` or `static/`"
    hint = "create `assets/`, or name your folders in `sources`"
    if file is not None:
        return error("config/no-sources", message, where, hint=_named_root(folder) or hint)
    notes = [f"there is no `{_OWN_FILE}`, and no `{_PROJECT_FILE}` with `[tool.buildassets]`, here or above"]
    if misnamed := _misnamed_table(folder):
        where, name = misnamed
        return error("config/no-sources", message, where, hint=f"write `[tool.buildassets]` for `[{name}]`")
    hint = _project_below(folder) or _named_root(folder) or hint
    return error("config/no-sources", message, where, notes=notes, hint=hint)


def _project_below(folder: str) -> str | None:
    for name in _folders(folder):
        if os.path.isfile(os.path.join(folder, name, _OWN_FILE)):
            return f"change to `{name}/`, or name the configuration: `--config {name}/{_OWN_FILE}`"
    return None


def _named_root(folder: str) -> str | None:
    for name in _folders(folder):
        is_release = os.path.isfile(os.path.join(folder, name, MANIFEST_NAME))
        for root in () if is_release else DEFAULT_ROOTS:
            if os.path.isdir(os.path.join(folder, name, root)):
                return f'name the folder in `sources`: `sources = ["{name}/{root}"]`'
    return None


def _folders(folder: str) -> Iterator[str]:
    """Names of folders in `folder` that may contain a project, sorted."""
    with suppress(OSError), os.scandir(folder) as entries:
        first = islice((entry for entry in entries if entry.is_dir()), _MOST_FOLDERS)
        yield from sorted(entry.name for entry in first if entry.name[0] != "." and entry.name not in _OTHERS)


def _misnamed_table(folder: str) -> tuple[Location, str] | None:
    """The place and name of a table in `pyproject.toml` whose name resembles ours."""
    with suppress(OSError, ValueError):
        content = small_content_of(os.path.join(folder, _PROJECT_FILE), MOST_SETTINGS_BYTES) or b""
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        values = toml_values(text)
        tools = values.get("tool")
        paths: list[KeyPath] = [("tool", name) for name in (tools if isinstance(tools, dict) else ())]
        paths = [path for path in paths if nearest(str(path[1]), [_TABLE], 0.8)]
        if isinstance(values.get(_TABLE), dict):
            paths.append((_TABLE,))
        if paths and (span := find_places(text).of_key(paths[0])):
            return locate(_PROJECT_FILE, text, *span), ".".join(map(str, paths[0]))
    return None
