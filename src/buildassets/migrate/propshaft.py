"""Propshaft: the load path of Rails becomes source roots. Takes what is asked, gives a Plan."""

from typing import Any, Final

from buildassets.migrate.plan import Answer, Plan, ProjectToMigrate
from buildassets.migrate.rails import Given, Settings, of_texts, paths, prefix, rails_plan

_INTEGRITY: Final = ("sha256", "sha384", "sha512")
_ELSEWHERE: Final = "a release is a folder of its own, `build/`: let Rails look there, see docs/deploy/companions.md"


@of_texts
def _integrity(given: Given, ours: dict[str, Any]) -> Answer:
    if given.values[0] not in _INTEGRITY:
        return "not possible", "integrity is by one of `sha256`, `sha384`, `sha512`"
    ours["integrity"] = given.values[0]
    return "taken over", "it is `integrity`"


_SETTINGS: Final[Settings] = {
    "paths": paths,
    "prefix": prefix,
    "integrity_hash_algorithm": _integrity,
    "output_path": _ELSEWHERE,
    "manifest_path": _ELSEWHERE,
    "version": ("changed", "not needed: names change with the content"),
    "sweep_cache": ("changed", "not needed: `watch` sees every change"),
    "file_watcher": ("changed", "not needed: `watch` sees every change"),
    "server": ("changed", "not needed: `watch`, or the application, serves files in development"),
    "compilers": "CSS, scripts and source maps are followed here; others are engines: docs/reference/engines.md",
    "quiet": ("changed", "not needed: nothing logs requests of assets"),
    "relative_url_root": ("changed", "not needed: references between assets are relative"),
}


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of a project. Raises ConfigError."""
    excluded: list[str] = []

    @of_texts
    def excludes(given: Given, _: dict[str, Any]) -> Answer:
        excluded.extend(f"{one.rstrip('/')}/" for one in given.values)
        return "taken over", "it is not a source root"

    ours: dict[str, Any] = {"sources": [], "url": "/assets/", "url_prefixes": ["/"]}
    found = rails_plan(asked, "Propshaft", {**_SETTINGS, "excluded_paths": excludes}, ours)
    ours["sources"] = [one for one in ours["sources"] if not f"{one}/".startswith(tuple(excluded))]
    return found
