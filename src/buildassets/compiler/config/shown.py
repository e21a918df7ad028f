"""Forms the names of paths and settings that users see."""

from dataclasses import replace

from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.values import Config
from buildassets.diagnostics import Location
from buildassets.folders import path_below


def input_name(config: Config, path: str) -> str:
    """`path` below its source root, with the root's prefix, or below its load path: the same on every machine."""
    for root in config.sources:
        if (name := path_below(root.path, path)) is not None:
            return f"{root.prefix}/{name}".lstrip("/")
    for folder in config.load_paths:
        if (name := path_below(folder, path)) is not None:
            return name
    shown = shown_path(config, path)
    _, modules, package = shown.partition("/node_modules/")
    return f"node_modules/{package}" if modules and shown.startswith("../") else shown


def shown_path(config: Config, path: str) -> str:
    """The absolute `path` as the user would write it: relative to the configuration's folder, POSIX."""
    return relative_to(config.folder, path)


def place_of_setting(config: Config, *keys: str | int) -> Location | None:
    """The place in the configuration file of the value at `keys`, or of what encloses it; None without a file."""
    where = config.document.locate_value(keys) if config.document else None
    return replace(where, file=shown_path(config, config.file)) if where and config.file else None
