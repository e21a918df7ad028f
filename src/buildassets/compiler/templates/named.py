"""Lists the names of assets in the templates of a project, for a build, which reports those that the release lacks.

Takes the configuration, gives names, warnings and the paths that decided them. What cannot be read names nothing:
`check` reports it.
"""

from collections.abc import Collection

from buildassets.compiler.config.values import Config
from buildassets.compiler.kept import TemplateReport
from buildassets.compiler.sources.sprites import NamedIcons
from buildassets.compiler.sources.template_files import template_globs
from buildassets.compiler.templates.check import (
    NamesOfBuild,
    ReadTemplates,
    TemplateNames,
    check_templates,
    names_of,
    read_templates,
)
from buildassets.compiler.templates.files import looked_for
from buildassets.compiler.templates.kept_readings import KeptReadings
from buildassets.disk.file_sets import file_set
from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import warning

_LACKING = ("template/missing", "template/width")


class NamedInTemplates:
    """The names in the templates of `config`, which are read when something asks for them, and once.

    Readings are kept in the `cache` folder, if there is one.
    """

    def __init__(self, config: Config, cache: str | None) -> None:
        self._config = config
        self._cache = cache
        self._templates: ReadTemplates | None = None
        self._names: TemplateNames | None = None

    def icons(self) -> NamedIcons:
        """The icons that they show."""
        return NamedIcons(self._read().icons, self._read().computed_icons)

    def names(self) -> Collection[str]:
        """The names of assets, those of the plan included."""
        return self._read().assets.union(self._config.plan.named if self._config.plan else ())

    def report(self, released: NamesOfBuild, *, is_watched: bool) -> TemplateReport:
        """A warning for each name that is not `released`, and what decided these.

        A watch gets no event of a new folder of templates, unless these decide what is released: a project may have
        thousands of folders.
        """
        config, is_decisive = self._config, self._names is not None
        checked = check_templates(config, released, self._all())
        lacking = (fault for fault in checked.diagnostics if fault.code in _LACKING)
        warnings = (warning(one.code, one.message, one.location, notes=one.notes, hint=one.hint) for one in lacking)
        looked_at = {*(file.path for file in self._all().files), *looked_for(config), *checked.looked_for}
        globs = () if is_watched and not is_decisive else template_globs(config)
        sets = tuple(file_set(config.folder, glob)[0] for glob in globs)
        searched = (folder for found in sets for folder in found.folders if not is_within(config.output, folder))
        parents = frozenset(searched).difference(looked_at)
        inputs = (*sorted(looked_at), *sorted(parents))
        return TemplateReport(released, tuple(warnings), inputs, sets=sets, parents=parents)

    def _read(self) -> TemplateNames:
        if self._names is None:
            self._names = names_of(self._all())
        return self._names

    def _all(self) -> ReadTemplates:
        if self._templates is None:
            kept = KeptReadings(self._cache, self._config) if self._cache else None
            self._templates = read_templates(self._config, kept)
        return self._templates
