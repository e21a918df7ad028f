"""Relative imports between folders that count as one tree, as `collectstatic` merges those of Django's apps."""

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.engines.protocol import OF_PACKAGES, Compiled, EngineInput
from buildassets.compiler.engines.sass.dart import DartSassEngine
from buildassets.compiler.engines.sass.libsass import LibsassEngine
from buildassets.foundation.permission import BUILDING
from tests.conftest import Tree, write_tree

ENGINES = [partial(DartSassEngine, permission=BUILDING), LibsassEngine]
APPS: Tree = {
    "shop/shop/scss/_own.scss": ".own { top: 1px }",
    "shop/shop/scss/_near.scss": ".near-in-shop { top: 2px }",
    "core/shop/scss/_near.scss": ".near-in-core { top: 3px }",
    "core/shop/scss/_beside.scss": ".beside { top: 4px }",
    "core/shared/scss/_mix.scss": '@import "../../shop/scss/own"; .mix { top: 5px }',
    "core/shared/deep/_index.scss": ".index { top: 6px }",
    "brand/colours/_ink.scss": ".ink { top: 7px }",
    "vendor/shared/scss/_mix.scss": ".mix-of-a-load-path { top: 8px }",
}


def compiled(folder: Path, engine: Any, text: str) -> Compiled:
    write_tree(folder, {**APPS, "shop/shop/scss/app.scss": text})
    merged = [*((str(folder / name), "") for name in ("shop", "core")), (str(folder / "brand"), "brand")]
    path = str(folder / "shop/shop/scss/app.scss")
    with closing(engine([str(folder / "vendor/x/y")], str, merged=merged)) as used:
        result: Compiled = used.run(EngineInput(text, path, path))
    return result


def rules(text: str) -> Sequence[str]:
    return [line.partition(" ")[0] for line in text.splitlines() if line.startswith(".")]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../shared/scss/mix", [".own", ".mix"]),
        ("../../shared/scss/_mix.scss", [".own", ".mix"]),
        ("../../shared/deep", [".index"]),
        ("../../brand/colours/ink", [".ink"]),
        ("beside", [".beside"]),
        ("near", [".near-in-shop"]),
    ],
)
def test_an_import_finds_what_the_merged_folders_have(
    tmp_path: Path, engine: Any, name: str, expected: list[str]
) -> None:
    result = compiled(tmp_path, engine, f'@import "{name}";')
    assert (rules(result.text), [one for one in result.diagnostics if one.is_error]) == (expected, [])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_nearer_file_that_comes_is_among_the_absences(tmp_path: Path, engine: Any) -> None:
    result = compiled(tmp_path, engine, '@import "../../shared/scss/mix";')
    looked_for = {Path(path).relative_to(tmp_path).as_posix() for path in result.absences}
    assert looked_for & {"shop/shared", "shop/shared/scss", "shop/shared/scss/_mix.scss"}
    assert {Path(path).relative_to(tmp_path).as_posix() for path in result.inputs} >= {"core/shared/scss/_mix.scss"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_name_that_no_folder_has_is_an_error(tmp_path: Path, engine: Any) -> None:
    codes = [one.code for one in compiled(tmp_path, engine, '@import "../../shared/none";').diagnostics]
    assert "scss/import" in codes


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "name", ["~../outside/s", "~good/../../outside/s", "~good/../inside/s", "~{absolute}", "~", "~.", "~/good/s"]
)
def test_a_name_with_a_tilde_does_not_leave_the_packages(tmp_path: Path, engine: Any, name: str) -> None:
    sheets = ("outside/s.scss", "packages/good/s.scss", "packages/inside/s.scss", "packages/_index.scss")
    write_tree(tmp_path, {**dict.fromkeys(sheets, ".reached { top: 1px }"), "site/a/b/app.scss": ""})
    path, outside = str(tmp_path / "site/a/b/app.scss"), (tmp_path / "outside/s").as_posix()
    absolute = outside.partition(":")[2] or outside  # without a drive
    text = f'@import "{name.format(absolute=absolute)}";'
    with closing(engine([], str, merged=[(str(tmp_path / "packages"), OF_PACKAGES)])) as used:
        result: Compiled = used.run(EngineInput(text, path, path))
        found: Compiled = used.run(EngineInput('@import "~good/s";', path, path))
    (fault,) = [one for one in result.diagnostics if one.is_error]
    assert (fault.code, "reached" in result.text) == ("scss/import", False)
    assert fault.hint == "name a package and a sheet in it after `~`, or write the path from this sheet without `~`"
    assert rules(found.text) == [".reached"]
