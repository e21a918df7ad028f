"""Finds the main files of a package's folder: those that `main` in its `bower.json` or `package.json` names.

Takes folders, gives files, as Sprockets does (`Sprockets::Bower`, `Sprockets::Npm`). Reads these descriptions.
"""

import json
import os
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.files import MOST_SETTINGS_BYTES, bytes_at

_BOWER: Final = ("bower.json", ".bower.json", "component.json")
_NPM: Final = "package.json"


class PackageMains:
    """The packages in `roots`, which are folders and the prefixes of their logical paths.

    `read` are the paths of the descriptions that were read.
    """

    def __init__(self, roots: Sequence[tuple[str, str]]) -> None:
        self._roots = roots
        self.read: dict[str, None] = {}

    def files(self, stem: str) -> Iterator[str]:
        """The absolute paths of the main files of the package `stem`, which is an absolute or a logical path."""
        for folder in [stem] if os.path.isabs(stem) else self._folders(stem):
            if os.path.isdir(folder):
                yield from (os.path.normpath(os.path.join(folder, name)) for name in self._names(folder))

    def _folders(self, stem: str) -> Iterator[str]:
        for path, prefix in self._roots:
            if not prefix:
                yield os.path.join(path, stem)
            elif stem.startswith(f"{prefix}/"):
                yield os.path.join(path, stem.removeprefix(f"{prefix}/"))

    def _names(self, folder: str) -> Iterator[str]:
        for name in (*_BOWER, _NPM):
            path = os.path.join(folder, name)
            described = self._described(path) if os.path.isfile(path) else None
            if described is None:
                continue
            main = described.get("main")
            named = main if isinstance(main, list) else [main]
            yield from (file for file in [*named, described.get("style")] if isinstance(file, str) and file)
            if main is None and name == _NPM:
                yield "index.js"

    def _described(self, path: str) -> dict[str, object] | None:
        self.read[path] = None
        try:
            described = json.loads(bytes_at(path, MOST_SETTINGS_BYTES) or b"")
        except (ValueError, RecursionError):
            return None
        return described if isinstance(described, dict) else None
