"""Sheets and plugins in npm packages that sheets for Tailwind name, with their files.

Takes a folder and a name, gives paths; reads files by the reader, so that all are recorded.
"""

import json
import os
from collections.abc import Iterator
from typing import Any, Final

from buildassets.compiler.engines.reader import Reader
from buildassets.compiler.engines.tool_choice import refuse_foreign_modules
from buildassets.disk.owners import modules_folders
from buildassets.foundation.lazy_pattern import lazy_pattern

_CONDITIONS: Final = ("style", "import", "default")
_IMPORTED: Final = lazy_pattern(r"(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*[\"'](\.{1,2}/[^\"'\n]+)[\"']")
_ENDS: Final = ("", ".js", ".ts", ".mjs", ".cjs", ".json", "/index.js", "/index.ts")
_MOST_FILES: Final = 200  # of one plugin


def sheet_of_package(reader: Reader, folder: str, name: str, *, project: str) -> tuple[str, str] | None:
    """The path and the text of the sheet `name`, as in `package/sheet.css`, as seen from `folder`.

    Raises UnavailableError if another user decides about the `node_modules` that has it.
    """
    package, inner = _parts(name)
    for modules in modules_folders(folder):
        home = os.path.join(modules, package)
        description = reader.read(os.path.join(home, "package.json"))
        if description is not None:
            refuse_foreign_modules(modules, project)
            for file in _files(_object(description), inner):
                path = os.path.normpath(os.path.join(home, file))
                if (text := reader.read(path)) is not None:
                    return path, text
            return None
    return None


def plugin_files(reader: Reader, folder: str, name: str, *, project: str) -> str | None:
    """The absolute path of the plugin `name`, if that is the path of a file; everything that it is made of is read.

    Raises UnavailableError if another user decides about a `node_modules` above, in which Tailwind, which runs the
    plugin, looks for whatever the plugin imports.
    """
    for modules in filter(os.path.lexists, modules_folders(folder)):
        refuse_foreign_modules(modules, project)
    if not name.startswith((".", "/")):
        package, _ = _parts(name)
        any(reader.read(os.path.join(home, "package.json")) for home in homes(folder, package))
        return None
    path = os.path.normpath(os.path.join(folder, name))
    return path if _read_all(reader, path) else None


def _read_all(reader: Reader, path: str) -> bool:
    """Read the script at `path` and those that it imports by relative paths; whether it is there."""
    waiting, seen, count = [path], set[str](), 0
    while waiting and len(seen) < _MOST_FILES:
        wanted = waiting.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        text = next(filter(None, (reader.read(wanted + end) for end in _ENDS)), None)
        if text is not None:
            count += 1
            folder = os.path.dirname(wanted)
            waiting += (os.path.normpath(os.path.join(folder, name)) for name in _IMPORTED.findall(text))
        elif not count:
            return False
    return True


def _parts(name: str) -> tuple[str, str]:
    """The name of the package, and the path in it."""
    parts = name.split("/")
    count = 2 if name.startswith("@") else 1
    return "/".join(parts[:count]), "/".join(parts[count:])


def homes(folder: str, package: str) -> Iterator[str]:
    """The folders in which node would look for `package` from `folder`."""
    return (os.path.join(modules, package) for modules in modules_folders(folder))


def _files(description: dict[str, Any], inner: str) -> Iterator[str]:
    """The files that may be the sheet, the likeliest first."""
    exported = description.get("exports")
    key = f"./{inner}" if inner else "."
    if isinstance(exported, dict) and key in exported:
        exported = exported[key]
    elif inner:
        exported = None
    yield from _exported(exported)
    if inner:
        yield from (inner, f"{inner}.css")
    else:
        style = description.get("style")
        yield from (style,) if isinstance(style, str) else ()
        yield "index.css"


def _exported(target: object) -> Iterator[str]:
    if isinstance(target, str) and target.endswith(".css"):
        yield target
    elif isinstance(target, dict):
        for condition in _CONDITIONS:
            yield from _exported(target.get(condition))


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
