"""Sheets that are put into those that import them, through the whole build."""

import json
import re
from pathlib import Path

import pytest

from buildassets.compiler.result import BuildResult
from tests.building import build, codes, load_config, only, printed, released
from tests.command import built
from tests.conftest import Tree, write_tree

PLAIN = "minify = false\ncompress = []\ninline_imports = true\n"


def inlined_build(folder: Path, files: Tree, settings: str = "") -> BuildResult:
    return built(folder, files, PLAIN + settings)


def test_an_imported_sheet_takes_the_place_of_its_import(tmp_path: Path) -> None:
    files = {"assets/app.css": '@import "a.css";\nb { color: red }\n', "assets/a.css": "a { color: red }\n"}
    assert released(tmp_path, inlined_build(tmp_path, files), "app.css") == "a { color: red }\n\nb { color: red }\n"


def test_imports_stay_in_development(tmp_path: Path) -> None:
    files: Tree = {"buildassets.toml": PLAIN, "assets/app.css": '@import "a.css";', "assets/a.css": "a {}"}
    result = build(load_config(start=str(write_tree(tmp_path, files))), mode="development")
    assert released(tmp_path, result, "app.css").startswith('@import "a.')


def test_imports_stay_without_the_setting(tmp_path: Path) -> None:
    files: Tree = {"assets/app.css": '@import "a.css";', "assets/a.css": "a {}"}
    assert released(tmp_path, built(tmp_path, files, ""), "app.css").startswith('@import "a.')


def test_urls_and_fingerprints_follow_the_sheet(tmp_path: Path) -> None:
    files: Tree = {
        "assets/css/app.css": '@import "../lib/a.css";',
        "assets/lib/a.css": "a { background: url(x.png?y#z) }",
        "assets/lib/x.png": b"",
    }
    result = inlined_build(tmp_path, files)
    assert result.manifest is not None
    image = result.manifest.assets["lib/x.png"].file.removeprefix("lib/")
    assert released(tmp_path, result, "css/app.css") == f"a {{ background: url(../lib/{image}?y#z) }}\n"
    assert result.manifest.assets["css/app.css"].references == ("lib/x.png",)
    assert result.manifest.assets["css/app.css"].inputs == ("css/app.css", "lib/a.css")


def test_references_that_are_left_alone_lead_to_the_same_place(tmp_path: Path) -> None:
    files: Tree = {
        "assets/css/app.css": '@import "../lib/a.css";',
        "assets/lib/a.css": "a { background: url(uploads/x.png), url(#a), url(/b.png), url(https://x.test/c.png) }",
    }
    text = released(tmp_path, inlined_build(tmp_path, files, 'external = ["uploads/**"]\n'), "css/app.css")
    assert "url(../lib/uploads/x.png), url(#a), url(/b.png), url(https://x.test/c.png)" in text


def test_only_the_whole_is_released_with_entries(tmp_path: Path) -> None:
    files: Tree = {"assets/app.css": '@import "a.css";', "assets/a.css": "a {}"}
    result = inlined_build(tmp_path, files, 'entries = ["app.css"]\n')
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["app.css"]


def test_a_compiled_sheet_is_put_inline(tmp_path: Path) -> None:
    files: Tree = {"assets/app.scss": '@import url("a.css");', "assets/a.scss": "$c: red; a { b { color: $c } }"}
    assert "a b" in released(tmp_path, inlined_build(tmp_path, files), "app.css")


def test_an_import_of_another_host_stays_at_the_head(tmp_path: Path) -> None:
    files: Tree = {
        "assets/app.css": '@import "a.css" layer(x);\n@import "b.css";',
        "assets/a.css": "@import url(https://x.test/f.css) layer(y) print;\na { color: red }",
        "assets/b.css": "b { color: red }",
    }
    text = released(tmp_path, inlined_build(tmp_path, files), "app.css")
    assert text.startswith("@import url(https://x.test/f.css) layer(x.y) print;@layer x{\na { color: red }\n}")
    assert "b { color: red }" in text


@pytest.mark.parametrize("first", ["a", "b"])
def test_an_import_of_another_host_in_a_cycle_is_not_lost(tmp_path: Path, first: str) -> None:
    files: Tree = {
        "assets/app.css": f'@import "{first}.css"; @import "a.css"; @import "b.css"; p {{}}',
        "assets/a.css": '@import "b.css"; a {}',
        "assets/b.css": '@import "a.css"; @import "//x.test/f.css"; b {}',
    }
    result = inlined_build(tmp_path, files)
    assert result.manifest is not None
    texts = [released(tmp_path, result, path) for path in ("app.css", "a.css", "b.css")]
    assert all("x.test" in text or ".css" in text for text in texts)
    assert "x.test" in texts[2]
    assert texts[0].count("@import") == 3


def test_import_before_one_of_another_host_stays_an_import(tmp_path: Path) -> None:
    files: Tree = {
        "assets/app.css": '@import "a.css"; @import "//x.test/f.css"; @import "b.css";',
        "assets/a.css": "a { color: red }",
        "assets/b.css": "b { color: red }",
    }
    result = inlined_build(tmp_path, files)
    assert codes(result) == ["css/inline"]
    assert not only(result).is_error
    assert "b { color: red }" in released(tmp_path, result, "app.css")


@pytest.mark.parametrize("text", ['@namespace "x"; a {}', 'a {} @import "b.css";'])
def test_text_that_browsers_would_read_differently_is_an_error(tmp_path: Path, text: str) -> None:
    result = inlined_build(tmp_path, {"assets/app.css": '@import "a.css";', "assets/a.css": text, "assets/b.css": ""})
    errors = [one for one in result.diagnostics if one.is_error]
    assert [(one.code, one.location and one.location.file) for one in errors] == [("css/inline", "assets/a.css")]


@pytest.mark.parametrize("text", ['@namespace "x"; a {}', 'a {} @import "b.css";'])
def test_a_sheet_that_nothing_imports_may_have_both(tmp_path: Path, text: str) -> None:
    result = inlined_build(tmp_path, {"assets/a.css": text, "assets/b.css": ""})
    assert result.manifest is not None


def test_a_cycle_is_one_warning(tmp_path: Path) -> None:
    files: Tree = {
        "assets/a.css": '@import "b.css"; a { color: red }',
        "assets/b.css": '@import "c.css"; b { color: red }',
        "assets/c.css": '@import "a.css"; c { color: red }',
    }
    result = inlined_build(tmp_path, files)
    assert printed(result) == (
        "warning[css/cycle]: `a.css` imports itself in a cycle: `a.css` → `b.css` → `c.css` → `a.css`\n"
        "  --> assets/c.css:1:10\n   |\n"
        '1  | @import "a.css"; c { color: red }\n   |          ^^^^^\n\n'
        "hint: remove this `@import`: browsers ignore it"
    )
    text = released(tmp_path, result, "b.css")
    assert [line.strip()[:1] for line in text.split("\n") if line] == ["a", "c", "b"]


def test_twenty_layers_of_diamonds_stay_small(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"assets/20.css": "p { color: red }"}
    for number in range(20):
        files[f"assets/{number}.css"] = f'@import "{number + 1}.css";' * 2
    assert released(tmp_path, inlined_build(tmp_path, files), "0.css").count("color") == 1


def test_members_of_a_bundle_are_joined_with_their_imports(tmp_path: Path) -> None:
    files: Tree = {"assets/a.css": "a {}\n", "assets/b.css": '@import "c.css" screen;b {}\n', "assets/c.css": "c {}\n"}
    result = inlined_build(tmp_path, files, '[bundles]\n"site.css" = ["a.css", "b.css"]\n')
    assert released(tmp_path, result, "site.css") == "a {}\n@media screen{c {}\n}b {}\n"


BUNDLE_IMPORTED: Tree = {
    "assets/a.css": "a {}\n",
    "assets/b.css": '@import "lib.css" screen;b {}\n',
    "assets/c.css": "c {}\n",
    "assets/d.css": "d {}\n",
}
INLINES = pytest.mark.parametrize("inlines", ["", "inline_imports = true\n"])


@INLINES
def test_an_imported_bundle_is_put_inline_with_all_its_members(tmp_path: Path, inlines: str) -> None:
    bundles = '[bundles]\n"site.css" = ["a.css", "b.css"]\n"lib.css" = ["c.css", "d.css"]\n'
    result = built(tmp_path, BUNDLE_IMPORTED, f"minify = false\ncompress = []\n{inlines}{bundles}")
    assert printed(result) == ""
    assert released(tmp_path, result, "site.css") == "a {}\n@media screen{c {}\nd {}\n}b {}\n"
    assert released(tmp_path, result, "b.css").startswith("@media" if inlines else "@import")


@INLINES
def test_an_imported_sheet_is_put_inline_with_what_it_requires(tmp_path: Path, inlines: str) -> None:
    files: Tree = {
        **BUNDLE_IMPORTED,
        "assets/lib.css": "/*= require c */\nl {}\n",
        "assets/site.css": "/*\n *= require a\n *= require b\n */\n",
        "assets/c.css": "/*= require d */\nc {}\n",
    }
    result = built(tmp_path, files, f"minify = false\ncompress = []\ndirectives = true\n{inlines}")
    assert printed(result) == ""
    text = released(tmp_path, result, "site.css")
    assert re.findall(r"@media|\w(?= \{)", text) == ["a", "@media", "d", "c", "l", "b"]


@INLINES
def test_a_bundle_that_its_own_member_imports_is_an_error(tmp_path: Path, inlines: str) -> None:
    bundles = '[bundles]\n"lib.css" = ["a.css", "b.css"]\n'
    result = built(tmp_path, BUNDLE_IMPORTED, f"{inlines}{bundles}")
    assert [codes(result), only(result).message] == [
        ["css/cycle"],
        "`lib.css` is imported by a sheet that is joined into it",
    ]


@INLINES
@pytest.mark.parametrize("files", [{"assets/b.css": '@import "gone.css";'}, {"assets/lib.css": '@import "gone.css";'}])
def test_a_missing_file_that_a_member_imports_is_the_only_error(tmp_path: Path, inlines: str, files: Tree) -> None:
    bundles = '[bundles]\n"site.css" = ["a.css", "b.css"]\n'
    result = built(tmp_path, {**BUNDLE_IMPORTED, "assets/lib.css": "", **files}, f"{inlines}{bundles}")
    assert [codes(result), only(result).message] == [["reference/missing"], "cannot find `gone.css`"]


@INLINES
def test_a_missing_file_that_is_not_an_error_leaves_the_late_import_one(tmp_path: Path, inlines: str) -> None:
    files: Tree = {**BUNDLE_IMPORTED, "assets/b.css": '@import "gone.css";'}
    bundles = '[bundles]\n"site.css" = ["a.css", "b.css"]\n'
    assert codes(built(tmp_path, files, f'missing = "ignore"\n{inlines}{bundles}')) == ["bundle/import"]


def test_a_change_of_an_imported_sheet_changes_the_whole(tmp_path: Path) -> None:
    files: Tree = {"assets/app.css": '@import "a.css";', "assets/a.css": "a { color: red }"}
    before = inlined_build(tmp_path, files)
    after = inlined_build(tmp_path, {**files, "assets/a.css": "a { color: blue }"})
    assert before.manifest is not None
    assert after.manifest is not None
    assert before.manifest.assets["app.css"].file != after.manifest.assets["app.css"].file


def test_a_source_map_leads_to_each_sheet(tmp_path: Path) -> None:
    files: Tree = {"assets/app.css": '@import "a.css";\nb { color: red }', "assets/a.css": "a { color: red }"}
    result = inlined_build(tmp_path, files, "source_maps = true\n")
    document = json.loads(released(tmp_path, result, "app.css.map"))
    assert document["sources"] == ["a.css", "app.css"]


def test_the_setting_is_in_the_manifest(tmp_path: Path) -> None:
    result = inlined_build(tmp_path, {"assets/app.css": "a {}"})
    assert result.manifest is not None
    assert result.manifest.settings["inline_imports"] is True


def test_imports_that_are_nested_too_deep_stay_with_a_warning(tmp_path: Path) -> None:
    files: Tree = {
        **{f"assets/s{n:04}.css": f'@import "s{n + 1:04}.css";\n' for n in range(300)},
        "assets/s0300.css": "a { color: red }\n",
    }
    result = inlined_build(tmp_path, files, 'entries = ["s0000.css"]\n')
    assert released(tmp_path, result, "s0000.css").startswith('@import "s0001.')
    assert released(tmp_path, result, "s0100.css").strip() == "a { color: red }"
    message = "the imports of `s0000.css` stay: with all their imports they are nested more than 200 deep"
    assert (result.diagnostics[0].code, result.diagnostics[0].message) == ("css/inline", message)


def test_imports_that_double_at_each_level_stay_with_a_warning(tmp_path: Path) -> None:
    files: Tree = {
        **{f"assets/s{n}.css": f'@import "s{n + 1}.css" layer;\n@import "s{n + 1}.css" print;\n' for n in range(14)},
        "assets/s14.css": "a { color: red }\n",
    }
    result = inlined_build(tmp_path, files, 'entries = ["s0.css"]\n')
    assert released(tmp_path, result, "s0.css").startswith('@import "s1.')
    assert {one.code for one in result.diagnostics} == {"css/inline"}
    assert result.diagnostics[0].message.endswith("they are more than 5,000 sheets")
