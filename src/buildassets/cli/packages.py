"""What the verbs `tools` and `vendor` share: the registry of a project, and what it has that is newer."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

from buildassets.cli.output import Output, print_data

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.packages.lock import Newer
    from buildassets.packages.registry.registry import Registry


def registry_for(config: "Config") -> "Callable[[], Registry]":
    """What gives the registry of `config`, looked up when it is first asked for: what needs none has none."""

    @cache
    def registry() -> "Registry":
        from buildassets.packages.registry.registry import Registry
        from buildassets.packages.registry.settings import registry_settings

        return Registry(registry_settings(config.folder, config.registry))

    return registry


def show_newer(show: Output, found: "Sequence[Newer]") -> int:
    """Print what is outdated; gives the exit code, 1 if anything is."""
    document = {one.name: {key: value for key, value in asdict(one).items() if key != "name"} for one in found}
    code = show.finish(not found, (), {"outdated": document})
    if not found:
        show.report("nothing is outdated")
    elif not show.as_json:
        print_data(f"{one.name} {one.version}: {one.wanted} in range, {one.newest} is the newest" for one in found)
    return code
