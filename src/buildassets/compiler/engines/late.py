"""An engine that is imported and started for the first source that it makes: most edits need no Sass compiler."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from buildassets.compiler.engines.protocol import Compiled, EngineInput, KnownEngine, SharesProcesses

if TYPE_CHECKING:
    from buildassets.compiler.engines.process.child import SharedProcesses


class LateEngine:
    """The engine that `start` makes, behind the Engine protocol; `programs` finds its files before it starts."""

    def __init__(
        self,
        name: str,
        reads: tuple[str, ...],
        *,
        start: Callable[[], KnownEngine],
        programs: Callable[[], tuple[str, ...]] | None = None,
    ) -> None:
        self.name = name
        self.reads = reads
        self._start = start
        self._find_programs = programs
        self._shared: SharedProcesses | None = None
        self._is_started = False

    @cached_property
    def _engine(self) -> KnownEngine:
        engine = self._start()
        if self._shared is not None and isinstance(engine, SharesProcesses):
            engine.share(self._shared)
        self._is_started = True
        return engine

    @property
    def version(self) -> str:
        """That of the engine, as in the manifest. Starts it."""
        return self._engine.version

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The files of the engine."""
        return self._find_programs() if self._find_programs else self._engine.programs

    def share(self, processes: "SharedProcesses") -> None:
        """See SharesProcesses."""
        self._shared = processes

    def run(self, given: EngineInput) -> Compiled:
        """The engine's result for `given`."""
        return self._engine.run(given)

    def close(self) -> None:
        """Close the engine, if it was started."""
        if self._is_started:
            self._engine.close()
