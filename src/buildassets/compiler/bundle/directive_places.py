"""The further places in which directives find files: packages below npm roots, load paths, main files of packages.

Takes the configuration and the sources, gives sources. Reads `package.json` and `bower.json` files, and checks whether
files exist.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from buildassets.compiler.bundle.directive_names import Place
from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Source
from buildassets.compiler.resolve.node import Description
from buildassets.compiler.resolve.package_json import Descriptions
from buildassets.compiler.sources.discover import Sources
from buildassets.disk.files import bytes_at
from buildassets.disk.folders import path_below
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES
from buildassets.foundation.paths import LogicalPath

_BOWER: Final = ("bower.json", ".bower.json", "component.json")
_NPM: Final = "package.json"


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
    """A load path. Its files are not assets, but can be joined with one."""

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
        return self._by_path.get(path) or Source(logical, path, shown=self._config.shown(path), root=-1, relative=name)

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


class PackageMains:
    """The main files of the packages in `roots`, which are folders and the prefixes of their logical paths.

    `main` in its `bower.json` or `package.json` names them, as for Sprockets (`Sprockets::Bower`, `Sprockets::Npm`).

    `read` are the paths of the descriptions that were read.
    """

    def __init__(self, roots: Sequence[tuple[str, str]]) -> None:
        self._roots = roots
        self.read: dict[str, None] = {}

    def files(self, stem: str) -> Iterator[str]:
        """The absolute paths of the main files of the package `stem`, which is an absolute or a logical path."""
        for folder in [stem] if os.path.isabs(stem) else self._folders(stem):
            if os.path.isdir(folder):
                yield from (os.path.normpath(os.path.join(folder, name)) for name in self._names(folder))

    def _folders(self, stem: str) -> Iterator[str]:
        for path, prefix in self._roots:
            if not prefix:
                yield os.path.join(path, stem)
            elif stem.startswith(f"{prefix}/"):
                yield os.path.join(path, stem.removeprefix(f"{prefix}/"))

    def _names(self, folder: str) -> Iterator[str]:
        for name in (*_BOWER, _NPM):
            path = os.path.join(folder, name)
            described = self._described(path) if os.path.isfile(path) else None
            if described is None:
                continue
            main = described.get("main")
            named = main if isinstance(main, list) else [main]
            yield from (file for file in [*named, described.get("style")] if isinstance(file, str) and file)
            if main is None and name == _NPM:
                yield "index.js"

    def _described(self, path: str) -> dict[str, object] | None:
        self.read[path] = None
        try:
            described = json.loads(bytes_at(path, MOST_SETTINGS_BYTES) or b"")
        except (ValueError, RecursionError):
            return None
        return described if isinstance(described, dict) else None
