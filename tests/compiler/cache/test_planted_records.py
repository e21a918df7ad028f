"""Builds succeed with any record planted in their cache."""

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.cache.stamps import read_sealed, write_sealed
from buildassets.compiler.incremental.stored_facts import unpacked
from buildassets.foundation.frozen import replace
from tests.compiler.cache.test_planted import SITE, files_of, incremental_build, with_checksum
from tests.conftest import settle, write_tree

pytestmark = pytest.mark.thorough


ODD: tuple[Any, ...] = (None, True, -1, 10**30, 1.5, "", "../../../etc/passwd", "\0", [], {}, [[]], ["a"], {"a": 1})
_RECORD = 4  # the part of a snapshot that is one
MUTANTS = int(os.environ.get("PLANTED_MUTANTS", "20"))  # of each kind


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that has been built twice with a cache, from files that have settled."""
    folder = write_tree(tmp_path_factory.mktemp("planted"), SITE)
    for _ in range(2):
        settle()
        assert incremental_build(folder).succeeded
    return folder


def exchanged(values: Any, chance: random.Random) -> Any:
    """`values`, as JSON has them, with something else in one place."""
    if not isinstance(values, dict | list) or not values or chance.random() < 0.2:
        return chance.choice(ODD)
    place = chance.choice(sorted(values)) if isinstance(values, dict) else chance.randrange(len(values))
    changed = values.copy()
    if chance.random() < 0.1:
        del changed[place]
    else:
        changed[place] = exchanged(values[place], chance)
    return changed


def plant_index(path: Path, chance: random.Random) -> None:
    head, *lines = path.read_bytes().partition(b"\n")[2].decode().split("\n")
    number = chance.randrange(len(lines) + 1)
    if number == len(lines):
        head = " ".join(chance.choice(["5", "-1", "x", "", "9" * 5000, word]) for word in head.split(" "))
    else:
        cells = [json.dumps(exchanged(json.loads(cell), chance)) for cell in lines[number].split("\t")]
        lines[number] = "\t".join(cells[: chance.choice([1, 2, 2, 2])])
    path.write_bytes(with_checksum("\n".join([head, *lines]).encode()))


def planted_record(record: bytes, chance: random.Random) -> bytes:
    """`record` with something else in one of its parts, whose sizes fit."""
    parts = unpacked(record)
    name = chance.choice(["rows", "users", "sources", "graph", "release", "paths", "origins", "names", "files", "day"])
    changed: Any = getattr(parts, name)
    if name == "rows":
        place = chance.randrange(len(changed))
        changed = [*changed[:place], json.dumps(exchanged(json.loads(changed[place]), chance)), *changed[place + 1 :]]
    elif isinstance(changed, bytes):
        changed = json.dumps(exchanged(json.loads(changed or b"[]"), chance)).encode()
    elif isinstance(changed, int):
        changed = chance.choice([0, 1, 10**9])
    else:
        place = chance.randrange(len(changed))
        changed = [
            *changed[:place],
            chance.choice(["", "../../../etc/passwd", "x" * 64, *changed]),
            *changed[place + 1 :],
        ]
    return replace(parts, **{name: changed}).packed()


def plant_snapshot(path: Path, chance: random.Random) -> None:
    parts = read_sealed(str(path))
    number = chance.randrange(len(parts))
    if number == _RECORD and chance.random() < 0.8:
        parts[number] = planted_record(parts[number], chance)
    elif number in (0, 1):
        lines = parts[number].split(b"\n")
        line = chance.randrange(len(lines))
        lines[line] = json.dumps(exchanged(json.loads(lines[line]), chance)).encode()
        parts[number] = b"\n".join(lines)
    else:
        parts[number] = parts[number][: chance.randrange(len(parts[number]))]
    write_sealed(str(path), parts)


EDITS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "an edit": lambda folder: (folder / "assets/c.js").write_text("call( 3 )\n"),
    "a new file": lambda folder: (folder / "assets/d.css").write_text("a{}"),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(
    ("pattern", "plant"), [("index.json", plant_index), ("builds/*", plant_snapshot)], ids=["index", "snapshot"]
)
def test_a_planted_record_leaves_the_build_right(
    kept: Path, tmp_path: Path, pattern: str, plant: Callable[[Path, random.Random], None], edit: str
) -> None:
    for seed in range(MUTANTS):
        with restored(kept, tmp_path) as folder:
            plant(files_of(folder, pattern), random.Random(f"{pattern} {edit} {seed}"))
            EDITS[edit](folder)
            result = incremental_build(folder)
            assert result.succeeded, seed
            assert [found.code for found in result.diagnostics] in (["css/syntax"], []), seed


@contextmanager
def restored(folder: Path, elsewhere: Path) -> Iterator[Path]:
    """The folder, whose content is restored at the end."""
    stored = elsewhere / "stored"
    if not stored.exists():
        shutil.copytree(folder / ".cache", stored)
    yield folder
    shutil.rmtree(folder / ".cache")
    shutil.copytree(stored, folder / ".cache")
    (folder / "assets/d.css").unlink(missing_ok=True)
    (folder / "assets/c.js").write_text("call( 2 )\n")
