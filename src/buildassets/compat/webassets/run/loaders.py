"""Loads bundles from files: modules are imported; YAML is read by builds only, since the manifest has its bundles."""

import sys
from types import ModuleType
from typing import Any

from buildassets.compat.webassets.run.bundle import Bundle
from buildassets.compat.webassets.run.environment import Environment
from buildassets.foundation.permission import IMPORTING
from buildassets.programs.project_python import project_module

__all__ = ["LoaderError", "PythonLoader", "YAMLLoader"]


class LoaderError(Exception):
    """A module or file cannot be loaded."""


class _Named(dict[str, Bundle]):
    """Bundles that the manifest knows by their names."""

    def __missing__(self, name: str) -> Bundle:
        bundle = Bundle()
        bundle.name = name
        return bundle


class YAMLLoader:
    """The bundles of a YAML file, by their names."""

    def __init__(self, file_or_filename: Any) -> None:
        self.file_or_filename = file_or_filename

    def load_bundles(self, _: Any = None) -> dict[str, Bundle]:
        """The bundles, each asked for by its name."""
        return _Named()

    def load_environment(self) -> Environment:
        """An environment that knows them."""
        return Environment()


class PythonLoader:
    """The bundles and the environment of a module; `module_name` may be `module:environment`."""

    environment = "environment"

    def __init__(self, module_name: str | ModuleType) -> None:
        if isinstance(module_name, ModuleType):
            self.module = module_name
            return
        name, _, environment = module_name.partition(":")
        self.environment = environment or self.environment
        sys.path.insert(0, "")
        try:
            self.module = project_module(name, permission=IMPORTING)
        except ImportError as fault:
            raise LoaderError(fault) from fault
        finally:
            sys.path.remove("")

    def load_bundles(self) -> dict[str, Bundle]:
        """The bundles of the module, by the names of its variables."""
        return {name: one for name, one in sorted(vars(self.module).items()) if isinstance(one, Bundle)}

    def load_environment(self) -> Environment:
        """The environment of the module. Raises LoaderError where there is none."""
        found = getattr(self.module, self.environment, None)
        if not isinstance(found, Environment):
            raise LoaderError(f"{self.module.__name__} has no environment `{self.environment}`")
        return found
