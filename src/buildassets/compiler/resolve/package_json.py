"""Reads the descriptions of packages: the `package.json` files below the npm roots.

Takes the configuration, gives descriptions by logical folder. Each file is read once, when it is first needed.
"""

import json
import os
from collections.abc import Container, Iterator

from buildassets.compiler.config.values import Config
from buildassets.compiler.resolve.node import Description, NodePackages
from buildassets.disk.files import content_of
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES
from buildassets.foundation.diagnostics import Diagnostic, Location, reason_text, warning
from buildassets.foundation.paths import LogicalPath


def packages_of(
    config: Config, mode: str, descriptions: "Descriptions", known: Container[LogicalPath]
) -> NodePackages | None:
    """The packages of the npm roots, with the conditions of browsers and of `mode`; None if no root is one of npm."""
    roots = [root.prefix for root in config.sources if root.npm and not root.lists_files]
    if not roots:
        return None
    return NodePackages(roots, descriptions.of, known, ("browser", "import", "module", mode), names=descriptions.names)


class Descriptions:
    """The descriptions of packages for one build.

    `faults` are the warnings for each `package.json` that could not be read, `looked_at` the paths of all files and
    folders that were looked for.
    """

    def __init__(self, config: Config) -> None:
        self.faults: list[Diagnostic] = []
        self.looked_at: list[str] = []
        roots = (root for root in config.sources if root.npm and not root.lists_files)
        self._roots = [(f"{root.prefix}/" if root.prefix else "", root) for root in roots]
        self._read: dict[str, Description | None] = {}

    def of(self, folder: str) -> Description | None:
        """The description of the package in the logical `folder`: empty if it has none, None without such a folder."""
        if folder not in self._read:
            self._read[folder] = self._described(folder)
        return self._read[folder]

    def at(self, path: str, shown: str) -> Description:
        """The content of the `package.json` at the absolute `path`; `shown` is the path as a user would write it."""
        if path not in self._read:
            self.looked_at.append(path)
            self._read[path] = self._parsed(path, shown)
        return self._read[path] or {}

    def names(self) -> Iterator[str]:
        """The names of all packages at the top of the roots."""
        for _, root in self._roots:
            self.looked_at.append(root.path)
            for name in _folders(root.path):
                if name.startswith("@"):
                    yield from (f"{name}/{scoped}" for scoped in _folders(os.path.join(root.path, name)))
                else:
                    yield name

    def _described(self, folder: str) -> Description | None:
        for prefix, root in self._roots:
            if folder.startswith(prefix):
                relative = folder.removeprefix(prefix)
                path = os.path.join(root.path, relative)
                self.looked_at += (path, os.path.join(path, "package.json"))
                if os.path.isdir(path):
                    return self._parsed(os.path.join(path, "package.json"), f"{root.shown}/{relative}/package.json")
        return None

    def _parsed(self, path: str, shown: str) -> Description:
        try:
            described = json.loads(content_of(path, MOST_SETTINGS_BYTES))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, RecursionError) as fault:
            reason = reason_text(fault) if isinstance(fault, OSError) else "it is not JSON"
            self.faults.append(warning("npm/package", f"cannot read `{shown}`: {reason}", Location(shown)))
            return {}
        return described if isinstance(described, dict) else {}


def _folders(path: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return []
