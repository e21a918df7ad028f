"""Finds and writes the file by which a package of `compat` passes a plan to the compiler; leaves an equal one alone.

Takes JSON, gives a path. Writes below the folder of the cache.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from buildassets.compiler.cache.folder import DEFAULT_FOLDER, FOLDER_VARIABLE
from buildassets.disk.files import bytes_at, write_whole
from buildassets.foundation.diagnostics import Diagnostic


def plan_folder(system: str) -> str:
    """The folder of the plan of `system`, absolute."""
    return os.path.join(os.path.abspath(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER), system)


def plan_path(folder: str) -> str:
    """The plan in `folder`."""
    return os.path.join(folder, "plan.json")


def write_plan(folder: str, document: Mapping[str, Any]) -> str:
    """Write `document` into `folder`, unless the same is there; gives its path."""
    path = plan_path(folder)
    content = json.dumps(document, indent=1, sort_keys=True).encode("ascii")
    if bytes_at(path) != content:
        os.makedirs(folder, exist_ok=True)
        write_whole(path, content)
    return path


def plain(found: Diagnostic) -> dict[str, Any]:
    """A diagnostic as a plan has it; `diagnostics.from_json` reads it."""
    location = asdict(found.location) if found.location else None
    return {
        "severity": found.severity.value,
        "code": found.code,
        "message": found.message,
        "location": location,
        "notes": list(found.notes),
        "hint": found.hint,
    }
