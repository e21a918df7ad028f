"""Released projects, and an S3 server to publish them to."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.release.publish import destination
from tests.command import run
from tests.conftest import Tree, write_tree
from tests.release.s3 import S3, s3_server

SITE: Tree = {
    "assets/css/app.css": "a { background: url(../img/a.svg); color: #123456; margin: 0 }\n" * 20,
    "assets/img/a.svg": "<svg/>",
    **{f"assets/js/{number}.js": f"console.log({number})\n" * 200 for number in range(20)},
}


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, where a user's storage may need seconds to recover."""
    monkeypatch.setattr(destination, "_PAUSES_S", (0.01, 0.03))


def released(folder: Path, settings: str) -> Path:
    """A project in `folder`, and its release."""
    write_tree(folder, {**SITE, "buildassets.toml": settings})
    assert run(folder, "build", "-q").returncode == 0
    return folder


@pytest.fixture(scope="session")
def released_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(tmp_path_factory.mktemp("released"), "")


@pytest.fixture(scope="session")
def released_with_maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(tmp_path_factory.mktemp("hiding"), 'source_maps = "hidden"\n')


@pytest.fixture
def site(released_site: Path, tmp_path: Path) -> Path:
    """A project with a release."""
    return shutil.copytree(released_site, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def prefix(tmp_path: Path) -> str:
    """The folder of this test in the bucket."""
    return tmp_path.name


@pytest.fixture
def hiding(released_with_maps: Path, tmp_path: Path) -> Path:
    """A project with a release and hidden source maps."""
    return shutil.copytree(released_with_maps, tmp_path, dirs_exist_ok=True)
