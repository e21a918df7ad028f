"""Nothing is written or removed behind a link that takes the place of a folder while the program is at work there."""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from buildassets.compiler.cache.content_store import ContentStore
from buildassets.compiler.clean import clean_release
from buildassets.compiler.write.staging import Staging
from buildassets.disk.files import write_new
from buildassets.disk.folders import make_folders_below, remove_temporary
from buildassets.disk.removal import move, remove_empty_folder, remove_file
from buildassets.errors import BuildAssetsError
from buildassets.features.hidden_maps.write import write_maps
from buildassets.foundation.paths import LogicalPath
from buildassets.foundation.permission import BUILDING
from buildassets.manifest.model import Entry
from buildassets.packages.archive import unpack as unpack_package
from buildassets.release.archive.unpack import unpack
from buildassets.release.publish.destination import Destination, LocalStorage
from tests.command import release_site, run
from tests.conftest import read_tree, write_tree
from tests.packages.server import tarball
from tests.safety.swaps import TRIES, exchange, only_linux, swapped

pytestmark = only_linux

OUTSIDE: Final = {"kept": "1", "css/kept": "2", "css/a.css": "3", "a" * 62: "4"}
SAMPLES: Final = [one for one in map(str, range(100_000)) if hashlib.sha256(one.encode()).hexdigest()[:2] == "ab"]
Attempt = Callable[[Path, int], object]


def put(top: Path, number: int) -> None:
    write_new(waiting := str(top / f"waiting{number}"), b"x")
    staging = Staging(str(top), str(top))
    staging.is_first = False
    staging.paths = {"assets/css/a.css": waiting}
    staging.put(["assets/css/a.css"])


def publish(top: Path, number: int) -> None:
    _destination(top).write("assets/css/a.css", b"x", None)  # type: ignore[arg-type]  # a folder has no headers


def remove_published(top: Path, number: int) -> None:
    _destination(top).remove("assets/css/kept")


def _destination(top: Path) -> Destination:
    return Destination(LocalStorage(str(top), BUILDING), str(top), "file", sleep=lambda seconds: None)


ATTEMPTS: Final[dict[str, Attempt]] = {
    "put": put,
    "make": lambda top, number: make_folders_below(str(top), [f"assets/css/{number}/file"]),
    "remove": lambda top, number: remove_file(str(top), "assets/css/kept", permission=BUILDING),
    "remove folders": lambda top, number: remove_empty_folder(str(top), "assets/css/a", permission=BUILDING),
    "move into": lambda top, number: move(str(top), "other", "assets/css/a.css", replaces=True, permission=BUILDING),
    "move out of": lambda top, number: move(str(top), "assets/css/kept", f"{number}", permission=BUILDING),
    "publish": publish,
    "remove published": remove_published,
    "clean": lambda top, number: clean_release(str(top), str, permission=BUILDING),
    "remove temporary": lambda top, number: remove_temporary(str(top / "assets")),
}


@pytest.mark.parametrize("folder", ["assets", "assets/css"])
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_nothing_outside_changes_while_a_folder_is_swapped(tmp_path: Path, attempt: Attempt, folder: str) -> None:
    outside = write_tree(tmp_path / "outside", OUTSIDE)
    before = _listed(outside)
    top = release_site(tmp_path / "site", {"assets/css/a.css": "a{}"}) / "build"
    with swapped(top / folder, outside):
        for number in range(TRIES):
            with suppress(OSError, BuildAssetsError):
                attempt(top, number)
    assert _listed(outside) == before


@pytest.mark.parametrize("folder", ["assets", "assets/css"])
def test_nothing_outside_changes_while_a_folder_of_an_unpacked_release_is_swapped(tmp_path: Path, folder: str) -> None:
    outside = write_tree(tmp_path / "outside", OUTSIDE)
    before = _listed(outside)
    site = release_site(tmp_path / "site", {"assets/css/a.css": "a{}"})
    run(site, "pack", "-o", "a.tar")
    archive, build = str(site / "a.tar"), str(site / "build")
    with swapped(site / "build" / folder, outside):
        for _ in range(TRIES):
            with suppress(OSError, BuildAssetsError):
                unpack(archive, archive, build, build, replaces=True, permission=BUILDING)
    assert _listed(outside) == before


@pytest.mark.parametrize("folder", ["staging", "staging/a", "staging/a/css"])
def test_nothing_outside_changes_while_a_folder_of_an_unpacked_package_is_swapped(tmp_path: Path, folder: str) -> None:
    outside = write_tree(tmp_path / "outside", OUTSIDE | {"a/kept": "5"})
    before, modes = _listed(outside), [path.stat().st_mode for path in outside.rglob("*")]
    (tmp_path / "top/staging/a/css").mkdir(parents=True)
    with swapped(tmp_path / "top" / folder, outside):
        for number in range(TRIES):
            (tmp_path / "package.tgz").write_bytes(tarball({f"css/{number}.css": "6"}, 0o755))
            with suppress(OSError, BuildAssetsError):
                unpack_package(str(tmp_path / "package.tgz"), str(tmp_path / "top"), "staging/a", "a@1.0.0")
    assert (_listed(outside), [path.stat().st_mode for path in outside.rglob("*")]) == (before, modes)


@pytest.mark.parametrize("folder", ["content", "content/ab"])
def test_nothing_outside_changes_while_a_folder_of_a_cache_is_swapped(tmp_path: Path, folder: str) -> None:
    outside = write_tree(tmp_path / "outside", OUTSIDE)
    before = _listed(outside)
    (tmp_path / "cache/content/ab").mkdir(parents=True)
    with swapped(tmp_path / "cache" / folder, outside):
        for number in range(TRIES):
            with suppress(OSError):
                ContentStore(str(tmp_path / "cache/content")).put(SAMPLES[number % len(SAMPLES)].encode())
                ContentStore(str(tmp_path / "cache/content")).get("ab" + "a" * 62, 3)
    assert _listed(outside) == before


def test_folder_of_hidden_maps_that_is_swapped_takes_nothing_outside(tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "outside", OUTSIDE)
    before = _listed(outside)
    path = LogicalPath("css/a.css")
    entries = {str(path): Entry("css/a.css", "text/css", 1)}
    (tmp_path / "build.maps/css").mkdir(parents=True)
    with swapped(tmp_path / "build.maps/css", outside):
        for number in range(TRIES):
            with suppress(OSError):
                write_maps(str(tmp_path / "build"), {path: b"%d" % number}, entries)
    assert _listed(outside) == before


def test_temporary_folder_that_is_swapped_once_it_has_been_looked_at_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = write_tree(tmp_path / "outside", OUTSIDE)
    (tmp_path / "link").symlink_to(outside)
    (tmp_path / "temporary").mkdir()
    unlink, paths = os.unlink, [tmp_path / "temporary", tmp_path / "link"]

    def unlinked(path: str, **more: int) -> None:
        try:
            unlink(path, **more)
        finally:
            if paths:
                exchange(paths.pop(), paths.pop())

    monkeypatch.setattr(os, "unlink", unlinked)
    remove_temporary(str(tmp_path / "temporary"))
    assert read_tree(outside).keys() == OUTSIDE.keys()


def _listed(folder: Path) -> dict[str, bytes | None]:
    """What is below a folder; a file of an attempt that was written into a folder is there, too."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}
