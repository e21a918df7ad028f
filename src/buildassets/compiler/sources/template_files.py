"""Which files of a project may be templates, by their places and names.

Takes the configuration, gives globs and judgements. Imports the configuration and globs; touches no disk but for the
`manage.py` that makes a project one of Django's.
"""

import os
from collections.abc import Callable, Iterator
from typing import Final

from buildassets.compiler.config.values import VENDOR, Config, SourceRoot, TemplateEngine, TemplateFolder
from buildassets.compiler.sources.globs import BUILT_IN_EXCLUDES, compile_globs, is_glob
from buildassets.disk.file_sets import escaped
from buildassets.disk.folders import is_within
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import OCTETS, SCRIPT_SUFFIXES, media_of, suffix

# The folders of Flask, Quart, Starlette and of each blueprint; of Django's applications, and of its Jinja backend.
TEMPLATE_FOLDERS: Final[dict[TemplateEngine, tuple[tuple[str, TemplateEngine], ...]]] = {
    "jinja": (("templates", "jinja"),),
    "django": (("templates", "django"), ("jinja2", "jinja")),
    "mako": (("templates", "mako"),),
    "chameleon": (("templates", "chameleon"),),
}
# Whose templates have suffixes of their own, by which Pyramid chooses the renderer, in whatever folder.
_OF_SUFFIXES: Final[dict[str, TemplateEngine]] = {".mako": "mako", ".mak": "mako", ".pt": "chameleon"}
_SUFFIXES: Final = (
    *(".dj", ".djhtml", ".django", ".j2", ".jinja", ".jinja2", ".mak", ".mako", ".mjml", ".pt", ".tmpl", ".tpl"),
)
_SCRIPTS: Final = ("*.[jt]s", "*.[jt]sx", "*.[cm][jt]s", "*.jst")  # globs of names
_PAGES: Final = ("*.html", "*.htm", "*.xhtml")
_OF_PAGES: Final = (".html", ".htm", ".xhtml")
_OF_SCRIPTS: Final = frozenset((".js", ".mjs", ".cjs", ".jst", *SCRIPT_SUFFIXES))
_VENDORED: Final = f"{VENDOR}/**"
_GLOB: Final = frozenset("*?[")
_EXCLUDED: Final = compile_globs(BUILT_IN_EXCLUDES)


def usual_engine(config: Config) -> TemplateEngine:
    """The template language of a project without a setting: Django's next to a `manage.py`, else Jinja."""
    return "django" if os.path.isfile(os.path.join(config.folder, "manage.py")) else "jinja"


def engine_of(name: str, usual: TemplateEngine) -> TemplateEngine:
    """The template language of a file: that of its suffix, if it has one of its own, or the `usual` one."""
    return _OF_SUFFIXES.get(suffix(name), usual)


def built_and_sources(config: Config) -> frozenset[str]:
    """The folders whose files are assets: source roots and the release directory."""
    return frozenset((config.output, *(root.path for root in config.sources)))


def template_globs(config: Config) -> tuple[str, ...]:
    """Absolute globs of the files in the template folders: the configured ones, or else those that frameworks use."""
    named = (_glob_of(config, folder) for folder in (*config.templates.folders, *config.templates.further))
    return _files_of(*named, *_usual_folders(config))


def _usual_folders(config: Config) -> Iterator[str]:
    """Absolute globs of the folders of templates that frameworks use; none if the configuration names folders."""
    if not config.templates.folders:
        for name, _ in TEMPLATE_FOLDERS[config.templates.engine or usual_engine(config)]:
            yield os.path.join(escaped(config.folder), "**", name)


def _files_of(*folders: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(os.path.join(folder, "**", "*") for folder in folders))


@frozen
class TemplatePlaces:
    """Where a source is also a template. `named` and `usual` match paths in folders that are named, or usual.

    A folder of assets may have a folder `templates/` for scripts, which the application does not read.
    """

    named: Callable[[str], object]
    usual: Callable[[str], object]

    def has(self, path: str) -> bool:
        """Whether the absolute `path` lies in a folder of templates."""
        return bool(self.named(path) or self.usual(path))

    def is_rendered(self, path: str, root: str) -> bool:
        """Whether the application renders the file at `path`, in the source root at `root`."""
        return bool(self.named(path) or self.usual(os.path.join(root, "file")))


def template_places(config: Config) -> TemplatePlaces:
    """The folders of templates of a project, but for one that holds the whole project."""
    folders = (*config.templates.folders, *config.templates.further)
    named = (_glob_of(config, folder) for folder in folders if not is_within(folder.path, config.folder))
    return TemplatePlaces(compile_globs(_files_of(*named)), compile_globs(_files_of(*_usual_folders(config))))


def scanned_globs(config: Config) -> tuple[str, ...]:
    """Absolute globs of the files whose classes count for Tailwind: templates, own scripts, and pages of `plain`."""
    names = (*_SCRIPTS, *(_PAGES if config.plain else ()))
    own = (os.path.join(escaped(root.path), "**", name) for root in _own_roots(config) for name in names)
    return (*template_globs(config), *own)


def is_scanned(config: Config) -> Callable[[str], bool]:
    """A function that is true for the path of a template, of a page of `plain`, or of an own script, not minified."""
    is_template_at, logical_of, is_plain = is_template(config), _own_paths(config), _is_plain(config)

    def judged(path: str) -> bool:
        name = os.path.basename(path)
        if suffix(name) in _OF_SCRIPTS and ".min." not in name and (logical := logical_of(path)) is not None:
            return bool(logical)
        if name.endswith(_OF_PAGES) and is_plain(logical_of(path) or ""):
            return True
        return is_template_at(path)

    return judged


def _is_plain(config: Config) -> Callable[[str], bool]:
    """A function that is true for a logical path that `plain` matches."""
    exact, globs = (
        {pattern.removeprefix("./") for pattern in config.plain},
        compile_globs(filter(is_glob, config.plain)),
    )
    return lambda logical: logical in exact or bool(globs(logical))


def _own_paths(config: Config) -> Callable[[str], str | None]:
    """A function from a path to its logical path, empty if it is left out; None outside of the project's own roots."""
    excluded = compile_globs((*BUILT_IN_EXCLUDES, *config.exclude))
    roots = [
        (root, compile_globs(root.include or ("**",)), compile_globs((*root.exclude, _VENDORED)))
        for root in _own_roots(config)
    ]

    def logical_path(path: str) -> str | None:
        for root, included, left_out in roots:
            if is_within(root.path, path):
                below = os.path.relpath(path, root.path).replace(os.sep, "/")
                logical = f"{root.prefix}/{below}" if root.prefix else below
                return logical if included(below) and not left_out(below) and not excluded(logical) else ""
        return None

    return logical_path


def _own_roots(config: Config) -> list[SourceRoot]:
    """The source roots with files of the project itself, the innermost first."""
    own = [root for root in config.sources if not (root.vendored or root.npm or root.manifest)]
    return sorted(own, key=lambda root: len(root.path), reverse=True)


def is_template(config: Config) -> Callable[[str], bool]:
    """A function that is true for the path of a file in a template folder that may be a template, and is no asset."""
    left_out = built_and_sources(config)
    named = [root for folder in config.templates.folders for root in left_out if is_within(root, folder.path)]
    left_out = left_out.difference(named)  # whoever names a folder of assets wants its files

    def judged(path: str) -> bool:
        return may_be_template(os.path.basename(path)) and not any(is_within(folder, path) for folder in left_out)

    return judged


def may_be_template(name: str) -> bool:
    """Whether a file of this name may be a text. One with an unknown suffix, such as `.j2`, may be."""
    media = media_of(name)
    is_text = media is OCTETS or media.type.startswith("text/") or media.syntax is not None
    is_none = name.endswith((".py", ".pyc", ".mo")) or _EXCLUDED(name)
    return not is_none and (is_text or media.type.endswith(("json", "xml")))


def has_suffix_of_template(path: str) -> bool:
    """Whether the suffix is one of templates."""
    return media_of(path) is not OCTETS or suffix(path) in _SUFFIXES


def _glob_of(config: Config, folder: TemplateFolder) -> str:
    if _GLOB.isdisjoint(folder.shown):
        return escaped(folder.path)
    return os.path.join(escaped(config.folder), folder.shown if "/" in folder.shown else f"**/{folder.shown}")
