"""Modules of other systems under their own names, found last of all, so that those of an installed package go first.

A few go before these: what they have to find is in a release.

Takes dotted names with what each holds, by where that comes from. Standard library only.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["install"]

Modules = Mapping[str, Mapping[str, Sequence[str]]]


def install(modules: Modules, *, goes_first: bool = False) -> None:
    """Make `modules` importable if no installed package has them, or before it; one call is enough."""
    if not any(isinstance(one, _StandIns) and one.modules is modules for one in sys.meta_path):
        sys.meta_path.insert(0 if goes_first else len(sys.meta_path), _StandIns(modules, goes_first=goes_first))


class _StandIns:
    """Finds and loads them (importlib's meta path)."""

    def __init__(self, modules: Modules, *, goes_first: bool) -> None:
        self.modules = modules
        self._goes_first = goes_first

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """See importlib.abc.MetaPathFinder. None where a part of the package that is installed is asked for."""
        if name not in self.modules or not (self._goes_first or self._is_ours(name.rpartition(".")[0])):
            return None
        return ModuleSpec(name, self, is_package=any(one.startswith(f"{name}.") for one in self.modules))  # type: ignore[arg-type]

    def _is_ours(self, parent: str) -> bool:
        spec = getattr(sys.modules.get(parent), "__spec__", None)
        return not parent or getattr(spec, "loader", None) is self

    def create_module(self, _: ModuleSpec) -> None:
        """See importlib.abc.Loader."""
        return

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its names."""
        for home, names in self.modules[module.__name__].items():
            found = import_module(home)
            for name in names:
                setattr(module, name, getattr(found, name))
