"""Workspaces of many projects: small published files, chosen by rule, no two projects alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.tree import distinct

# Modules that import one another, then pictures: files of the size of which large sites have many.
_PATTERNS: Final = (
    "lodash-es/*.js",
    "@popperjs/core/dist/esm/**/*.js",
    "@fortawesome/fontawesome-free/svgs/*/*.svg",
)
_SETTINGS: Final = """\
load_paths = ["../../shared"]
compress = ["gzip"]

[cache]
remote = "file://{remote}"
"""
_SHEET: Final = '@use "theme";\n.page {{ color: theme.$ink; margin: {number}px }}\n'
_THEME: Final = "$ink: #123456;\n"
SHEET: Final = "sites/site001/assets/app.scss"


@dataclass(frozen=True, slots=True)
class Size:
    """How many files a workspace has in how many projects."""

    files: int
    projects: int


def make_workspace(packages: Path, folder: Path, size: Size, remote: Path) -> None:
    """Fill `folder` with projects whose settings name the folder `remote` as their cache.

    Each project has as many files as the others: one sheet of its own that imports a shared one, and copies of
    published files, which a comment makes different from those of others. Raises ValueError if there are too few.
    """
    each = size.files // size.projects
    chosen = list(islice(_published(packages), each - 1))
    if len(chosen) < each - 1:
        raise ValueError(f"there are only {len(chosen)} files for a project")
    _write(folder / "buildassets-workspace.toml", b'projects = ["sites/*"]\n')
    _write(folder / ".gitignore", b"build/\n.buildassets/\n")
    _write(folder / "shared/_theme.scss", _THEME.encode())
    contents = [(path.relative_to(packages), path.read_bytes()) for path in chosen]
    for number in range(1, size.projects + 1):
        _fill(folder / f"sites/site{number:03}", number, contents, remote)


def edit_sheet(folder: Path, number: int) -> None:
    """Append a rule to the sheet of the first project."""
    with (folder / SHEET).open("a", encoding="utf-8") as file:
        file.write(f".edit{number} {{ color: red }}\n")


def _fill(project: Path, number: int, contents: Sequence[tuple[Path, bytes]], remote: Path) -> None:
    _write(project / "buildassets.toml", _SETTINGS.format(remote=remote).encode())
    _write(project / "assets/app.scss", _SHEET.format(number=number).encode())
    for name, content in contents:
        _write(project / "assets" / name, distinct(content, name.suffix, number))


def _published(packages: Path) -> Iterator[Path]:
    for pattern in _PATTERNS:
        yield from sorted(path for path in packages.glob(pattern) if path.is_file())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
