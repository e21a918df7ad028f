"""What the checks of one asset may look at: each look at another asset or at names is a dependency of its findings."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, TypeVar

from buildassets.compiler.config.values import Config
from buildassets.compiler.facts.table import FILE, LINKED, NAMES, Facts
from buildassets.compiler.graph.import_map import NameResolution
from buildassets.compiler.graph.link import Site
from buildassets.compiler.model import Linked
from buildassets.compiler.sources.discover import Sources
from buildassets.compiler.sources.globs import compile_globs, plain_names
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath

_Shared = TypeVar("_Shared")


class Compiled(Mapping[LogicalPath, Linked]):
    """The compiled `assets`, also those that are released only in a bundle; a look at one is noted in `facts`."""

    def __init__(self, assets: Mapping[LogicalPath, Linked], facts: Facts) -> None:
        self._assets = assets
        self._facts = facts

    def __getitem__(self, path: LogicalPath) -> Linked:
        self._facts.note(LINKED, path)
        return self._assets[path]

    def __contains__(self, path: object) -> bool:
        self._facts.note(LINKED, str(path))
        return path in self._assets

    def __iter__(self) -> Iterator[LogicalPath]:
        return iter(self._assets)

    def __len__(self) -> int:
        return len(self._assets)


class Look:
    """What checks may look at."""

    def __init__(
        self,
        config: Config,
        names: NameResolution,
        site: Site,
        *,
        sources: Sources,
        compiled: Mapping[LogicalPath, Linked],
        facts: Facts,
        looked_at: set[str],
        skipped: Mapping[LogicalPath, str],
        is_production: bool,
    ) -> None:
        self.config = config
        self.names = names
        self.site = site
        self.sources = sources
        self.compiled = Compiled(compiled, facts)
        self._skipped = skipped
        self._shared: dict[object, Any] = {}
        self.is_production = is_production
        self._looked_at = looked_at
        self.facts = facts

    @cached_property
    def is_external(self) -> Callable[[str], object]:
        """Whether a reference is left alone by `external`."""
        return compile_globs(self.config.external)

    @property
    def nearby(self) -> Known:
        """The names of all assets, for hints."""
        self.facts.note(*NAMES)
        return self._nearby

    def nearest_bare(self, name: str) -> str | None:
        """The name of the import map or of a package that the bare `name` was most likely meant to be."""
        self.facts.note(*NAMES)
        return self._nearest_bare(name)

    @property
    def plain(self) -> Collection[LogicalPath]:
        """The assets that keep their own names."""
        self.facts.note(*NAMES)
        return self._plain

    @property
    def skipped(self) -> Mapping[LogicalPath, str]:
        """The paths that discovery left out, with its reasons."""
        self.facts.note(*NAMES)
        return self._skipped

    def once(self, make: Callable[["Look"], _Shared]) -> _Shared:
        """What `make` makes of this, once for all assets of a build. It notes nothing that it looks at meanwhile."""
        if make not in self._shared:
            self._shared[make] = make(self)
        made: _Shared = self._shared[make]
        return made

    def is_file(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        self.facts.note(FILE, path)
        self._looked_at.add(path)
        return os.path.isfile(path)

    @cached_property
    def _nearby(self) -> Known:
        return Known(self.sources)

    @cached_property
    def _nearest_bare(self) -> Callable[[str], str | None]:
        packages = self.names.packages.names() if self.names.packages else ()
        return cache(Known({*self.names.configured.imports, *packages}).nearest)

    @cached_property
    def _plain(self) -> Collection[LogicalPath]:
        return plain_names(self.config, self.sources.listed)
