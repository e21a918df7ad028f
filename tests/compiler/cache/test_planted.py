"""Records planted in a cache, with right checksums, make no build fail: at most they count as absent."""

import os
import pickle
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from buildassets.compiler.cache.stamps import read_sealed, write_sealed
from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult
from buildassets.disk.locks import locked
from buildassets.foundation.digest import digest
from tests.building import build, load_config
from tests.command import Finished, run
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


def incremental_build(folder: Path) -> BuildResult:
    config = load_config(start=str(folder))
    cache = str(folder / ".cache")
    return kept_or_built(
        BuildRequest(config=config, cache=cache),
        lambda *, last: build(config, cache=cache, last=last),
    )


def with_checksum(body: bytes) -> bytes:
    return digest(body).encode() + b"\n" + body


def files_of(folder: Path, pattern: str) -> Path:
    (path,) = (path for path in (folder / ".cache").glob(pattern) if len(path.name) != 8)
    return path


def test_no_file_outside_of_the_cache_is_touched(tmp_path: Path) -> None:
    """A false digest could lead anywhere, and files that do not match their digest are removed."""
    folder = write_tree(tmp_path, {**SITE, "precious": "content"})
    incremental_build(folder)
    index = folder / ".cache/index.json"
    body = index.read_text().partition("\n")[2]
    for kept_digest in {
        path.parent.name + path.name for path in (folder / ".cache/content").rglob("*") if path.is_file()
    }:
        body = body.replace(kept_digest, "../../../precious")
    index.write_bytes(with_checksum(body.encode()))
    (folder / "assets/d.css").write_text("a{}")
    assert incremental_build(folder).succeeded
    assert (folder / "precious").read_text() == "content"


def linked(folder: Path, name: str, victim: Path) -> None:
    """Replace a folder of the cache by a link to `victim`, which has an old file and young ones."""
    shutil.rmtree(folder / ".cache" / name)
    write_tree(victim, {"thesis.txt": "old", **{f"{number}": "" for number in range(30)}})
    os.utime(victim / "thesis.txt", (0, 0))
    (folder / ".cache" / name).symlink_to(victim)


@pytest.mark.parametrize("name", ["content", "builds"])
def test_nothing_behind_a_link_is_removed_or_written(tmp_path: Path, name: str) -> None:
    folder, victim = write_tree(tmp_path / "site", SITE), tmp_path / "victim"
    settle()
    incremental_build(folder)
    linked(folder, name, victim)
    before = read_tree(victim)
    index = folder / ".cache/index.json"
    head, _, rest = index.read_text().partition("\n")[2].partition("\n")
    version, _, count = head.split(" ")
    index.write_bytes(with_checksum(f"{version} 0 {count}\n{rest}".encode()))  # the last sweep was long ago
    (folder / "assets/d.css").write_text("a{}")
    settle()
    assert incremental_build(folder).succeeded
    assert read_tree(victim) == before


def test_a_record_that_leads_out_of_the_sources_is_ignored(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {**SITE, "assets/pub.txt": "public", "pub.txt": "secret"})
    for _ in range(2):
        settle()
        incremental_build(folder)
    path = str(files_of(folder, "builds/*"))
    parts = read_sealed(path)
    for number in (2, 4):  # the names and the record
        parts[number] = parts[number].replace(b"/assets/pub.txt", b"/pub.txt")
    write_sealed(path, parts)
    (folder / "pub.txt").write_text("secret, changed")
    assert incremental_build(folder).succeeded
    assert b"secret" not in b"".join(read_tree(folder / "build").values())


def build_three_times(folder: Path) -> Finished:
    """The last of three builds, which repeats the output of the one before."""
    for _ in range(3):
        done = run(folder, "build")
        assert done.returncode == 0
    return done


def test_a_cache_above_the_project_is_not_used(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "site", {"buildassets.toml": "", "assets/a.css": "a{}"})
    build_three_times(folder)
    shutil.move(folder / ".buildassets", tmp_path / ".buildassets")
    (memo,) = (path for path in (tmp_path / ".buildassets/builds").iterdir() if len(path.name) == 8)
    body = memo.read_bytes().partition(b"\n")[2].replace(b"built 1", b"faked 1")
    memo.write_bytes(b"%08x\n" % crc32(body) + body)
    assert "faked" not in run(folder, "build").stderr


def test_a_huge_file_that_an_index_names_is_not_read(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, SITE)
    incremental_build(folder)
    with (folder / "huge").open("wb") as file:
        file.truncate(1 << 40)
    index = folder / ".cache/index.json"
    body = index.read_text().partition("\n")[2].replace('"assets/_own.scss"', '"huge"')
    index.write_bytes(with_checksum(body.encode()))
    (folder / "assets/d.css").write_text("a{}")
    assert incremental_build(folder).succeeded


@pytest.mark.parametrize("pattern", ["index.json", "content/*/*"])
def test_a_huge_file_in_a_cache_is_not_read(tmp_path: Path, pattern: str) -> None:
    folder = write_tree(tmp_path, SITE)
    incremental_build(folder)
    for path in (folder / ".cache").glob(pattern):
        with path.open("wb") as file:
            file.truncate(1 << 40)
    (folder / "assets/d.css").write_text("a{}")
    assert incremental_build(folder).succeeded


def test_a_program_that_holds_the_lock_does_not_stop_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_tree(tmp_path, SITE)
    incremental_build(folder)
    monkeypatch.setattr("buildassets.compiler.cache.store._PATIENCE_SECONDS", 0.1)
    with locked(str(folder / ".cache")):
        (folder / "assets/d.css").write_text("a{}")
        assert incremental_build(folder).succeeded


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
    incremental_build(folder)
    assert list(planted_everywhere(folder, pickle.dumps(Hostile())))
    (folder / "assets/d.css").write_text("a{}")
    assert incremental_build(folder).succeeded
    assert not (folder / "ran").exists()


@pytest.fixture(scope="module")
def repeating(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A project whose output is repeated, and the record of that output without its checksum."""
    folder = write_tree(tmp_path_factory.mktemp("repeating"), {**SITE, "assets/wrong.css": "a{}"})
    build_three_times(folder)
    return folder, memo_of(folder).read_bytes().partition(b"\n")[2]


def memo_of(folder: Path) -> Path:
    """The file with the output of the last build."""
    (memo,) = (path for path in (folder / ".buildassets/builds").iterdir() if len(path.name) == 8)
    return memo


@pytest.mark.parametrize("seed", range(8))
def test_a_planted_output_is_not_printed(repeating: tuple[Path, bytes], seed: int) -> None:
    folder, content = repeating
    at = random.Random(seed).randrange(200)
    planted = [content.replace(b"built", b"\x1b[2J"), content[:at], content[:at] + b"\xff" + content[at:], b"x y\nz"]
    body = planted[seed % len(planted)]
    memo_of(folder).write_bytes(b"%08x\n" % crc32(body) + body)
    done = run(folder, "build")
    assert (done.returncode, "\x1b" in done.stderr, "Traceback" in done.stderr) == (0, False, False)
    assert "built 5 assets" in done.stderr
