"""Adds tools to the lock and to the folder of tools, for the verb `tools`.

Takes a Workshop, gives locks and diagnostics; writes the lock and the folder of tools. Raises PackagesError and
ConfigError, and then leaves the lock unchanged.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from buildassets.disk.files import digest_of, is_staging, staging_name
from buildassets.disk.folders import make_folders, remove_temporary, temporary_folder
from buildassets.disk.locks import locked
from buildassets.disk.removal import move
from buildassets.errors import ConfigError, PackagesError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, warning
from buildassets.foundation.digest import sha512_of, sha512_text
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.nearest import nearest
from buildassets.foundation.permission import Permission
from buildassets.packages.archive import unpack
from buildassets.packages.lock import NAME, Lock, LockedPlatform, LockedTool, Newer, Outdated, read_lock, write_lock
from buildassets.packages.registry.documents import PackageRelease, RegistryPackage
from buildassets.packages.registry.notices import no_release, release_notices, young_notices
from buildassets.packages.registry.registry import Registry
from buildassets.packages.registry.versions import best, candidates, days_before, later_of, newest_of
from buildassets.packages.tools.kinds import TOOLS, ToolKind, platform_of
from buildassets.packages.tools.located import home_of, program_files, prove, prove_all
from buildassets.work.threads import UnwaitedThreads

_AT_ONCE: Final = 4
# Programs that are packages of Python, with the extra that installs them, and other names of tools.
_OF_WHEELS: Final = {
    "tailwindcss": "tailwind",
    "tailwind": "tailwind",
    "@tailwindcss/cli": "tailwind",
    "lightningcss": "lightningcss",
}
_OTHER_NAMES: Final = {"sass": "dart-sass", "sass-embedded": "dart-sass"}


def _pass_over(_line: str) -> None:
    """Drop the line."""


@frozen
class Workshop:
    """The place of tools: the project's `folder`, which contains the lock, and the folder `tools`.

    `registry` returns the registry, when it is first needed. Releases younger than `min_age_days` at `now_seconds`
    (since 1970) are ignored. `report` gets a line for each fetch.
    """

    folder: str
    tools: str
    registry: Callable[[], Registry]
    now_seconds: float
    permission: Permission
    min_age_days: float = 0
    report: Callable[[str], None] = _pass_over


@frozen
class RequestedTool:
    """A tool that the user asks for, with a range of versions; empty for the newest."""

    name: str
    range: str = ""


@frozen
class Installed:
    """The result: the new lock, the names of the fetched tools, warnings, and the tools that were locked already."""

    lock: Lock
    fetched: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    kept: tuple[str, ...] = ()


def asked_for(text: str) -> RequestedTool:
    """The tool in `NAME` or `NAME@RANGE`. Raises ConfigError for an unknown one."""
    name, _, wanted = text[1:].partition("@")  # a scope begins with one, too
    name = text[:1] + name
    if name not in TOOLS:
        raise ConfigError([error("tools/unknown", f"there is no tool `{name}`", hint=_hint_for(name))])
    return RequestedTool(name, " ".join(wanted.split()))


def _hint_for(name: str) -> str:
    """A hint for an unknown tool."""
    if name in _OF_WHEELS:
        return f'run `pip install "buildassets[{_OF_WHEELS[name]}]"`: it is a package of Python'
    meant = _OTHER_NAMES.get(name) or nearest(name, TOOLS)
    return f"did you mean `{meant}`?" if meant else "use one of " + ", ".join(f"`{one}`" for one in TOOLS)


def install(shop: Workshop, asked: Sequence[RequestedTool]) -> Installed:
    """Add the `asked` tools to the lock and fetch them; without any, fetch the tools of the lock that are missing.

    A locked tool that is asked for without a range stays unchanged.
    """
    with _turn(shop):
        lock = read_lock(shop.folder)
        kept = tuple(one.name for one in asked if one.name in lock.tools and not one.range)
        fetched = [name for name in (kept if asked else lock.tools) if _fetched(shop, name, lock.tools[name])]
        done = _added(shop, [one for one in asked if one.name not in kept], lock)
    return replace(done, fetched=(*fetched, *done.fetched), kept=kept)


def _added(shop: Workshop, asked: Sequence[RequestedTool], lock: Lock) -> Installed:
    """Add the `asked` tools to the lock, at the newest versions within their ranges, and fetch them."""
    if not asked:
        return Installed(lock, ())
    added, fetched, notices = _resolved(shop, asked, lock)
    lock = replace(lock, tools={**lock.tools, **added})
    write_lock(shop.folder, lock, permission=shop.permission)
    missing = [warned for name, tool in added.items() for warned in _missing(TOOLS[name], tool)]
    return Installed(lock, tuple(fetched), (*notices, *missing))


def update(shop: Workshop, asked: Sequence[RequestedTool]) -> Installed:
    """Update the `asked` tools, or all known ones of the lock, to the newest versions within their ranges."""
    lock = read_lock(shop.folder)
    for one in asked:
        _refuse_unlocked(lock, one.name)
    if not lock.tools:
        return Installed(lock, ())
    with _turn(shop):
        lock = read_lock(shop.folder)
        wanted = asked or [RequestedTool(name) for name in lock.tools if name in TOOLS]
        return _added(shop, [replace(one, range=one.range or lock.tools[one.name].range) for one in wanted], lock)


def outdated(shop: Workshop) -> Outdated:
    """The tools of the lock for which the registry has newer versions."""
    found: list[Newer] = []
    young: list[Diagnostic] = []
    for name, tool in read_lock(shop.folder).tools.items():
        kind = TOOLS.get(name)
        if kind is None:
            continue
        package = shop.registry().package(kind.package_for(platform_of(kind)))
        wanted = later_of(_newest(shop, package, tool.range), tool.version)
        newest = later_of(_newest(shop, package, ""), wanted)
        if newest != tool.version:
            found.append(Newer(name, tool.version, wanted, newest))
        young += young_notices(package, [tool.range or "*"], _limit(shop), wanted)
        young += young_notices(package, ["*"], _limit(shop), newest)
    return Outdated(tuple(found), tuple(dict.fromkeys(young)))


def remove(folder: str, names: Iterable[str], *, permission: Permission) -> Lock:
    """Remove these tools from the lock. They stay in the folder of tools, since other projects may need them."""
    with locked(folder):
        lock = read_lock(folder)
        for name in names:
            _refuse_unlocked(lock, name)
        lock = replace(lock, tools={name: tool for name, tool in lock.tools.items() if name not in set(names)})
        try:
            write_lock(folder, lock, permission=permission)
        except OSError as fault:
            raise _unwritable_lock(fault) from None
    return lock


def verify(shop: Workshop) -> list[Diagnostic]:
    """The faults of the locked tools on this machine: missing or changed files."""
    faults: list[Diagnostic] = []
    for name, tool in read_lock(shop.folder).tools.items():
        try:
            prove_all(name, program_files(shop.tools, name, tool))
        except PackagesError as fault:
            faults += fault.diagnostics
    return faults


def _refuse_unlocked(lock: Lock, name: str) -> None:
    if name not in lock.tools:
        meant = None if name in TOOLS else nearest(name, lock.tools)
        hint = f"did you mean `{meant}`?" if meant else f"run `buildassets tools install {name}`"
        message = f"`{NAME}` has no tool `{name}`"
        raise ConfigError([error("tools/unknown", message, Location(NAME), hint=hint)])


@contextmanager
def _turn(shop: Workshop) -> Iterator[None]:
    """Lock the project and the folder of tools, and remove unfinished downloads from it."""
    try:
        make_folders(shop.tools)
        with locked(shop.folder), locked(shop.tools):
            for name in os.listdir(shop.tools):
                if is_staging(name):
                    remove_temporary(os.path.join(shop.tools, name))
            yield
    except OSError as fault:
        if fault.filename is not None and shop.folder in (fault.filename, os.path.dirname(fault.filename)):
            raise _unwritable_lock(fault) from None
        message = f"cannot write to the folder of tools, `{shop.tools}`: {reason_text(fault)}"
        hint = "make room or change its mode, or name another one in `$BUILDASSETS_TOOLS_DIR`"
        raise PackagesError([error("packages/unwritable", message, hint=hint)]) from None


def _unwritable_lock(fault: OSError) -> PackagesError:
    message = f"cannot write `{NAME}`: {reason_text(fault)}"
    hint = "make room, or change who may write to the project's folder"
    return PackagesError([error("packages/unwritable", message, Location(NAME), hint=hint)])


@contextmanager
def _staging(shop: Workshop) -> Iterator[str]:
    folder = os.path.join(shop.tools, staging_name())
    os.mkdir(folder, 0o700)
    try:
        yield folder
    finally:
        remove_temporary(folder)


def _fetched(shop: Workshop, name: str, tool: LockedTool) -> bool:
    """Fetch a locked tool unless it is here; returns whether it had to be fetched."""
    files = program_files(shop.tools, name, tool)
    try:
        prove_all(name, files)
        return False
    except PackagesError:
        pass
    platform = platform_of(TOOLS[name])
    package = shop.registry().package(tool.platforms[platform].package)
    release = package.releases.get(tool.version)
    if release is None:
        raise no_release(package, [tool.version], None)
    shop.report(f"fetching {name} {tool.version}")
    with _staging(shop) as staging:
        home = _unpacked(shop, replace(release, integrity=tool.platforms[platform].sha512), staging)
        for path, digest in files:
            prove(name, os.path.join(home, os.path.relpath(path, home_of(shop.tools, name, tool))), digest)
        _put(shop, home, home_of(shop.tools, name, tool))
    return True


@frozen
class _Choice:
    """A version of a tool with its releases by platform, and the newest version that all platforms have, if any."""

    version: str
    releases: Mapping[str, PackageRelease]
    complete: str


def _resolved(
    shop: Workshop, asked: Sequence[RequestedTool], lock: Lock
) -> tuple[dict[str, LockedTool], list[str], list[Diagnostic]]:
    """The new entries of the lock for the `asked` tools, the names of those that had to be fetched, and warnings."""
    entries: dict[str, LockedTool] = {}
    fetched = []
    notices: list[Diagnostic] = []
    for one in asked:
        kind = TOOLS[one.name]
        known = lock.tools.get(one.name)
        choice = _as_locked(_chosen(shop, kind, one.range, known.version if known else ""), known)
        own = shop.registry().package(kind.package_for(platform_of(kind)))
        notices += release_notices(own, [one.range or "*"], _limit(shop), choice.version)
        if known and known.version == choice.version and known.platforms.keys() == choice.releases.keys():
            entries[one.name] = replace(known, range=one.range, complete=choice.complete)
            fetched += [one.name] if _fetched(shop, one.name, known) else []
            continue
        with _staging(shop) as staging:
            entries[one.name] = _locked(shop, kind, choice, one.range, staging=staging)
            _put(shop, os.path.join(staging, platform_of(kind)), home_of(shop.tools, one.name, entries[one.name]))
        fetched.append(one.name)
    return entries, fetched, notices


def _as_locked(choice: _Choice, tool: LockedTool | None) -> _Choice:
    """Return the choice with the digests of the lock if that has its version: a registry may not replace an archive."""
    if tool is None or tool.version != choice.version:
        return choice
    releases = {
        platform: replace(release, integrity=tool.platforms[platform].sha512) if platform in tool.platforms else release
        for platform, release in choice.releases.items()
    }
    return replace(choice, releases=releases)


def _chosen(shop: Workshop, kind: ToolKind, wanted: str, locked_version: str) -> _Choice:
    """The version to take within `wanted`: the newest, and none that is older than a locked one in that range."""
    here = kind.package_for(platform_of(kind))
    packages = shop.registry().packages(kind.package_for(platform) for platform in kind.platforms)
    own = packages.get(here) or shop.registry().package(here)
    version = _newest(shop, own, wanted)
    if locked_version in candidates(own, [wanted or "*"]):
        version = later_of(version, locked_version)
    if version is None:
        raise no_release(own, [wanted or "*"], _limit(shop))
    releases = {
        platform: packages[package].releases[version]
        for platform in kind.platforms
        if (package := kind.package_for(platform)) in packages and version in packages[package].releases
    }
    # The version may lack the package of a platform: then the newest that lacks none is mentioned.
    has_all = len(packages) == len(kind.platforms)
    everywhere = set.intersection(*(set(_takeable(shop, one, "")) for one in packages.values())) if has_all else set()
    complete = newest_of(everywhere)
    return _Choice(version, releases, complete if complete and len(releases) < len(kind.platforms) else "")


def _locked(shop: Workshop, kind: ToolKind, choice: _Choice, wanted: str, *, staging: str) -> LockedTool:
    """The new entry of the lock for a tool; unpacks the files of each platform below `staging`."""
    machines = ", ".join(choice.releases)
    shop.report(f"fetching {kind.name} {choice.version} for {machines}")
    with UnwaitedThreads(_AT_ONCE) as executor:
        platforms = dict(executor.map(partial(_locked_platform, shop, kind, staging), choice.releases.items()))
    stated = choice.releases[platform_of(kind)].license
    return LockedTool(
        choice.version, " ".join(stated.split()), platforms=platforms, range=wanted, complete=choice.complete
    )


def _locked_platform(
    shop: Workshop, kind: ToolKind, staging: str, given: tuple[str, PackageRelease]
) -> tuple[str, LockedPlatform]:
    """The entry of the lock for one platform, whose package is fetched and unpacked. Raises PackagesError."""
    platform, release = given
    home = _unpacked(shop, release, staging, platform)
    missing = [file for file in kind.files_for(platform) if not os.path.isfile(os.path.join(home, *file.split("/")))]
    if missing:
        message = f"`{release.name}@{release.version}` has no `{missing[0]}`"
        raise PackagesError([error("package/member", message, hint="take another version")])
    files = {file: digest_of(os.path.join(home, *file.split("/"))) for file in kind.files_for(platform)}
    digest = sha512_of(release.integrity)
    assert digest is not None
    return platform, LockedPlatform(release.name, sha512_text(digest), files)


def _unpacked(shop: Workshop, release: PackageRelease, staging: str, name: str = "unpacked") -> str:
    """Fetch, verify and unpack `release` into a folder below `staging`; returns that folder."""
    folder = os.path.join(staging, name)
    with temporary_folder() as private:  # who may write to the folder of tools does not change the proven archive
        shop.registry().fetch(release, archive := os.path.join(private, "archive"))
        unpack(archive, shop.tools, _below(shop.tools, folder), f"{release.name}@{release.version}")
    return folder


def _put(shop: Workshop, home: str, place: str) -> None:
    """Move the folder `home` to `place`, both in the folder of tools, and replace what is there."""
    source, target = (_below(shop.tools, path) for path in (home, place))
    if os.path.lexists(place):
        old = staging_name()
        move(shop.tools, target, old, permission=shop.permission)
        remove_temporary(os.path.join(shop.tools, old))
    move(shop.tools, source, target, permission=shop.permission)


def _below(folder: str, path: str) -> str:
    return os.path.relpath(path, folder).replace(os.sep, "/")


def _takeable(shop: Workshop, package: RegistryPackage, wanted: str) -> Mapping[str, PackageRelease]:
    return candidates(package, [wanted or "*"], _limit(shop))


def _limit(shop: Workshop) -> float | None:
    return days_before(shop.now_seconds, shop.min_age_days)


def _newest(shop: Workshop, package: RegistryPackage, wanted: str) -> str | None:
    return best(package, _takeable(shop, package, wanted))


def _missing(kind: ToolKind, tool: LockedTool) -> Iterator[Diagnostic]:
    """A warning if the registry lacks that version for some platforms."""
    missing = [platform for platform in kind.platforms if platform not in tool.platforms]
    if missing:
        listed = ", ".join(f"`{platform}`" for platform in missing)
        message = f"the registry has no `{kind.name}` {tool.version} for {listed}"
        hint = "install another version if anybody builds this project there"
        if tool.complete:
            hint = f"install `{kind.name}@{tool.complete}`, which all platforms have, if anybody builds this there"
        yield warning("tools/platform", message, Location(NAME), hint=hint)
