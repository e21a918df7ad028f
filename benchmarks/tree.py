"""The tree that is fingerprinted: real front-end files, chosen by rule from the packages of tests/corpus."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SUFFIXES: Final = frozenset(
    [".css", ".js", ".mjs", ".map", ".json", ".html", ".svg", ".png", ".jpg", ".gif", ".wasm", ".woff2", ".ttf"]
)
# What a project hands to an asset tool: what the packages publish for browsers, not what that was made of.
_PATTERNS: Final = (
    "@fortawesome/fontawesome-free/css/*",
    "@fortawesome/fontawesome-free/svgs/regular/*",
    "@fortawesome/fontawesome-free/webfonts/*",
    "@hotwired/turbo/dist/*",
    "@popperjs/core/dist/esm/**/*",
    "alpinejs/dist/*",
    "bootstrap/dist/**/*",
    "d3/dist/*",
    "htmx.org/dist/*",
    "jquery/dist/*",
    "leaflet/dist/images/*",
    "leaflet/dist/leaflet.*",
    "lodash-es/*",
    "swagger-ui-dist/swagger-ui.*",
    "three/build/*",
    "three/examples/jsm/**/*",
)


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder of files; `files` are their POSIX paths below it, sorted."""

    folder: Path
    files: tuple[str, ...]
    size_bytes: int


def make_tree(packages: Path, folder: Path) -> Tree:
    """Copy the chosen files of `packages` (a node_modules folder) to `folder`, by their paths in it."""
    files = sorted({path for pattern in _PATTERNS for path in packages.glob(pattern) if _is_chosen(path)})
    size_bytes = 0
    for file in files:
        target = folder / file.relative_to(packages)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        size_bytes += os.path.getsize(target)
    return Tree(folder, tuple(file.relative_to(packages).as_posix() for file in files), size_bytes)


def _is_chosen(path: Path) -> bool:
    return path.is_file() and path.suffix in _SUFFIXES and path.name != "package.json" and ".cjs" not in path.suffixes
