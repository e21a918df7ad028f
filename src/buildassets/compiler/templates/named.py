"""Lists the names of assets in the templates of a project, for a build that releases only what something names.

Takes the configuration, gives names and the paths that decided them. What cannot be read names nothing: `check` reports
it.
"""

from buildassets.compiler.config.values import Config
from buildassets.compiler.sources.sprites import NamedIcons
from buildassets.compiler.sources.template_files import template_globs
from buildassets.compiler.templates.check import names_of
from buildassets.compiler.templates.files import find_templates, looked_for
from buildassets.disk.file_sets import FileSet, file_set
from buildassets.foundation.frozen import frozen


@frozen
class NamesInTemplates:
    """The `names`, as templates write them.

    `looked_at` are the templates, and the folders that contain some; `sets` are the files in template folders, wherever
    such a folder may appear.
    """

    names: frozenset[str]
    icons: NamedIcons
    looked_at: tuple[str, ...]
    sets: tuple[FileSet, ...]


def named_in_templates(config: Config) -> NamesInTemplates:
    """The names in all templates of `config`."""
    files = find_templates(config).files
    sets = tuple(file_set(config.folder, glob)[0] for glob in template_globs(config))
    looked_at = {*(file.path for file in files), *looked_for(config)}
    found = names_of(config, files)
    icons = NamedIcons(found.icons, found.computed_icons)
    return NamesInTemplates(found.assets, icons, tuple(sorted(looked_at)), sets)
