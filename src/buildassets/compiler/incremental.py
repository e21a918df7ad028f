"""A build that has nothing to do, told by the files that decided the last one and those that it left.

Imports no stage before there is work for it.
"""

import json
import os
import time
from collections.abc import Callable

from buildassets._version import __version__
from buildassets.compiler.config import Config
from buildassets.compiler.result import BuildResult, Mode
from buildassets.compiler.snapshot import take, unchanged
from buildassets.compiler.tools import environment, tools
from buildassets.diagnostics import from_json, to_json
from buildassets.manifest import MANIFEST_NAME, loads

DEFAULT_FOLDER = ".buildassets"
FOLDER_VARIABLE = "BUILDASSETS_CACHE_DIR"


def cache_folder(config: Config, given: str | None = None) -> str:
    """Where the cache of a project is: `given`, relative to the working directory, or what the environment says."""
    given = given or os.environ.get(FOLDER_VARIABLE)
    return os.path.abspath(given) if given else os.path.join(config.folder, DEFAULT_FOLDER)


def incremental(config: Config, mode: Mode, folder: str | None, work: Callable[[], BuildResult]) -> BuildResult:
    """The result of the last build where that still holds, or else of `work`; `folder` None asks for no cache."""
    if folder is None:
        return work()
    build = _named(config, mode)
    kept = unchanged(folder, build)
    if kept is not None:
        return _held(config, kept)
    began_ns = time.time_ns()
    result = work()
    if result.succeeded:
        kept = json.dumps([to_json(found) for found in result.diagnostics]).encode("ascii")
        take(folder, build, [*result.inputs, *tools(config.folder)], result.outputs, kept, began_ns)
    return result


def _held(config: Config, kept: bytes) -> BuildResult:
    with open(os.path.join(config.output, MANIFEST_NAME), encoding="ascii") as file:
        manifest = loads(file.read())
    return BuildResult(manifest, (), tuple(map(from_json, json.loads(kept))))


def _named(config: Config, mode: Mode) -> str:
    """All that decides a build besides files."""
    return repr((__version__, environment(), mode, config))
