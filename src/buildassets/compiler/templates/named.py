"""Lists the names of assets in the templates of a project, for a build, which reports those that the release lacks.

Takes the configuration, gives names, warnings and the paths that decided them. What cannot be read names nothing:
`check` reports it.
"""

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from buildassets.compiler.config.values import Config
from buildassets.compiler.kept import TemplateReport
from buildassets.compiler.sources.template_files import template_globs
from buildassets.compiler.templates.build_names import NamesOfBuild
from buildassets.compiler.templates.files import TemplateFiles, find_templates, looked_for
from buildassets.disk.file_sets import file_set
from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import warning

if TYPE_CHECKING:
    from buildassets.compiler.templates.check import ReadTemplates, TemplateNames

_REPORTED = ("template/component", "template/missing", "template/width")


class NamedInTemplates:
    """The names in the templates of `config`, which are read when something asks for them, and once.

    Readings are kept in the `cache` folder, if there is one.
    """

    def __init__(self, config: Config, cache: str | None) -> None:
        self._config = config
        self._cache = cache
        self._templates: ReadTemplates | None = None
        self.is_decisive = False  # whether what is released depends on them

    @cached_property
    def _found(self) -> TemplateFiles:
        return find_templates(self._config)

    @property
    def are_there(self) -> bool:
        """Whether there is any template."""
        return bool(self._found.files)

    def all(self) -> "TemplateNames | None":
        """All names, on which it depends what is released; None if there are no templates."""
        self.is_decisive = True
        templates = self._read()
        return templates.names() if templates else None

    def names(self) -> Collection[str]:
        """The names of assets, those of the plan included."""
        names, plan = self.all(), self._config.plan
        return (names.assets if names else frozenset()).union(plan.named if plan else ())

    def report(self, released: NamesOfBuild, *, is_watched: bool) -> TemplateReport:
        """A warning for each name that is not `released`, one for components that are not set, and what decided these.

        A watch gets no event of a new folder of templates, unless these decide what is released: a project may have
        thousands of folders.
        """
        config, templates = self._config, self._read()
        checked = templates.check(released) if templates else None
        found = (fault for fault in checked.diagnostics if fault.code in _REPORTED) if checked else ()
        warnings = (warning(one.code, one.message, one.location, notes=one.notes, hint=one.hint) for one in found)
        files = (file.path for file in templates.files) if templates else ()
        looked_at = {*files, *looked_for(config), *(checked.looked_for if checked else ())}
        globs = () if is_watched and not self.is_decisive else template_globs(config)
        sets = tuple(file_set(config.folder, glob)[0] for glob in globs)
        searched = (folder for found in sets for folder in found.folders if not is_within(config.output, folder))
        parents = frozenset(searched).difference(looked_at)
        inputs = (*sorted(looked_at), *sorted(parents))
        return TemplateReport(released, tuple(warnings), inputs, sets=sets, parents=parents)

    def _read(self) -> "ReadTemplates | None":
        """The templates; None if there are none, so that nothing that reads them is loaded."""
        if self._templates is None and self.are_there:
            from buildassets.compiler.templates.check import read_templates

            self._templates = read_templates(self._config, self._found, cache=self._cache)
        return self._templates
