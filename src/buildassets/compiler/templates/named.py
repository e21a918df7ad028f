"""Lists the names of assets in the templates of a project, for a build that releases only what something names.

Takes the configuration, gives names and the paths that decided them. What cannot be read names nothing: `check` reports
it.
"""

from buildassets.compiler.config.values import Config
from buildassets.compiler.sources.sprites import NamedIcons
from buildassets.compiler.templates.check import names_of
from buildassets.compiler.templates.files import find_templates, looked_for
from buildassets.frozen import frozen


@frozen
class Named:
    """The `names`, as templates write them; `looked_at` are the templates, and the folders that may contain some."""

    names: frozenset[str]
    icons: NamedIcons
    looked_at: tuple[str, ...]


def named_in_templates(config: Config) -> Named:
    """The names in all templates of `config`."""
    files = find_templates(config).files
    looked_at = {*(file.path for file in files), *looked_for(config)}
    found = names_of(config, files)
    icons = NamedIcons(found.icons, found.computed_icons)
    return Named(found.assets, icons, tuple(sorted(looked_at)))
