"""The registry of a project, for the verbs that ask one."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.packages.registry.registry import Registry


def registry_for(config: "Config") -> "Callable[[], Registry]":
    """What gives the registry of `config`, looked up when it is first asked for: what needs none has none."""

    @cache
    def registry() -> "Registry":
        from buildassets.packages.registry.registry import Registry
        from buildassets.packages.registry.settings import registry_settings

        return Registry(registry_settings(config.folder, config.registry))

    return registry
