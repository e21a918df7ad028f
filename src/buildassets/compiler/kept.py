"""What a process keeps from one build to the next of the same configuration: facts, the graph, and what was written."""

from buildassets.compiler.cache.looked_at import Decided, LookedAt
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.facts.kinds import ENGINES, FILE, NEVER
from buildassets.compiler.facts.table import Facts
from buildassets.compiler.graph.asset_graph import Graphing
from buildassets.compiler.result import BuildResult
from buildassets.compiler.sources.discover import Discovery
from buildassets.compiler.write.kept_release import KeptRelease
from buildassets.disk.file_sets import set_named
from buildassets.foundation.frozen import replace
from buildassets.foundation.paths import LogicalPath


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
        self._inputs: tuple[tuple[str, ...], ...] = ((), (), ())
        self.changed: frozenset[str] | None = None  # the paths at which something changed; None if that is not known
        self.facts = Facts()
        self.graphing = Graphing()
        self.discovery: Discovery | None = None
        self.has_typed = False  # whether there are modules that templates decide about
        self.release: KeptRelease | None = None
        self.unreleased: frozenset[LogicalPath] | None = None  # the assets that are not as released; None if all may be
        self.lost: frozenset[str] = frozenset()  # the files of the release that are not as they were written

    def look(self, config: Config, mode: Mode) -> BuildResult | None:
        """Look for what changed since the last build; if nothing did, its result."""
        self.changed = None
        if self._result is None or self._of != (config, mode):
            return None
        self.changed = self._looked_at.changed()
        return self._result if self._result.succeeded and not self.changed else None

    def begin(self, config: Config, mode: Mode) -> None:
        """Begin a build, with what did not change."""
        changed, self.changed = self.changed, None
        if changed is None or self._of != (config, mode) or config.file in changed:
            self.clear()
            self._of = config, mode
        self._is_begun = True
        if changed is None:
            return
        self.facts.begin()
        self.facts.touch(NEVER)
        self.graphing.begin(changed)
        outputs = self.release.outputs if self.release else {}
        self.lost |= outputs.keys() & changed
        for path in changed:
            decides_facts = self.facts.touch((FILE, path))
            if not decides_facts and path not in outputs and not self.graphing.knows(path):
                self.facts.touch(ENGINES)  # it may be a tool, or a package of one
                self.discovery = None
        if self.discovery and not changed.isdisjoint(self.discovery.looked_at):
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

    def inputs(self, of_graph: tuple[str, ...], programs: tuple[str, ...]) -> tuple[str, ...]:
        """The inputs of a graph together with programs: the same tuple if both are those of the last build."""
        if self._inputs[0] is not of_graph or self._inputs[1] != programs:
            self._inputs = of_graph, programs, tuple(dict.fromkeys((*of_graph, *programs)))
        return self._inputs[2]
