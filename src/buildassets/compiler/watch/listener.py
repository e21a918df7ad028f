"""The events of a watch, and the protocol of those that receive them. Imports no stage."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from buildassets.compiler.config.values import Config
from buildassets.compiler.result import BuildResult
from buildassets.foundation.frozen import frozen
from buildassets.manifest.model import Manifest

Rebuild: TypeAlias = Callable[[Config], BuildResult]


@frozen
class Rebuilt:
    """A build under watch.

    `previous` is the manifest of the release before. `changed` holds the absolute paths whose changes caused the build,
    none for the first one. `seconds` is the time from the first of these changes to the result. `is_same` is true if
    the build changed neither the release nor the diagnostics.
    """

    config: Config
    result: BuildResult
    previous: Manifest | None
    changed: tuple[str, ...]
    seconds: float
    is_same: bool = False


@frozen
class TemplatesChanged:
    """Templates changed, so open pages have to reload.

    `changed` holds their absolute paths, none the first time. `state` is a digest of all templates, `seconds` the time
    since the first change.
    """

    config: Config
    changed: tuple[str, ...]
    state: str
    seconds: float


class Listener(Protocol):
    """Receives each build of a watch: the terminal, the browser."""

    def start(self, config: Config) -> None:
        """The watch begins."""
        ...

    def rebuilt(self, rebuilt: Rebuilt) -> None:
        """A build ended, well or not."""
        ...

    def templates_changed(self, pages: TemplatesChanged) -> None:
        """Templates changed. Also called once at the start, if there are templates."""
        ...

    def stop(self) -> None:
        """The watch ends. Called once for each `start`."""
        ...
