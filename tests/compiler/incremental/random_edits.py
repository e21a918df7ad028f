"""Random edits of a project of many kinds: of contents, names, folders, settings, templates, packages and the release.

Each edit is a function of a random generator and the project's folder, so a seed gives the same sequence each time.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

from tests.compiler.incremental.random_site import (
    FOLDERS,
    LENIENT,
    MORE_FOLDERS,
    NAMES,
    package,
    settings,
    suffixes,
    text,
)
from tests.conftest import write_tree

MADE: Final = ("build", ".buildassets")
"""The folders of the release and of the cache."""

_Edit = Callable[[Random, Path], None]


def _files(folder: Path, *, anywhere: bool = True) -> list[Path]:
    """The files of the project, without links, and without those of the release and of the cache."""
    tops = [folder / "assets"] if not anywhere else [path for path in folder.iterdir() if path.name not in MADE]
    found = (path for top in tops for path in (top, *top.rglob("*")) if path.is_file() and not path.is_symlink())
    return sorted(path for path in found if path.name != "buildassets.toml")


def _chosen(random: Random, folder: Path) -> Path:
    """A file of the project, most often one of the assets."""
    found = _files(folder, anywhere=random.random() < 0.3) or _files(folder)
    if not found:
        write_tree(folder, {"assets/a.css": "a { b: c }\n"})
    return random.choice(found or _files(folder))


def _change(random: Random, folder: Path) -> None:
    """Give a file another text of its kind."""
    path = _chosen(random, folder)
    write_tree(path.parent, {path.name: text(random, path.name)})


def _append(random: Random, folder: Path) -> None:
    """Append another text of the kind."""
    path = _chosen(random, folder)
    more = text(random, path.name)
    path.write_bytes(path.read_bytes() + (more.encode() if isinstance(more, str) else more))


def _change_a_line(random: Random, folder: Path) -> None:
    """Remove a line, repeat it, or put spaces in front of it."""
    path = _chosen(random, folder)
    lines = path.read_bytes().splitlines(keepends=True)
    if lines:
        number = random.randrange(len(lines))
        lines[number : number + 1] = random.choice([[], [lines[number]] * 2, [b"  ", lines[number]]])
    path.write_bytes(b"".join(lines))


def _change_a_letter(random: Random, folder: Path) -> None:
    """Replace a letter and leave the size and the time of change, as some tools do that copy files."""
    path = _chosen(random, folder)
    content, status = path.read_bytes(), path.stat()
    path.write_bytes(content.replace(random.choice(b"abcdex123").to_bytes(), b"y", 1))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _link(random: Random, folder: Path) -> None:
    """Put a link to a file in the place of another, or next to it."""
    path, target = _chosen(random, folder), _chosen(random, folder)
    link = path if random.random() < 0.5 else path.with_name(f"{random.choice(NAMES)}{path.suffix}")
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(target, link.parent))


def _add(random: Random, folder: Path) -> None:
    name = f"{random.choice(NAMES)}{random.choice(suffixes(folder))}"
    write_tree(folder / random.choice((*FOLDERS, *MORE_FOLDERS)), {name: text(random, name)})


def _remove(random: Random, folder: Path) -> None:
    _chosen(random, folder).unlink()


def _rename(random: Random, folder: Path) -> None:
    """Rename a file, perhaps to another folder, or exchange two files of a kind."""
    path = _chosen(random, folder)
    other = random.choice([one for one in _files(folder) if one.suffix == path.suffix])
    if random.random() < 0.4:
        content = other.read_bytes()
        other.write_bytes(path.read_bytes())
        path.write_bytes(content)
        return
    target = folder / random.choice(FOLDERS) / f"{random.choice(NAMES)}{path.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)


def _move_folder(random: Random, folder: Path) -> None:
    """Rename a folder of assets, or back."""
    path = folder / random.choice(FOLDERS[1:])
    other = path.with_name(path.name + "2")
    if path.exists() and not other.exists():
        path.rename(other)
    elif other.exists() and not path.exists():
        other.rename(path)


def _touch(random: Random, folder: Path) -> None:
    """Give files another time."""
    for path in _files(folder):
        if random.random() < 0.5:
            os.utime(path, (1_700_000_000 + random.randrange(1000),) * 2)


def _configure(random: Random, folder: Path) -> None:
    """Choose other settings."""
    write_tree(folder, {"buildassets.toml": settings(random, folder)})


def _damage(random: Random, folder: Path) -> None:
    """Remove or damage files of the release or of the cache, or remove all of one."""
    there = sorted(path for name in MADE for path in (folder / name).rglob("*") if path.is_file())
    for path in random.sample(there, min(len(there), random.choice((0, 1, 1, 5, 20)))):
        path.unlink() if path.parts[-2] == "build" or random.random() < 0.7 else path.write_bytes(b"damaged")
    if random.random() < 0.3:
        shutil.rmtree(folder / random.choice(MADE), ignore_errors=True)


def _package(random: Random, folder: Path) -> None:
    """Change what a package is, or its version."""
    write_tree(folder, package(random))


_EDITS: Final[tuple[tuple[_Edit, int], ...]] = (
    (_change, 30),
    (_append, 15),
    (_change_a_line, 20),
    (_change_a_letter, 8),
    (_add, 10),
    (_link, 2),
    (_remove, 6),
    (_rename, 8),
    (_move_folder, 2),
    (_touch, 4),
    (_configure, 5),
    (_damage, 4),
    (_package, 2),
)


def edit(random: Random, folder: Path, *, of_sources: bool = False) -> str:
    """Edit the project, or its sources alone, once or a few times; return the names of the edits."""
    edits, weights = zip(*(one for one in _EDITS if one[0] is not _damage or not of_sources), strict=True)
    chosen = random.choices(edits, weights, k=random.choice((1, 1, 1, 2, 3)))
    for one in chosen:
        one(random, folder)
    return ", ".join(one.__name__.strip("_") for one in chosen)


def steps(folder: Path, random: Random, count: int, *, is_broken: Callable[[], bool]) -> Iterator[str]:
    """Edit the project `count` times; yield the names of the edits after each.

    Now and then all files are again what they were some edits ago, as after a change of branches. Where the build
    `is_broken`, the last edits are most often undone, since only a build that succeeds is a beginning for another.
    """
    earlier = before = _state(folder)
    for _ in range(count):
        if is_broken() and random.random() < 0.8:
            if before == _state(folder):
                (folder / "buildassets.toml").write_text(LENIENT)
            else:
                _restore(folder, before)
            yield "undo"
            continue
        if random.random() < 0.1:
            _restore(folder, earlier)
            yield "restore"
            continue
        before = _state(folder)
        if random.random() < 0.2:
            earlier = before
        yield edit(random, folder)


def _state(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (*_files(folder), folder / "buildassets.toml")}


def _restore(folder: Path, state: dict[Path, bytes]) -> None:
    for path in (folder / "assets").rglob("*"):
        if path.is_symlink():
            path.unlink()
    for path in _files(folder):
        if path not in state:
            path.unlink()
    for path, content in state.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
