"""Files that are too large to be in memory as a whole: what becomes of them is what becomes of others."""

import gzip
import os
import random
import shutil
import zlib
from pathlib import Path

import brotli
import pytest

from buildassets.compiler.result import BuildResult
from buildassets.disk.codings import compressed, compressed_chunks, decompressed_chunks, is_available
from buildassets.disk.files import CHUNK_BYTES, LARGE_BYTES
from buildassets.foundation.digest import integrity
from buildassets.manifest.model import loads
from tests.building import build, load_config
from tests.conftest import read_tree, write_tree

WORDS = [random.Random(number).randbytes(4).hex() for number in range(2**11)]
PICKED = memoryview(random.Random(0).randbytes(2 * (LARGE_BYTES // 9 + 1000))).cast("H")
TEXT = " ".join(map((WORDS * 2**5).__getitem__, PICKED)).encode()
NOISE = random.Random(0).randbytes(CHUNK_BYTES)
CODINGS = [coding for coding in ("gzip", "br", "zstd") if is_available(coding)]
SETTINGS = "compress = { gzip = 1, br = 2 }\n"


def build_of(folder: Path, cache: str | None = "cache") -> BuildResult:
    return build(load_config(start=str(folder)), cache=str(folder / cache) if cache else None)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    assert len(TEXT) > LARGE_BYTES
    return write_tree(tmp_path, {"buildassets.toml": SETTINGS, "assets/a.txt": TEXT, "assets/b.txt": TEXT})


@pytest.mark.parametrize(("coding", "level"), [("gzip", 1), ("gzip", 9), ("br", 2), ("br", 5), ("br", 9)])
def test_chunks_make_the_copy_that_the_whole_makes(coding: str, level: int) -> None:
    text = TEXT if level < 3 else TEXT[: 2 * CHUNK_BYTES + 1000]
    chunks = [text[start : start + CHUNK_BYTES] for start in range(0, len(text), CHUNK_BYTES)]
    assert b"".join(compressed_chunks(coding, chunks, len(text), level)) == compressed(coding, text, level)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_copy_is_decompressed_in_parts(coding: str, tmp_path: Path) -> None:
    content = TEXT[: 3 * CHUNK_BYTES] + bytes(10 * CHUNK_BYTES)
    copy = b"".join(compressed_chunks(coding, [content], len(content), 2))
    (tmp_path / "copy").write_bytes(copy)
    chunks = list(decompressed_chunks(coding, str(tmp_path / "copy")))
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= 2 * CHUNK_BYTES


@pytest.mark.parametrize("coding", CODINGS)
def test_damaged_copy_is_refused(coding: str, tmp_path: Path) -> None:
    copy = b"".join(compressed_chunks(coding, [TEXT[:9000]], 9000, 2))
    for damaged in (copy[:-1], copy[:50] + bytes([copy[50] ^ 0x40]) + copy[51:]):
        (tmp_path / "copy").write_bytes(damaged)
        try:
            found = b"".join(decompressed_chunks(coding, str(tmp_path / "copy")))
        except ValueError:
            continue
        assert found != TEXT[:9000]


def test_a_large_file_is_released_with_its_copies(site: Path) -> None:
    assert build_of(site).succeeded
    entry = loads((site / "build/manifest.json").read_text()).assets["a.txt"]
    files = {name: content for name, content in read_tree(site / "build/assets").items() if name.startswith("a.")}
    assert files[entry.file] == TEXT
    assert (entry.size, entry.integrity) == (len(TEXT), integrity("sha384", TEXT))
    assert files[f"{entry.file}.gz"] == compressed("gzip", TEXT, 1)
    assert files[f"{entry.file}.br"] == compressed("br", TEXT, 2)
    assert entry.encodings == {"gzip": len(files[f"{entry.file}.gz"]), "br": len(files[f"{entry.file}.br"])}


def test_the_copies_come_from_the_cache(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_of(site).succeeded
    before = read_tree(site / "build")
    shutil.rmtree(site / "build")
    monkeypatch.setattr(zlib, "compressobj", None)
    monkeypatch.setattr(brotli, "Compressor", None)
    assert build_of(site).succeeded
    assert read_tree(site / "build") == before


def test_a_damaged_copy_in_the_cache_is_made_again(site: Path) -> None:
    assert build_of(site).succeeded
    before = read_tree(site / "build")
    shutil.rmtree(site / "build")
    for kept in (site / "cache/content").rglob("*"):
        if kept.is_file():
            os.truncate(kept, 100)
    assert build_of(site).succeeded
    assert read_tree(site / "build") == before


def test_without_a_cache_a_copy_that_lies_there_is_believed(site: Path) -> None:
    (site / "assets/b.txt").unlink()
    assert build_of(site, cache=None).succeeded
    entry = loads((site / "build/manifest.json").read_text()).assets["a.txt"]
    copy = site / f"build/assets/{entry.file}.gz"
    copy.write_bytes(compressed("gzip", TEXT, 2) or b"")
    assert build_of(site, cache=None).succeeded
    assert copy.read_bytes() == compressed("gzip", TEXT, 2)
    copy.write_bytes(gzip.compress(TEXT[1:]))
    assert build_of(site, cache=None).succeeded
    assert copy.read_bytes() == compressed("gzip", TEXT, 1)


def test_file_that_begins_with_noise_has_no_copy(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": SETTINGS, "assets/a.bin": NOISE + TEXT, "assets/b.bin": TEXT + NOISE})
    assert build_of(tmp_path).succeeded
    assets = loads((tmp_path / "build/manifest.json").read_text()).assets
    assert not assets["a.bin"].encodings
    assert set(assets["b.bin"].encodings) == {"gzip", "br"}


def test_a_large_file_that_changes_while_the_build_runs_is_an_error(site: Path) -> None:
    def progress(done: int, known: int, path: str) -> None:
        (site / "assets/a.txt").write_bytes(TEXT[1:])

    result = build(load_config(start=str(site)), progress=progress)
    assert [found.code for found in result.diagnostics] == ["source/changed"]
    assert not (site / "build/manifest.json").exists()


def test_a_damaged_large_file_of_the_release_is_written_again(site: Path) -> None:
    assert build_of(site).succeeded
    before = read_tree(site / "build")
    (name,) = (one for one in before if one.startswith("assets/a.") and one.endswith(".txt"))
    (site / "build" / name).write_bytes(TEXT.swapcase())
    assert build_of(site).succeeded
    assert read_tree(site / "build") == before


def test_a_large_source_map_has_its_references(tmp_path: Path) -> None:
    head = b'{"version": 3, "mappings": "", "names": ["' + b"a" * LARGE_BYTES + b'"], '
    write_tree(
        tmp_path,
        {
            "assets/a.js.map": head + b'"sources": ["a.ts"]}',
            "assets/b.js.map": head + b'"sources": ["a.ts"], "sourcesContent": ["a()"]}',
            "assets/a.ts": "a()",
            "buildassets.toml": "compress = []\n",
        },
    )
    assert build_of(tmp_path).succeeded
    assets = loads((tmp_path / "build/manifest.json").read_text()).assets
    assert assets["a.js.map"].references == ("a.ts",)
    assert assets["b.js.map"].references == ()
