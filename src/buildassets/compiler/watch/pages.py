"""The templates of open pages: those in the configured template folders.

Takes the configuration, gives the folders and the digests of the templates in them. Reads files.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.templates.files import find_templates, named_folders, named_templates, walked
from buildassets.disk.files import content_of
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import field, frozen

_BLOCKS: Final = "buildassets.components.blocks"  # a feature, which the compiler only names


@frozen
class PageTemplates:
    """The digests of templates by path, and the `folders` that may hold some; all paths are absolute."""

    folders: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)


def page_templates(config: Config) -> PageTemplates:
    """The templates in the folders that `config` or the command line names, or else in those of `check` and `list`."""
    if not (config.templates.folders or config.templates.further):
        found = find_templates(config)
        folders = {parent for folder, _ in found.folders for parent, _ in walked(config, folder)}
        return PageTemplates(tuple(sorted(folders)), {one.path: _digest(config, one.path) for one in found.files})

    digests = {path: _digest(config, path) for path in named_templates(config)}
    return PageTemplates(tuple(sorted(set(_folders(config)))), digests)


def _folders(config: Config) -> Iterator[str]:
    for root in named_folders(config):
        yield root
        yield from (parent for parent, _ in walked(config, root))


def _digest(config: Config, path: str) -> str:
    """The digest of a template; without the styles and scripts in it, which pages exchange as assets."""
    try:
        content = content_of(path)
    except OSError:  # the template has gone
        return ""
    return digest(import_module(_BLOCKS).page_shell(path, content) if config.components else content)
