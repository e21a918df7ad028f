"""Sheets that do not compile by themselves, and that sound sheets have in them, are not released."""

from pathlib import Path

import pytest

from buildassets.compiler.result import BuildResult
from buildassets.manifest.model import loads
from tests.command import built, run
from tests.conftest import Tree, write_tree

SASS: Tree = {
    "assets/css/app.scss": '$colour: red;\n@import "theme";\n',
    "assets/css/theme.scss": "a { color: $colour }\n",
}
TAILWIND: Tree = {
    "assets/css/app.css": '@import "tailwindcss";\n@import "./card.css";\n',
    "assets/css/card.css": ".card { @apply p-4; }\n",
}


def _codes(result: BuildResult) -> list[str]:
    return [found.code for found in result.diagnostics if found.code != "scss/deprecated"]


def _released(result: BuildResult) -> set[str]:
    return set(result.manifest.assets) if result.manifest else set()


def _listed(release: Path) -> set[str]:
    return set(loads((release / "manifest.json").read_bytes()).assets)


def test_sass_that_only_compiles_in_another_sheet_is_not_released(tmp_path: Path) -> None:
    result = built(tmp_path, SASS)
    assert _released(result) == {"css/app.css"}
    (found,) = (one for one in result.diagnostics if one.code == "source/part")
    assert found.message == "`assets/css/theme.scss` is not released: it compiles only as a part of other sheets"
    assert not found.is_error
    assert found.notes[0].startswith("by itself: undefined variable")
    assert found.hint == "rename it to `_theme.scss`, or list in `entries` what is released"
    assert found.location is not None
    assert (found.location.file, found.location.line) == ("assets/css/theme.scss", 1)


def test_several_such_sheets_are_one_warning(tmp_path: Path) -> None:
    parts = {f"assets/css/part{number}.scss": "a { color: $colour }\n" for number in range(29)}
    names = ", ".join(f'"part{number}"' for number in range(29))
    result = built(tmp_path, {"assets/css/app.scss": f"$colour: red;\n@import {names};\n", **parts})
    assert _codes(result) == ["source/part"]
    (found,) = (one for one in result.diagnostics if one.code == "source/part")
    assert found.message == "29 sheets are not released: they compile only as parts of other sheets"
    assert found.notes[0].endswith(" and 9 more")


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        ("", {"templates/page.html": "{{ stylesheet('css/theme.css') }}"}),
        ("", {"assets/css/other.css": '@import "theme.css";'}),
        ('entries = ["css/app.css", "css/theme.css"]\n', {}),
        ('[bundles]\n"all.css" = ["css/theme.scss"]\n', {}),
        ("", {"assets/css/app.scss": '$colour: red;\n@import "theme";\nb { c: $nothing }'}),
    ],
    ids=["template", "reference", "entry", "bundle", "no sound importer"],
)
def test_sheet_that_something_needs_by_itself_is_an_error(tmp_path: Path, settings: str, more: Tree) -> None:
    result = built(tmp_path, {**SASS, **more}, settings)
    assert result.manifest is None
    assert "scss/syntax" in _codes(result)
    assert "source/part" not in _codes(result)


@pytest.mark.parametrize(("site", "end", "part"), [(SASS, "scss", "theme"), (TAILWIND, "css", "card")])
@pytest.mark.parametrize("by", ["a template", "`entries`"])
def test_error_of_a_part_that_is_named_names_the_sheet_that_has_it(
    tmp_path: Path, site: Tree, end: str, part: str, by: str
) -> None:
    page: Tree = {"templates/page.html": f"{{{{ stylesheet('css/{part}.css') }}}}"} if by == "a template" else {}
    result = built(tmp_path, {**site, **page}, "" if page else f'entries = ["css/app.css", "css/{part}.css"]\n')
    (found,) = (one for one in result.diagnostics if one.is_error)
    assert found.notes[-1] == f"`assets/css/app.{end}` has it in it; {by} names it by itself"
    assert found.hint is not None
    assert found.hint.startswith("name `css/app.css` instead, or ")


def test_sheet_that_nothing_imports_is_an_error(tmp_path: Path) -> None:
    assert _codes(built(tmp_path, {"assets/css/theme.scss": "a { color: $colour }\n"})) == ["scss/syntax"]


def test_part_of_a_tailwind_sheet_is_not_released(tmp_path: Path) -> None:
    result = built(tmp_path, {**TAILWIND, "templates/page.html": "<p class='p-2'>"})
    assert (_released(result), _codes(result)) == ({"css/app.css"}, ["source/part"])
    (found,) = result.diagnostics
    assert found.hint == "list it in `exclude`, or list in `entries` what is released"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("assets/css/theme.scss", "a { color: blue }\n", {"css/app.css", "css/theme.css"}),
        ("assets/css/app.scss", "b { color: red }\n", None),
        ("templates/page.html", "{{ stylesheet('css/theme.css') }}", None),
    ],
    ids=["it compiles now", "nothing imports it now", "a template names it now"],
)
def test_build_after_an_edit_is_as_a_clean_one(tmp_path: Path, name: str, text: str, expected: set[str] | None) -> None:
    write_tree(tmp_path, {"buildassets.toml": "", **SASS, "templates/page.html": ""})
    for _ in range(2):
        assert run(tmp_path, "build").stderr.count("warning[source/part]") == 1
    write_tree(tmp_path, {name: text})
    done = run(tmp_path, "build")
    assert "source/part" not in done.stderr
    assert ("error[scss/syntax]" in done.stderr) == (expected is None)
    run(tmp_path, "build", "--no-cache", "-o", "clean")
    if expected is not None:
        assert _listed(tmp_path / "build") == _listed(tmp_path / "clean") == expected
