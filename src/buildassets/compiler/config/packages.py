"""Adds to a configuration what vendored packages need: their Sass sources are found, and some files keep their names.

Takes a Config and the packages of the lock, gives a Config. Checks on disk whether the folder of packages exists.
"""

import os
from collections.abc import Mapping

from buildassets.compiler.config.values import VENDOR, Config
from buildassets.foundation.frozen import replace
from buildassets.packages.lock import LockedPackage


def with_packages(config: Config, packages: Mapping[str, LockedPackage]) -> Config:
    """`config` with the folder of packages among its load paths if one has Sass sources, which are not assets then."""
    root = config.package_root
    sourced = [name for name, one in packages.items() if one.source]
    plain = [f"{VENDOR}/{name}/{file}" for name, one in packages.items() for file in one.plain]
    if root is None or not (sourced or plain):
        return config
    folder = os.path.join(root.path, VENDOR)
    globs = [f"{VENDOR}/{name}/**/*.{ending}" for name in sourced for ending in ("scss", "sass")]
    sources = [replace(one, exclude=(*one.exclude, *globs)) if one is root else one for one in config.sources]
    return replace(
        config,
        sources=tuple(sources),
        load_paths=(*config.load_paths, *([folder] if sourced and os.path.isdir(folder) else ())),
        plain=(*config.plain, *(f"{root.prefix}/{path}".lstrip("/") for path in plain)),
    )
