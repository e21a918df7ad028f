"""Packages of django-pipeline for a build that knows the settings by their name.

Takes what the configuration names, gives a Foreign. The settings are loaded in a process of their own.
"""

import os
from typing import Any, Final

from buildassets.compat.run_program import ProgramError, printed_by
from buildassets.compiler.config.block_plan import merged_of, parts_of
from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.foreign import Foreign, ReaderArguments
from buildassets.compiler.config.values import BlockPlan
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error, from_json

_EMPTY: Final = "pipeline/empty"  # the others are built
_PROGRAM: Final = "buildassets.compat.pipeline.compile.collect"


def read(asked: ReaderArguments) -> Foreign | None:
    """The configuration in the settings module `asked.file`. Raises ConfigError if it cannot be loaded."""
    try:
        found = printed_by(_PROGRAM, asked.file, asked.folder, permission=asked.permission)
    except ProgramError as fault:
        hint = fault.hint(asked.file, 'name the module of Django\'s settings, as in `pipeline = "shop.settings"`')
        message = f"cannot load the settings `{asked.file}`: {fault}"
        raise ConfigError([error("pipeline/load", message, hint=hint)]) from None
    plan = found["plan"]
    faults = [*map(from_json, plan["diagnostics"])]
    if wrong := [one for one in faults if one.is_error and one.code != _EMPTY]:
        raise ConfigError(wrong, looked_at=found["files"])
    path = os.path.join(asked.folder, *asked.file.split(".")) + ".py"
    fields: dict[str, Any] = {
        "plan": BlockPlan(
            path=path, folder="", blocks=plan["blocks"], inputs=tuple(plan["inputs"]), merged=merged_of(plan)
        ),
        "notices": tuple(faults),
        "is_computed": True,
        **parts_of(plan),
    }
    table: dict[str, Any] = {
        "sources": [_root(asked.folder, one) for one in found["roots"]],
        "bundles": plan["bundles"],
    }
    if found["url"].startswith(("/", "http://", "https://")):
        table["url"] = found["url"]
    return Foreign(table, fields, tuple(found["files"]))


def _root(folder: str, root: dict[str, Any]) -> dict[str, Any]:
    below = relative_to(folder, root["path"])
    return {**root, "path": root["path"] if below.startswith("..") else below}
