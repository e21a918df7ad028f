"""Verifying finds each byte of a release that differs."""

import random
import shutil
from pathlib import Path

import pytest

from buildassets.release.archive.read import Form
from buildassets.release.archive.write import pack_folder
from tests.conftest import read_tree
from tests.release.conftest import TINY, build_release
from tests.release.verify.test_verify import flipped, is_whole

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest release that has everything to verify."""
    return build_release(tmp_path_factory.mktemp("tiny"), TINY)


def test_each_flipped_byte_of_a_release_is_found(tiny: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "build"))
    for name, content in read_tree(folder).items():
        for place in range(len(content)):
            (folder / name).write_bytes(flipped(content, place))
            assert not is_whole(folder), (name, place)
        (folder / name).write_bytes(content)
    assert is_whole(folder)


def test_each_flipped_byte_of_an_archive_is_found(tiny: Path, tmp_path: Path, form: Form) -> None:
    archive = tmp_path / "a"
    pack_folder(str(tiny), "build", str(archive), form)
    content = archive.read_bytes()
    for place in range(len(content)):
        archive.write_bytes(flipped(content, place))
        assert not is_whole(archive), place
    archive.write_bytes(content)
    assert is_whole(archive)


def test_some_flipped_bytes_of_a_large_release_are_found(tmp_path: Path, form: Form) -> None:
    seeded = random.Random(form)
    large = {f"assets/{number % 7}/{number}.txt": f"{number}\n" * seeded.randrange(9000) for number in range(200)}
    folder = build_release(tmp_path, {"buildassets.toml": 'compress = { gzip = 1 }\nintegrity = "none"\n', **large})
    archive = tmp_path / "a"
    pack_folder(str(folder), "build", str(archive), form)
    for path in [archive, *seeded.sample([path for path in folder.rglob("*") if path.is_file()], 5)]:
        content = path.read_bytes()
        for place in seeded.sample(range(len(content)), min(len(content), 4)):
            path.write_bytes(flipped(content, place))
            assert not is_whole(archive if path == archive else folder), (path, place)
        path.write_bytes(content)
    assert is_whole(folder)
