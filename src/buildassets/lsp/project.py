"""A project as known without a build: its assets, their sources, its templates, its last release."""

import os
from collections.abc import Mapping
from posixpath import splitext
from typing import Final

from buildassets.compiler.config.load import load_config
from buildassets.compiler.config.values import Config, TemplateEngine
from buildassets.compiler.model import Source
from buildassets.compiler.sources.discover import discover
from buildassets.compiler.sources.sprites import NamedIcons, sprites
from buildassets.compiler.templates.elsewhere import Elsewhere
from buildassets.compiler.templates.files import TemplateFile, find_templates, template_at
from buildassets.disk.files import MOST_MANIFEST_BYTES, content_of
from buildassets.errors import BuildAssetsError
from buildassets.foundation.diagnostics import Location
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath
from buildassets.foundation.permission import NOTHING
from buildassets.manifest.model import MANIFEST_NAME, Entry, Manifest, loads

_COMPILED: Final = (".css", ".js")


@frozen
class EditedProject:
    """A project as its files show it.

    `names` are the logical paths of all assets that a build could make, `sources` their files where each has one,
    `by_path` the logical path of each such file. `templates` are by absolute path, `template_folders` where they lie,
    with the languages of these; `release` is what was built last. `icons` are the names of icons, each with a sprite,
    None without sprites; `fonts` those of which other fonts are made, each with the first of these. `elsewhere` knows
    the names in templates that are no faults though no build makes them.
    """

    config: Config
    names: frozenset[LogicalPath]
    sources: Mapping[LogicalPath, Source]
    by_path: Mapping[str, LogicalPath]
    nearby: Known
    templates: Mapping[str, TemplateFile]
    elsewhere: Elsewhere
    template_folders: tuple[tuple[str, TemplateEngine], ...] = ()
    release: Manifest | None = None
    icons: Mapping[str, LogicalPath] | None = None
    fonts: Mapping[LogicalPath, LogicalPath] = field(default_factory=dict)

    def has(self, target: LogicalPath) -> bool:
        """Whether there is such an asset; one of a package of npm counts if its file is there."""
        return target in self.names or target in self.fonts or self._npm_file(target) is not None

    def file(self, target: LogicalPath) -> str | None:
        """The absolute path of the source of an asset, if it has one; that of a part of a font is the font."""
        source = self.sources.get(self.fonts.get(target, target))
        is_of_file = source and (source.root >= 0 or source.file != source.path)
        return source.file if source and is_of_file else self._npm_file(target)

    def template(self, path: str) -> TemplateFile | None:
        """The template at the absolute `path`, also one that an editor has not saved yet; None if it is none."""
        return self.templates.get(path) or template_at(self.config, self.template_folders, path)

    def place(self, target: LogicalPath) -> Location | None:
        """The place in the configuration of an asset without a source: a bundle, a sprite, what a command makes."""
        if target in self.config.icons:
            return self.config.place("icons", target)
        if target in self.config.bundles or target in self.config.module_bundles:
            return self.config.place("bundles", target)
        made = [name for name, command in self.config.commands.items() if command.output == target]
        return self.config.place("commands", made[0], "output") if made else None

    def entry(self, target: LogicalPath) -> Entry | None:
        """The entry of an asset in the last release."""
        return self.release.assets.get(target) if self.release else None

    def _npm_file(self, target: LogicalPath) -> str | None:
        for root in self.config.sources:
            before = f"{root.prefix}/" if root.prefix else ""
            if root.npm and target.startswith(before):
                path = os.path.join(root.path, *target.removeprefix(before).split("/"))
                if os.path.isfile(path):
                    return path
        return None


def load_project(start: str) -> EditedProject:
    """The project whose configuration is the nearest one from the folder `start` upward. Raises ConfigError.

    Nothing of it is run.
    """
    config = load_config(start=start, permission=NOTHING)
    further = {f".{one.source_suffix}": f".{one.suffix}" for one in config.commands.values() if one.source_suffix}
    found = discover(config, further, "development")
    sources = {source.logical: source for source in found.sources}
    configured = (*config.bundles, *config.module_bundles, *config.icons)
    made = (*configured, *found.front_ends.entries, *_of_engines(config, sources))
    names: frozenset[LogicalPath] = frozenset((*sources, *(LogicalPath(name) for name in made)))
    folders = find_templates(config)
    templates = {file.path: file for file in folders.files}
    by_path = {source.path: logical for logical, source in sources.items()}
    return EditedProject(
        config,
        names,
        sources=sources,
        by_path=by_path,
        nearby=Known(names),
        templates=templates,
        elsewhere=Elsewhere(config),
        template_folders=folders.folders,
        release=_release(config),
        icons=_icons(config, sources),
        fonts=found.fonts,
    )


def _icons(config: Config, sources: Mapping[LogicalPath, Source]) -> dict[str, LogicalPath] | None:
    """The names of all icons, each with a sprite; None if none is configured."""
    if not config.icons:
        return None
    first = LogicalPath(min(config.icons))
    return dict.fromkeys(sorted(sprites(config, NamedIcons(), sources).known), first)


def _of_engines(config: Config, sources: Mapping[LogicalPath, Source]) -> list[str]:
    """The suffixes that third-party engines may make: the usual ones, because the engines are not asked."""
    paths = (splitext(str(path)) for path in sources)
    stems = [stem for stem, suffix in paths if suffix[1:] in config.engines.compilers]
    return [stem + suffix for stem in stems for suffix in _COMPILED]


def _release(config: Config) -> Manifest | None:
    """The manifest of the release directory, if there is a sound one."""
    path = os.path.join(config.output, MANIFEST_NAME)
    try:
        return loads(content_of(path, MOST_MANIFEST_BYTES), path)
    except (OSError, BuildAssetsError):
        return None
