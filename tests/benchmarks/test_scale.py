"""Workspaces of many files, and what their measurement reports."""

from pathlib import Path

import pytest

from benchmarks.scale import STEPS, Measured, panels, table, write_report
from benchmarks.workspaces import SHEET, Size, edit_sheet, make_workspace
from tests.command import run
from tests.conftest import read_tree


def packages(folder: Path) -> Path:
    """A node_modules folder with some modules that import one another, and a picture."""
    for number in range(3):
        module = folder / f"lodash-es/m{number}.js"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(f"import './m{(number + 1) % 3}.js';\n")
    picture = folder / "@fortawesome/fontawesome-free/svgs/solid/a.svg"
    picture.parent.mkdir(parents=True)
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return folder


def measured(step: str = "cold", files: int = 2000) -> Measured:
    return Measured(files, step, 2.0, 4.0, 50_000_000, 70_000_000, 99, 1)


def test_a_workspace_is_the_same_each_time(tmp_path: Path) -> None:
    given = packages(tmp_path / "packages")
    for name in ("one", "two"):
        make_workspace(given, tmp_path / name, Size(8, 2), tmp_path / "remote")
    assert read_tree(tmp_path / "one") == read_tree(tmp_path / "two")


def test_a_workspace_has_as_many_files_and_projects_as_asked_for(tmp_path: Path) -> None:
    make_workspace(packages(tmp_path / "packages"), tmp_path / "made", Size(8, 2), tmp_path / "remote")
    files = [path for path in (tmp_path / "made/sites").glob("*/assets/**/*") if path.is_file()]
    assert len(files) == 8
    assert {path.relative_to(tmp_path / "made/sites").parts[0] for path in files} == {"site001", "site002"}


def test_no_two_projects_have_a_file_in_common(tmp_path: Path) -> None:
    make_workspace(packages(tmp_path / "packages"), tmp_path / "made", Size(8, 2), tmp_path / "remote")
    contents = [path.read_bytes() for path in (tmp_path / "made/sites").glob("*/assets/**/*") if path.is_file()]
    assert len(set(contents)) == len(contents)


def test_too_few_published_files_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only 4 files"):
        make_workspace(packages(tmp_path / "packages"), tmp_path / "made", Size(100, 2), tmp_path / "remote")


def test_an_empty_clone_takes_all_from_the_remote_cache(tmp_path: Path) -> None:
    given = packages(tmp_path / "packages")
    for name in ("here", "there"):
        make_workspace(given, tmp_path / name, Size(8, 2), tmp_path / "remote")
    assert run(tmp_path / "here", "build", "--workspace", "--cache-write").returncode == 0
    done = run(tmp_path / "there", "build", "--workspace", "--json")
    assert '"misses": 0' in done.stdout
    assert '"hits": 0' not in done.stdout
    for site in ("site001", "site002"):
        assert read_tree(tmp_path / f"here/sites/{site}/build") == read_tree(tmp_path / f"there/sites/{site}/build")


def test_an_edit_reaches_one_project(tmp_path: Path) -> None:
    make_workspace(packages(tmp_path / "packages"), tmp_path / "made", Size(8, 2), tmp_path / "remote")
    before = (tmp_path / "made" / SHEET).read_text()
    edit_sheet(tmp_path / "made", 1)
    assert (tmp_path / "made" / SHEET).read_text() == before + ".edit1 { color: red }\n"


def test_the_table_has_the_cost_of_a_file_and_the_hits() -> None:
    (line,) = [line for line in table([measured("remote")]).splitlines() if line.startswith("| 2,000 |")]
    assert line == f"| 2,000 | {STEPS['remote']} | 2.0 | 4.0 | 2.00 | 50 MB | 70 MB | 99.0 % |"


def test_the_picture_has_a_bar_for_each_size() -> None:
    (cold, memory) = panels([measured(), measured(files=20_000)])
    assert [bar.text for bar in cold.bars] == ["2.00 ms", "0.20 ms"]
    assert [bar.text for bar in memory.bars] == ["70 MB", "70 MB"]


def test_text_around_the_table_is_kept(tmp_path: Path) -> None:
    (tmp_path / "scale.md").write_text("before\n<!-- measured -->\noutdated\n<!-- /measured -->\nafter\n")
    write_report([measured()], tmp_path)
    text = (tmp_path / "scale.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("<!-- /measured -->\nafter\n")
    assert "outdated" not in text
    assert "<svg" in (tmp_path / "scale.svg").read_text()
