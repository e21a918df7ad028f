"""What open pages are made of besides assets: the templates in the folders that the configuration names.

Takes the configuration, gives the folders and the digests of what stands in them. Reads files.
"""

import os
from collections.abc import Iterator, Mapping

from buildassets.compiler.config.values import Config
from buildassets.digest import digest
from buildassets.files import content_of
from buildassets.folders import walk
from buildassets.frozen import field, frozen


@frozen
class PageTemplates:
    """Templates as they stand: their digests by path, and the `folders` that may hold some; absolute."""

    folders: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)


def page_templates(config: Config) -> PageTemplates:
    """The templates that `config` names; none where it leaves it to frameworks where they are."""
    if not config.templates.folders:
        return PageTemplates()
    from buildassets.compiler.templates.files import find_templates  # 10 ms, which most watches do not need

    digests = {file.path: _digest(file.path) for file in find_templates(config).files}
    return PageTemplates(tuple(sorted(set(_folders(config)))), digests)


def _folders(config: Config) -> Iterator[str]:
    from buildassets.compiler.templates.files import named_folders

    for root in named_folders(config):
        yield root
        for parent, names, _ in walk(root):
            names[:] = [name for name in names if not name.startswith(".")]
            yield from (os.path.join(parent, name) for name in names)


def _digest(path: str) -> str:
    try:
        return digest(content_of(path))
    except OSError:  # it has gone
        return ""
