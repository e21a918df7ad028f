"""Puts packages for browsers into the `vendor/` of a source root, for the verb `vendor`.

Takes a Vendoring, gives locks and diagnostics; writes vendored files, then the lock. Raises PackagesError and
ConfigError, and then leaves files and lock as they were.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Final

from buildassets.disk.files import MOST_BYTES, content_of, digest_of, is_staging, staging_name, write_whole
from buildassets.disk.folders import files_below, is_within, make_folders, remove_temporary, temporary_folder
from buildassets.disk.locks import locked
from buildassets.disk.plain_files import linked_folder
from buildassets.disk.removal import move, remove_empty_folder
from buildassets.errors import ConfigError, PackagesError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, warning
from buildassets.foundation.digest import sha512_of, sha512_text
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.nearest import nearest
from buildassets.foundation.permission import Permission
from buildassets.packages.archive import unpack
from buildassets.packages.lock import NAME, Lock, LockedPackage, Newer, Outdated, name_of, read_lock, write_lock
from buildassets.packages.registry.documents import Advisory, PackageRelease, is_name
from buildassets.packages.registry.notices import release_notices, young_notices
from buildassets.packages.registry.registry import Registry
from buildassets.packages.registry.versions import best, candidates, days_before, later_of
from buildassets.packages.vendor.resolution import Chosen, VendorResolution, Wanted, resolved
from buildassets.packages.vendor.values import Chooser, Needed, Unpacked
from buildassets.work.threads import UnwaitedThreads

_AT_ONCE: Final = 6


@frozen
class Vendoring:
    """The place of packages: the project's `folder`, which contains the lock, and the folder `vendor`, named `shown`.

    `registry` returns the registry, when it is first needed; `choose` selects the files that browsers need. Releases
    younger than `min_age_days` at `now_seconds` (since 1970) are ignored.
    `configured` is entered with the result before anything is written, so that it can refuse that, and left with the
    exception if writing fails.
    """

    folder: str
    vendor: str
    shown: str
    registry: Callable[[], Registry]
    choose: Chooser
    now_seconds: float
    permission: Permission
    min_age_days: float = 0
    configured: Callable[["Vendored"], AbstractContextManager[object]] = nullcontext


@frozen
class Vendored:
    """The result: the new lock, specifiers with their files below `vendor`, changed and removed packages, warnings.

    `scopes` are specifiers with their files for the modules of one folder below `vendor`; None if those that remain
    stay. `kept` are packages that were asked for without a range, and before already.
    """

    lock: Lock
    modules: Mapping[str, str]
    changed: tuple[str, ...]
    removed: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    kept: tuple[str, ...] = ()
    scopes: Mapping[str, Mapping[str, str]] | None = None


def asked_for(text: str) -> tuple[str, str]:
    """Name and range in `NAME` or `NAME@RANGE`. Raises ConfigError for an invalid name."""
    at = text.find("@", 1)
    name, wanted = (text, "") if at < 0 else (text[:at], text[at + 1 :])
    if not is_name(name):
        hint = "write `NAME` or `NAME@RANGE`, as in `htmx.org@2`"
        raise ConfigError([error("vendor/unknown", f"`{text}` is not a package", hint=hint)])
    return name, " ".join(wanted.split())


def add(vendoring: Vendoring, asked: Mapping[str, str], *, source: bool = False) -> Vendored:
    """Add the `asked` packages (ranges by name); those of the lock keep their versions if they fit.

    A locked package that is asked for without a range keeps its range, too. With `source`, add their Sass sources, and
    nothing else of packages that the lock has not.
    """
    with _turn(vendoring) as staging:
        lock = _read(vendoring)
        direct = _direct(lock)
        kept = tuple(name for name, one in asked.items() if name in direct and not one)
        direct |= {name: one for name, one in asked.items() if name not in kept}
        pinned = {name: one.version for name, one in lock.vendor.items() if not asked.get(name_of(name))}
        names = set(asked)
        only = _only_sources(lock) | names.difference(_direct(lock)) if source else _only_sources(lock) - names
        request = _Request(direct, pinned, _with_sources(lock) | (names if source else set()), only)
        done = _arranged(vendoring, lock, request, staging=staging)
        return replace(done, kept=tuple(name for name in kept if name not in done.changed))


def update(vendoring: Vendoring, names: Sequence[str]) -> Vendored:
    """Update all packages, or those with these `names`, to the newest versions within their ranges."""
    with _turn(vendoring) as staging:
        lock = _read(vendoring)
        for name in names:
            _refuse_unlocked(lock, name)
        pinned = {
            key: one.version
            for key, one in lock.vendor.items()
            if names and key not in names and name_of(key) not in names
        }
        request = _Request(_direct(lock), pinned, _with_sources(lock), _only_sources(lock))
        return _arranged(vendoring, lock, request, staging=staging)


def remove(vendoring: Vendoring, names: Sequence[str]) -> Vendored:
    """Remove these packages, and those that only they required. Asks no registry."""
    with _turn(vendoring) as staging:
        lock = _read(vendoring)
        _refuse_imported(lock, names)
        kept = _reached(lock, [name for name, one in lock.vendor.items() if one.direct and name not in names])
        gone = tuple(sorted(lock.vendor.keys() - kept))
        _refuse_changed(vendoring, lock, gone)
        after = replace(lock, vendor={name: lock.vendor[name] for name in sorted(kept)})
        done = Vendored(after, {}, (), gone)
        with vendoring.configured(done), _put(vendoring, staging, {}, gone):
            write_lock(vendoring.folder, after, permission=vendoring.permission)
    return done


def _read(vendoring: Vendoring) -> Lock:
    """The lock. Raises PackagesError if the folder of one of its packages is a link: its files would be moved."""
    lock = read_lock(vendoring.folder)
    _refuse_linked(vendoring, lock.vendor)
    return lock


def _refuse_imported(lock: Lock, names: Sequence[str]) -> None:
    """Raise ConfigError for names that the lock lacks, PackagesError for packages that remaining ones import."""
    for name in names:
        _refuse_unlocked(lock, name)
        needing = sorted(other for other, one in lock.vendor.items() if name in one.requires and other not in names)
        if needing:
            message = f"`{name}` is imported by {', '.join(f'`{one}`' for one in needing)}"
            raise PackagesError([error("vendor/conflict", message, hint="remove these too")])


def _reached(lock: Lock, names: Iterable[str]) -> set[str]:
    """The packages `names`, and everything that they require, directly or indirectly."""
    waiting, reached = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in reached and name in lock.vendor:
            reached.add(name)
            waiting += lock.vendor[name].requires
    return reached


def outdated(vendoring: Vendoring) -> Outdated:
    """The packages of the lock for which the registry has newer versions."""
    lock = read_lock(vendoring.folder)
    limit = days_before(vendoring.now_seconds, vendoring.min_age_days)
    packages = vendoring.registry().packages({*map(name_of, lock.vendor)})
    found: list[Newer] = []
    young: list[Diagnostic] = []
    for key, one in lock.vendor.items():
        name = name_of(key)
        package = packages.get(name) or vendoring.registry().package(name)  # raises the error to report
        ranges = [by.requires[key] for by in lock.vendor.values() if key in by.requires]
        ranges += [one.range or "*"] if one.direct or not ranges else []
        wanted = later_of(best(package, candidates(package, ranges, limit)), one.version)
        newest = later_of(best(package, candidates(package, ["*"], limit)), wanted)
        if newest != one.version:
            found.append(Newer(key, one.version, wanted, newest))
        young += young_notices(package, ranges, limit, wanted)
        young += young_notices(package, ["*"], limit, newest)
    return Outdated(tuple(found), tuple(dict.fromkeys(young)))


def audit(vendoring: Vendoring) -> tuple[Advisory, ...]:
    """The registry's advisories for the packages of the lock. Raises RegistryError if it cannot be asked."""
    versions: dict[str, list[str]] = {}
    for key, one in read_lock(vendoring.folder).vendor.items():
        versions.setdefault(name_of(key), []).append(one.version)
    return vendoring.registry().advisories(versions) if versions else ()


def verify(vendoring: Vendoring) -> list[Diagnostic]:
    """The faults of vendored files that differ from the lock, and of all others in the folder of packages."""
    packages = read_lock(vendoring.folder).vendor
    faults = [found for name, one in packages.items() for found in _faults(vendoring, name, one)]
    return [*faults, *_strangers(vendoring, packages)]


def _direct(lock: Lock) -> dict[str, str]:
    return {name: one.range for name, one in lock.vendor.items() if one.direct}


def _with_sources(lock: Lock) -> set[str]:
    return {name for name, one in lock.vendor.items() if one.source and one.direct}


def _only_sources(lock: Lock) -> set[str]:
    """The packages of which nothing but Sass sources is needed."""
    return {name for name in _with_sources(lock) if lock.vendor[name].has_sources_only}


def _refuse_unlocked(lock: Lock, name: str) -> None:
    if name not in lock.vendor:
        meant = nearest(name, lock.vendor)
        hint = f"did you mean `{meant}`?" if meant else f"run `buildassets vendor add {name}`"
        message = f"`{NAME}` has no package `{name}`"
        raise ConfigError([error("vendor/unknown", message, Location(NAME), hint=hint)])


@contextmanager
def _turn(vendoring: Vendoring) -> Iterator[str]:
    """Lock the project, and give a new folder among its packages for unfinished ones."""
    _refuse_linked(vendoring, [""])
    _refuse_outside(vendoring)
    try:
        with locked(vendoring.folder):
            make_folders(vendoring.vendor)
            for name in os.listdir(vendoring.vendor):
                if is_staging(name):
                    remove_temporary(os.path.join(vendoring.vendor, name))
            staging = os.path.join(vendoring.vendor, staging_name())
            os.mkdir(staging, 0o700)
            try:
                yield staging
            finally:
                remove_temporary(staging)
                root, name = os.path.split(vendoring.vendor)
                remove_empty_folder(root, name, permission=vendoring.permission)
    except OSError as fault:
        place = fault.filename or ""
        is_lock = vendoring.folder in (place, os.path.dirname(place))
        message = f"cannot write to `{NAME if is_lock else vendoring.shown}`: {reason_text(fault)}"
        raise PackagesError([error("packages/unwritable", message, hint="make room or change its mode")]) from None


@frozen
class _Request:
    """The ranges of `direct` packages, the versions that stay (`pinned`), and the packages to take `sources` of.

    Of those in `only_sources`, nothing else is taken.
    """

    direct: Mapping[str, str]
    pinned: Mapping[str, str]
    sources: Collection[str]
    only_sources: Collection[str]


def _arranged(vendoring: Vendoring, lock: Lock, request: _Request, *, staging: str) -> Vendored:
    trees: dict[tuple[str, str], Unpacked] = {}
    limit = days_before(vendoring.now_seconds, vendoring.min_age_days)
    locked_versions = {name: one.version for name, one in lock.vendor.items()}
    wanted = Wanted(request.direct, request.pinned, limit, locked_versions)
    needed_of = partial(_needed_of, vendoring, request, lock=lock, staging=staging, trees=trees)
    found = resolved(wanted, vendoring.registry().required, needed_of)
    _refuse_unfit(found)
    after = {key: _locked(found, key, trees[one.name, one.version], request) for key, one in found.releases.items()}
    changed = tuple(name for name, one in after.items() if _is_other(vendoring, lock.vendor.get(name), name, one))
    gone = tuple(sorted(lock.vendor.keys() - after.keys()))
    _refuse_changed(vendoring, lock, (*changed, *gone))
    _refuse_foreign(vendoring, lock, after)
    result = replace(lock, vendor=after)
    packages = {key: (trees[name_of(key), after[key].version], after[key]) for key in changed}
    modules, scopes = _printable(found.needed.modules), found.needed.scopes
    notices = _notices(vendoring, found, request.pinned, limit)
    done = Vendored(
        result,
        modules,
        changed=changed,
        removed=gone,
        diagnostics=(*notices, *_warnings(found)),
        scopes={scope: _printable(names) for scope, names in scopes.items()},
    )
    with vendoring.configured(done), _put(vendoring, staging, packages, gone):
        write_lock(vendoring.folder, result, permission=vendoring.permission)
    return done


def _printable(modules: Mapping[str, str]) -> dict[str, str]:
    return {specifier: file for specifier, file in modules.items() if specifier.isprintable()}


def _needed_of(
    vendoring: Vendoring,
    request: _Request,
    chosen: Chosen,
    alone: Mapping[str, bool],
    *,
    lock: Lock,
    staging: str,
    trees: dict[tuple[str, str], Unpacked],
) -> Needed:
    """The modules and imports that releases need. Fetches and verifies those not in `trees` yet, and adds them."""
    absent = [_as_locked(lock, one) for one in chosen.releases.values() if (one.name, one.version) not in trees]
    folders = [os.path.join(staging, str(len(trees) + number)) for number in range(len(absent))]
    registry = vendoring.registry()
    with UnwaitedThreads(_AT_ONCE) as executor:
        for tree, release in zip(executor.map(partial(_unpacked, registry), absent, folders), absent, strict=True):
            trees[release.name, release.version] = tree
    packages = {
        key: replace(trees[one.name, one.version], versions=chosen.versions.get(key, {}))
        for key, one in chosen.releases.items()
    }
    return vendoring.choose(packages, set(request.direct).difference(request.only_sources), request.sources, alone)


def _as_locked(lock: Lock, release: PackageRelease) -> PackageRelease:
    """The release, with the digest in the lock if that has one."""
    for key, known in lock.vendor.items():
        if (name_of(key), known.version) == (release.name, release.version):
            return replace(release, integrity=known.integrity)
    return release


def _unpacked(registry: Registry, release: PackageRelease, folder: str) -> Unpacked:
    """Fetch, verify and unpack `release` into a new `folder`."""
    staging, name = os.path.split(folder)
    top, below = os.path.split(staging)
    with temporary_folder() as private:  # who may write to the vendored files does not change the proven archive
        registry.fetch(release, archive := os.path.join(private, "archive"))
        names = unpack(archive, top, f"{below}/{name}", f"{release.name}@{release.version}")
    return Unpacked(release.name, folder, names)


def _refuse_unfit(found: VendorResolution) -> None:
    faults = [
        error("vendor/unfit", f"`{name_of(name)}` {found.releases[name].version} {one.complaint}", hint=one.hint)
        for name, one in sorted(found.needed.unfit.items())
    ]
    if faults:
        raise PackagesError(faults)


def _locked(found: VendorResolution, name: str, tree: Unpacked, request: _Request) -> LockedPackage:
    release = found.releases[name]
    digest = sha512_of(release.integrity)
    assert digest is not None
    files = found.needed.files.get(name, ())
    return LockedPackage(
        release.version,
        request.direct.get(name, ""),
        direct=name in request.direct,
        integrity=sha512_text(digest),
        license=" ".join(release.license.split()),
        files={file: digest_of(os.path.join(tree.folder, *file.split("/"))) for file in files},
        requires={
            other: by[name]
            for other, by in sorted(found.ranges.items())
            if name in by and name_of(other) in _imported(found, name)
        },
        source=name in request.sources,
        plain=found.needed.plain.get(name, ()),
    )


def _imported(found: VendorResolution, name: str) -> frozenset[str]:
    return found.needed.imports.get(name, frozenset())


def _notices(
    vendoring: Vendoring, found: VendorResolution, pinned: Mapping[str, str], limit: float | None
) -> Iterator[Diagnostic]:
    """The warnings for releases that are taken now, not for those that are `pinned`."""
    for name in sorted(found.releases.keys() - pinned.keys()):
        ranges = [one or "*" for one in found.ranges[name].values()]
        yield from release_notices(
            vendoring.registry().package(name_of(name)), ranges, limit, found.releases[name].version
        )


def _warnings(found: VendorResolution) -> Iterator[Diagnostic]:
    for name, absent in sorted(found.needed.absent.items()):
        for other, specifier in sorted(absent.items()):
            stated = found.releases[name].requires.keys() | found.releases[name].peers.keys()
            reason = "which that has not" if other in found.releases else "which it does not require"
            message = f"`{name}` imports `{specifier}`, {reason}"
            hint = f"run `buildassets vendor add {other}` if that is what it needs" if other not in stated else None
            yield warning("vendor/import", message, hint=hint)


def _home(vendoring: Vendoring, name: str) -> str:
    return os.path.join(vendoring.vendor, *name.split("/"))


def _faults(vendoring: Vendoring, name: str, package: LockedPackage) -> Iterator[Diagnostic]:
    """An error for each file that is missing, changed or not listed in the folder of a package."""
    home, shown = _home(vendoring, name), f"{vendoring.shown}/{name}"
    try:
        there = set(files_below(home))
    except OSError:
        there = set()
    for file in sorted(there | package.files.keys()):
        complaint = "is not in the lock"
        if file in package.files:
            try:
                complaint = (
                    "" if digest_of(os.path.join(home, file)) == package.files[file] else "is not what the lock states"
                )
            except FileNotFoundError:
                complaint = "is missing"
            except OSError as fault:
                complaint = f"cannot be read: {reason_text(fault)}"
        if complaint:
            hint = f"take `{shown}` from git, or remove it and run `buildassets vendor update {name}`"
            yield error("vendor/changed", f"`{shown}/{file}` {complaint}", Location(f"{shown}/{file}"), hint=hint)


def _strangers(vendoring: Vendoring, packages: Iterable[str]) -> Iterator[Diagnostic]:
    """An error for each file in the folder of packages that is in the folder of none of the locked `packages`."""
    homes = tuple(f"{name}/" for name in packages)
    hint = f"remove it, or keep it outside of `{vendoring.shown}`; take `{NAME}` from git if that had it"
    try:
        for file in files_below(vendoring.vendor):
            if not file.startswith(homes):
                shown = f"{vendoring.shown}/{file}"
                yield error("vendor/changed", f"`{shown}` is not in the lock", Location(shown), hint=hint)
    except FileNotFoundError:
        return
    except OSError as fault:
        message = f"cannot read all of `{vendoring.shown}`: {reason_text(fault)}"
        yield error("vendor/changed", message, Location(vendoring.shown), hint="change its mode")


def _is_other(vendoring: Vendoring, before: LockedPackage | None, name: str, after: LockedPackage) -> bool:
    """Whether the files of a package have to be written: it has changed, or some are missing."""
    return before != after or any(not os.path.exists(os.path.join(_home(vendoring, name), one)) for one in after.files)


def _refuse_changed(vendoring: Vendoring, lock: Lock, names: Iterable[str]) -> None:
    """Raise PackagesError if a file that would be replaced has been edited; missing files do not matter."""
    faults = [
        found
        for name in names
        if name in lock.vendor
        for found in _faults(vendoring, name, lock.vendor[name])
        if not found.message.endswith("is missing")
    ]
    if faults:
        hint = "keep your edits elsewhere, and take the files from git"
        raise PackagesError([replace(found, hint=hint) for found in faults])


def _refuse_linked(vendoring: Vendoring, names: Iterable[str]) -> None:
    """Raise PackagesError if the folder of a package, or one around it below the source root, is a symbolic link."""
    root, around = os.path.split(vendoring.vendor)
    for name in sorted(names):
        if linked := linked_folder(root, f"{around}/{name}/"):
            shown = f"{os.path.dirname(vendoring.shown)}/{linked}"
            message, hint = f"`{shown}` is a symbolic link, and not followed", "put a folder there"
            raise PackagesError([error("vendor/foreign", message, Location(shown), hint=hint)])


def _refuse_outside(vendoring: Vendoring) -> None:
    """Raise PackagesError if the folder of packages is not in the project: another one may have packages there."""
    if not is_within(os.path.realpath(vendoring.folder), os.path.realpath(vendoring.vendor)):
        message, hint = f"`{vendoring.shown}` is not in the project", "run it in the project that has that folder"
        raise PackagesError([error("vendor/foreign", message, Location(vendoring.shown), hint=hint)])


def _refuse_foreign(vendoring: Vendoring, lock: Lock, after: Mapping[str, LockedPackage]) -> None:
    """Raise PackagesError if a package would replace files that are not its own."""
    for name in sorted(after.keys() - lock.vendor.keys()):
        home, shown = _home(vendoring, name), f"{vendoring.shown}/{name}"
        if os.path.lexists(home) and (not os.path.isdir(home) or os.listdir(home)):
            message, hint = f"`{shown}` is there already, and not in the lock", "move it away, or remove it"
            raise PackagesError([error("vendor/foreign", message, Location(shown), hint=hint)])


@contextmanager
def _put(
    vendoring: Vendoring, staging: str, packages: Mapping[str, tuple[Unpacked, LockedPackage]], gone: Sequence[str]
) -> Iterator[None]:
    """Move the files of `packages` into place, and remove those of `gone`.

    All files are written before the first one is moved. After a failure the earlier files are restored.
    """
    _refuse_linked(vendoring, (*gone, *packages))
    ready, old = (f"{os.path.basename(staging)}/{part}" for part in ("ready", "old"))
    for name, (tree, package) in packages.items():
        for file in package.files:
            content = content_of(os.path.join(tree.folder, *file.split("/")), MOST_BYTES)
            write_whole(vendoring.vendor, content, f"{ready}/{name}/{file}")
    moved: list[tuple[str, str]] = []
    try:
        for name in (*gone, *packages):
            for source, target in ((name, f"{old}/{name}"), (f"{ready}/{name}", name)):
                if os.path.lexists(_home(vendoring, source)):
                    move(vendoring.vendor, source, target, permission=vendoring.permission)
                    moved.append((source, target))
        yield
    except BaseException:
        for source, target in reversed(moved):
            move(vendoring.vendor, target, source, permission=vendoring.permission)
        raise
    for scope in sorted({os.path.dirname(name) for name in gone}):
        remove_empty_folder(vendoring.vendor, scope, permission=vendoring.permission)
