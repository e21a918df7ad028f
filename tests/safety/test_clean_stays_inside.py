"""`clean` removes what builds wrote in the project's own folders, wherever links in the project lead."""

import os
from pathlib import Path

import pytest

from tests.command import SITE, release_site, run
from tests.conftest import read_tree, write_tree

_OLD = (0, 0)
_DATES = [f"builds/202401{day:02}" for day in range(1, 31)]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return release_site(tmp_path / "site")


@pytest.mark.parametrize("options", [(), ("--all",), ("--all", "--dry-run")], ids=" ".join)
@pytest.mark.parametrize(
    ("link", "output"), [("build", "build"), (".buildassets", "build"), ("public", "public/build")]
)
def test_link_in_place_of_a_folder_of_the_project_is_refused(
    site: Path, options: tuple[str, ...], link: str, output: str
) -> None:
    release_site(site, {**SITE, "buildassets.toml": f'output = "{output}"\n'})
    outside = site.parent / "outside"
    (site / link).rename(outside)
    (site / link).symlink_to(outside)
    for path in outside.rglob("*"):
        os.utime(path, _OLD)
    before = read_tree(outside)
    done = run(site, "clean", *options)
    assert done.returncode == 2, done.stderr
    assert "clean/foreign" in done.stderr
    assert f"`{link}` is a symbolic link" in done.stderr
    assert read_tree(outside) == before


def test_link_that_an_option_names_is_cleaned(site: Path) -> None:
    for name, target in (("build", "release"), (".buildassets", "cache")):
        (site / name).rename(site.parent / target)
        (site / name).symlink_to(site.parent / target)
    done = run(site, "clean", "--all", "--output", "build", BUILDASSETS_CACHE_DIR=".buildassets")
    assert done.returncode == 0, done.stderr
    assert not read_tree(site.parent / "release")
    assert [*read_tree(site.parent / "cache")] == [".gitignore"]


def test_files_that_no_build_names_stay_in_a_cache(site: Path) -> None:
    foreign = {
        "builds/notes.txt": "1",
        "measures/thesis.tex": "2",
        "content/photo.jpg": "3",
        "content/ab/cd/e.txt": "4",
    }
    many = {f"{folder}/{number}.txt": "" for folder in ("builds", "measures") for number in range(30)}
    cache = write_tree(site / ".buildassets", {**foreign, **many})
    for name in (*foreign, *many):
        os.utime(cache / name, _OLD)
    assert run(site, "clean").returncode == 0
    assert foreign.keys() | many.keys() <= read_tree(cache).keys()


@pytest.mark.parametrize("options", [(), ("--all",)], ids=" ".join)
def test_folder_with_files_named_by_dates_is_not_a_cache(site: Path, options: tuple[str, ...]) -> None:
    other = write_tree(site / "other", dict.fromkeys(_DATES, "a diary"))
    assert "removed nothing" in run(site, "clean", "--cache-dir", "other", "-o", "nowhere", *options).stderr
    assert read_tree(other).keys() == set(_DATES)


def test_folder_whose_name_only_begins_like_an_unfinished_one_stays(site: Path) -> None:
    write_tree(site, {"build/.new-design/logo.txt": "mine"})
    for verb in ("build", "clean"):
        (site / "assets/css/app.css").write_text(f"a {{ color: red }} /* {verb} */\n")
        assert run(site, verb).returncode == 0
    assert (site / "build/.new-design/logo.txt").read_text() == "mine"
