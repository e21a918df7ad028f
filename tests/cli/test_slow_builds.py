"""A build that takes long names what took most of the time."""

from pathlib import Path

import pytest

from buildassets.cli.building.project_build import compression_notes
from buildassets.compiler.result import BuildResult
from tests.building import build, load_config
from tests.conftest import write_tree


def noted(folder: Path, settings: str, seconds: float, compressing: float) -> list[str]:
    config = load_config(start=str(write_tree(folder, {"buildassets.toml": settings, "assets/a.css": "a{}"})))
    written = ("assets/a.1.css", "assets/a.1.css.gz", "assets/a.1.css.br", "manifest.json")
    result = BuildResult(None, written, (), seconds={"write": 0.1, "compress": compressing})
    return list(compression_notes(result, config, seconds))


def test_compression_that_takes_most_of_the_time_is_named_with_what_makes_it_faster(tmp_path: Path) -> None:
    assert noted(tmp_path, "", 10, 8.1) == [
        "compressing 2 files: 8.1 s; with `br = 10` in `compress` half of that, with `br = 9` a seventh; "
        "`.br` is 2 and 11 % larger"
    ]
    assert noted(tmp_path, "compress = { gzip = 9, br = 9 }", 10, 8.1) == ["compressing 2 files: 8.1 s"]


@pytest.mark.parametrize(("seconds", "compressing"), [(1.9, 1.8), (10, 4.9)])
def test_a_short_build_and_one_that_did_other_work_have_no_note(
    seconds: float, compressing: float, tmp_path: Path
) -> None:
    assert noted(tmp_path, "", seconds, compressing) == []


def test_a_build_measures_how_long_it_compresses(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "", "assets/a.css": "a { color: red }\n" * 50})
    assert build(load_config(start=str(tmp_path))).seconds["compress"] > 0
