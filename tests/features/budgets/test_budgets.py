"""Assets that are larger than their budgets stop a build for production, and are reported with their parts."""

import gzip
import random
from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.foundation.diagnostics import Diagnostic
from tests.building import build, check, load_config
from tests.conftest import Tree, read_tree, write_tree


def noise(size_bytes: int, seed: int = 0) -> str:
    """A style sheet that hardly compresses."""
    digits = f"{random.Random(seed).getrandbits(4 * size_bytes):0{size_bytes}x}"
    return f'a {{ content: "{digits}" }}\n'


def site(folder: Path, settings: str, **sheets: str) -> Path:
    files: Tree = {f"assets/{name}.css": text for name, text in sheets.items()}
    return write_tree(folder, {"buildassets.toml": settings, **files})


def result_of_build(folder: Path, mode: Mode = "production", last: LastBuild | None = None) -> BuildResult:
    return build(load_config(start=str(folder)), mode=mode, last=last)


def faults(folder: Path) -> tuple[Diagnostic, ...]:
    """The diagnostics of a build, which are those of a check."""
    checked = check(load_config(start=str(folder))).diagnostics
    reported = result_of_build(folder).diagnostics
    assert checked == reported
    return reported


def test_an_asset_over_its_budget_is_an_error_at_the_line_that_sets_it(tmp_path: Path) -> None:
    site(tmp_path, '[budgets]\n"b.css" = "9 kB"\n"a.css" = 100\n', a=noise(1000), b="b { color: red }")
    (found,) = faults(tmp_path)
    size = len(gzip.compress((f'a{{content:"{noise(1000)[14:-4]}"}}').encode(), 9, mtime=0))
    assert found.code == "budget/exceeded"
    assert found.message == f"`a.css` is {size} B after gzip, {size - 100} B over its budget of 100 B"
    assert found.location is not None
    assert (found.location.file, found.location.line) == ("buildassets.toml", 3)


def test_an_asset_within_its_budget_is_none(tmp_path: Path) -> None:
    site(tmp_path, 'budgets = { "a.css" = "1 kB" }\n', a="a { color: red }" * 1000)
    assert faults(tmp_path) == ()


@pytest.mark.parametrize("compress", ["[]", '["br"]', '["gzip"]', "{ gzip = 1 }"])
def test_the_size_after_gzip_counts_whatever_copies_are_made(tmp_path: Path, compress: str) -> None:
    settings = f'compress = {compress}\n[budgets]\n"a.css" = 400\n"b.css" = 1600\n'
    site(tmp_path, settings, a=noise(1000), b="a { color: red }" * 1000 + noise(1000))
    assert [found.message.split()[0] for found in faults(tmp_path)] == ["`a.css`"]


def test_incompressible_files_count_uncompressed(tmp_path: Path) -> None:
    site(tmp_path, '[budgets]\n"a.png" = 999\n"b.png" = 1000\n')
    write_tree(tmp_path, {"assets/a.png": b"a" * 1000, "assets/b.png": b"a" * 1000})
    assert [found.message.split()[0] for found in faults(tmp_path)] == ["`a.png`"]


def test_a_glob_is_a_budget_for_each_asset_without_one(tmp_path: Path) -> None:
    settings = '[budgets]\n"*.css" = 300\n"b.css" = "1 kB"\n'
    site(tmp_path, settings, a=noise(1000), b=noise(1000, 1), c=noise(1000, 2))
    assert [found.message.split()[0] for found in faults(tmp_path)] == ["`a.css`", "`c.css`"]


def test_a_name_of_no_asset_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    site(tmp_path, '[budgets]\n"styel.css" = 300\n"img/*" = 300\n', style=noise(100))
    name, glob = faults(tmp_path)
    assert (glob.code, glob.message) == ("budget/unknown", "there is no asset `img/*`")
    assert name.hint == "did you mean `style.css`?"
    assert name.location is not None
    assert name.location.line == 2


def test_a_release_over_budget_is_not_written(tmp_path: Path) -> None:
    settings = '[budgets]\n"a.css" = 300\n'
    assert result_of_build(site(tmp_path, settings, a=noise(100))).succeeded
    before = read_tree(tmp_path / "build")
    assert not result_of_build(site(tmp_path, settings, a=noise(1000), b="b { color: tan }")).succeeded
    assert read_tree(tmp_path / "build") == before


def test_development_knows_no_budgets(tmp_path: Path) -> None:
    site(tmp_path, '[budgets]\n"a.css" = 1\n"gone.css" = 1\n', a=noise(100))
    assert result_of_build(tmp_path, "development").succeeded
    assert check(load_config(start=str(tmp_path)), mode="development").diagnostics == ()


def test_new_files_of_a_budget_are_reported(tmp_path: Path) -> None:
    settings = '[bundles]\n"all.css" = ["a.css", "n*.css"]\n[budgets]\n"all.css" = 300\n'
    assert result_of_build(site(tmp_path, settings, a=noise(100), n0=noise(10))).succeeded
    (found,) = faults(site(tmp_path, settings, n1=noise(500), n2=noise(600), n3=noise(700), n4=noise(800)))
    grown, new = found.notes
    assert grown.startswith("it has grown by ")
    assert new == ("new in it since the last release: `n4.css` (818 B), `n3.css` (718 B), `n2.css` (618 B) and 1 more")


def test_without_an_earlier_release_the_largest_files_are_reported(tmp_path: Path) -> None:
    settings = '[bundles]\n"all.css" = ["a.css", "b.css"]\n[budgets]\n"all.css" = 1\n'
    (found,) = faults(site(tmp_path, settings, a=noise(100), b=noise(500)))
    assert found.notes == ("the largest of the 2 files that it is made of: `b.css` (518 B), `a.css` (118 B)",)


def test_a_small_change_goes_over_a_budget_as_a_whole_build_does(tmp_path: Path) -> None:
    settings = 'compress = ["br"]\n[budgets]\n"*.css" = 300\n'
    first = result_of_build(site(tmp_path, settings, a=noise(100)))
    changed = {str(tmp_path / "assets/a.css")}
    known = {*first.inputs, *first.outputs}.difference(changed)
    last = LastBuild(changed, known, first.inputs, first.outputs, first.record, first.manifest_digest)
    result = result_of_build(site(tmp_path, settings, a=noise(1000)), last=last)
    assert [found.code for found in result.diagnostics] == ["budget/exceeded"]
