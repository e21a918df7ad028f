"""Files are hashed in threads, where the native library is there and the processor has instructions for it."""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from buildassets.compiler.cache.hashed_ahead import HashedAhead
from buildassets.compiler.cache.stamps import Looks, stamps_of
from buildassets.disk.files import LARGE_BYTES
from tests.conftest import lexers_in_python, need_library, write_tree


def hashed(folder: Path, *names: str) -> Mapping[str, str]:
    """The digests of files of `folder`, by their names in it."""
    found = HashedAhead([f"{folder}/{name}" for name in names]).digests()
    return {path.removeprefix(f"{folder}/"): digest for path, digest in found.items()}


def looks_of(paths: list[Path]) -> Looks:
    names = list(map(str, paths))
    return Looks(names, stamps_of(names), 0)


def test_digests_are_those_of_hashlib(tmp_path: Path) -> None:
    need_library()
    sizes = (*range(130), 4095, 4096, 70_000, 1_000_003)
    files = {f"{size}.bin": bytes(number * number % 251 for number in range(size)) for size in sizes}
    write_tree(tmp_path, files)
    expected = {name: sha256(content).hexdigest() for name, content in files.items()}
    for _ in range(3):
        assert hashed(tmp_path, *files) in ({}, expected)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing is hashed ahead")
def test_only_small_regular_files_are_hashed(tmp_path: Path) -> None:
    need_library()
    write_tree(tmp_path, {"a": "a", "z \udcff": "z", "folder/b": ""})
    (tmp_path / "link").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    with open(tmp_path / "large", "wb") as large:
        large.truncate(LARGE_BYTES)
    names = ("a", "absent", "", "folder", "link", "pipe", "large", "x" * 300, "z \udcff")
    expected = {"a": sha256(b"a").hexdigest(), "z \udcff": sha256(b"z").hexdigest()}
    assert hashed(tmp_path, *names) in ({}, expected)


@pytest.mark.skipif(not os.path.exists("/proc/self/mountinfo"), reason="only Linux has such files")
def test_a_file_that_claims_to_be_empty_is_read_to_its_end() -> None:
    need_library()
    path = Path("/proc/self/mountinfo")
    assert hashed(path.parent, path.name) in ({}, {path.name: sha256(path.read_bytes()).hexdigest()})


def test_nothing_is_hashed_where_a_name_is_that_of_no_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "a"})
    assert hashed(tmp_path, "a", "\ud800") == {}


def test_nothing_is_hashed_without_the_library(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "a"})
    with lexers_in_python():
        assert hashed(tmp_path, "a") == {}


def test_digests_can_be_asked_for_again(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "a"})
    ahead = HashedAhead([str(tmp_path / "a")])
    assert ahead.digests() == ahead.digests()


def test_digests_need_not_be_read(tmp_path: Path) -> None:
    names = [f"{number}" for number in range(300)]
    write_tree(tmp_path, dict.fromkeys(names, "a" * 10_000))
    for _ in range(20):
        HashedAhead([f"{tmp_path}/{name}" for name in names])


@pytest.mark.parametrize(("sizes", "is_ahead"), [([1] * 99, False), ([1] * 100, True), ([3 << 20] * 2, True)])
def test_only_what_takes_long_is_hashed_ahead(tmp_path: Path, sizes: list[int], is_ahead: bool) -> None:
    paths = [tmp_path / f"{number}" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        path.write_bytes(bytes(size))
    looks = looks_of([*paths, tmp_path / "absent"])
    looks.hash_ahead(range(len(sizes)))
    assert (looks.hashed is not None) is is_ahead
    assert looks.first(1).hashed is looks.hashed
