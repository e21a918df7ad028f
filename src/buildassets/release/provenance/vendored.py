"""Finds the third-party components of a release.

Takes the files that went into a release, gives components: packages are recognised by the lock or by `package.json`,
lone files by the banner comment that they begin with. Reads the lock, `package.json` files and the beginnings of lone
files.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from buildassets.disk.files import content_of
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES, plain
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import suffix
from buildassets.packages.lock import name_of, read_lock

_MODULES: Final = "node_modules"
_VENDOR: Final = "/vendor/"
_DESCRIPTION: Final = "package.json"
_KEYS: Final = ("name", "version")  # a `package.json` without both only sets `type` or the like for its folder
_BANNERED: Final = (".css", ".js", ".mjs", ".scss")
_BANNER_BYTES: Final = 2048
# A comment at the beginning of a file, preceded only by what must come first: a BOM, `@charset`, "use strict".
_FIRST_COMMENT: Final = re.compile(
    r"""\ufeff?\s*(?:@charset\s*"[^"]*";|["']use\ strict["'];?)?\s*(?:/\*+!?(?P<block>.*?)\*/|//!?(?P<line>[^\n]*))""",
    re.DOTALL | re.VERBOSE,
)
# `jQuery v3.7.1 | …`, `Font Awesome Free 6.5.1 by …`, `Hammer.JS - v2.0.7 - …`
_TITLE: Final = re.compile(
    r"""(?P<name>[A-Za-z@][\w.@&'+/-]*(?:\ +[A-Za-z(][\w.&'+()/-]*){0,5}?)\ +(?:-\ +)?
    (?P<mark>v|version\ +)?(?P<version>\d+\.\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.-]+)?)(?=[\s,;|(:]|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_END_OF_TITLE: Final = re.compile(r"\s*(?:[,;|(:]|$)")
_TAGS: Final = re.compile(r"@(?:license|preserve|file|overview)\b")


@frozen
class Component:
    """A third-party component: `locations` are the inputs of the release that belong to it, sorted.

    `license` is as the component states it. `is_package` is true where the lock or a `package.json` names the
    component, false where a banner does.
    """

    name: str
    version: str
    license: str
    is_package: bool
    locations: tuple[str, ...]


def vendored(inputs: Mapping[str, str], project: str) -> tuple[Component, ...]:
    """The components among `inputs` (name → path), sorted; the `package.json` of `project` itself is not one.

    Raises OSError where an input cannot be read, and ConfigError where the project's lock cannot.
    """
    packages = _Packages(project)
    locations_by_key: dict[tuple[str, str, bool], list[str]] = {}
    licenses: dict[tuple[str, str, bool], str] = {}
    for name, path in sorted(inputs.items()):
        described = packages.around(path)
        if described is not None:
            key = (described["name"], described["version"], True)
            licenses[key] = _license(described)
        elif banner := _banner(path):
            key = (*banner, False)
        else:
            continue
        locations_by_key.setdefault(key, []).append(name)
    return tuple(
        Component(
            name,
            version,
            license=licenses.get((name, version, is_package), ""),
            is_package=is_package,
            locations=tuple(locations),
        )
        for (name, version, is_package), locations in sorted(locations_by_key.items())
    )


class _Packages:
    """Finds the package that a file belongs to; reads each `package.json` once."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._known: dict[str, dict[str, Any] | None] = {}
        self._locked = read_lock(project).vendor

    def around(self, path: str) -> dict[str, Any] | None:
        """The description of the package that the file at `path` belongs to, from the lock or its `package.json`."""
        return self._locked_around(path) or self._described_around(path)

    def _locked_around(self, path: str) -> dict[str, Any] | None:
        """The locked package that owns this file below a folder `vendor`, in the form of a `package.json`."""
        below = path.removeprefix(self._project + os.sep).replace(os.sep, "/")
        _, folder, rest = f"/{below}".partition(_VENDOR)
        parts = rest.split("/")
        count = 2 if rest.startswith("@") else 1
        name, file = "/".join(parts[:count]), "/".join(parts[count:])
        package = self._locked.get(name) if folder else None
        if package is None or file not in package.files:
            return None
        return {"name": name_of(name), "version": package.version, "license": package.license}

    def _described_around(self, path: str) -> dict[str, Any] | None:
        if not path.startswith(self._project + os.sep) and _MODULES not in path.split(os.sep):
            return None  # a `package.json` in a folder around the project does not describe this file
        return next(filter(None, map(self._described, self._folders(os.path.dirname(path)))), None)

    def _folders(self, folder: str) -> Iterator[str]:
        """`folder` and its parents, up to the project or to `node_modules`, where a package ends."""
        while folder not in (self._project, os.path.dirname(folder)) and os.path.basename(folder) != _MODULES:
            yield folder
            folder = os.path.dirname(folder)

    def _described(self, folder: str) -> dict[str, Any] | None:
        if folder not in self._known:
            self._known[folder] = _description(os.path.join(folder, _DESCRIPTION))
        return self._known[folder]


def _description(path: str) -> dict[str, Any] | None:
    """The `package.json` at `path`; None where it does not describe a package."""
    try:
        description = json.loads(content_of(path, MOST_SETTINGS_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    is_package = isinstance(description, dict) and all(
        description.get(key) and isinstance(description[key], str) for key in _KEYS
    )
    return description if is_package else None


def _license(description: Mapping[str, Any]) -> str:
    """The license as the package states it, in npm's present form or one of its old ones."""
    stated = description.get("license") or description.get("licenses") or ""
    many = stated if isinstance(stated, list) else [stated]
    names = [entry.get("type") if isinstance(entry, dict) else entry for entry in many]
    return " OR ".join(name for name in names if isinstance(name, str) and name)


def _banner(path: str) -> tuple[str, str] | None:
    """Name and version in the comment that the file at `path` begins with; None where there are none."""
    if suffix(path) not in _BANNERED:
        return None
    with open(plain(path), "rb") as file:
        begin = file.read(_BANNER_BYTES).decode("utf-8", "replace")
    comment = _FIRST_COMMENT.match(begin)
    if comment is None:
        return None
    title = next(filter(None, _lines(comment["block"] or comment["line"] or "")), "")
    parsed = _TITLE.match(title)
    return (parsed["name"], parsed["version"]) if parsed and _is_version(parsed) else None


def _is_version(title: re.Match[str]) -> bool:
    """Whether the number is a version: it has a mark or three parts, or ends the title, unlike `section 4.2 of …`."""
    has_parts = title["version"].count(".") > 1
    return bool(title["mark"]) or has_parts or bool(_END_OF_TITLE.match(title.string, title.end()))


def _lines(comment: str) -> Iterable[str]:
    """The lines of a comment without decoration and tags."""
    for line in comment.splitlines():
        yield " ".join(_TAGS.sub("", line.strip(" \t*!-=#")).split())
