"""The further places in which directives find files: packages below npm roots, and load paths.

Takes the configuration and the sources, gives sources. Reads `package.json` files and checks whether files exist.
"""

import os
from collections.abc import Mapping, Sequence

from buildassets.compiler.bundle.directive_names import Place
from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Source
from buildassets.compiler.resolve.node import Description
from buildassets.compiler.resolve.package_json import Descriptions
from buildassets.compiler.sources.discover import Sources
from buildassets.folders import path_below
from buildassets.paths import LogicalPath


class NpmRoot:
    """A source root of npm. `prefix`, which ends in a slash, begins the logical paths of its files."""

    makes_assets = True

    def __init__(self, folder: str, prefix: str, sources: Sources, descriptions: Descriptions) -> None:
        self._folder = folder
        self._prefix = prefix
        self._sources = sources
        self._descriptions = descriptions

    def source(self, name: str) -> Source | None:
        """The file of that name below the root, if it makes an asset."""
        return None if _leads_out(name) else self._sources.get(LogicalPath(self._prefix + name))

    def description(self, name: str) -> Description:
        """The content of the `package.json` of the package `name`."""
        return {} if _leads_out(name) else self._descriptions.of(self._prefix + name) or {}

    def name_of(self, path: str) -> str | None:
        """The name of the file at `path` below the root; None outside of it."""
        return path_below(self._folder, path)


class LoadPath:
    """A load path. Its files are no assets, but can be joined with one."""

    makes_assets = False

    def __init__(self, folder: str, config: Config, listed: Mapping[LogicalPath, Source], descriptions: Descriptions):
        self._folder = folder
        self._config = config
        self._listed = listed
        self._by_path = {source.path: source for source in listed.values()}
        self._descriptions = descriptions

    def source(self, name: str) -> Source | None:
        """The file of that name in the folder. If it is in a source root, too, the source that is there."""
        path = os.path.join(self._folder, *name.split("/"))
        self._descriptions.looked_at.append(path)
        if _leads_out(name) or not os.path.isfile(path):
            return None
        logical = LogicalPath(f"../{name}" if name in self._listed else name)
        return self._by_path.get(path) or Source(logical, path, self._config.shown(path), -1, name)

    def description(self, name: str) -> Description:
        """The content of the `package.json` of the package `name`."""
        path = os.path.join(self._folder, *name.split("/"), "package.json")
        return {} if _leads_out(name) else self._descriptions.at(path, self._config.shown(path))

    def name_of(self, path: str) -> str | None:
        """The name of the file at `path` below the folder; None outside of it."""
        return path_below(self._folder, path)


def _leads_out(name: str) -> bool:
    return name.startswith(("../", "/")) or name == ".."


def places_of(config: Config, sources: Sources, descriptions: Descriptions) -> Sequence[Place]:
    """The npm roots and then the load paths, each in its order; none if directives are not read."""
    if not config.directives:
        return ()
    roots = [
        NpmRoot(root.path, f"{root.prefix}/" if root.prefix else "", sources, descriptions)
        for root in config.sources
        if root.npm
    ]
    return (*roots, *(LoadPath(folder, config, sources.listed, descriptions) for folder in config.load_paths))
