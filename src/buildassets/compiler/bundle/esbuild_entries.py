"""Decides the calls of esbuild: the entry points, which of them share chunks, and the options."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from posixpath import dirname, splitext
from typing import Final

from buildassets.compiler.config.keys import names_several
from buildassets.compiler.config.values import Config, ModuleBundle, meta_env
from buildassets.compiler.engines.esbuild.bundle import BundleOptions, Format
from buildassets.compiler.model import Source
from buildassets.compiler.sources.globs import is_glob
from buildassets.compiler.sources.names import is_typed, names_of
from buildassets.compiler.sources.uncompiled import TYPED
from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import Syntax, media_of, suffix
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath

_SCRIPTS: Final = TYPED | {".js", ".mjs", ".cjs"}
_CHUNKS: Final = "chunks"
BUNDLE: Final = "bundle"
"""The name under which a manifest has the esbuild that made its bundles."""


@frozen
class EntryPoint:
    """The entry point of a bundle, and the bundle's logical path. `path` is absolute and real."""

    logical: LogicalPath
    path: str


@frozen
class Group:
    """The entry points of one call of esbuild. Its chunks go to `folder`; its CSS is used if `with_sheets`."""

    entries: tuple[EntryPoint, ...]
    options: BundleOptions
    folder: str
    place: Location | None
    with_sheets: bool = True


def entries_of(config: Config, sources: Sequence[Source], faults: list[Diagnostic]) -> dict[str, EntryPoint]:
    """The entry points of the bundles that esbuild makes, by bundle name; errors are added to `faults`."""
    by_name = {name: source for source in sources for name in names_of(source)}
    entries = {}
    known = Known(by_name)
    for name, bundle in config.module_bundles.items():
        path = _entry_path(config, name, bundle, by_name, known=known)
        if isinstance(path, Diagnostic):
            faults.append(path)
        else:
            entries[name] = EntryPoint(LogicalPath(name), os.path.realpath(path))
    return entries


def _entry_path(
    config: Config, name: str, bundle: ModuleBundle, by_name: Mapping[str, Source], *, known: Known
) -> str | Diagnostic:
    """The file that is the entry point: a source, or a file named relative to the configuration's folder."""
    where = partial(config.place, "bundles", name)
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
        if is_glob(given) or os.path.isdir(path) or any(known_name.startswith(given + "/") for known_name in by_name):
            hint = "name one file: esbuild begins with it and takes what it imports"
        return error("bundle/empty", f"`{given}` in the bundle `{name}` is not a file", where("files", 0), hint=hint)
    other = by_name.get(name)
    if other and other is not source and not is_typed(other):  # such a one is released only if something names it
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


def is_of_bundles(config: Config, logical: str, inputs: Iterable[str]) -> bool:
    """Whether the asset `logical`, made of `inputs`, is a bundle that esbuild makes by `config`, its sheet or a chunk.

    A chunk lies where chunks do, and is made of no file of its own name.
    """
    stem, end = splitext(logical)
    bundles = config.module_bundles
    if logical in bundles or (end == ".css" and any(splitext(name)[0] == stem for name in bundles)):
        return True
    is_beside = any(dirname(logical) == _chunk_folder(name) for name in bundles)
    return is_beside and end == ".js" and not any(splitext(f"/{name}")[0].endswith(f"/{stem}") for name in inputs)


def groups_of(config: Config, entries: Mapping[str, EntryPoint], *, production: bool) -> Iterator[Group]:
    """The groups of `entries`: those that share chunks together, each of the others by itself."""
    groups: dict[tuple[BundleOptions, str], list[EntryPoint]] = {}
    for name in sorted(entries):
        options = options_of(config, config.module_bundles[name], production=production)
        groups.setdefault((options, "" if options.splitting else name), []).append(entries[name])
    for (options, _), members in groups.items():
        place = config.place("bundles", members[0].logical)
        yield Group(tuple(members), options, _chunk_folder(members[0].logical), place)


def _chunk_folder(bundle: str) -> str:
    return f"{dirname(bundle)}/{_CHUNKS}".lstrip("/")


def options_of(config: Config, bundle: ModuleBundle, *, production: bool) -> BundleOptions:
    """The options with which esbuild makes `bundle`."""
    return BundleOptions(
        format=bundle.format,
        splitting=bundle.splitting,
        define=tuple(_definitions(config, bundle, production=production)),
        external=tuple(_externals(config)) if bundle.format == "esm" else (),
        minify=production and config.minify and config.engines.js != "none",
        production=production,
        load_paths=config.load_paths,
        browsers=config.browsers,
    )


def _definitions(config: Config, bundle: ModuleBundle, *, production: bool) -> Iterator[tuple[str, str]]:
    """The names with values: those of `define`, those of the bundle in its place, and `import.meta.env`."""
    values = meta_env(config, "production" if production else "development")
    yield "import.meta.env", json.dumps(values)
    yield from ((f"import.meta.env.{name}", json.dumps(value)) for name, value in values.items())
    yield from ((name, json.dumps(value)) for name, value in sorted({**config.define, **bundle.define}.items()))


def _externals(config: Config) -> Iterator[str]:
    """The imports that a page resolves, as far as esbuild's patterns can express them.

    Other imports that find no file are left alone later.
    """
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
