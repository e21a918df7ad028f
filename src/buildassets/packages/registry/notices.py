"""Makes the diagnostics for releases of packages: missing, deprecated, too young. Pure.

Shared by tools and packages for browsers.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.errors import PackagesError
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.packages.registry.documents import PackageRelease, RegistryPackage
from buildassets.packages.registry.versions import best, candidates, passed_over

_DAY_SECONDS: Final = 86_400
_PATIENCE: Final = "wait, or lower `min_age_days` under `[tool.buildassets.packages]`"


def release_notices(
    package: RegistryPackage, wanted: Sequence[str], published_before: float | None, taken: str
) -> Iterator[Diagnostic]:
    """The warnings for the release `taken` of `package`: it is deprecated, or a newer one is too young."""
    if reason := package.releases[taken].deprecation:
        undeprecated = best(
            package, {one: release for one, release in package.releases.items() if not release.deprecation}
        )
        hint = f"ask for another range: {undeprecated} is not deprecated" if undeprecated else "take another package"
        message = f"`{package.name}` {taken} is deprecated: {reason}"
        yield warning("packages/deprecated", message, hint=hint)
    yield from young_notices(package, wanted, published_before, taken)


def young_notices(
    package: RegistryPackage, wanted: Sequence[str], published_before: float | None, taken: str
) -> Iterator[Diagnostic]:
    """The warning for a release of `package` that is newer than that `taken`, and too young."""
    if young := passed_over(package, wanted, published_before, taken):
        message = f"`{package.name}` {young.version} is passed over: it is too young for `min_age_days`"
        yield warning("packages/young", message, notes=_published(young, published_before), hint=_PATIENCE)


def no_release(package: RegistryPackage, wanted: Sequence[str], published_before: float | None) -> PackagesError:
    """The error where no release of `package` is in all ranges `wanted`, or none of these is old enough."""
    stated = next((one for one in wanted if one != "*"), "")
    what = f"`{package.name}@{stated}`" if stated else f"release of `{package.name}`"
    fitting = candidates(package, wanted)
    if young := best(package, fitting):
        message = f"the registry has no {what} that is old enough for `min_age_days`"
        notes = _published(fitting[young], published_before)
        return PackagesError([error("registry/missing", message, notes=notes, hint=_PATIENCE)])
    newest = best(package, package.releases)
    hint = f"name a version that exists: the newest is {newest}" if newest else "take another package"
    return PackagesError([error("registry/missing", f"the registry has no {what}", hint=hint)])


def _published(release: PackageRelease, published_before: float | None) -> list[str]:
    if release.published is None or published_before is None:
        return [f"the registry does not state when {release.version} was published"]
    days = (release.published - published_before) / _DAY_SECONDS
    left = "less than a day" if days < 1 else "a day" if days < 2 else f"{days:.0f} days"
    return [f"{release.version} is old enough in {left}"]
