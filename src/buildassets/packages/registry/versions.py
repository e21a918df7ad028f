"""Compares versions with ranges, as npm does. Pure.

The grammar of ranges is node-semver's, since published packages rely on its details.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from buildassets.packages.registry.documents import PackageRelease, RegistryPackage

_LONGEST: Final = 256  # characters of a version or a range, as in node-semver
_DAY_SECONDS: Final = 86_400


def _semver() -> Any:
    import nodesemver  # the manual page is made of all verbs where it is not installed yet

    return nodesemver


def is_exact(text: str) -> bool:
    """Whether `text` is one version."""
    return len(text) <= _LONGEST and _semver().valid(text, loose=False) is not None


def satisfies(version: str, wanted: str) -> bool:
    """Whether `version` is in the range `wanted`; never if that is not a range."""
    if len(wanted) > _LONGEST or not is_exact(version):
        return False
    try:
        return bool(_semver().satisfies(version, wanted.strip(), loose=False))
    except ValueError:
        return False


def newest_of(versions: Iterable[str]) -> str | None:
    """The highest of `versions`; None if none is valid."""
    exact = [version for version in versions if is_exact(version)]
    return _semver().sort(exact, loose=False)[-1] if exact else None


def candidates(
    package: RegistryPackage, wanted: Sequence[str], published_before: float | None = None
) -> Mapping[str, PackageRelease]:
    """The releases of `package` that are in all ranges `wanted`, each a range or a tag.

    With `published_before` (seconds since 1970), only releases that are older.
    """
    ranges = [package.tags.get(one, one) for one in wanted]
    return {
        version: release
        for version, release in package.releases.items()
        if all(satisfies(version, one) for one in ranges) and _is_older(release, published_before)
    }


def _is_older(release: PackageRelease, published_before: float | None) -> bool:
    if published_before is None:
        return True
    return release.published is not None and release.published <= published_before


def passed_over(
    package: RegistryPackage, wanted: Sequence[str], published_before: float | None, taken: str
) -> PackageRelease | None:
    """The release that would be in place of that `taken`, were it old enough."""
    fitting = candidates(package, wanted)
    first = best(package, fitting)
    if first is None or first == taken or later_of(first, taken) == taken:
        return None
    return None if _is_older(fitting[first], published_before) else fitting[first]


def best(package: RegistryPackage, fitting: Mapping[str, PackageRelease]) -> str | None:
    """The version to take of `fitting` releases: the one tagged `latest`, else the highest, deprecated ones last."""
    latest = package.tags.get("latest")
    if latest in fitting:
        return latest
    return newest_of(release.version for release in fitting.values() if not release.deprecation) or newest_of(fitting)


def later_of(version: str | None, locked: str) -> str:
    """`version` if it is newer than `locked`, else `locked`, which nothing older replaces."""
    return version if version is not None and version != locked and newest_of((locked, version)) == version else locked


def days_before(now_seconds: float, days: float) -> float | None:
    """The time before which a release must have been published to be `days` old; None for no limit."""
    return now_seconds - days * _DAY_SECONDS if days else None
