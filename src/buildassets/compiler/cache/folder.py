"""The path of a project's cache folder, and the names in it.

Imports nothing at load time: every command loads this module first.
"""

import os

TYPE_CHECKING = False  # as in `typing`, whose import would take a fifth of the time
if TYPE_CHECKING:
    from typing import NoReturn

    from buildassets.compiler.config.values import Config
    from buildassets.foundation.diagnostics import Diagnostic

DEFAULT_FOLDER = ".buildassets"
FOLDER_VARIABLE = "BUILDASSETS_CACHE_DIR"
BUILDS = "builds"
MEASURES = "measures"


def cache_folder(config: "Config", given: str | None = None) -> str:
    """The cache folder: `given` or that of the environment, relative to the working directory, or else the default."""
    given = given or os.environ.get(FOLDER_VARIABLE)
    return os.path.abspath(given) if given else os.path.join(config.folder, DEFAULT_FOLDER)


def cache_to_build_with(config: "Config", given: str | None = None) -> str:
    """The same; raises ConfigError if it lies among the sources or in the release directory."""
    folder = cache_folder(config, given)
    for root in config.sources:
        if _is_seen_in(root.path, folder):
            _refuse_cache(config, folder, f"the source root `{root.shown}`")
    if _is_seen_in(config.output, folder):
        _refuse_cache(config, folder, f"the release directory `{config.shown(config.output)}`")
    return folder


def unusable_cache(config: "Config", folder: str, fault: OSError) -> "Diagnostic":
    """The warning for a cache in which nothing can be kept."""
    from buildassets.foundation.diagnostics import reason_text, warning

    is_file = os.path.lexists(folder) and not os.path.isdir(folder)
    reason = "it is not a folder" if is_file else reason_text(fault)
    hint = "check its permissions, or choose another folder with `--cache-dir`; `--no-cache` builds without one"
    return warning("config/cache", f"the cache `{config.shown(folder)}` cannot be used: {reason}", hint=hint)


def _is_seen_in(around: str, folder: str) -> bool:
    """Whether `folder` is `around`, or below it outside of hidden folders."""
    try:
        names = os.path.relpath(os.path.realpath(folder), os.path.realpath(around)).split(os.sep)
    except ValueError:  # another drive of Windows
        return False
    return names[0] != os.pardir and (names == [os.curdir] or not any(name.startswith(".") for name in names))


def _refuse_cache(config: "Config", folder: str, place: str) -> "NoReturn":
    from buildassets.errors import ConfigError
    from buildassets.foundation.diagnostics import error

    message = f"the cache `{config.shown(folder)}` lies in {place}"
    hint = "choose another folder with `--cache-dir` or `$BUILDASSETS_CACHE_DIR`, or one whose name begins with a dot"
    raise ConfigError([error("config/cache", message, hint=hint)])
