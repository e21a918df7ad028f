"""The error for a name that the release does not have. Pure; imports light modules only when a message is read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


class AssetNotFound(LookupError):  # noqa: N818 a name of the contract
    """No asset has this name. `nearest` lists at most three assets with similar names, the most similar first."""

    building = ""  # the command that builds, if it is not the one of this package

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(name)
        self.name = name
        self._known = known

    @cached_property
    def nearest(self) -> tuple[str, ...]:
        """Assets with similar names. Computed on request, so that code which catches this error does not pay for it."""
        from buildassets.errors import ManifestError
        from buildassets.foundation.nearest import nearest_paths

        try:
            return nearest_paths(self.name, self._known, most=3)
        except ManifestError:  # the names cannot be read, so none can be suggested
            return ()

    def __str__(self) -> str:
        near = " or ".join(f"`{name}`" for name in self.nearest)
        hint = f"did you mean {near}? Otherwise " if near else ""
        build = self.building or _building()
        message = f"no asset is named `{self.name}`; {hint}run `{build}` if it is newer than the manifest"
        return message if message.isprintable() else ascii(message)[1:-1]

    def __reduce__(self) -> tuple[type[AssetNotFound], tuple[str, tuple[str, ...]]]:
        return type(self), (self.name, self.nearest)


class NameNotFound(AssetNotFound):
    """The release has no icon or CSS module of this name: `problem` is what is wrong, `hint` what to do about it."""

    def __init__(self, name: str, known: Iterable[str], problem: str, hint: str = "") -> None:
        super().__init__(name, known)
        self._problem = problem
        self._hint = hint

    def __str__(self) -> str:
        near = " or ".join(f"`{name}`" for name in self.nearest)
        hint = self._hint or (f"did you mean {near}?" if near else f"run `{_building()}` if it is newer")
        message = f"{self._problem}; {hint}"
        return message if message.isprintable() else ascii(message)[1:-1]

    def __reduce__(self) -> tuple[type[AssetNotFound], tuple[Any, ...]]:
        return type(self), (self.name, self.nearest, self._problem, self._hint)


def _building() -> str:
    """The command that builds, as it is typed."""
    from buildassets.foundation.typed import typed

    return typed("build")
