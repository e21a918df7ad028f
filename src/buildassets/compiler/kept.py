"""What a process keeps from one build to the next of the same configuration: facts, the graph, and what was written."""

import os
from collections.abc import Collection, Mapping
from typing import Final, Protocol, Self

from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.looked_at import Decided, LookedAt
from buildassets.compiler.cache.traces import Stale
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.facts.table import ENGINES, FILE, NEVER, Facts
from buildassets.compiler.graph.asset_graph import Graphing, StoredGraphing
from buildassets.compiler.graph.fingerprint import KeptName
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.compiler.sources.discover import Discovery
from buildassets.compiler.write.kept_release import KeptRelease
from buildassets.disk.file_sets import FileSet, set_named
from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import Diagnostic, to_json
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.paths import LogicalPath

_PACKAGES: Final = f"{os.sep}node_modules"
_NOTHING_KEPT: Final = Stale("nothing valid is kept of a build with these settings")


class StoredBuild(StoredGraphing, Protocol):
    """What is kept of a build of another process. All but the facts raise LostBodyError where they are damaged."""

    @property
    def day(self) -> int:
        """When results in the cache were last noted as used, in days since the epoch."""
        ...

    @property
    def names(self) -> Mapping[LogicalPath, KeptName]:
        """The names that assets got."""
        ...

    @property
    def templates(self) -> "TemplateReport | None":
        """The report on the templates, if it is kept."""
        ...

    def facts(self) -> Facts:
        """The facts, which hold until something changes."""
        ...

    def release(self, config: Config) -> KeptRelease | None:
        """The release that it wrote, if it is there and all of the graph is kept."""
        ...


@frozen
class TemplateReport:
    """The warnings for names in templates that a build with the names `released` lacks, and what decided them.

    `inputs` are the absolute paths that were looked at, `sets` those of the files in template folders; of `parents`,
    which are among the inputs, only the folders in them count.
    """

    released: object
    warnings: tuple[Diagnostic, ...]
    inputs: tuple[str, ...]
    sets: tuple[FileSet, ...]
    parents: frozenset[str]

    def form(self) -> list[object]:
        """The report as JSON values, without the names."""
        sets = [[one.folder, one.glob, one.digest, one.folders] for one in self.sets]
        return [[*map(to_json, self.warnings)], self.inputs, sets, sorted(self.parents)]

    @classmethod
    def of_form(cls, value: object) -> Self:
        """The report of a build whose names are not known. Raises ValueError if `value` is no form of one."""
        warnings, inputs, sets, parents = json_values.array(value, 4)
        fields = (json_values.array(one, 4) for one in json_values.array(sets))
        return cls(
            released=None,
            warnings=tuple(map(json_values.diagnostic, json_values.array(warnings))),
            inputs=json_values.texts(inputs),
            sets=tuple(
                FileSet(
                    json_values.text(folder), json_values.text(glob), json_values.text(names), json_values.texts(read)
                )
                for folder, glob, names, read in fields
            ),
            parents=frozenset(json_values.texts(parents)),
        )


NO_REPORT: Final = TemplateReport((), (), inputs=(), sets=(), parents=frozenset())


class Kept:
    """The facts of one configuration, which `begin` forgets for another one.

    `discovery` is what the source roots hold, None where they have to be read again.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._of: tuple[Config, Mode] | None = None
        self._is_begun = False
        self._result: BuildResult | None = None
        self._looked_at = LookedAt()
        self._decided: Decided | None = None
        self._inputs: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.templates: TemplateReport | None = None  # while it holds
        self.changed: frozenset[str] | None = None  # the paths at which something changed; None if that is not known
        self.facts = Facts()
        self.stored: StoredBuild | None = None  # by another process
        self.is_recorded = True  # whether a record of the next build is made for other processes
        self.remade_for: Stale | None = _NOTHING_KEPT  # why nothing could be taken over
        self._earlier_outputs: Collection[str] = ()
        self.graphing = Graphing()
        self.discovery: Discovery | None = None
        self.has_typed = False  # whether there are modules that templates decide about
        self.release: KeptRelease | None = None
        self.unreleased: frozenset[LogicalPath] | None = None  # the assets that are not as released; None if all may be
        self.lost: frozenset[str] = frozenset()  # the files of the release that are not as they were written
        self.edited: frozenset[str] = frozenset()  # the paths at which something changed since the release

    def look(self, config: Config, mode: Mode) -> BuildResult | None:
        """Look for what changed since the last build; if nothing did, its result."""
        self.changed = None
        if self._result is None or self._of != (config, mode):
            return None
        self.changed = self._looked_at.changed()
        return self._result if self._result.succeeded and not self.changed else None

    def restore(self, config: Config, mode: Mode, stored: StoredBuild, last: LastBuild) -> None:
        """Begin the next build with what is `stored` of the `last` one."""
        self.clear()
        self._of = config, mode
        self.changed = frozenset(last.changed)
        self.stored, self.facts, self._earlier_outputs = stored, stored.facts(), frozenset(last.outputs)
        self.templates = stored.templates
        self.graphing.restore(stored)
        self.release = stored.release(config)
        self.unreleased = frozenset() if self.release else None

    @property
    def names(self) -> Mapping[LogicalPath, KeptName]:
        """The names that another process gave."""
        return self.stored.names if self.stored else {}

    @property
    def day(self) -> int:
        """When results in the cache were last noted as used, in days since the epoch."""
        return self.stored.day if self.stored else 0

    def begin(self, config: Config, mode: Mode) -> None:
        """Begin a build, with what did not change."""
        changed, self.changed = self.changed, None
        settings = frozenset(filter(None, (config.file, *config.read)))
        is_other = self._of != (config, mode) or (changed is not None and not settings.isdisjoint(changed))
        if changed is None or is_other:
            self.clear()
            self._of, self._is_begun = (config, mode), True
            if changed is not None and (edited := sorted(settings.intersection(changed))):
                self.remade_for = Stale("changed", edited[0])
            return
        self._is_begun, self.remade_for = True, None
        if self.templates and not changed.isdisjoint(self.templates.inputs):
            self.templates = None
        self.facts.begin()
        self.facts.touch(NEVER)
        self.graphing.begin(changed)
        outputs: Collection[str] = self.release.outputs if self.release else self._earlier_outputs
        self.lost |= changed.intersection(outputs)
        self.edited |= changed
        tops = (*(root.path for root in config.sources), *config.load_paths)
        for path in changed:
            is_known = self.facts.touch((FILE, path)) or path in outputs
            if not is_known and (_PACKAGES in path or not any(is_within(top, path) for top in tops)):
                self.facts.touch(ENGINES)  # it may be a tool, or a package of one
                self.discovery = None
        reads_files = (
            config.image_variants or config.fonts or config.icons or any(one.manifest for one in config.sources)
        )
        if self.discovery and (reads_files or not changed.isdisjoint(self.discovery.looked_at)):
            self.discovery = None

    def decided(self, result: BuildResult) -> Decided | None:
        """What decided the last build, if `result` has the same inputs."""
        return self._decided if self._result and self._result.inputs is result.inputs else None

    def remember(self, decided: Decided, result: BuildResult, began_ns: int) -> None:
        """Remember the `result` of a build that began at `began_ns`, and what decided it."""
        if not self._is_begun:  # the result of a build of another process holds
            return
        self._is_begun = False
        outputs = tuple(self.release.outputs) if self.release else ()
        is_certain = self._looked_at.keep(replace(decided, outputs=outputs), began_ns)
        if not is_certain or any(set_named(one.name)[0].digest != one.digest for one in result.sets):
            self.clear()
            return
        self._decided, self._result = decided, result

    def graphed(self) -> None:
        """Note that the graph is made, and which of its assets may be others than those that were released."""
        changed, before = self.graphing.changed, self.unreleased
        self.unreleased = None if changed is None or before is None else before.union(changed)

    def inputs(self, of_graph: tuple[str, ...], further: tuple[str, ...], *, of: str) -> tuple[str, ...]:
        """The inputs of a graph together with `further` ones `of` something: the same tuple if both are as before."""
        before, more, joined = self._inputs.get(of, ((), (), ()))
        if before is not of_graph or more != further:
            joined = tuple(dict.fromkeys((*of_graph, *further)))
            self._inputs[of] = of_graph, further, joined
        return joined
