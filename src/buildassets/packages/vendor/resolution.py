"""Chooses versions of packages that fit together: one of each, since an import map and a folder hold only one.

Takes the requested packages, gives releases. Imported packages are added, in the range of the importing one. A peer
dependency that nothing imports is not added; if it is present, its version has to fit the peer range.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from buildassets.errors import PackagesError
from buildassets.foundation.diagnostics import error
from buildassets.foundation.frozen import field, frozen
from buildassets.packages.registry.documents import PackageRelease, RegistryPackage
from buildassets.packages.registry.notices import no_release
from buildassets.packages.registry.versions import best, candidates, later_of, satisfies
from buildassets.packages.vendor.values import Needed

_MOST_ROUNDS: Final = 100

Ranges = dict[str, dict[str, str]]  # by package, then by the package that requires it; "" for the user's request


@frozen
class Wanted:
    """The request: ranges by name, and the time of the youngest release to take.

    Versions that are `pinned` stay if they fit; those that are `locked` and fit are replaced by newer ones only.
    """

    direct: Mapping[str, str]
    pinned: Mapping[str, str]
    published_before: float | None
    locked: Mapping[str, str] = field(default_factory=dict)


@frozen
class VendorResolution:
    """The result: releases by name, the files that browsers need, and the ranges that each package requires."""

    releases: Mapping[str, PackageRelease]
    needed: Needed
    ranges: Mapping[str, Mapping[str, str]]


@frozen
class _Conflict:
    """The error for a package of which no version fits, who requires it, and the ranges of all packages so far."""

    error: PackagesError
    importers: Collection[str]
    ranges: Mapping[str, Mapping[str, str]]


_Packages = Callable[[Iterable[str]], Mapping[str, RegistryPackage]]
_NeededOf = Callable[[Mapping[str, PackageRelease], Collection[str]], Needed]


def resolved(wanted: Wanted, packages: _Packages, needed_of: _NeededOf) -> VendorResolution:
    """The releases that fit together.

    `packages` returns the packages of some names, which must all exist; `needed_of` returns what browsers need of some
    releases, of which those in its second argument are to import no other package, if they can. These are the requested
    packages that lead to a conflict, or to a package that is unfit. Either may have to fetch, so each is called with
    all of a round at once. Raises PackagesError if no version of a package is in all ranges that are required.
    """
    alone: frozenset[str] = frozenset()
    while True:
        found = _agreed(wanted, packages, needed_of, alone)
        refused = found.importers if isinstance(found, _Conflict) else found.needed.unfit.keys()
        further = _leading(found.ranges, refused) - alone
        if further:
            alone |= further
        elif isinstance(found, _Conflict):
            raise found.error
        else:
            return found


def _agreed(
    wanted: Wanted, packages: _Packages, needed_of: _NeededOf, alone: Collection[str]
) -> VendorResolution | _Conflict:
    releases: dict[str, PackageRelease] = {}
    ranges: Ranges = {name: {"": one} for name, one in wanted.direct.items()}
    for _ in range(_MOST_ROUNDS):
        before = dict(releases)
        known = packages(ranges)
        for name, asked in sorted(ranges.items()):
            if not candidates(known[name], [one or "*" for one in asked.values()]):
                return _Conflict(_conflict(known[name], asked, wanted.published_before), asked.keys(), ranges)
        releases = {name: _chosen(known[name], ranges[name], wanted, before.get(name)) for name in sorted(ranges)}
        needed = needed_of(releases, alone)
        ranges = _ranges(wanted, releases, needed)
        if releases == before and ranges.keys() == releases.keys():
            return VendorResolution(releases, needed, ranges)
    message = f"the packages {', '.join(f'`{name}`' for name in sorted(ranges))} never agree on versions"
    raise PackagesError([error("vendor/conflict", message, hint="ask for one of them at one version")])


def _leading(ranges: Mapping[str, Mapping[str, str]], names: Iterable[str]) -> frozenset[str]:
    """The requested packages that are among `names`, or require one of them."""
    waiting, seen = [*names], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += ranges.get(name, ())
    return frozenset(name for name in seen if "" in ranges.get(name, ()))


def _ranges(wanted: Wanted, releases: Mapping[str, PackageRelease], needed: Needed) -> Ranges:
    ranges: Ranges = {name: {"": one} for name, one in wanted.direct.items()}
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
    return ranges


def _chosen(
    package: RegistryPackage, ranges: Mapping[str, str], wanted: Wanted, before: PackageRelease | None
) -> PackageRelease:
    """The release that all `ranges`, by who states them, accept: that of `before` or a pinned one, else the best.

    It is not older than the locked one, if they accept that. Raises PackagesError if there is none.
    """
    asked = [one or "*" for one in ranges.values()]
    for version in (before.version if before else "", wanted.pinned.get(package.name, "")):
        fits = all(one in package.tags or satisfies(version, one) for one in asked)
        if version in package.releases and fits:
            return package.releases[version]
    fitting = candidates(package, asked, wanted.published_before)
    chosen = best(package, fitting)
    locked = wanted.locked.get(package.name)
    if locked is not None and locked in candidates(package, asked):
        return package.releases[later_of(chosen, locked)]
    if chosen is None:
        raise _conflict(package, ranges, wanted.published_before)
    return fitting[chosen]


def _conflict(package: RegistryPackage, ranges: Mapping[str, str], published_before: float | None) -> PackagesError:
    asked = [one or "*" for one in ranges.values()]
    if len(ranges) == 1 or candidates(package, asked):
        return no_release(package, asked, published_before)
    notes = [f"{f'`{by}` wants' if by else 'asked for is'} `{one or '*'}`" for by, one in sorted(ranges.items())]
    message = f"no version of `{package.name}` fits all ranges"
    hint = "ask for other versions of these packages, or make a bundle, in which each has its own"
    return PackagesError([error("vendor/conflict", message, notes=notes, hint=hint)])
