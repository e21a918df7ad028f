"""Which files esbuild begins with, which of them share chunks, and with which options."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from posixpath import dirname
from typing import Final

from buildassets.compiler.config.keys import names_several
from buildassets.compiler.config.shown import place_of_setting
from buildassets.compiler.config.values import Config, ModuleBundle
from buildassets.compiler.engines.esbuild.bundle import BundleOptions, Format
from buildassets.compiler.model import Source
from buildassets.compiler.sources.globs import is_glob
from buildassets.compiler.sources.names import names_of
from buildassets.compiler.sources.uncompiled import TYPED
from buildassets.diagnostics import Diagnostic, Location, error
from buildassets.frozen import frozen
from buildassets.media import Syntax, media_of, suffix
from buildassets.nearest import Known
from buildassets.paths import LogicalPath

_SCRIPTS: Final = TYPED | {".js", ".mjs", ".cjs"}
_CHUNKS: Final = "chunks"


@frozen
class EntryPoint:
    """A file to begin with, and what its bundle is called. `path` is absolute and real."""

    logical: LogicalPath
    path: str


@frozen
class Group:
    """What one call of esbuild makes. `folder` is where its chunks belong, `with_sheets` whether its CSS is wanted."""

    entries: tuple[EntryPoint, ...]
    options: BundleOptions
    folder: str
    place: Location | None
    with_sheets: bool = True


def entries_of(config: Config, sources: Sequence[Source], faults: list[Diagnostic]) -> dict[str, EntryPoint]:
    """The entry point of each bundle that esbuild makes, by its name; what is wrong with others goes to `faults`."""
    by_name = {name: source for source in sources for name in names_of(source)}
    found = {}
    known = Known(by_name)
    for name, bundle in config.module_bundles.items():
        path = _entry_path(config, name, bundle, by_name, known)
        if isinstance(path, Diagnostic):
            faults.append(path)
        else:
            found[name] = EntryPoint(LogicalPath(name), os.path.realpath(path))
    return found


def _entry_path(
    config: Config, name: str, bundle: ModuleBundle, by_name: Mapping[str, Source], known: Known
) -> str | Diagnostic:
    """The file that the bundle begins with: a source, or a file as the configuration's folder has it."""
    where = partial(place_of_setting, config, "bundles", name)
    if len(bundle.files) > 1:
        message = f"the bundle `{name}` has {len(bundle.files)} entry points"
        advice = "import the others in the first, or give each a bundle of its own, with `splitting = true`"
        return error("bundle/entry", message, where(), hint=advice)
    given = bundle.files[0].removeprefix("./")
    source = by_name.get(given)
    path = source.path if source else os.path.join(config.folder, given)
    if not os.path.isfile(path):
        near = known.nearest_asset(given)
        hint = f"did you mean `{near}`?" if near else None
        if is_glob(given) or os.path.isdir(path) or any(one.startswith(given + "/") for one in by_name):
            hint = "name one file: esbuild begins with it and takes what it imports"
        return error("bundle/empty", f"`{given}` in the bundle `{name}` is no file", where("files", 0), hint=hint)
    other = by_name.get(name)
    if other and other is not source:
        message = f"the bundle `{name}` has the name of the source `{other.shown}`"
        return error("bundle/duplicate", message, where(), hint="name the bundle otherwise")
    return _kind_fault(name, given, where("files", 0)) or path


def _kind_fault(name: str, given: str, where: Location | None) -> Diagnostic | None:
    kind = Syntax.CSS if suffix(given) == ".css" else Syntax.JAVASCRIPT if suffix(given) in _SCRIPTS else None
    if kind is None:
        hint = "begin with a script, or with a style sheet in plain CSS"
        return error("bundle/kind", f"esbuild cannot bundle `{given}`", where, hint=hint)
    if media_of(name).syntax is not kind:
        hint = f"name it with the suffix `.{kind.value}`"
        return error("bundle/kind", f"`{given}` does not make `{name}`: it is of another kind", where, hint=hint)
    return None


def groups_of(config: Config, entries: Mapping[str, EntryPoint], production: bool) -> Iterator[Group]:
    """The entries that share chunks together, each of the others by itself."""
    groups: dict[tuple[BundleOptions, str], list[EntryPoint]] = {}
    for name in sorted(entries):
        options = options_of(config, config.module_bundles[name], production)
        groups.setdefault((options, "" if options.splitting else name), []).append(entries[name])
    for (options, _), found in groups.items():
        place = place_of_setting(config, "bundles", found[0].logical)
        yield Group(tuple(found), options, f"{dirname(found[0].logical)}/{_CHUNKS}".lstrip("/"), place)


def options_of(config: Config, bundle: ModuleBundle, production: bool) -> BundleOptions:
    """How esbuild makes `bundle`."""
    return BundleOptions(
        format=bundle.format,
        splitting=bundle.splitting,
        define=tuple((name, json.dumps(value)) for name, value in sorted(bundle.define.items())),
        external=tuple(_externals(config)) if bundle.format == "esm" else (),
        minify=production and config.minify and config.engines.js != "none",
        production=production,
        load_paths=config.load_paths,
        browsers=config.browsers,
    )


def _externals(config: Config) -> Iterator[str]:
    """The imports that a page resolves, as esbuild can say them. Others that find no file are left alone later."""
    for specifier, target in config.importmap.items():
        if specifier.startswith((".", "/")):
            continue
        if names_several(target):
            stem = specifier.rstrip("*").rstrip("/")
            yield from (stem, f"{stem}/*") if stem and "*" not in stem else ()
        else:
            yield f"{specifier}*" if specifier.endswith("/") else specifier
    for pattern in config.external:
        if pattern.count("*") <= 1 and not any(mark in pattern for mark in "?[") and not pattern.startswith("."):
            yield pattern


def own_options(options: BundleOptions, form: Format) -> BundleOptions:
    """The same `options` for a script that is loaded by its URL, such as a worker."""
    external = options.external if form == "esm" else ()
    return replace(options, format=form, splitting=False, external=external)
