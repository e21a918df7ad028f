"""Who is informed of each build under watch, and of what. Imports no stage."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from buildassets.compiler.config.values import Config
from buildassets.compiler.result import BuildResult
from buildassets.frozen import frozen
from buildassets.manifest import Manifest

Rebuild: TypeAlias = Callable[[Config], BuildResult]


@frozen
class Rebuilt:
    """A build under watch.

    `previous` is the manifest of the release before, `changed` are the absolute paths of what woke the watch, none for
    the first build. `seconds` is the time from the first of these changes to the result. `is_same` says that the build
    found nothing new: neither another release nor another diagnostic.
    """

    config: Config
    result: BuildResult
    previous: Manifest | None
    changed: tuple[str, ...]
    seconds: float
    is_same: bool = False


@frozen
class PagesChanged:
    """Open pages are to be loaded again: of their templates those at the absolute paths `changed` are others.

    None are for the first time. `state` stands for what all say now, `seconds` is the time from the first change.
    """

    config: Config
    changed: tuple[str, ...]
    state: str
    seconds: float


class Listener(Protocol):
    """Whoever wants to know of each build: the terminal, the browser."""

    def start(self, config: Config) -> None:
        """The watch begins."""
        ...

    def rebuilt(self, rebuilt: Rebuilt) -> None:
        """There was a build."""
        ...

    def pages_changed(self, pages: PagesChanged) -> None:
        """There are other pages, with the assets that there are. Is called once for those that there are at first."""
        ...

    def stop(self) -> None:
        """The watch ends; is called once for each `start`."""
        ...
