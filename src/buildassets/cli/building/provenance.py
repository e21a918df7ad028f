"""`build --provenance`: writes a statement and a bill of materials next to the release."""

import os
from typing import TYPE_CHECKING

from buildassets.cli.releases import os_faults_as_release_error
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.transform.command_engine import named_files
from buildassets.compiler.write.clock import given_time, timestamp
from buildassets.disk.folders import is_within
from buildassets.release.provenance.files import attest

if TYPE_CHECKING:
    from buildassets.compiler.result import BuildResult


def attested(config: Config, result: "BuildResult", mode: Mode) -> list[str]:
    """Write the statement and the bill of materials of a release; returns their paths as the user would write them.

    Raises BuildError and ReleaseError.
    """
    seconds = given_time()
    at = None if seconds is None else timestamp(seconds)
    with os_faults_as_release_error("release/unwritable", config.shown(config.output)):
        paths = attest(config.output, _inputs(config, result), config.folder, mode, at=at)
    return [config.shown(path) for path in paths]


def _inputs(config: Config, result: "BuildResult") -> dict[str, str]:
    """The files that the release was made of, the configuration and the scripts of its commands, by their names.

    `result.inputs` holds more: files that the build looked at and did not use.
    """
    assert result.manifest is not None
    named = {name for entry in result.manifest.assets.values() for name in entry.inputs}
    paths: dict[str, str] = {}
    for path in result.inputs:
        name = config.input_name(path)
        if name in named and os.path.isfile(path):
            paths.setdefault(name, path)
    beside = [*_scripts(config), *([config.file] if config.file else [])]
    return paths | {config.shown(path): path for path in beside if is_within(config.folder, path)}


def _scripts(config: Config) -> list[str]:
    """The files that the arguments of commands name."""
    if not config.commands:
        return []

    return [path for command in config.commands.values() for path in named_files(config.folder, command)]
