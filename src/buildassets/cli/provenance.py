"""`build --provenance`: where the release comes from, told beside it."""

import os
from typing import TYPE_CHECKING

from buildassets.cli.releases import os_faults_told

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config, Mode
    from buildassets.compiler.result import BuildResult


def attested(config: "Config", result: "BuildResult", mode: "Mode") -> list[str]:
    """Write what there is to tell of the release that `result` says is there; gives what the files are called.

    Raises BuildError and ReleaseError.
    """
    from buildassets.compiler.config.shown import shown_path
    from buildassets.compiler.write.clock import given_time, timestamp
    from buildassets.release.provenance.files import attest

    seconds = given_time()
    at = None if seconds is None else timestamp(seconds)
    with os_faults_told("release/unwritable", shown_path(config, config.output)):
        paths = attest(config.output, _inputs(config, result), config.folder, mode, at)
    return [shown_path(config, path) for path in paths]


def _inputs(config: "Config", result: "BuildResult") -> dict[str, str]:
    """The files that made the release, and the configuration, by the names that the manifest has for them.

    A build looks at more than it needs, and remembers of the last one what it need not look at.
    """
    from buildassets.compiler.config.shown import input_name, shown_path

    assert result.manifest is not None
    named = {name for entry in result.manifest.assets.values() for name in entry.inputs}
    found: dict[str, str] = {}
    for path in result.inputs:
        name = input_name(config, path)
        if name in named and os.path.isfile(path):
            found.setdefault(name, path)
    return found | ({shown_path(config, config.file): config.file} if config.file else {})
