"""Whatever lies in a cache, with its checksums right, makes no build fail: at most it is as if nothing lay there."""

import fcntl
import json
import os
import pickle
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.build import build
from buildassets.compiler.cache.stamps import read_sealed, write_sealed
from buildassets.compiler.config.load import load_config
from buildassets.compiler.incremental.no_op import incremental
from buildassets.compiler.result import BuildResult
from buildassets.digest import digest
from tests.conftest import Tree, read_tree, settle, write_tree

SITE: Tree = {
    "buildassets.toml": 'compress = ["gzip"]\n',
    "assets/app.scss": '@use "own" as *; a { background: url(a.svg) }\n',
    "assets/_own.scss": ".own { width: 1px }\n",
    "assets/wrong.css": "a { content: 'x }\n",
    "assets/b.js": 'import "./c.js"; call( 1 )\n',
    "assets/c.js": "call( 2 )\n",
    "assets/a.svg": "<svg/>",
}
ODD: tuple[Any, ...] = (None, True, -1, 10**30, 1.5, "", "../../../etc/passwd", "\0", [], {}, [[]], ["a"], {"a": 1})
MUTANTS = int(os.environ.get("PLANTED_MUTANTS", "150"))


def built(folder: Path) -> BuildResult:
    config = load_config(start=str(folder))
    cache = str(folder / ".cache")
    return incremental(config, "production", cache, lambda *, last: build(config, cache=cache, last=last))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that has been built with a cache, twice, and nothing of it is young any more."""
    folder = write_tree(tmp_path_factory.mktemp("planted"), SITE)
    for _ in range(2):
        settle()
        assert built(folder).succeeded
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


def with_checksum(body: bytes) -> bytes:
    return digest(body).encode() + b"\n" + body


def plant_index(path: Path, chance: random.Random) -> None:
    head, *lines = path.read_bytes().partition(b"\n")[2].decode().split("\n")
    number = chance.randrange(len(lines) + 1)
    if number == len(lines):
        head = " ".join(chance.choice(["5", "-1", "x", "", "9" * 5000, word]) for word in head.split(" "))
    else:
        cells = [json.dumps(exchanged(json.loads(cell), chance)) for cell in lines[number].split("\t")]
        lines[number] = "\t".join(cells[: chance.choice([1, 2, 2, 2])])
    path.write_bytes(with_checksum("\n".join([head, *lines]).encode()))


def plant_snapshot(path: Path, chance: random.Random) -> None:
    parts = read_sealed(str(path))
    number = chance.randrange(len(parts))
    if number in (0, 1, 4):
        lines = parts[number].split(b"\n")
        line = chance.randrange(len(lines))
        lines[line] = json.dumps(exchanged(json.loads(lines[line]), chance)).encode()
        parts[number] = b"\n".join(lines)
    else:
        parts[number] = parts[number][: chance.randrange(len(parts[number]))]
    write_sealed(str(path), parts)


def files_of(folder: Path, pattern: str) -> Path:
    (path,) = (path for path in (folder / ".cache").glob(pattern) if len(path.name) != 8)
    return path


EDITS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "an edit": lambda folder: (folder / "assets/c.js").write_text("call( 3 )\n"),
    "a new file": lambda folder: (folder / "assets/d.css").write_text("a{}"),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(
    ("pattern", "plant"), [("index.json", plant_index), ("builds/*", plant_snapshot)], ids=["index", "snapshot"]
)
def test_a_planted_record_is_at_most_as_none(
    kept: Path, tmp_path: Path, pattern: str, plant: Callable[[Path, random.Random], None], edit: str
) -> None:
    for seed in range(MUTANTS // len(EDITS)):
        with one_more(kept, tmp_path) as folder:
            plant(files_of(folder, pattern), random.Random(f"{pattern} {edit} {seed}"))
            EDITS[edit](folder)
            result = built(folder)
            assert result.succeeded, seed
            assert [found.code for found in result.diagnostics] in (["css/syntax"], []), seed


@contextmanager
def one_more(folder: Path, elsewhere: Path) -> Iterator[Path]:
    """The folder itself, and afterwards all that is in it as it was."""
    as_it_was = elsewhere / "as it was"
    if not as_it_was.exists():
        shutil.copytree(folder / ".cache", as_it_was)
    yield folder
    shutil.rmtree(folder / ".cache")
    shutil.copytree(as_it_was, folder / ".cache")
    (folder / "assets/d.css").unlink(missing_ok=True)
    (folder / "assets/c.js").write_text("call( 2 )\n")


def test_no_file_outside_of_the_cache_is_touched(tmp_path: Path) -> None:
    """A digest that is none could lead anywhere, and what does not have its digest is removed."""
    folder = write_tree(tmp_path, {**SITE, "precious": "content"})
    built(folder)
    index = folder / ".cache/index.json"
    body = index.read_text().partition("\n")[2]
    for kept_digest in {
        path.parent.name + path.name for path in (folder / ".cache/content").rglob("*") if path.is_file()
    }:
        body = body.replace(kept_digest, "../../../precious")
    index.write_bytes(with_checksum(body.encode()))
    (folder / "assets/d.css").write_text("a{}")
    assert built(folder).succeeded
    assert (folder / "precious").read_text() == "content"


def linked(folder: Path, name: str, victim: Path) -> None:
    """Let a link to `victim`, with an old file and a young one in it, stand in the place of a folder of the cache."""
    shutil.rmtree(folder / ".cache" / name)
    write_tree(victim, {"thesis.txt": "old", **{f"{number}": "" for number in range(30)}})
    os.utime(victim / "thesis.txt", (0, 0))
    (folder / ".cache" / name).symlink_to(victim)


@pytest.mark.parametrize("name", ["content", "builds"])
def test_nothing_behind_a_link_is_removed_or_written(tmp_path: Path, name: str) -> None:
    folder, victim = write_tree(tmp_path / "site", SITE), tmp_path / "victim"
    settle()
    built(folder)
    linked(folder, name, victim)
    before = read_tree(victim)
    index = folder / ".cache/index.json"
    head, _, rest = index.read_text().partition("\n")[2].partition("\n")
    version, _, count = head.split(" ")
    index.write_bytes(with_checksum(f"{version} 0 {count}\n{rest}".encode()))  # as if it had been swept long ago
    (folder / "assets/d.css").write_text("a{}")
    settle()
    assert built(folder).succeeded
    assert read_tree(victim) == before


def test_a_record_that_leads_out_of_the_sources_is_none(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {**SITE, "assets/pub.txt": "public", "pub.txt": "secret"})
    for _ in range(2):
        settle()
        built(folder)
    path = str(files_of(folder, "builds/*"))
    parts = read_sealed(path)
    for number in (2, 4):  # the names and the record
        parts[number] = parts[number].replace(b"/assets/pub.txt", b"/pub.txt")
    write_sealed(path, parts)
    (folder / "pub.txt").write_text("secret, changed")
    assert built(folder).succeeded
    assert b"secret" not in b"".join(read_tree(folder / "build").values())


def test_what_lies_in_a_cache_above_the_project_is_not_believed(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "site", {"buildassets.toml": "", "assets/a.css": "a{}"})
    command = [sys.executable, "-m", "buildassets", "build"]
    for _ in range(3):
        settle()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    shutil.move(folder / ".buildassets", tmp_path / ".buildassets")
    (memo,) = (path for path in (tmp_path / ".buildassets/builds").iterdir() if len(path.name) == 8)
    from zlib import crc32

    body = memo.read_bytes().partition(b"\n")[2].replace(b"built 1", b"faked 1")
    memo.write_bytes(b"%08x\n" % crc32(body) + body)
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    assert "faked" not in done.stderr


def test_a_huge_file_that_an_index_names_is_not_read(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, SITE)
    built(folder)
    with (folder / "huge").open("wb") as file:
        file.truncate(1 << 40)
    index = folder / ".cache/index.json"
    body = index.read_text().partition("\n")[2].replace('"assets/_own.scss"', '"huge"')
    index.write_bytes(with_checksum(body.encode()))
    (folder / "assets/d.css").write_text("a{}")
    assert built(folder).succeeded


@pytest.mark.parametrize("pattern", ["index.json", "content/*/*"])
def test_a_huge_file_in_a_cache_is_not_read(tmp_path: Path, pattern: str) -> None:
    folder = write_tree(tmp_path, SITE)
    built(folder)
    for path in (folder / ".cache").glob(pattern):
        with path.open("wb") as file:
            file.truncate(1 << 40)
    (folder / "assets/d.css").write_text("a{}")
    assert built(folder).succeeded


def test_a_reader_that_holds_the_lock_does_not_stop_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_tree(tmp_path, SITE)
    built(folder)
    monkeypatch.setattr("buildassets.compiler.cache.store._PATIENCE_SECONDS", 0.1)
    lock = os.open(folder / ".cache", os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (folder / "assets/d.css").write_text("a{}")
        assert built(folder).succeeded
    finally:
        os.close(lock)


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch ran",)


def planted_everywhere(folder: Path, planted: bytes) -> Iterator[Path]:
    for path in sorted((folder / ".cache").rglob("*")):
        if path.is_file() and path.name != ".gitignore":
            path.write_bytes(planted)
            yield path


def test_no_program_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_tree(tmp_path, SITE)
    monkeypatch.chdir(folder)
    built(folder)
    assert list(planted_everywhere(folder, pickle.dumps(Hostile())))
    (folder / "assets/d.css").write_text("a{}")
    assert built(folder).succeeded
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("seed", range(8))
def test_what_a_command_printed_is_not_printed_where_it_cannot_be(tmp_path: Path, seed: int) -> None:
    from zlib import crc32

    folder = write_tree(tmp_path, {**SITE, "assets/wrong.css": "a{}"})
    command = [sys.executable, "-m", "buildassets", "build"]
    for _ in range(3):
        settle()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (memo,) = (path for path in (folder / ".buildassets/builds").iterdir() if len(path.name) == 8)
    content = memo.read_bytes().partition(b"\n")[2]
    chance = random.Random(seed)
    at = chance.randrange(200)
    planted = [content.replace(b"built", b"\x1b[2J"), content[:at], content[:at] + b"\xff" + content[at:], b"x y\nz"]
    body = planted[seed % len(planted)]
    memo.write_bytes(b"%08x\n" % crc32(body) + body)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, "\x1b" in done.stderr, "Traceback" in done.stderr) == (0, False, False)
    assert "built 5 assets" in done.stderr
