"""Chooses versions of packages that fit together: one of each, or several where importing packages agree on none.

Takes the requested packages, gives releases. Imported packages are added, in the range of the importing one. A peer
dependency that nothing imports is not added; if it is present, its version has to fit the peer range.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Final

from buildassets.errors import PackagesError
from buildassets.foundation.diagnostics import error
from buildassets.foundation.frozen import field, frozen
from buildassets.packages.lock import name_of
from buildassets.packages.registry.documents import PackageRelease, RegistryPackage
from buildassets.packages.registry.notices import no_release
from buildassets.packages.registry.versions import best, candidates, later_of, newest_of, satisfies
from buildassets.packages.vendor.values import Needed

_MOST_ROUNDS: Final = 100

Ranges = dict[str, dict[str, str]]  # by package, then by the key of the package that requires it; "" for the user


@frozen
class Wanted:
    """The request: ranges by name, and the time of the youngest release to take.

    Versions that are `pinned` stay if they fit; those that are `locked` and fit are replaced by newer ones only. Both
    are by key.
    """

    direct: Mapping[str, str]
    pinned: Mapping[str, str]
    published_before: float | None
    locked: Mapping[str, str] = field(default_factory=dict)


@frozen
class Chosen:
    """Releases by key: the name of the package, for a second version of it with `@VERSION`.

    `versions` are, by the key of an importing package, the keys of those that it needs in such a version, by name.
    `ranges` are those that each release is in, by the key of the package that requires it.
    """

    releases: Mapping[str, PackageRelease] = field(default_factory=dict)
    versions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ranges: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@frozen
class VendorResolution:
    """The result: releases by key, the files that browsers need, and the ranges that each package requires."""

    releases: Mapping[str, PackageRelease]
    needed: Needed
    ranges: Mapping[str, Mapping[str, str]]


@frozen
class _Conflict:
    """The error for a package of which no version fits, who requires it, and the ranges of all packages so far.

    With `is_final`, several versions are no help.
    """

    error: PackagesError
    importers: Collection[str]
    ranges: Mapping[str, Mapping[str, str]]
    is_final: bool


_Packages = Callable[[Iterable[str]], Mapping[str, RegistryPackage]]
_NeededOf = Callable[..., Needed]  # of Chosen, and of `alone`


def resolved(wanted: Wanted, packages: _Packages, needed_of: _NeededOf) -> VendorResolution:
    """The releases that fit together.

    `packages` returns the packages of some names, which must all exist; `needed_of` returns what browsers need of some
    releases, of which those in its second argument are to import no other package, if they can: by a module, or by a
    script where the value is true. These are the requested packages that lead to a conflict, or to a package that is
    unfit. Either may have to fetch, so each is called with all of a round at once. Where no version of a package is in
    all ranges, it has several, each for its own importing packages. Raises PackagesError where requests and peer ranges
    exclude each other.
    """
    alone: dict[str, bool] = {}
    has_several = False
    while True:
        found = _agreed(wanted, packages, partial(needed_of, alone=dict(alone)), has_several=has_several)
        if isinstance(found, _Conflict):
            further = _leading(found.ranges, found.importers) - alone.keys()
            alone |= dict.fromkeys(further, False)
            if not further and (found.is_final or has_several):
                raise found.error
            has_several = has_several or not further
        else:
            further = frozenset(name for name in _leading(found.ranges, found.needed.unfit) if not alone.get(name))
            if not further:
                return found
            alone |= dict.fromkeys(further, True)


def _agreed(
    wanted: Wanted, packages: _Packages, needed_of: Callable[[Chosen], Needed], *, has_several: bool
) -> VendorResolution | _Conflict:
    before = Chosen()
    ranges: Ranges = {name: {"": one} for name, one in wanted.direct.items()}
    firm: dict[str, set[str]] = {name: {""} for name in ranges}
    for _ in range(_MOST_ROUNDS):
        known = packages(ranges)
        releases: dict[str, PackageRelease] = {}
        versions: dict[str, dict[str, str]] = {}
        ranges_by_key: Ranges = {}
        for name, asked in sorted(ranges.items()):
            groups = _groups(known[name], asked, firm.get(name, ()))
            refused = [group for group in groups if not candidates(known[name], _texts(group))]
            if refused or (len(groups) > 1 and not has_several):
                fault = _conflict(known[name], refused[0] if refused else asked, wanted.published_before)
                return _Conflict(fault, asked.keys(), ranges, is_final=bool(refused))
            for group in groups:
                release = _chosen(known[name], group, wanted, before)
                key = f"{name}@{release.version}" if name in releases else name
                releases[key], ranges_by_key[key] = release, group
                for importer in group if key != name else ():
                    versions.setdefault(importer, {})[name] = key
        chosen = Chosen(releases, versions, ranges_by_key)
        needed = needed_of(chosen)
        if chosen == before:
            return VendorResolution(releases, needed, ranges_by_key)
        before = chosen
        ranges, firm = _ranges(wanted, releases, needed)
    message = f"the packages {', '.join(f'`{name}`' for name in sorted(ranges))} never agree on versions"
    raise PackagesError([error("vendor/conflict", message, hint="ask for one of them at one version")])


def _groups(package: RegistryPackage, asked: Mapping[str, str], firm: Collection[str]) -> list[dict[str, str]]:
    """The ranges in groups, each for one release: first that of the `firm` ones, which stay together, or the newest."""
    groups: list[dict[str, str]] = []
    left = dict(sorted(asked.items()))
    while left:
        first = [one for one in left if one in firm] or [_newest(package, left)]
        group = {importer: left.pop(importer) for importer in first}
        for importer, one in [*left.items()]:
            if candidates(package, [*_texts(group), one or "*"]):
                group[importer] = left.pop(importer)
        groups.append(group)
    return groups


def _newest(package: RegistryPackage, asked: Mapping[str, str]) -> str:
    """Who of those that require `package` takes the newest release; the first who takes none."""
    newest = {importer: best(package, candidates(package, [one or "*"])) for importer, one in asked.items()}
    none = [importer for importer, version in newest.items() if version is None]
    highest = newest_of(version for version in newest.values() if version is not None)
    return next(importer for importer, version in newest.items() if (version is None if none else version == highest))


def _leading(ranges: Mapping[str, Mapping[str, str]], names: Iterable[str]) -> frozenset[str]:
    """The requested packages that are among `names`, or require one of them."""
    by_name: dict[str, set[str]] = {}
    for key, by in ranges.items():
        by_name.setdefault(name_of(key), set()).update(map(name_of, by))
    waiting, seen = [*map(name_of, names)], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += by_name.get(name, ())
    return frozenset(name for name in seen if "" in by_name.get(name, ()))


def _ranges(
    wanted: Wanted, releases: Mapping[str, PackageRelease], needed: Needed
) -> tuple[Ranges, dict[str, set[str]]]:
    """The ranges of all packages, and who requires its range of the one release that all share."""
    ranges: Ranges = {name: {"": one} for name, one in wanted.direct.items()}
    firm = {name: {""} for name in ranges}
    for importer, names in needed.imports.items():
        release = releases[importer]
        for name in names:
            stated = release.requires.get(name, release.peers.get(name))
            if stated is not None:
                ranges.setdefault(name, {})[importer] = stated
    for peer_of, release in releases.items():
        for name, one in release.peers.items():
            if name in ranges:
                ranges[name].setdefault(peer_of, one)
                if name not in release.requires:
                    firm.setdefault(name, set()).add(peer_of)
    return ranges, firm


def _texts(ranges: Mapping[str, str]) -> list[str]:
    return [one or "*" for one in ranges.values()]


def _chosen(package: RegistryPackage, ranges: Mapping[str, str], wanted: Wanted, before: Chosen) -> PackageRelease:
    """The release that all `ranges`, by who states them, accept: one of `before` or a pinned one, else the best.

    It is not older than a locked one, if they accept that. Raises PackagesError if there is none.
    """
    asked = _texts(ranges)
    held = {key: one.version for key, one in before.releases.items()}
    for version in (*_versions_of(package, held), *_versions_of(package, wanted.pinned)):
        fits = all(one in package.tags or satisfies(version, one) for one in asked)
        if version in package.releases and fits:
            return package.releases[version]
    fitting = candidates(package, asked, wanted.published_before)
    chosen = best(package, fitting)
    allowed = candidates(package, asked)
    for locked in _versions_of(package, wanted.locked):
        chosen = later_of(chosen, locked) if locked in allowed else chosen
    if chosen is None:
        raise _conflict(package, ranges, wanted.published_before)
    return package.releases[chosen]


def _versions_of(package: RegistryPackage, versions: Mapping[str, str]) -> list[str]:
    """Those of `versions`, by key, that are of this package; that of its name first."""
    return [version for key, version in sorted(versions.items()) if name_of(key) == package.name]


def _conflict(package: RegistryPackage, ranges: Mapping[str, str], published_before: float | None) -> PackagesError:
    asked = _texts(ranges)
    if len(ranges) == 1 or candidates(package, asked):
        return no_release(package, asked, published_before)
    notes = [f"{f'`{by}` wants' if by else 'asked for is'} `{one or '*'}`" for by, one in sorted(ranges.items())]
    message = f"no version of `{package.name}` fits all ranges"
    hint = "ask for other versions of these packages, or make a bundle, in which each has its own"
    return PackagesError([error("vendor/conflict", message, notes=notes, hint=hint)])
