"""The trees that are fingerprinted: real front-end files, chosen by rule from the packages of tests/corpus."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SUFFIXES: Final = frozenset(
    [".css", ".js", ".mjs", ".map", ".json", ".html", ".svg", ".png", ".jpg", ".gif", ".wasm", ".woff2", ".ttf"]
)
_SMALL: Final = (
    "@fortawesome/fontawesome-free/css/all.css",
    "@fortawesome/fontawesome-free/webfonts/*",
    "@popperjs/core/dist/esm/**/*",
    "bootstrap/dist/css/bootstrap.css",
    "bootstrap/dist/css/bootstrap.css.map",
    "leaflet/dist/images/*",
    "leaflet/dist/leaflet.css",
)
# What a project hands to an asset tool: what the packages publish for browsers, not what that was made of.
_MEDIUM: Final = (
    "@fortawesome/fontawesome-free/css/*",
    "@fortawesome/fontawesome-free/svgs/regular/*",
    "@fortawesome/fontawesome-free/webfonts/*",
    "@hotwired/turbo/dist/*",
    "@popperjs/core/dist/esm/**/*",
    "alpinejs/dist/*",
    "bootstrap/dist/**/*",
    "d3/dist/*",
    "htmx.org/dist/*",
    "htmx4/dist/**/*",
    "jquery/dist/*",
    "leaflet/dist/images/*",
    "leaflet/dist/leaflet.*",
    "lodash-es/*",
    "swagger-ui-dist/swagger-ui.*",
    "three/build/*",
    "three/examples/jsm/**/*",
)
# About how many files a tree has: which they are, and how many copies of them, no two of which are alike.
_KINDS: Final = {60: (_SMALL, 1), 1650: (_MEDIUM, 1), 16500: (_MEDIUM, 10)}

_FIRST: Final = re.compile(rb"@charset[^;]*;|#![^\n]*\n")  # what must stay at the very beginning

STYLE_SHEET: Final = "leaflet/dist/leaflet.css"
SCRIPT: Final = "@popperjs/core/dist/esm/popper.js"


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder of files; `files` are their POSIX paths below it, sorted."""

    folder: Path
    files: tuple[str, ...]
    size_bytes: int


def make_tree(packages: Path, folder: Path, size: int = 1650) -> Tree:
    """Fill `folder` with about `size` files of `packages` (a node_modules folder), by their paths in it.

    Where it takes several copies, each but the first lies below a folder of its own (`copy2/`, …).
    """
    patterns, copies = _KINDS[size]
    chosen = sorted({path for pattern in patterns for path in packages.glob(pattern) if _is_chosen(path)})
    files = list(_copied(chosen, packages, folder, copies))
    return Tree(folder, tuple(sorted(files)), sum(os.path.getsize(folder / file) for file in files))


def edit_style_sheet(folder: Path, number: int) -> str:
    """Append a rule to a style sheet that no file refers to; returns text that stands in nothing else."""
    marker = f"edited-{number}-times"
    _append(folder / STYLE_SHEET, f"\n.{marker} {{ color: red }}\n")
    return marker


def edit_script(folder: Path, number: int) -> str:
    """Append an export to a module that others import; returns text that stands in nothing else."""
    marker = f"edited{number}times"
    _append(folder / SCRIPT, f"\nexport const {marker} = {number};\n")
    return marker


def distinct(content: bytes, suffix: str, copy: int) -> bytes:
    """`content` for a copy of a file: another one for each `copy` but the first, and of the same meaning.

    A source map is named at the very end of its file, a character set and an interpreter at the very beginning; all
    stay there.
    """
    if copy == 1:
        return content
    if suffix in (".js", ".mjs", ".css"):
        first = _FIRST.match(content)
        end = first.end() if first else 0
        return content[:end] + f"/* copy {copy} */\n".encode() + content[end:]
    if suffix in (".html", ".svg"):
        return content + f"<!-- copy {copy} -->\n".encode()
    return content + b"\n" * copy


def _copied(chosen: Sequence[Path], packages: Path, folder: Path, copies: int) -> Iterator[str]:
    for path in chosen:
        content = path.read_bytes()
        for copy in range(1, copies + 1):
            below = "" if copy == 1 else f"copy{copy}/"
            name = below + path.relative_to(packages).as_posix()
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(distinct(content, path.suffix, copy))
            yield name


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _is_chosen(path: Path) -> bool:
    return path.is_file() and path.suffix in _SUFFIXES and path.name != "package.json" and ".cjs" not in path.suffixes
