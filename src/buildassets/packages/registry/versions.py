"""Which version a range means, as npm has it. Pure.

The grammar of ranges is node-semver's; everybody who publishes a package relies on its corners.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import nodesemver

from buildassets.packages.registry.documents import Package, Release

_LONGEST: Final = 256  # characters of a version or a range, as node-semver has it
_DAY_SECONDS: Final = 86_400


def is_exact(text: str) -> bool:
    """Whether `text` is one version."""
    return len(text) <= _LONGEST and nodesemver.valid(text, False) is not None


def satisfies(version: str, wanted: str) -> bool:
    """Whether `version` is one that the range `wanted` means; of what is no range, none is."""
    if len(wanted) > _LONGEST or not is_exact(version):
        return False
    try:
        return bool(nodesemver.satisfies(version, wanted.strip(), False))
    except ValueError:
        return False


def newest_of(versions: Iterable[str]) -> str | None:
    """The highest of `versions`."""
    found = [version for version in versions if is_exact(version)]
    return nodesemver.sort(found, False)[-1] if found else None


def candidates(package: Package, wanted: Sequence[str], published_before: float | None = None) -> Mapping[str, Release]:
    """The releases of `package` that all ranges of `wanted` mean, or that a tag in it names.

    With `published_before` (seconds since 1970) only those that are as old, but for one that is named by its version.
    """
    ranges = [package.tags.get(one, one) for one in wanted]

    def is_old_enough(release: Release) -> bool:
        if published_before is None or any(one == release.version for one in wanted):
            return True
        return release.published is not None and release.published <= published_before

    return {
        version: release
        for version, release in package.releases.items()
        if all(satisfies(version, one) for one in ranges) and is_old_enough(release)
    }


def best(package: Package, found: Mapping[str, Release]) -> str | None:
    """Of the releases `found` the one to take: the one tagged `latest`, else the highest, deprecated ones last."""
    latest = package.tags.get("latest")
    if latest in found:
        return latest
    return newest_of(one.version for one in found.values() if not one.is_deprecated) or newest_of(found)


def days_before(now_seconds: float, days: float) -> float | None:
    """The moment before which a release must have been published to be as old as `days`; None for no limit."""
    return now_seconds - days * _DAY_SECONDS if days else None
