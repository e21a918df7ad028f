"""A deprecation in a file that several sheets load is one warning, as it is mended in one place."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from buildassets.foundation.diagnostics import Diagnostic
from tests.building import build, check, load_config, only_error
from tests.command import built
from tests.conftest import Tree, settle, write_tree

VENDORED = 'sources = [{ path = "assets", vendored = true }]\n'
DART = 'compress = []\nengines = { scss = "dart-sass" }\n'
DIVISION = "a { width: (1/3) }\n"
USE = '@use "old";\n'
SITE: Tree = {"assets/_old.scss": DIVISION, "assets/a.scss": USE, "assets/b.scss": USE, "assets/c.scss": f"\n{USE}"}


def deprecations(folder: Path, files: Tree, settings: str = DART) -> list[Diagnostic]:
    return [one for one in built(folder, files, settings).diagnostics if one.code == "scss/deprecated"]


def places(found: list[Diagnostic]) -> list[tuple[str, int]]:
    return [(one.location.file, one.location.line) for one in found if one.location]


def test_a_deprecation_that_several_sheets_load_is_one_warning(tmp_path: Path) -> None:
    (found,) = deprecations(tmp_path, SITE)
    assert places([found]) == [("assets/_old.scss", 1)]
    assert found.notes[1:] == ("reached from `assets/a.scss:1:1`", "and in 2 other sheets")


def test_one_that_a_single_sheet_loads_has_no_such_note(tmp_path: Path) -> None:
    (found,) = deprecations(tmp_path, {"assets/_old.scss": DIVISION, "assets/a.scss": USE})
    assert found.notes[-1] == "reached from `assets/a.scss:1:1`"


def test_each_place_has_its_own_warning(tmp_path: Path) -> None:
    assert places(deprecations(tmp_path, {"assets/a.scss": DIVISION, "assets/b.scss": DIVISION})) == [
        ("assets/a.scss", 1),
        ("assets/b.scss", 1),
    ]


def test_further_places_in_any_of_the_sheets_are_noted(tmp_path: Path) -> None:
    (found,) = deprecations(tmp_path, {**SITE, "assets/c.scss": USE + DIVISION})
    assert found.notes[1:] == (
        "reached from `assets/a.scss:1:1`",
        "and in other places",
        "and in 2 other sheets",
    )


@pytest.mark.parametrize("code", ["directive/ignored", "css/syntax", "reference/unmapped"])
def test_the_first_of_gathered_warnings_is_the_same_with_a_cache(tmp_path: Path, code: str) -> None:
    text = "//= require c\nimport 'lost';\n"
    files = {f"assets/{name}.js": text for name in "abc"} | {f"assets/{name}.css": "a {} }\n" for name in "abc"}
    config = load_config(start=str(write_tree(tmp_path, {"buildassets.toml": VENDORED, **files})))
    named = []
    for name in "ab":
        settle()
        with ThreadPoolExecutor(2) as executor:
            result = build(config, executor=executor, bytes_per_worker=1, cache=str(tmp_path / ".cache"))
        named += [one for one in result.diagnostics if one.code == code]
        write_tree(tmp_path, {f"assets/{name}.js": f"{text}\n", f"assets/{name}.css": "a {} }\n\n"})
    first, second = named
    assert first == second
    assert first.location is not None
    assert first.location.file.startswith("assets/a.")


@pytest.mark.parametrize("more", ['[bundles]\n"all.css" = ["a.css", "b.css", "c.css"]', "inline_imports = true"])
def test_a_sheet_that_is_released_twice_counts_once(tmp_path: Path, more: str) -> None:
    (found,) = deprecations(tmp_path, {**SITE, "assets/d.css": '@import "a.css";'}, f"{DART}{more}")
    assert found.notes[-1] == "and in 2 other sheets"


def test_a_warning_of_the_author_is_shown_for_each_sheet(tmp_path: Path) -> None:
    """Who includes it has to mend it, which the way to its place shows."""
    result = built(tmp_path, {**SITE, "assets/_old.scss": '@warn "careful";'}, DART)
    assert [(one.code, one.notes) for one in result.diagnostics] == [
        ("scss/warn", ("reached from `assets/a.scss:1:1`",)),
        ("scss/warn", ("reached from `assets/b.scss:1:1`",)),
        ("scss/warn", ("reached from `assets/c.scss:2:1`",)),
    ]


def test_check_reports_it_as_a_build_does(tmp_path: Path) -> None:
    found = deprecations(tmp_path, SITE)
    assert list(check(load_config(start=str(tmp_path))).diagnostics) == found


PACKAGE: Tree = {
    "node_modules/grid/_grid.scss": "".join(f"a {{ width: ({number}/3) }}\n" for number in range(1, 9)),
    "assets/a.scss": '@use "grid/grid";\n' + DIVISION,
}
LOADS = f'load_paths = ["node_modules"]\n{DART}'


def test_deprecation_in_a_package_has_its_own_code_and_hides_none_of_the_project(tmp_path: Path) -> None:
    result = built(tmp_path, PACKAGE, LOADS)
    assert [(one.code, one.location and one.location.file) for one in result.diagnostics] == [
        ("scss/deprecated", "assets/a.scss"),
        ("scss/package-deprecated", "node_modules/grid/_grid.scss"),
    ]


@pytest.mark.parametrize(
    ("folder", "settings", "expected"),
    [
        ("parts", 'load_paths = ["parts"]\n', "scss/package-deprecated"),
        ("assets/parts", 'load_paths = ["assets/parts"]\n', "scss/deprecated"),
        ("parts", 'sources = ["assets", { path = "parts", vendored = true }]\n', "scss/package-deprecated"),
        ("parts", 'sources = ["assets", "parts"]\n', "scss/deprecated"),
    ],
)
def test_load_paths_and_third_party_roots_are_packages(
    tmp_path: Path, folder: str, settings: str, expected: str
) -> None:
    name = "old" if "load_paths" in settings else "../parts/old"
    files: Tree = {f"{folder}/_old.scss": DIVISION, "assets/a.scss": f'@use "{name}";\n'}
    result = built(tmp_path, files, settings + DART)
    assert [one.code for one in result.diagnostics] == [expected]


@pytest.mark.parametrize(
    ("file", "text", "root", "excluded"),
    [
        ("theirs/b.js", "f({;\n", '{ path = "theirs", vendored = true }', "./b.js"),
        ("theirs/b.js", "f({;\n", '{ path = "theirs", vendored = true, prefix = "x" }', "x/b.js"),
        ("theirs/b.css", b"a { b: \xff }", '{ path = "theirs", vendored = true, prefix = "x" }', "x/b.css"),
        ("assets/vendor/b.js", "f({;\n", "", "vendor/b.js"),
        ("assets/vendor/b.scss", "a { color: $gone }", "", "vendor/b.css"),
    ],
)
def test_error_in_a_vendored_file_has_a_hint_to_leave_it_out(
    tmp_path: Path, file: str, text: str | bytes, root: str, excluded: str
) -> None:
    settings = f'missing = "ignore"\nsources = ["assets", {root}]\n'
    result = built(tmp_path, {"assets/a.js": f'import "./{excluded}";', file: text}, settings)
    (fault,) = (one for one in result.diagnostics if one.is_error)
    assert fault.hint is not None
    assert fault.hint.startswith(f'leave it out with `exclude = ["{excluded}"]` if nothing needs it')
    assert built(tmp_path, {}, f'{settings}exclude = ["{excluded}"]\n').succeeded


def test_error_in_a_file_of_the_project_keeps_its_hint(tmp_path: Path) -> None:
    assert only_error(built(tmp_path, {"assets/a.js": "f({;\n"})).hint == "close it with `}`"


def test_missing_reference_of_a_vendored_file_has_a_hint_that_helps(tmp_path: Path) -> None:
    files: Tree = {"assets/vendor/a.css": "a { background: url(gone.png) }"}
    fault = only_error(built(tmp_path, files))
    assert fault.hint == 'add the file, or leave the reference of this package alone with `external = ["gone.png"]`'
    assert built(tmp_path, files, 'external = ["gone.png"]\n').succeeded
