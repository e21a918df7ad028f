"""Resolves what names modules in TypeScript and JSX: by the names of their files, and as these modules import.

Takes references and the sources, gives logical paths. Reads `tsconfig.json`. Relative specifiers may lack a suffix or
name a folder with an index, and bare ones may be `paths` of `tsconfig.json`, as in TypeScript's `bundler` resolution.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.esbuild.tsconfig import TsConfig, targets_of, tsconfig_of
from buildassets.compiler.engines.reader import Reader
from buildassets.compiler.languages.reference import OF_DEBUGGERS, SPECIFIERS, Reference
from buildassets.compiler.model import ImportMap, Source
from buildassets.compiler.sources.names import file_name, is_typed
from buildassets.disk.folders import path_below
from buildassets.errors import BuildError
from buildassets.foundation.media import script_name, suffix
from buildassets.foundation.paths import LogicalPath

_ENDS: Final = (".js", "/index.js", ".mjs")  # the first for all of `.ts`, `.tsx`, `.jsx` and `.js`
_FOLDERS: Final = (".", "..")


def originals(sources: Iterable[Source]) -> dict[LogicalPath, Source]:
    """The typed ones of `sources` under the names of their files: so source maps name them, and nothing else."""
    return {
        LogicalPath(file_name(source)): Source(
            LogicalPath(file_name(source)),
            source.path,
            shown=source.shown,
            root=-1,
            relative=file_name(source),
            uncompiled=True,
        )
        for source in sources
        if is_typed(source)
    }


def typed_in_use(listed: Mapping[LogicalPath, Source], typed: "TypedNames", named: Iterable[str]) -> set[LogicalPath]:
    """The assets of typed modules among those that are `named`, by logical path or by the name of the file."""
    found = {typed.asset(name) or LogicalPath(name) for name in named}
    return {path for path in found if path in listed and is_typed(listed[path])}


class TypedNames:
    """The names of modules in TypeScript and JSX among `sources`."""

    def __init__(self, config: Config, sources: Mapping[LogicalPath, Source], shown: Callable[[str], str]) -> None:
        self._sources = sources
        self._top = config.folder
        self._shown = shown
        self._roots = [(root.path, f"{root.prefix}/" if root.prefix else "") for root in config.sources]
        self._reader = Reader(shown)
        self._settings: dict[str, TsConfig] = {}
        self._are_typed: dict[LogicalPath, bool] = {}

    @property
    def looked_at(self) -> set[str]:
        """The paths of all settings that were read or looked for."""
        return self._reader.inputs | self._reader.absences

    def asset(self, path: str) -> LogicalPath | None:
        """The asset of the module whose file has the name `path`: `js/a.js` for `js/a.ts`. None if there is none.

        TypeScript calls `a.tsx` also `a.jsx`.
        """
        script = script_name(path)
        source = self._sources.get(LogicalPath(script)) if script else None
        if source is None or not is_typed(source):
            return None
        is_meant = file_name(source) == path or (suffix(path), suffix(source.relative)) == (".jsx", ".tsx")
        return source.logical if is_meant else None

    def mapped(self, importmap: ImportMap) -> ImportMap:
        """`importmap` with assets in the place of the names of their files."""

        def named(names: Mapping[str, str]) -> dict[str, str]:
            return {specifier: self.asset(target) or target for specifier, target in names.items()}

        scopes = {scope: named(names) for scope, names in importmap.scopes.items()}
        return ImportMap(named(importmap.imports), scopes, importmap.modules, importmap.not_preloaded)

    def target(self, reference: Reference, base: LogicalPath, target: LogicalPath | None) -> LogicalPath | None:
        """The asset that `reference` in the asset `base` names, if to a browser it names `target`."""
        if reference.kind in OF_DEBUGGERS:
            return target
        if target is not None and (asset := self.asset(target)):
            return asset
        if reference.kind not in SPECIFIERS or not self.is_typed_module(base):
            return target
        if target is None and (reference.url in _FOLDERS or reference.url.startswith(("./", "../"))):
            folder = LogicalPath(normpath(join(dirname(base), reference.url)))
            return self._completed(folder) if _names_folder(reference.url) else None
        return target and (self._completed(target) or target)

    def by_settings(self, name: str, base: LogicalPath) -> LogicalPath | None:
        """The asset that `tsconfig.json` means by the bare `name` in the asset `base`."""
        if not self.is_typed_module(base):
            return None
        if name in _FOLDERS:
            return self._completed(LogicalPath(normpath(join(dirname(base), name))))

        paths = targets_of(self._settings_of(self._sources[base].path), name)
        candidates = (self._completed(path) for target in paths for path in self._logical(target))
        return next(filter(None, candidates), None)

    def is_typed_module(self, base: LogicalPath) -> bool:
        """Whether the asset `base` is made of a module in TypeScript or JSX."""
        if base not in self._are_typed:
            source = self._sources.get(base)
            self._are_typed[base] = source is not None and is_typed(source)
        return self._are_typed[base]

    def _completed(self, path: LogicalPath) -> LogicalPath | None:
        """The asset that `path` means, with its suffix added or as a folder with an index."""
        if asset := self.asset(path):
            return asset
        candidates = (LogicalPath(normpath(path + end)) for end in ("", *_ENDS))
        return next((one for one in candidates if one in self._sources), None)

    def _logical(self, path: str) -> Iterator[LogicalPath]:
        for folder, prefix in self._roots:
            if (below := path_below(folder, path)) is not None:
                yield LogicalPath(prefix + below)

    def _settings_of(self, path: str) -> TsConfig:
        folder = os.path.dirname(path)
        if folder not in self._settings:
            try:
                found = tsconfig_of(path, self._top, self._reader.read, self._shown)
            except BuildError:  # which the compiling of the module reports
                found = TsConfig()
            self._settings[folder] = found
        return self._settings[folder]


def _names_folder(url: str) -> bool:
    return url in _FOLDERS or url.endswith(("/", "/.", "/.."))
