"""Loads the configuration: `[tool.buildassets]` in `pyproject.toml`, or the same keys in `buildassets.toml`.

Takes a file's name, gives a frozen Config with absolute paths, or raises all faults of the file at once.
"""

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

from buildassets.compiler.config import keys
from buildassets.compiler.config.file import FILE_NAMES, ignored_table, read_named, search, working_directory
from buildassets.compiler.config.foreign import Foreign, with_foreign
from buildassets.compiler.config.key_table import Reading, fields_of
from buildassets.compiler.config.no_sources import DEFAULT_ROOTS, no_sources
from buildassets.compiler.config.not_run import without_project_python
from buildassets.compiler.config.roots import (
    configured_roots,
    further_roots,
    output_faults,
    root_at,
    root_faults,
    root_places,
    roots_of_packages,
    with_further,
)
from buildassets.compiler.config.toml_table import Document, Table, parse
from buildassets.compiler.config.values import VENDOR, Config, Mode, SourceRoot
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import sort_key
from buildassets.foundation.frozen import frozen_by_name, replace
from buildassets.foundation.permission import NOTHING, Permission
from buildassets.packages.lock import Lock, LockedPackage, read_lock
from buildassets.programs.project_python import refuse_project_modules


@frozen_by_name
class Overrides:
    """Options of a command that change the configuration; their paths are relative to where it was started.

    `sources`, `output` and `url` replace the values of the file; `also` are further source roots after these, as are
    those `collected` by Django. Beside these, and with `only_also`, there is no default root. `templates` are further
    folders of templates; `plan` is the path of a plan of template blocks. The `text`
    is that of the file, which need not exist then.
    """

    sources: Sequence[str] = ()
    also: Sequence[str] = ()
    only_also: bool = False
    collected: Sequence[SourceRoot] = ()
    templates: Sequence[str] = ()
    output: str | None = None
    url: str | None = None
    plan: str | None = None
    text: str | None = None


_UNCHANGED = Overrides()
_DECLARATION: Final = '{"application": '  # JSON: an inline table of TOML has no colon there
# The modules with `with_NAME`, which most configurations do not need; that of components imports the compiler, too.
_FEATURES: Final = {
    "components": "buildassets.features.components.compile",
    "declared": "buildassets.features.import_map.compile",
    "editable": "buildassets.compiler.config.installed",
    "plan": "buildassets.compiler.config.block_plan",
}


def load_config(
    file: str | None = None,
    given: Overrides = _UNCHANGED,
    *,
    start: str = ".",
    mode: Mode = "production",
    permission: Permission,
    needs_sources: bool = True,
    looks_above: bool = True,
) -> Config:
    """The configuration in `file`, or in the nearest file from the folder `start` upward, or else the default one.

    In one folder `buildassets.toml` takes precedence over `pyproject.toml`, whose table is then reported. What is
    `given` is relative to `start`. Unless it `needs_sources`, source roots may be missing, as for a verb that only
    reads a release. `mode` is that of the build; only files of other systems depend on it. `permission` states what
    may happen, now and in a build. Unless it `looks_above`, only `start` itself is searched. Raises ConfigError with
    every fault that was found.
    """
    start = os.path.normpath(os.path.join(working_directory(), start))
    path, document = _document(file, given.text, start, looks_above=looks_above)
    options = Document({"SOURCE": list(given.sources), **({} if given.url is None else {"--url": given.url})})
    folder = os.path.dirname(path) if path else start
    foreign = Foreign()
    if not given.sources:
        foreign, document = with_foreign(document, folder, mode, permission=permission)
    also = tuple(text for text in given.also if not text.startswith(_DECLARATION))
    declared = tuple(text for text in given.also if text.startswith(_DECLARATION))
    roots = configured_roots(document.table, folder)
    if (also or given.collected) and "sources" not in document.table:
        kept = () if given.collected or given.only_also else DEFAULT_ROOTS[:1]
        roots = [(place, root) for place, root in roots if root.shown in kept]
    overriding = [((), root_at(start, shown)) for shown in options.table.texts("SOURCE")]
    further = [((), root) for root in (*further_roots(also, start, options), *given.collected)]
    lock = read_lock(folder)
    own = tuple(root for _, root in overriding or roots)
    config = _config(document.table, folder, path, own, permission=permission, lock=lock)
    if needs_sources and not overriding and (roots or not further):
        document.faults += root_faults(roots, document, mode=mode)
        if not roots and not document.table.take("sources"):
            document.faults.append(no_sources(folder, path, document.locate_value(("sources",))))
    config = replace(
        config,
        output=config.output if given.output is None else keys.absolute(start, given.output),
        url=config.url if given.url is None else keys.url(options.table, "--url"),
        templates=replace(config.templates, further=tuple(keys.further_templates(given.templates, start, options))),
        document=document,
        read=foreign.files,
        read_for=mode if foreign.table else None,
        **{name: value for name, value in foreign.fields.items() if name not in document.table},
    )
    ignored = tuple(ignored_table(path, start)) if path and file is None and given.text is None else ()
    config = replace(config, notices=(*config.notices, *ignored))
    if not permission.python:
        refuse_project_modules(folder)
        config = without_project_python(config)
    brought = roots_of_packages(config.packages.installed, folder, document)
    config = replace(config, sources=with_further(config, [*(root for _, root in further), *brought]))
    config = _with_installed(config, document, declared, mode)
    config = _with_packages(config, lock.vendor)
    if overriding or further:
        document.faults += root_faults(overriding, Document({}), "its name")
        document.faults += root_faults(further, Document({}), "`--also`")
    if needs_sources:
        document.faults += output_faults(config, document if given.output is None else Document({}))
    if faults := [*document.faults, *options.faults]:
        looked_at = (*config.read, *root_places(folder, config))
        raise ConfigError([*sorted(faults, key=sort_key), *ignored], looked_at=looked_at)
    return _with_blocks(config, given.plan and os.path.join(start, given.plan), extracts=needs_sources)


def _with_installed(config: Config, document: Document, declared: Sequence[str], mode: Mode) -> Config:
    """`config` with what its installed packages and applications bring."""
    packages = [root for root in config.sources if root.package]
    if any(root.project for root in packages):
        config = _with("editable", config, document, mode)
    return _with("declared", config, declared, document) if declared or packages else config


def _with_blocks(config: Config, plan: str | None, *, extracts: bool) -> Config:
    """`config` with the blocks of a `plan`, and, if it `extracts` them, with those of components in templates."""
    if plan is not None:
        config = _with("plan", config, plan)
    may_extract = config.components and extracts and config.permission != NOTHING  # which is that of an editor
    return _with("components", config) if may_extract else config


def _with(feature: str, config: Config, *given: object) -> Config:
    """`config` extended by a `feature` that it uses."""
    module = import_module(_FEATURES[feature])
    extended: Config = getattr(module, f"with_{feature}")(config, *given)
    return extended


def _document(file: str | None, text: str | None, start: str, *, looks_above: bool) -> tuple[str | None, Document]:
    """The path and the content of the file that is named or found, or that would have `text`."""
    if text is not None:
        return os.path.join(start, FILE_NAMES[0]), Document(parse(text, FILE_NAMES[0]), text, FILE_NAMES[0])
    if file is None:
        return search(start, looks_above=looks_above)
    return os.path.join(start, file), read_named(file, start)


def _config(
    table: Table, folder: str, file: str | None, roots: tuple[SourceRoot, ...], *, permission: Permission, lock: Lock
) -> Config:
    """The values of our table; faults are noted in its document."""
    locked = {name: tool.version for name, tool in lock.tools.items()}
    fields = fields_of(Reading(table=table, folder=folder, locked=locked))
    return Config(folder=folder, sources=roots, permission=permission, file=file, locked=locked, **fields)


def _with_packages(config: Config, packages: Mapping[str, LockedPackage]) -> Config:
    """`config` with the folder of packages among its load paths if one has Sass sources, which are not assets then."""
    root = config.package_root
    sourced = [name for name, one in packages.items() if one.source]
    plain = [f"{VENDOR}/{name}/{file}" for name, one in packages.items() for file in one.plain]
    if root is None or not (sourced or plain):
        return config
    folder = os.path.join(root.path, VENDOR)
    globs = [f"{VENDOR}/{name}/**/*.{ending}" for name in sourced for ending in ("scss", "sass")]
    sources = [replace(one, exclude=(*one.exclude, *globs)) if one is root else one for one in config.sources]
    return replace(
        config,
        sources=tuple(sources),
        load_paths=(*config.load_paths, *([folder] if sourced and os.path.isdir(folder) else ())),
        plain=(*config.plain, *(f"{root.prefix}/{path}".lstrip("/") for path in plain)),
    )
