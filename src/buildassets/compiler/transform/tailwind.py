"""Tailwind among the engines of a build: which sheets need it, and which templates are scanned for them.

Takes sources and the configuration. Imports the engine only for a sheet that needs it: most projects have none.
"""

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from buildassets.compiler.cache.stamps import signature
from buildassets.compiler.cache.traces import Signature
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.files import content_of

if TYPE_CHECKING:
    from buildassets.compiler.engines.tailwind.engine import TailwindEngine

KIND = "tailwindcss"  # of the engine, in the manifest
_HINTS = (b"tailwind", b"@reference")


def needs_tailwind(path: str) -> bool:
    """Whether the style sheet at `path` needs Tailwind; False if it cannot be read, which its draft reports."""
    seen = signature(path)
    return seen is not None and _needs_tailwind(path, seen)


@lru_cache(maxsize=4096)
def _needs_tailwind(path: str, _seen: Signature) -> bool:
    try:
        content = content_of(path)
    except OSError:
        return False
    if not any(hint in content for hint in _HINTS):
        return False
    from buildassets.compiler.engines.tailwind.rules import uses_tailwind

    return uses_tailwind(content.decode("utf-8", "replace"))


class LateTailwind:
    """Tailwind behind the Engine protocol, started for the first sheet."""

    name = KIND
    compiles_to = ".css"
    reads: tuple[str, ...] = ("templates",)

    def __init__(self, config: Config, options: EngineOptions) -> None:
        self._config = config
        self._options = options

    @cached_property
    def _engine(self) -> "TailwindEngine":
        from buildassets.compiler.engines.tailwind.engine import TailwindEngine
        from buildassets.compiler.sources.template_files import is_template, template_globs

        config = self._config
        return TailwindEngine(self._options, template_globs(config), is_template(config), config.output)

    @property
    def version(self) -> str:
        """As in the manifest: `tailwindcss 4.3.3 (wheel)`."""
        return self._engine.version

    @property
    def programs(self) -> tuple[str, ...]:
        """The files that change with its version."""
        return self._engine.programs

    def run(self, given: EngineInput) -> Compiled:
        """The CSS of `given`."""
        return self._engine.run(given)

    def close(self) -> None:
        """Nothing is held."""
