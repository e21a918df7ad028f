"""`buildassets vendor`: puts packages for browsers into a source root, at the versions in the lock."""

import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any, Final

import click

from buildassets.cli.packages import kept_line, ranges_of, registry_for, show_newer
from buildassets.cli.parse.options import configured_for_packages, package_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.output import Output
from buildassets.compiler.config.values import VENDOR, Config, SourceRoot
from buildassets.compiler.resolve.browser_files import BrowserFiles
from buildassets.disk.files import content_of, rewrite
from buildassets.disk.removal import remove_file
from buildassets.errors import ConfigError, PackagesError, RegistryError
from buildassets.foundation.diagnostics import Location, error
from buildassets.packages.lock import LockedPackage, name_of, read_lock
from buildassets.packages.vendor.import_map import entry_lines, with_entries
from buildassets.packages.vendor.vendoring import (
    Vendored,
    Vendoring,
    add,
    asked_for,
    audit,
    outdated,
    remove,
    update,
    verify,
)

_FILE: Final = "buildassets.toml"
_COULD_NOT_ASK: Final = 2


@click.group("vendor", no_args_is_help=False)
def command() -> None:
    """Copy packages for browsers into `vendor/` of the first source root, with their licences."""


@command.command("add")
@click.argument("names", nargs=-1, required=True, metavar="NAME[@RANGE]...")
@click.option("--source", is_flag=True, help='Add Sass sources, for `@use "NAME/..."`; they are not released.')
@package_options
def add_verb(names: tuple[str, ...], config_file: str | None, *, source: bool, as_json: bool, quiet: bool) -> int:
    """Add packages and their dependencies: files, lock, `[importmap]`."""
    config = configured_for_packages(config_file, permission=permitted("vendor add"))
    asked = ranges_of(asked_for(name) for name in names)
    return _finish(Output(as_json, quiet=quiet), config, add(vendoring(config), asked, source=source))


@command.command("update")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@package_options
def update_verb(names: tuple[str, ...], config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """Update packages to the newest versions in their ranges. Without NAME, update all packages."""
    config = configured_for_packages(config_file, permission=permitted("vendor update"))
    return _finish(Output(as_json, quiet=quiet), config, update(vendoring(config), names))


@command.command("remove")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@package_options
def remove_verb(names: tuple[str, ...], config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """Remove packages, and the dependencies that only they required."""
    config = configured_for_packages(config_file, permission=permitted("vendor remove"))
    return _finish(Output(as_json, quiet=quiet), config, remove(vendoring(config), names))


@command.command("outdated")
@package_options
def outdated_verb(config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """List packages with newer versions in the registry. Exit with 1 if there are any."""
    found = outdated(vendoring(configured_for_packages(config_file, permission=permitted("vendor outdated"))))
    return show_newer(Output(as_json, quiet=quiet), found)


@command.command("audit")
@package_options
def audit_verb(config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """Ask the registry for advisories. Exit with 1 if there are any, with 2 if the registry does not answer."""
    config = configured_for_packages(config_file, permission=permitted("vendor audit"))
    show = Output(as_json, quiet=quiet)
    if not read_lock(config.folder).vendor:
        show.report("there is nothing to ask about: the lock has no packages")
        return show.finish(ok=True, diagnostics=(), document={"asked": False, "advisories": []})
    try:
        advisories = audit(vendoring(config))
    except RegistryError as failure:
        show.finish(ok=False, diagnostics=failure.diagnostics, document={"asked": False})
        return _COULD_NOT_ASK
    found = [
        error(
            "vendor/advisory",
            f"`{one.package}` has a known weakness: {' '.join(one.title.split())}",
            notes=[f"{one.severity or 'unknown'}, in the versions `{one.versions}`", *([one.url] if one.url else [])],
            hint=f"run `buildassets vendor update {one.package}`, or ask for a newer range",
        )
        for one in advisories
    ]
    if not found:
        show.report("the registry knows no advisories")
    return show.finish(
        ok=not found, diagnostics=found, document={"asked": True, "advisories": [asdict(one) for one in advisories]}
    )


@command.command("verify")
@package_options
def verify_verb(config_file: str | None, *, as_json: bool, quiet: bool) -> int:
    """Compare vendored files with the lock. Exit with 1 if one is missing, changed or not listed."""
    config = configured_for_packages(config_file, permission=permitted("vendor verify"))
    found = verify(vendoring(config))
    show = Output(as_json, quiet=quiet)
    packages = read_lock(config.folder).vendor
    if not found:
        show.report(f"verified {', '.join(packages) or 'nothing: the lock has no packages'}")
    return show.finish(ok=not found, diagnostics=found, document={"vendor": _documents(packages)})


def vendoring(config: Config) -> Vendoring:
    """The Vendoring for the packages of `config`. Raises ConfigError."""
    root = _root(config)
    return Vendoring(
        config.folder,
        os.path.join(root.path, VENDOR),
        shown=f"{root.shown}/{VENDOR}",
        registry=registry_for(config),
        choose=BrowserFiles(),
        now_seconds=time.time(),
        permission=config.permission,
        min_age_days=config.packages.min_age_days,
        configured=partial(_configured, config),
    )


def _root(config: Config) -> SourceRoot:
    """The source root for vendored files: the first of the project's own that has no `include`."""
    if config.package_root is not None:
        return config.package_root
    message = "there is no source root for vendored packages"
    raise ConfigError([error("config/no-sources", message, hint="create `assets/`, or name your folders in `sources`")])


def _finish(show: Output, config: Config, done: Vendored) -> int:
    _, importmap = _entries(config, done)
    scopes = _scopes(config, done)
    for name in done.changed:
        package = done.lock.vendor[name]
        sources = "the Sass sources of " if package.has_sources_only else ""
        with_sources = " with its Sass sources" if package.source and not sources else ""
        importers = [other for other, one in done.lock.vendor.items() if name in one.requires]
        only = f", for {', '.join(importers)} only" if name_of(name) != name else ""
        show.report(f"vendored {sources}{name_of(name)} {package.version}{with_sources}{only}")
    for name in done.removed:
        show.report(f"removed {name}")
    for name in done.kept:
        show.report(kept_line(name, done.lock.vendor[name]))
    if not (done.changed or done.removed or done.kept):
        show.report("nothing to do")
    document = {
        "vendor": _documents(done.lock.vendor),
        "vendored": list(done.changed),
        "removed": list(done.removed),
        "importmap": importmap,
        "scopes": {scope: kept for scope, (_, kept) in scopes.items() if kept},
    }
    return show.finish(ok=True, diagnostics=done.diagnostics, document=document)


def _documents(packages: Mapping[str, LockedPackage]) -> dict[str, Any]:
    keys = ("version", "range", "direct", "license")
    return {
        name: {**{key: getattr(one, key) for key in keys}, "files": sorted(one.files)} for name, one in packages.items()
    }


def _entries(config: Config, done: Vendored) -> tuple[dict[str, str | None], dict[str, str]]:
    """The import map's entries for vendored packages: what has to change, None to be removed; and all there are then.

    Entries that the user has pointed at another file stay.
    """
    known, _ = _files(config, done)
    return _changes(config, done, (config.importmap, done.modules), known)


def _scopes(config: Config, done: Vendored) -> dict[str, tuple[dict[str, str | None], dict[str, str]]]:
    """The same for the scopes of the import map, which vendored packages have that need a version of their own."""
    known, owners = _files(config, done)
    prefix = _prefix(config)
    wanted = {f"{prefix}{scope}": names for scope, names in (done.scopes or {}).items()}
    there = {scope for scope in config.scopes if scope.startswith(owners)}
    changes = {}
    for scope in sorted(wanted.keys() | there):
        stays = known if done.scopes is None and _names_one(scope, known) else ()
        changes[scope] = _changes(config, done, (config.scopes.get(scope, {}), wanted.get(scope, {})), stays)
    return changes


def _prefix(config: Config) -> str:
    return f"{_root(config).prefix}/{VENDOR}/".removeprefix("/")


def _files(config: Config, done: Vendored) -> tuple[set[str], tuple[str, ...]]:
    """The files of vendored packages, and the folders of these and of removed packages."""
    prefix = _prefix(config)
    known = {f"{prefix}{name}/{file}" for name, one in done.lock.vendor.items() for file in one.files}
    return known, tuple(f"{prefix}{name}/" for name in (*done.lock.vendor, *done.removed))


def _changes(
    config: Config, done: Vendored, names: tuple[Mapping[str, str], Mapping[str, str]], stays: Collection[str]
) -> tuple[dict[str, str | None], dict[str, str]]:
    """What has to change in one table of the import map, and what it has then of vendored packages.

    `names` are the entries that it has, and those that it needs; others for vendored files go, unless their target
    `stays`.
    """
    before, needed = names
    _, owners = _files(config, done)
    ours = {key for key, target in before.items() if target.startswith(owners)}
    prefix = _prefix(config)
    entries: dict[str, str | None] = {
        key: f"{prefix}{path}" for key, path in needed.items() if key not in before or key in ours
    }
    stale = {key for key in ours if not _names_one(before[key], stays)}
    entries |= {key: None for key in stale if key not in entries}
    changes = {key: value for key, value in entries.items() if before.get(key) != value}
    kept = {key: before[key] for key in ours - stale}
    return changes, kept | {key: value for key, value in entries.items() if value is not None}


def _names_one(target: str, known: Collection[str]) -> bool:
    """Whether `target` is one of the `known` paths, or a folder with some of them."""
    return target in known or (target.endswith("/") and any(path.startswith(target) for path in known))


@contextmanager
def _configured(config: Config, done: Vendored) -> Iterator[None]:
    """Write the import map's entries, and restore the file if what is done meanwhile fails. Raises PackagesError."""
    changes: dict[tuple[str, ...], dict[str, str | None]] = {(): _entries(config, done)[0]}
    changes |= {("scopes", scope): changed for scope, (changed, _) in _scopes(config, done).items()}
    changes = {table: changed for table, changed in changes.items() if changed}
    path = config.file or os.path.join(config.folder, _FILE)
    before = _write_entries(config, path, changes) if changes else None
    try:
        yield
    except BaseException:
        if before is not None and config.file:
            rewrite(path, before)
        elif before is not None:
            remove_file(config.folder, _FILE, permission=config.permission)
        raise


def _write_entries(config: Config, path: str, changes: Mapping[tuple[str, ...], Mapping[str, str | None]]) -> bytes:
    """Write these entries, by table below the import map, into the configuration at `path`.

    Returns what it held before.
    """
    is_project = os.path.basename(path) == "pyproject.toml"
    table = ("tool", "buildassets", "importmap") if is_project else ("importmap",)
    shown = config.shown(path)
    try:
        before = content_of(path) if config.file else b""
        text = before.decode("utf-8")
        for inner, changed in changes.items():
            text = with_entries(text, (*table, *inner), changed)
        rewrite(path, text.encode())
    except (OSError, ValueError):
        lines = []
        for inner, changed in changes.items():
            below = f" below `{'.'.join(inner)}`" if inner else ""
            lines += [f"add `{line}`{below}" for line in entry_lines(changed)]
            lines += [f"remove `{key}`{below}" for key, value in sorted(changed.items()) if value is None]
        message = f"cannot change `[{'.'.join(table)}]` in `{shown}`"
        hint = "write it as a table with a header of its own, a line for each entry, or change it by hand"
        hint += "; then run this again"
        raise PackagesError([error("vendor/importmap", message, Location(shown), notes=lines, hint=hint)]) from None
    return before
