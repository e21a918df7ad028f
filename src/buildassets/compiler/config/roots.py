"""Reads the source roots of the configuration and the command line, and checks them and the output folder."""

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from buildassets.compiler.config.keys import (
    absolute,
    described_folder,
    dev_server,
    from_command_line,
    path_globs,
    preferred,
    vite_manifest,
)
from buildassets.compiler.config.no_sources import DEFAULT_ROOTS
from buildassets.compiler.config.toml_positions import KeyPath
from buildassets.compiler.config.toml_table import Document, Table
from buildassets.compiler.config.values import Config, Mode, SourceRoot
from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.frozen import replace
from buildassets.foundation.nearest import nearest
from buildassets.foundation.paths import normalise

_PACKAGE: Final = "package:"  # before the name of an installed package, in place of a folder


def configured_roots(table: Table, folder: str) -> list[tuple[KeyPath, SourceRoot]]:
    """The source roots of the file, with their key paths, or else the default one."""
    if "sources" not in table:
        table.take("sources")
        default = [name for name in DEFAULT_ROOTS if os.path.isdir(os.path.join(folder, name))]
        return [(("sources",), root_at(folder, name)) for name in default[:1]]
    elements = table.elements("sources")
    roots = [(("sources", index), _described_root(table, value, folder, "sources", index)) for index, value in elements]
    return [(path, root) for path, root in roots if root]


def _described_root(table: Table, value: object, folder: str, *keys: str | int) -> SourceRoot | None:
    """The source root that `value`, found at `keys`, describes."""
    given = described_folder(table, value, *keys)
    if given is None:
        return None
    path = given.filled_text("path", "")
    prefix = given.text("prefix", "").strip("/")
    if prefix and normalise(prefix) != prefix:
        given.refuse(f"cannot be `{prefix}`", "prefix", hint="write it without `.`, `..` and doubled slashes")
    root = replace(
        root_at(folder, path),
        prefix=prefix,
        include=path_globs(given, "include"),
        exclude=path_globs(given, "exclude"),
        npm=given.flag("npm", default=False),
        vendored=given.flag("vendored", default=False),
        prefer=preferred(given),
        manifest=vite_manifest(given),
        dev=dev_server(given),
    )
    given.close()
    return root if path else None


def further_roots(also: Sequence[str], start: str, given: Document) -> Iterator[SourceRoot]:
    """The source roots that the command line adds: folders, or inline tables in the form of `sources`.

    `package:NAME` is the release of an installed package.
    """
    for value in from_command_line(also, "--also"):
        if isinstance(value, str) and value.startswith(_PACKAGE):
            yield from roots_of_packages([value.removeprefix(_PACKAGE)], start, given)
            continue
        root = _described_root(given.table, value, start, "--also")
        if root is not None:
            yield root


def roots_of_packages(names: Sequence[str], folder: str, document: Document) -> Iterator[SourceRoot]:
    """The roots with the releases of the installed packages `names`; notes faults."""
    if names:
        from buildassets.compiler.config.installed import installed_roots  # 20 ms, for all installed packages

        yield from installed_roots(names, folder, document)


def with_further(config: Config, further: Iterable[SourceRoot]) -> tuple[SourceRoot, ...]:
    """The source roots with the `further` ones, except for duplicates and the release directory."""
    output = os.path.realpath(config.output)
    known = {(os.path.realpath(root.path), root.prefix): root for root in config.sources}
    for root in further:
        real = os.path.realpath(root.path)
        if is_within(output, real):
            continue
        known.setdefault((real, root.prefix), root)
    return tuple(known.values())


def root_at(folder: str, path: str) -> SourceRoot:
    """The source root at `path`, relative to `folder`."""
    return SourceRoot(absolute(folder, path), path.replace(os.sep, "/").rstrip("/") or "/")


def root_faults(
    roots: Sequence[tuple[KeyPath, SourceRoot]],
    document: Document,
    named_in: str = "`sources`",
    mode: Mode = "production",
) -> Iterator[Diagnostic]:
    """The faults of source roots, each given with its key path; `named_in` is the place that the hint names.

    In development Vite's server takes the place of what Vite has not built yet.
    """
    for path, root in roots:
        if root.dev and mode == "development" and not os.path.lexists(root.path):
            continue
        where = document.locate_value((*path, "path"))
        if not os.path.exists(root.path):
            near = folder_like(root.path, root.shown)
            make_it = "run `vite build`, which makes it" if root.manifest else "create the folder"
            hint = f"did you mean `{near}`?" if near else f"{make_it}, or correct {named_in}"
            yield error("config/source", f"the source root `{root.shown}` does not exist", where, hint=hint)
        elif not os.path.isdir(root.path):
            hint = "name the folder that contains it" + (", and the file in `include`" if path else "")
            yield error("config/source", f"the source root `{root.shown}` is not a folder", where, hint=hint)
        elif (real := os.path.realpath(root.path)) == os.path.dirname(real):
            message = f"the source root `{root.shown}` is the whole file system"
            yield error("config/source", message, where, hint="name the folder that your assets are in")


def root_places(folder: str, config: Config) -> Iterator[str]:
    """The absolute paths that `root_faults` and `output_faults` look at, or where a root of `folder` may appear."""
    named = [root.path for root in config.sources] or [os.path.join(folder, name) for name in DEFAULT_ROOTS]
    for path in (*named, config.output):
        yield from (path, os.path.realpath(path))


def folder_like(absolute: str, shown: str) -> str | None:
    """The existing folder with the name most like that of the missing `absolute`, in the form of `shown`."""
    parent, name = os.path.split(absolute)
    try:
        with os.scandir(parent) as entries:
            near = nearest(name, sorted(entry.name for entry in entries if entry.is_dir()))
    except OSError:
        return None
    return near and posixpath.join(posixpath.dirname(shown), near)


def output_faults(config: Config, document: Document) -> Iterator[Diagnostic]:
    """The faults of the release directory: a build must not read its own output.

    A release directory inside a source root is fine: discovery skips it.
    """
    where = document.locate_value(("output" if "output" in document.table else "sources",))
    shown = config.shown(config.output)
    hint = "choose another folder for `output`"
    if os.path.exists(config.output) and not os.path.isdir(config.output):
        yield error("config/output", f"the release directory `{shown}` is not a folder", where, hint=hint)
    elif os.path.islink(config.output) and not os.path.exists(config.output):
        message = f"the release directory `{shown}` is a link that leads nowhere"
        yield error("config/output", message, where, hint=f"create the folder that it leads to, or {hint}")
    output = os.path.realpath(config.output)
    for root in config.sources:
        source = os.path.realpath(root.path)
        if source == output:
            yield error("config/output", f"`{shown}` is both a source root and the release directory", where, hint=hint)
        elif is_within(output, source):
            message = f"the source root `{root.shown}` lies in the release directory `{shown}`"
            yield error("config/output", message, where, hint=hint)
