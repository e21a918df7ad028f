"""Bundles of webassets for a build: a YAML file is read, a module of the project is run in a process of its own.

Takes what the configuration names, gives a Foreign.
"""

import os
from typing import Any, Final

from buildassets.compat.run_program import ProgramError, printed_by
from buildassets.compat.webassets.compile.describe import described_yaml
from buildassets.compat.webassets.compile.described import BundleTooLargeError, Described, described_of
from buildassets.compat.webassets.compile.project import BundleProject
from buildassets.compat.webassets.compile.yaml_file import SUFFIXES
from buildassets.compiler.config.foreign import Foreign, ReaderArguments
from buildassets.compiler.config.values import BlockPlan
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error, from_json
from buildassets.foundation.permission import Permission

_PROGRAM: Final = "buildassets.compat.webassets.compile.collect"
_NAME_IT: Final = 'name what has the bundles, as in `webassets = "app.assets:environment"`'


def read(asked: ReaderArguments) -> Foreign | None:
    """The bundles in `asked.file`, a YAML file or `module:attribute`, and in further files. Raises ConfigError."""
    found = describe(asked.folder, asked.file, *asked.more, permission=asked.permission)
    project = BundleProject(asked.folder, found, asked.mode, asked.engines)
    faults = tuple(dict.fromkeys(project.faults))
    if any(one.is_error for one in faults):
        raise ConfigError(faults, looked_at=(*found.files, *project.resolver.looked_in))
    first = found.files[0] if found.files else os.path.join(asked.folder, asked.file)
    fields: dict[str, Any] = {
        "plan": BlockPlan(path=first, folder="", blocks=project.blocks, named=tuple(sorted(project.named))),
        "templating": project.templating,
        "template_names": project.template_names(),
        "bases": project.bases(),
        "notices": faults,
        "was_libsass": project.was_libsass,
        "is_computed": not asked.file.endswith(SUFFIXES),
    }
    return Foreign(project.table(), fields, (*found.files, *project.resolver.looked_in))


def describe(folder: str, named: str, *more: str, permission: Permission) -> Described:
    """The bundles of the YAML files or the module `named`, as seen from `folder`. Raises ConfigError."""
    if not named.endswith(SUFFIXES) and not more:
        return _described_module(folder, named, permission=permission)
    if module := next((one for one in (named, *more) if not one.endswith(SUFFIXES)), None):
        raise _unloadable(module, "only files in YAML can be listed", hint="name the module alone, or the files")
    try:
        return described_yaml(folder, (named, *more))
    except BundleTooLargeError as fault:
        raise _unloadable(named, str(fault)) from None


def _described_module(folder: str, named: str, *, permission: Permission) -> Described:
    try:
        document = printed_by(_PROGRAM, named, folder, permission=permission)
    except ProgramError as fault:
        raise _unloadable(named, str(fault), hint=fault.hint(named, _NAME_IT)) from None
    if "diagnostics" in document:
        raise ConfigError([*map(from_json, document["diagnostics"])])
    return described_of(document)


def _unloadable(named: str, reason: str, hint: str = _NAME_IT) -> ConfigError:
    return ConfigError([error("webassets/load", f"cannot load the bundles of `{named}`: {reason}", hint=hint)])
