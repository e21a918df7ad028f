"""`unpack` without `-o` writes into the project's own folder, wherever a link in its place leads."""

from pathlib import Path

import pytest

from tests.command import SITE, release_site, run
from tests.conftest import read_tree, write_tree


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with an archive of a release, and without that release."""
    site = write_tree(tmp_path / "site", {**SITE, "buildassets.toml": 'output = "public/build"\n'})
    release_site(tmp_path / "other")
    assert run(tmp_path / "other", "pack", "-o", "../site/release.tar").returncode == 0
    return site


@pytest.mark.parametrize("is_dangling", [True, False])
@pytest.mark.parametrize("link", ["public", "public/build"])
@pytest.mark.parametrize("options", [(), ("--replace",)], ids=" ".join)
def test_link_in_place_of_the_release_folder_is_refused(
    site: Path, options: tuple[str, ...], link: str, is_dangling: bool
) -> None:
    outside = site.parent / "outside"
    if not is_dangling:
        outside.mkdir()
    (site / link).parent.mkdir(exist_ok=True)
    (site / link).symlink_to(outside)
    before = read_tree(site.parent)
    done = run(site, "unpack", "release.tar", *options)
    assert done.returncode == 1
    assert f"error[unpack/foreign]: `{link}` is a symbolic link, and not followed" in done.stderr
    assert read_tree(site.parent) == before
    assert outside.exists() is not is_dangling


def test_link_that_the_option_names_is_followed(site: Path) -> None:
    (site / "public").symlink_to(site.parent / "outside")
    done = run(site, "unpack", "release.tar", "-o", "public/build")
    assert done.returncode == 0, done.stderr
    assert (site.parent / "outside/build/manifest.json").exists()
