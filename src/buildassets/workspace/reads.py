"""The folders and files that the build of a project may read, as far as its configuration and its last build show."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from buildassets.compiler.config.values import Config, ConfiguredCommand
from buildassets.manifest.model import MAPS_SUFFIX

_WILDCARDS: Final = frozenset("*?[")


def reads_of(config: Config) -> Iterator[str]:
    """The absolute paths that the configuration names, and for links also where they lead."""
    for path in _named(config):
        yield path
        real = os.path.realpath(path)
        if real != path:
            yield real


def _named(config: Config) -> Iterator[str]:
    for root in config.sources:
        yield root.path
        if root.npm:
            yield from _linked_packages(root.path)
    yield from config.load_paths
    yield from config.read
    yield from (folder.path for folder in (*config.templates.folders, *config.templates.further))
    for command in config.commands.values():
        yield from _of_command(config, command)


def _linked_packages(folder: str) -> Iterator[str]:
    """The links in npm's `folder`, as to packages of the same repository."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield entry.path
            elif entry.name.startswith("@"):
                yield from _linked_packages(entry.path)


def _of_command(config: Config, command: ConfiguredCommand) -> Iterator[str]:
    """The folders in which the globs of a command begin, and its arguments that name files."""
    for glob in command.inputs:
        fixed: list[str] = []
        for segment in glob.split("/"):
            if not _WILDCARDS.isdisjoint(segment):
                break
            fixed.append(segment)
        yield os.path.normpath(os.path.join(config.folder, "/".join(fixed)))
    paths = (os.path.normpath(os.path.join(config.folder, argument)) for argument in command.run if "/" in argument)
    yield from filter(os.path.exists, paths)


def written_by(config: Config) -> Iterable[str]:
    """The absolute paths that a build writes: the release directory and what lies next to it."""
    return (config.output, *(config.output + suffix for suffix in (MAPS_SUFFIX, ".intoto.json", ".cdx.json")))
