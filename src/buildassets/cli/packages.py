"""Shared by the verbs `tools` and `vendor`: the registry of a project, the requested ranges, and lines of results."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

import click

from buildassets.cli.show.output import Output, print_data
from buildassets.packages.registry.registry import Registry
from buildassets.packages.registry.settings import registry_settings

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.packages.lock import LockedPackage, LockedTool, Outdated


def registry_for(config: "Config") -> Callable[[], Registry]:
    """A function that returns the registry of `config`, which is configured at the first call."""

    @cache
    def registry() -> Registry:
        return Registry(registry_settings(config.folder, config.registry, permission=config.permission))

    return registry


def ranges_of(asked: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The ranges by name. Raises UsageError for a name that is there twice, with different ranges."""
    ranges: dict[str, str] = {}
    for name, wanted in asked:
        other = ranges.setdefault(name, wanted)
        if other != wanted:
            first, second = (f"{name}@{one}" if one else name for one in (other, wanted))
            raise click.UsageError(f"`{first}` and `{second}` exclude each other")
    return ranges


def kept_line(name: str, kept: "LockedTool | LockedPackage") -> str:
    """The line for what is asked for without a range, and is locked already."""
    wanted = f"its range is `{kept.range}`" if kept.range else "it has no range"
    return f"{name} {kept.version} is locked already; {wanted}"


def show_newer(show: Output, outdated: "Outdated") -> int:
    """Print what is outdated, and what is too young to be; returns the exit code, 1 if anything is outdated."""
    found = outdated.found
    document = {one.name: {key: value for key, value in asdict(one).items() if key != "name"} for one in found}
    code = show.finish(ok=not found, diagnostics=outdated.diagnostics, document={"outdated": document})
    if not found:
        show.report("nothing is outdated")
    elif not show.as_json:
        print_data(f"{one.name} {one.version}: {one.wanted} in range, {one.newest} is the newest" for one in found)
    return code
