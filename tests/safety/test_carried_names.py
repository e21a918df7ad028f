"""The server of an earlier release gives no name that means something to a web server or to the runtime."""

from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.manifest.model import Manifest, dumps, loads
from tests.command import run
from tests.conftest import read_tree, write_tree


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with a release in `one`; its script is another now."""
    write_tree(tmp_path, {"assets/app.js": "call(1)\n"})
    assert run(tmp_path, "build", "-q", "-o", "one").returncode == 0
    return write_tree(tmp_path, {"assets/app.js": "call(2)\n"})


def plant(folder: Path, path: str, file: str) -> None:
    """Give the asset of a release, with its file, another name."""
    manifest: Manifest = loads((folder / "manifest.json").read_text())
    (entry,) = manifest.assets.values()
    target = folder / "assets" / file
    target.parent.mkdir(parents=True, exist_ok=True)
    (folder / "assets" / entry.file).rename(target)
    (folder / "manifest.json").write_text(dumps(replace(manifest, assets={path: replace(entry, file=file)})))


@pytest.mark.parametrize(
    "file", [".htaccess", "livereload.json", "release.json", ".git/a.0123456789ab.js", "a/.user.ini"]
)
def test_planted_name_stops_the_build(site: Path, file: str) -> None:
    plant(site / "one", file, file)
    done = run(site, "build", "--carry-from", "one")
    assert done.returncode == 1
    assert f"`{file}` is the name of no file that a build makes" in done.stderr
    assert f"build/assets/{file}" not in read_tree(site)


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("a.js", "a.0123456789ab.js"),
        ("robots.txt", "robots.txt"),
        ("b", ".well-known/b.0123456789ab"),
        ("x.js", "x-DiwrgTda.js"),
    ],
)
def test_name_of_a_release_is_carried(site: Path, path: str, file: str) -> None:
    plant(site / "one", path, file)
    done = run(site, "build", "--carry-from", "one")
    assert done.returncode == 0, done.stderr
    assert f"build/assets/{file}" in read_tree(site)
