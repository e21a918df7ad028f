"""Propshaft: the load path of Rails becomes source roots. Takes a folder, gives a Plan."""

from collections.abc import Iterator
from typing import Any, Final

from buildassets.migrate.assets_rb import RUBY, Answer, Setting, accounts, settings
from buildassets.migrate.plan import Accounted, Outcome, Plan, nothing_there, written
from buildassets.migrate.rails import asset_roots, existing, importmap_roots

_INTEGRITY: Final = ("sha256", "sha384", "sha512")
_ELSEWHERE: Final = "a release is a folder of its own, `build/`: let Rails look there, see docs/companions.md"
_LEFT_OUT: Final = {
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


def plan(folder: str) -> Plan:
    """The migration of the project of Propshaft in `folder`. Raises ConfigError."""
    roots: list[Any] = [*asset_roots(folder), *importmap_roots(folder)]
    if not roots:
        raise nothing_there("Propshaft", ["app/assets/"])
    project = Project(folder, roots)
    lines = tuple(line for one in settings(folder) for line in project.taken(one))
    return Plan(lines, written(project.settings()))


class Project:
    """Collects the settings of one project, as its lines are read."""

    def __init__(self, folder: str, roots: list[Any]) -> None:
        self._folder = folder
        self._roots = roots
        self._excluded: list[str] = []
        self._more: dict[str, Any] = {}

    def settings(self) -> dict[str, Any]:
        """Our configuration."""
        roots = [root for root in self._roots if not any(is_within(root, one) for one in self._excluded)]
        return {"sources": roots, "url": "/assets/", "url_prefixes": ["/"], **self._more}

    def taken(self, setting: Setting) -> Iterator[Accounted]:
        """The account of each line of `setting`; records its value."""
        answers = {
            "paths": _of_texts(self._paths),
            "excluded_paths": _of_texts(self._excludes),
            "prefix": _of_texts(self._prefix),
            "integrity_hash_algorithm": _of_texts(self._integrity),
        }
        return accounts(setting, _LEFT_OUT, answers, "Propshaft")

    def _paths(self, paths: list[str]) -> tuple[Outcome, str]:
        there = existing(self._folder, paths)
        self._roots += [path for path in there if path not in self._roots]
        if len(there) < len(paths):
            gone = next(path for path in paths if path not in there)
            return "not possible", f"there is no folder `{gone}`: make it, or name it in `sources` when it is there"
        return "taken over", "it is a source root"

    def _excludes(self, paths: list[str]) -> tuple[Outcome, str]:
        self._excluded += paths
        return "taken over", "it is no source root"

    def _prefix(self, paths: list[str]) -> tuple[Outcome, str]:
        self._more["url"] = f"/{paths[0].strip('/')}/"
        return "taken over", "it is `url`"

    def _integrity(self, values: list[str]) -> tuple[Outcome, str]:
        if values[0] not in _INTEGRITY:
            return "not possible", "integrity is by one of `sha256`, `sha384`, `sha512`"
        self._more["integrity"] = values[0]
        return "taken over", "it is `integrity`"


def _of_texts(answer: Answer) -> Answer:
    """`answer`, applied only if all values are texts."""

    def checked(values: list[Any]) -> tuple[Outcome, str]:
        if not values or not all(isinstance(one, str) for one in values):
            return "not possible", f"{RUBY}: write the value that it gives"
        return answer(values)

    return checked


def is_within(root: object, folder: str) -> bool:
    """Whether the source root is `folder`, or is inside it."""
    return isinstance(root, str) and f"{root}/".startswith(f"{folder.rstrip('/')}/")
