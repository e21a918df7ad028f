"""Which parts of fonts are made, under which names, and how sheets and entries name them."""

from pathlib import Path

from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import render_text
from tests.building import build, load_config
from tests.conftest import Tree, write_tree
from tests.fonts import characters_of, font_file

_LATIN = 'unicode_range = ["U+41-5A"]'


def build_fonts(folder: Path, tree: Tree, rules: str, rest: str = "") -> BuildResult:
    write_tree(folder, {**tree, "buildassets.toml": f"{rest}\n[fonts]\n{rules}\n"})
    return build(load_config(start=str(folder)))


def names(result: BuildResult) -> list[str]:
    assert result.manifest is not None, [render_text(one) for one in result.diagnostics]
    return sorted(result.manifest.assets)


def reports(result: BuildResult) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in result.diagnostics]


def released(folder: Path, result: BuildResult, path: str) -> Path:
    assert result.manifest is not None, [render_text(one) for one in result.diagnostics]
    return folder / "build/assets" / result.manifest.assets[path].file


def test_a_converted_font_replaces_its_source(tmp_path: Path) -> None:
    tree: Tree = {"assets/fonts/a.ttf": font_file(), "assets/fonts/b.otf": font_file()}
    result = build_fonts(tmp_path, tree, f'"fonts/*.ttf" = {{ {_LATIN} }}')
    assert names(result) == ["fonts/a.woff2", "fonts/b.otf"]
    assert result.manifest is not None
    made = result.manifest.assets["fonts/a.woff2"]
    assert (made.type, made.inputs) == ("font/woff2", ("fonts/a.ttf",))
    assert characters_of(released(tmp_path, result, "fonts/a.woff2")) == {chr(code) for code in range(0x41, 0x5B)}


def test_a_woff2_is_replaced_by_its_part(tmp_path: Path) -> None:
    result = build_fonts(tmp_path, {"assets/a.woff2": font_file(flavor="woff2")}, f'"*" = {{ {_LATIN} }}')
    assert names(result) == ["a.woff2"]
    assert "a" not in characters_of(released(tmp_path, result, "a.woff2"))


def test_a_reference_may_name_the_font_or_what_is_made_of_it(tmp_path: Path) -> None:
    tree: Tree = {
        "assets/fonts/a.ttf": font_file(),
        "assets/css/a.css": "a { background: url(../fonts/a.ttf) }",
        "assets/css/b.css": "a { background: url(../fonts/a.woff2) }",
        "assets/page.html": '<link rel="preload" href="fonts/a.ttf" as="font">',
    }
    result = build_fonts(tmp_path, tree, f'"fonts/*" = {{ {_LATIN} }}')
    assert result.manifest is not None, reports(result)
    of_each = [result.manifest.assets[path].references for path in ("css/a.css", "css/b.css", "page.html")]
    assert of_each == [("fonts/a.woff2",)] * 3


def test_a_root_relative_reference_names_it_too(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.ttf": font_file(), "assets/a.css": "a { background: url(/static/a.ttf) }"}
    result = build_fonts(tmp_path, tree, f'"*" = {{ {_LATIN} }}', 'url_prefixes = ["/static/"]')
    assert result.manifest is not None, reports(result)
    assert result.manifest.assets["a.css"].references == ("a.woff2",)


def test_entries_may_name_the_font(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.ttf": font_file(), "assets/b.ttf": font_file(), "assets/c.ttf": font_file()}
    result = build_fonts(tmp_path, tree, f'"*" = {{ {_LATIN} }}', 'entries = ["a.ttf", "b.woff2"]')
    assert names(result) == ["a.woff2", "b.woff2"]


def test_all_formats_are_released_with_the_one_that_entries_reach(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.ttf": font_file(), "assets/a.css": "@font-face { font-family: A; src: url(a.ttf) }"}
    rule = f'"*" = {{ {_LATIN}, formats = ["woff2", "woff"] }}'
    result = build_fonts(tmp_path, tree, rule, 'entries = ["a.css"]')
    assert names(result) == ["a.css", "a.woff", "a.woff2"]
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].references == ("a.woff", "a.woff2")


def test_the_last_glob_that_matches_counts(tmp_path: Path) -> None:
    rules = '"*.ttf" = { unicode_range = ["U+41-43"] }\n"a.*" = { unicode_range = ["U+61-62"] }'
    result = build_fonts(tmp_path, {"assets/a.ttf": font_file()}, rules)
    assert characters_of(released(tmp_path, result, "a.woff2")) == {"a", "b"}


def test_the_text_of_templates_is_added_to_the_range(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.ttf": font_file(), "templates/page.html": "<h1>xyz {{ name }}</h1>"}
    result = build_fonts(tmp_path, tree, '"*" = { unicode_range = ["U+41-43"], text = "templates" }')
    assert characters_of(released(tmp_path, result, "a.woff2")) == set("ABCxyz ")


def test_with_text_only_the_text_of_templates_is_all(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.ttf": font_file(), "templates/page.html": "<h1>Grab</h1>{# not this #}"}
    result = build_fonts(tmp_path, tree, '"*" = { text_only = true }')
    assert characters_of(released(tmp_path, result, "a.woff2")) == set("Grab ")


def test_with_text_only_a_range_limits_the_text(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.ttf": font_file(), "templates/page.html": "<h1>Grab</h1>"}
    result = build_fonts(tmp_path, tree, '"*" = { text_only = true, unicode_range = ["U+41-5A"] }')
    assert characters_of(released(tmp_path, result, "a.woff2")) == {"G"}


def test_a_sheet_that_changes_the_case_of_letters_keeps_both(tmp_path: Path) -> None:
    tree: Tree = {
        "assets/a.ttf": font_file(),
        "assets/a.css": "h1 { text-transform: uppercase }",
        "templates/page.html": "<h1>Ab</h1>",
    }
    result = build_fonts(tmp_path, tree, '"*" = { text_only = true }')
    assert characters_of(released(tmp_path, result, "a.woff2")) == set("aAbB ")


def test_a_font_that_forbids_it_may_be_allowed_by_name(tmp_path: Path) -> None:
    tree: Tree = {"assets/f/a.ttf": font_file(fs_type=0x100), "assets/f/b.ttf": font_file(fs_type=0x100)}
    for number, name in enumerate(("a.ttf", "f/a.ttf", "a")):
        result = build_fonts(tmp_path / str(number), tree, f'"f/*" = {{ {_LATIN}, allow = ["{name}"] }}')
        assert reports(result) == [("font/forbidden", "`assets/f/b.ttf` forbids subsetting")]


def test_a_font_that_forbids_subsetting_may_be_packed_whole(tmp_path: Path) -> None:
    result = build_fonts(tmp_path, {"assets/a.ttf": font_file(fs_type=0x100)}, '"*" = { formats = ["woff2"] }')
    assert names(result) == ["a.woff2"]


def test_a_name_that_another_source_has_is_an_error(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.ttf": font_file(), "assets/a.woff2": font_file(flavor="woff2")}
    result = build_fonts(tmp_path, tree, f'"*.ttf" = {{ {_LATIN} }}')
    message = "`assets/a.woff2` and the part of `assets/a.ttf` both make `a.woff2`"
    assert reports(result) == [("source/duplicate", message)]


def test_of_copies_in_several_formats_one_part_is_made(tmp_path: Path) -> None:
    tree: Tree = {
        "assets/a.woff": font_file(flavor="woff"),
        "assets/a.woff2": font_file(flavor="woff2"),
        "assets/b.ttf": font_file(),
        "assets/b.woff": font_file(flavor="woff"),
        "assets/a.css": "a { background: url(a.woff) }",
    }
    result = build_fonts(tmp_path, tree, f'"*" = {{ {_LATIN} }}')
    assert names(result) == ["a.css", "a.woff2", "b.woff2"]
    assert result.manifest is not None
    assets = result.manifest.assets
    assert [assets[path].inputs for path in ("a.woff2", "b.woff2")] == [("a.woff2",), ("b.ttf",)]
    assert assets["a.css"].references == ("a.woff2",)


def test_copies_with_rules_of_their_own_are_fonts_of_their_own(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.woff": font_file(flavor="woff"), "assets/a.woff2": font_file(flavor="woff2")}
    rules = f'"*.woff" = {{ {_LATIN}, formats = ["woff"] }}\n"*.woff2" = {{ {_LATIN} }}'
    assert names(build_fonts(tmp_path, tree, rules)) == ["a.woff", "a.woff2"]


def test_a_truetype_and_an_opentype_font_of_one_name_are_an_error(tmp_path: Path) -> None:
    tree: Tree = {"assets/a.ttf": font_file(), "assets/a.otf": font_file()}
    assert [code for code, _ in reports(build_fonts(tmp_path, tree, f'"*" = {{ {_LATIN} }}'))] == ["source/duplicate"]


def test_a_glob_that_matches_no_font_is_a_warning(tmp_path: Path) -> None:
    result = build_fonts(tmp_path, {"assets/a.css": "a{}"}, f'"font/*" = {{ {_LATIN} }}')
    assert reports(result) == [("config/unmatched", "`font/*` in `fonts` matches no font")]


def test_a_glob_with_the_source_root_in_front_has_a_hint(tmp_path: Path) -> None:
    result = build_fonts(tmp_path, {"assets/a.ttf": font_file()}, f'"assets/*.ttf" = {{ {_LATIN} }}')
    assert [one.hint for one in result.diagnostics] == ["did you mean `*.ttf`?"]


def test_text_only_without_any_text_is_an_error(tmp_path: Path) -> None:
    result = build_fonts(tmp_path, {"assets/a.ttf": font_file()}, '"*" = { text_only = true }')
    assert reports(result) == [("font/empty", "`fonts` asks for the text of templates, and there is none")]


def test_every_bad_font_is_reported(tmp_path: Path) -> None:
    whole = font_file()
    tree: Tree = {
        "assets/cut.ttf": whole[: len(whole) // 2],
        "assets/page.ttf": "<!doctype html>",
        "assets/woff.ttf": font_file(flavor="woff"),
    }
    assert sorted(code for code, _ in reports(build_fonts(tmp_path, tree, f'"*" = {{ {_LATIN} }}'))) == [
        "font/damaged",
        "font/damaged",
        "font/mislabelled",
    ]
