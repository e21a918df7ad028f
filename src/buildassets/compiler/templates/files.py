"""Finds the template files of a project, and their languages.

Takes the configuration, gives the files of its template folders; if it names none, of the folders that frameworks use.
Reads folders only.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.compiler.config.roots import folder_like
from buildassets.compiler.config.values import Config, TemplateEngine, TemplateFolder
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.sources.template_files import (
    TEMPLATE_FOLDERS,
    built_and_sources,
    engine_of,
    has_suffix_of_template,
    may_be_template,
    usual_engine,
)
from buildassets.disk.folders import is_within, walk
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.frozen import frozen

_NO_PROJECT: Final = ("node_modules", "__pycache__", "site-packages")
_GLOB: Final = frozenset("*?[")


@frozen
class TemplateFile:
    """A template. `name` is its path below the absolute path `folder`, by which other templates refer to it."""

    path: str
    shown: str
    name: str
    folder: str
    engine: TemplateEngine


@frozen
class TemplateFiles:
    """The templates, sorted by path, the diagnostics for their folders, and these folders with their languages."""

    files: tuple[TemplateFile, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    folders: tuple[tuple[str, TemplateEngine], ...] = ()


def find_templates(config: Config) -> TemplateFiles:
    """Every file that may be a template."""
    engine = config.templates.engine or usual_engine(config)
    folders: list[tuple[str, TemplateEngine]] = []
    if not config.templates.folders:
        folders += [(path, its) for name, its in TEMPLATE_FOLDERS[engine] for path in _folders_like(config, name)]
    for folder in (*config.templates.folders, *config.templates.further):
        folders += [(path, folder.engine or engine) for path in _folders_of(config, folder)]
    return TemplateFiles(_sorted(config, folders), tuple(absent_folders(config)), tuple(folders))


def absent_folders(config: Config) -> Iterator[Diagnostic]:
    """An error for each named folder of templates that is not there: assets that only these name would be left out."""
    for index, folder in enumerate((*config.templates.folders, *config.templates.further)):
        if not any(_folders_of(config, folder)):
            is_configured = index < len(config.templates.folders)
            where = config.place("templates", "dirs", index) if is_configured else None
            near = folder_like(folder.path, folder.shown)
            hint = f"create it, or correct `{'dirs' if is_configured else '--templates'}`"
            hint = f"did you mean `{near}`?" if near else hint
            message = f"there is no folder of templates `{folder.shown}`"
            yield error("template/folder", message, where, hint=hint)


def template_at(config: Config, folders: Iterable[tuple[str, TemplateEngine]], path: str) -> TemplateFile | None:
    """The template that a file at the absolute `path` would be, though it need not exist; None if it would be none.

    `folders` are those of TemplateFiles.
    """
    parent, name = os.path.split(path)
    for folder, engine in folders if may_be_template(name) else ():
        if is_within(folder, parent) and any(parent == walked_to for walked_to, _ in walked(config, folder)):
            return _file(config, folder, engine, path)
    return None


def named_templates(config: Config) -> Iterator[str]:
    """The files in the configured template folders, and those in folders of the command line.

    In the latter only files with suffixes of templates count: Django's settings may name the project's folder, into
    which a server writes a database or a log.
    """
    for folder in config.templates.folders:
        for path in _folders_of(config, folder):
            yield from _files_in(config, path)
    for folder in config.templates.further:
        for path in _folders_of(config, folder):
            yield from filter(has_suffix_of_template, _files_in(config, path))


def named_folders(config: Config) -> Iterator[str]:
    """The template folders that the configuration or the command line names, existing or not; globs are expanded."""
    for folder in (*config.templates.folders, *config.templates.further):
        yield from (folder.path,) if _GLOB.isdisjoint(folder.shown) else _folders_of(config, folder)


def looked_for(config: Config) -> Iterator[str]:
    """The folders that contain templates, and the likeliest that do not exist: in the project's and beside assets."""
    yield from (parent for folder in named_folders(config) for parent, _ in walked(config, folder))
    yield from named_folders(config)
    if config.templates.folders:
        return
    usual = [name for name, _ in TEMPLATE_FOLDERS[config.templates.engine or usual_engine(config)]]
    for name in usual:
        yield from (parent for folder in _folders_like(config, name) for parent, _ in walked(config, folder))
    for parent in (config.folder, *(os.path.dirname(root.path) for root in config.sources)):
        yield from (os.path.join(parent, name) for name in usual)


def _folders_of(config: Config, folder: TemplateFolder) -> Iterator[str]:
    if _GLOB.isdisjoint(folder.shown):
        yield from (folder.path,) if os.path.isdir(folder.path) else ()
    else:
        yield from _folders_like(config, folder.shown)


def _folders_like(config: Config, pattern: str) -> Iterator[str]:
    """The folders of the project that match; not those inside a match, in source roots, or of tools."""
    matches = compile_globs([pattern])
    left_out = built_and_sources(config)
    for parent, names, _ in walk(config.folder):
        descend = []
        for name in sorted(names):
            path = os.path.join(parent, name)
            if _is_no_project(path, name) or path in left_out:
                continue
            if matches(config.shown(path)):
                yield path
            else:
                descend.append(name)
        names[:] = descend


def _is_no_project(path: str, name: str) -> bool:
    return name.startswith(".") or name in _NO_PROJECT or os.path.exists(os.path.join(path, "pyvenv.cfg"))


def _sorted(config: Config, folders: list[tuple[str, TemplateEngine]]) -> tuple[TemplateFile, ...]:
    """The files in `folders`, each once; if several of the folders contain it, the first decides its language."""
    files: dict[str, TemplateFile] = {}
    for folder, engine in folders:
        for path in _files_in(config, folder):
            files.setdefault(path, _file(config, folder, engine, path))
    return tuple(files[path] for path in sorted(files))


def _file(config: Config, folder: str, engine: TemplateEngine, path: str) -> TemplateFile:
    name = os.path.relpath(path, folder).replace(os.sep, "/")
    return TemplateFile(path, config.shown(path), name=name, folder=folder, engine=engine_of(name, engine))


def _files_in(config: Config, folder: str) -> Iterator[str]:
    for parent, files in walked(config, folder):
        yield from (os.path.join(parent, name) for name in files if may_be_template(name))


def walked(config: Config, folder: str) -> Iterator[tuple[str, list[str]]]:
    """The folders that may hold templates, from `folder` down, with the names of their files.

    `folder` may be the whole project; assets and the files of packages in it are left out.
    """
    left_out = built_and_sources(config)
    for parent, names, files in walk(folder):
        paths = ((name, os.path.join(parent, name)) for name in names)
        names[:] = [name for name, path in paths if not _is_no_project(path, name) and path not in left_out]
        yield parent, files
