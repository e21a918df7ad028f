"""Propshaft: the load path of Rails becomes source roots. Takes what is asked, gives a Plan."""

from collections.abc import Mapping
from typing import Any, Final

from buildassets.migrate.plan import Answer, Asked, Plan
from buildassets.migrate.rails import Taker, of_texts, paths, prefix, rails_plan

_INTEGRITY: Final = ("sha256", "sha384", "sha512")
_ELSEWHERE: Final = "a release is a folder of its own, `build/`: let Rails look there, see docs/companions.md"


@of_texts
def _integrity(values: list[Any], ours: dict[str, Any], _: str) -> Answer:
    if values[0] not in _INTEGRITY:
        return "not possible", "integrity is by one of `sha256`, `sha384`, `sha512`"
    ours["integrity"] = values[0]
    return "taken over", "it is `integrity`"


_SETTINGS: Final[Mapping[str, str | Taker]] = {
    "paths": paths,
    "prefix": prefix,
    "integrity_hash_algorithm": _integrity,
    "output_path": _ELSEWHERE,
    "manifest_path": _ELSEWHERE,
    "version": "names change with the content alone: change the content",
    "sweep_cache": "`watch` sees every change",
    "file_watcher": "`watch` sees every change",
    "server": "`watch`, or the application, serves files in development",
    "compilers": "CSS, scripts and source maps are followed here; others are engines: docs/engines.md",
    "quiet": "nothing logs requests of assets",
    "relative_url_root": "references between assets are relative, so it is needed nowhere",
}


def plan(asked: Asked) -> Plan:
    """The migration of a project. Raises ConfigError."""
    excluded: list[str] = []

    @of_texts
    def excludes(values: list[Any], _: dict[str, Any], __: str) -> Answer:
        excluded.extend(f"{one.rstrip('/')}/" for one in values)
        return "taken over", "it is no source root"

    ours: dict[str, Any] = {"sources": [], "url": "/assets/", "url_prefixes": ["/"]}
    found = rails_plan(asked, "Propshaft", {**_SETTINGS, "excluded_paths": excludes}, ours)
    ours["sources"] = [one for one in ours["sources"] if not f"{one}/".startswith(tuple(excluded))]
    return found
