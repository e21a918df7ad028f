import json
from pathlib import Path

import pytest

from tests.command import SITE, release_site, run
from tests.conftest import read_tree, write_tree

OLD = "build/assets/css/app.0123456789ab.css"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with a release, and a file of an earlier one."""
    release_site(tmp_path, SITE)
    return write_tree(tmp_path, {OLD: "a { color: tan }"})


def test_clean_sums_up_what_it_removed(site: Path) -> None:
    done = run(site, "clean")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "removed 1 file (16 B)\n")
    assert not (site / OLD).exists()


def test_clean_reports_that_nothing_is_left_to_remove(site: Path) -> None:
    run(site, "clean")
    assert run(site, "clean").stderr == "removed nothing\n"


def test_clean_names_each_file_on_request(site: Path) -> None:
    assert run(site, "clean", "-v").stderr.startswith(f"removed {OLD}\n")


def test_clean_as_json(site: Path) -> None:
    document = json.loads(run(site, "clean", "--json").stdout)
    assert document == {"ok": True, "removed": [OLD], "size": 16, "dry_run": False, "diagnostics": []}


def test_dry_run_removes_nothing(site: Path) -> None:
    before = read_tree(site)
    done = run(site, "clean", "--all", "--dry-run", "-v")
    assert f"would remove {OLD}\n" in done.stderr
    assert read_tree(site) == before


def test_clean_all_leaves_the_sources(site: Path) -> None:
    assert run(site, "clean", "--all", "-q").stderr == ""
    assert sorted(read_tree(site)) == [".buildassets/.gitignore", *sorted(SITE)]


def test_wrong_cache_folder_is_reported_before_anything_is_removed(site: Path) -> None:
    before = read_tree(site)
    done = run(site, "clean", "--all", "--cache-dir", "assets")
    assert done.returncode == 2
    assert "error[clean/foreign]: `assets` does not hold a build cache" in done.stderr
    assert read_tree(site) == before
