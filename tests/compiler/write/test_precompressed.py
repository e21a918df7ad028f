import gzip
import itertools
import os
import random
import shutil
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import brotli
import pytest

from buildassets.compiler.body import OnDisk
from buildassets.compiler.cache.store import BYTES, Cache
from buildassets.compiler.write.precompressed import CopyPlaces, ToCompress, made_copies
from buildassets.disk.codings import library
from buildassets.foundation.digest import digest
from tests.building import build, load_config
from tests.conftest import settle, write_tree

TEXT = b"body { color: rebeccapurple }\n" * 100
OTHER = b"body { color: tan }\n" * 100
NOISE = random.Random(0).randbytes(1000)


class Compressions:
    """The texts that zlib was given to compress, from first to last; `interrupted_at` is one that it never gets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[bytes] = []
        self.interrupted_at: bytes | None = None
        real = zlib.compressobj

        def counted(*arguments: Any) -> Any:
            deflate = real(*arguments)

            class Deflate:
                flush = deflate.flush

                @staticmethod
                def compress(text: bytes) -> bytes:
                    if text == self.interrupted_at:
                        raise KeyboardInterrupt
                    self.texts.append(text)
                    return deflate.compress(text)

            return Deflate

        monkeypatch.setattr(zlib, "compressobj", counted)


@pytest.fixture
def compressions(monkeypatch: pytest.MonkeyPatch) -> Compressions:
    return Compressions(monkeypatch)


def wanted(files: Mapping[str, bytes], levels: Mapping[str, int]) -> list[ToCompress]:
    return [ToCompress(name, digest(content), len(content), levels) for name, content in files.items()]


def places_of(folder: Path, files: Mapping[str, bytes], release: str = "build") -> CopyPlaces:
    """A release directory whose new `files` wait in another folder."""
    waiting = write_tree(folder / "waiting", files)
    numbers = itertools.count()
    return CopyPlaces(
        str(folder / release), lambda file: str(waiting / file), lambda: str(waiting / f"{next(numbers)}.new")
    )


@pytest.fixture
def gzipped(tmp_path: Path) -> "Make":
    """Makes the copies of files in a release directory as the next build would: their contents, if new, and sizes."""

    def make(files: Mapping[str, bytes], release: str = "build", *, level: int = 9, cache: bool = True) -> Made:
        settle()
        opened = Cache(str(tmp_path / "cache")) if cache else None
        places = places_of(tmp_path, files, release)
        copies = list(made_copies(wanted(files, {"gzip": level}), places, opened))
        if opened:
            opened.save()
        return {file: (bytes_or_none(copy.content), copy.size_bytes) for copy in copies for file in copy.files}

    return make


def bytes_or_none(content: bytes | OnDisk | None) -> bytes | None:
    assert not isinstance(content, OnDisk)
    return content


Made = dict[str, tuple[bytes | None, int]]
Make = Callable[..., Made]


def write(folder: Path, made: Made, release: str = "build") -> None:
    """Put the copies where they belong, as a build does."""
    write_tree(folder / release, {f"{name}.gz": content for name, (content, _) in made.items() if content})


def test_a_copy_holds_what_the_file_holds(gzipped: Make) -> None:
    content, size = gzipped({"a.css": TEXT})["a.css"]
    assert content is not None
    assert gzip.decompress(content) == TEXT
    assert size == len(content)


def test_incompressible_files_have_no_copy(gzipped: Make) -> None:
    assert gzipped({"a.css": NOISE}) == {"a.css": (None, 0)}


def test_each_content_is_compressed_once(gzipped: Make, compressions: Compressions) -> None:
    made = gzipped({"a.css": TEXT, "b/a.css": TEXT, "c.css": OTHER, "d.css": TEXT})
    assert compressions.texts == [TEXT, OTHER]
    assert made["a.css"] == made["b/a.css"] == made["d.css"] != made["c.css"]


def test_existing_copies_are_not_compressed_again(gzipped: Make, compressions: Compressions, tmp_path: Path) -> None:
    first = gzipped({"a.css": TEXT, "b.css": NOISE})
    write(tmp_path, first)
    _, size = first["a.css"]
    assert gzipped({"a.css": TEXT, "b.css": NOISE}) == {"a.css": (None, size), "b.css": (None, 0)}
    assert compressions.texts == [TEXT, NOISE]


def test_another_release_directory_gets_its_copies_from_the_cache(gzipped: Make, compressions: Compressions) -> None:
    first = gzipped({"a.css": TEXT, "b.css": NOISE})
    assert gzipped({"c.css": TEXT, "d.css": NOISE}, "other") == {"c.css": first["a.css"], "d.css": first["b.css"]}
    assert compressions.texts == [TEXT, NOISE]


def test_a_damaged_file_gets_its_copy_from_the_cache(gzipped: Make, compressions: Compressions, tmp_path: Path) -> None:
    first = gzipped({"a.css": TEXT, "b.css": TEXT})
    write(tmp_path, first)
    (tmp_path / "build/a.css.gz").write_bytes(b"damaged")
    assert gzipped({"a.css": TEXT, "b.css": TEXT}) == first
    assert compressions.texts == [TEXT]


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: b"\0" + content[1:]])
def test_a_damaged_copy_in_the_cache_is_made_again(
    gzipped: Make, compressions: Compressions, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    first = gzipped({"a.css": TEXT})
    (kept,) = (path for path in (tmp_path / "cache/content").rglob("*") if path.is_file())
    kept.write_bytes(damage(kept.read_bytes()))
    assert gzipped({"a.css": TEXT}) == first
    assert compressions.texts == [TEXT, TEXT]


@pytest.mark.parametrize("cache", [True, False], ids=["new cache", "no cache"])
def test_a_cache_that_knows_nothing_believes_what_lies_there(
    gzipped: Make, compressions: Compressions, tmp_path: Path, cache: bool
) -> None:
    made = gzipped({"a.css": TEXT}, cache=False)
    write(tmp_path, made)
    assert gzipped({"a.css": TEXT}, cache=cache) == made
    assert compressions.texts == [TEXT]


def test_a_cache_that_knows_nothing_believes_no_copy_of_something_else(gzipped: Make, tmp_path: Path) -> None:
    write_tree(tmp_path, {"build/a.css.gz": gzip.compress(OTHER)})
    content, _ = gzipped({"a.css": TEXT})["a.css"]
    assert content
    assert gzip.decompress(content) == TEXT


def test_another_level_makes_other_copies(gzipped: Make, compressions: Compressions, tmp_path: Path) -> None:
    """The existing copy would do, but a clean build would write another."""
    small = gzipped({"a.css": TEXT})
    write(tmp_path, small)
    fast = gzipped({"a.css": TEXT}, level=1)
    assert fast != small
    assert fast == gzipped({"a.css": TEXT}, "elsewhere", level=1, cache=False)
    write(tmp_path, fast)
    assert gzipped({"a.css": TEXT}) == small
    assert len(compressions.texts) == 3


def test_the_largest_are_compressed_first(tmp_path: Path, compressions: Compressions) -> None:
    files = {f"{number}.css": OTHER * number for number in (2, 9, 1, 5)}
    places = places_of(tmp_path, files)
    with ThreadPoolExecutor(1) as executor:
        copies = list(made_copies(wanted(files, {"gzip": 9}), places, None, executor))
    assert [copy.files for copy in copies] == [("9.css",), ("5.css",), ("2.css",), ("1.css",)]
    assert compressions.texts == [OTHER * 9, OTHER * 5, OTHER * 2, OTHER]


def test_threads_make_the_same_copies(tmp_path: Path) -> None:
    files = {f"{number}.css": OTHER * (number % 30) for number in range(60)}
    places, levels = places_of(tmp_path, files), {"gzip": 9, "br": 9}
    with ThreadPoolExecutor(4) as executor:
        cache = Cache(str(tmp_path / "cache"))
        parallel = list(made_copies(wanted(files, levels), places, cache, executor))
    assert parallel == list(made_copies(wanted(files, levels), places))
    largest = parallel[1]
    assert (largest.coding, largest.files) == ("br", ("29.css", "59.css"))
    assert isinstance(largest.content, bytes)
    assert brotli.decompress(largest.content) == OTHER * 29


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., bool]:
    """Build a project of texts, and return whether that succeeded."""
    files = {f"assets/{number}.txt": OTHER * number for number in range(1, 6)}
    write_tree(tmp_path, {"buildassets.toml": 'compress = ["gzip"]\n', **files})
    config = load_config(start=str(tmp_path))
    return lambda mode="production": build(config, mode=mode, cache=str(tmp_path / "cache")).succeeded


def test_no_build_compresses_what_another_has(
    site: Callable[..., bool], compressions: Compressions, tmp_path: Path
) -> None:
    assert site()
    assert site("development")
    assert site()
    shutil.rmtree(tmp_path / "build")
    assert site()
    assert compressions.texts == [OTHER * number for number in range(5, 0, -1)]


def test_an_interrupted_build_keeps_what_it_has_compressed(
    site: Callable[..., bool], compressions: Compressions
) -> None:
    compressions.interrupted_at = OTHER * 3
    with pytest.raises(KeyboardInterrupt):
        site()
    assert compressions.texts == [OTHER * 5, OTHER * 4]
    compressions.interrupted_at = None
    assert site()
    assert compressions.texts == [OTHER * number for number in range(5, 0, -1)]


@pytest.mark.parametrize(
    ("content", "is_copied"),
    [
        (random.Random(1).randbytes(1 << 18), False),
        (TEXT * 100 + random.Random(1).randbytes(1 << 18), True),
        (random.Random(1).randbytes(1 << 18) + TEXT * 100, True),
    ],
)
def test_a_file_whose_sample_does_not_shrink_is_not_compressed(
    content: bytes, is_copied: bool, gzipped: Make, compressions: Compressions
) -> None:
    _, size_bytes = gzipped({"a.glb": content})["a.glb"]
    assert (size_bytes > 0) is is_copied
    assert (content in compressions.texts) is is_copied


def test_source_maps_are_compressed_by_brotli_9_at_most(tmp_path: Path) -> None:
    text = Path(__file__).read_bytes()
    sizes = []
    for level in (9, 11):
        settings = f"compress = {{ br = {level} }}"
        files: Mapping[str, str | bytes] = {
            "buildassets.toml": settings,
            "assets/a.map": text,
            "assets/a.txt": text + b"#",
        }
        manifest = build(load_config(start=str(write_tree(tmp_path / str(level), files)))).manifest
        assert manifest is not None
        sizes.append([manifest.assets[name].encodings["br"] for name in ("a.map", "a.txt")])
    assert sizes[0][0] == sizes[1][0]
    assert sizes[0][1] > sizes[1][1]


def of_project(folder: Path, project: str, machine: Path | None, files: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """The copies that a build of a project without a cache of earlier builds makes."""
    cache = Cache(str(folder / project / "cache"))
    places = places_of(folder / project, files)
    copies = made_copies(wanted(files, {"gzip": 9}), places, cache, shared=str(machine) if machine else None)
    return {copy.files[0]: bytes_or_none(copy.content) for copy in copies}


def test_other_projects_of_a_user_take_over_copies(tmp_path: Path, compressions: Compressions) -> None:
    files = {"vendor/large.js": TEXT * 10, "small.css": OTHER}
    first = of_project(tmp_path, "a", tmp_path / "copies", files)
    assert of_project(tmp_path, "b", tmp_path / "copies", files) == first
    assert compressions.texts.count(TEXT * 10) == 1
    assert os.name == "nt" or (tmp_path / "copies").stat().st_mode & 0o77 == 0


def test_wrong_copy_that_a_user_shares_is_made_again(tmp_path: Path) -> None:
    files = {"large.js": TEXT * 10}
    shared = Cache(str(tmp_path / "copies"))
    wrong = gzip.compress(b"alert()", mtime=0)
    shared.step(f"copy gzip {digest(files['large.js'])}", f"9 {library('gzip')}", lambda: wrong, BYTES)
    shared.save()
    assert of_project(tmp_path, "a", tmp_path / "copies", files) == of_project(tmp_path, "b", None, files)


def test_shared_copies_in_a_folder_that_cannot_be_written_are_no_matter(tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("a file")
    files = {"large.js": TEXT * 10}
    assert of_project(tmp_path, "a", tmp_path / "copies", files) == of_project(tmp_path, "b", None, files)


@pytest.mark.parametrize(("variable", "is_shared"), [("copies", True), ("", False)])
def test_builds_share_copies_in_the_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, *, is_shared: bool
) -> None:
    monkeypatch.setenv("BUILDASSETS_COPIES_DIR", str(tmp_path / variable) if variable else "")
    write_tree(tmp_path / "site", {"assets/large.css": TEXT * 10})
    assert build(load_config(start=str(tmp_path / "site")), cache=str(tmp_path / "cache")).succeeded
    assert (tmp_path / "copies/content").is_dir() == is_shared
