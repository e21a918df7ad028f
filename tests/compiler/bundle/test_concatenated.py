"""Bundles through the whole build: which sources they hold, what is released, and how faults are reported."""

from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.compiler.result import BuildResult
from tests.building import codes, only, printed, released
from tests.command import built
from tests.conftest import Tree

PLAIN = "minify = false\ncompress = []\n"


def bundled(folder: Path, files: Tree, bundles: str, settings: str = PLAIN, mode: Mode = "production") -> BuildResult:
    return built(folder, files, f"{settings}[bundles]\n{bundles}\n", mode)


SCRIPTS: Tree = {f"assets/js/{name}.js": f"p('{name[-1]}');\n" for name in ("b", "a", "lib/d", "lib/c")}


@pytest.mark.parametrize(
    ("patterns", "order"),
    [
        ("'js/b.js', 'js/a.js'", "ba"),
        ("'js/*.js'", "ab"),
        ("'js/**/*.js'", "abcd"),
        ("'js/lib/d.js', 'js/**/*.js'", "dabc"),
        ("'js/lib/'", "cd"),
        ("'/js/b.js', './js/b.js'", "b"),
        ("'js/b.js', '*.js'", "bacd"),
    ],
)
def test_members_stand_in_the_order_of_patterns_each_once(tmp_path: Path, patterns: str, order: str) -> None:
    result = bundled(tmp_path, SCRIPTS, f'"js/site.js" = [{patterns}]')
    assert released(tmp_path, result, "js/site.js") == "".join(f"p('{name}');\n" for name in order)


@pytest.mark.parametrize("pattern", ["css/b.scss", "css/b.css", "./css/b.css", "css/b.s*"])
def test_a_sass_source_is_named_by_its_file_or_its_logical_path(tmp_path: Path, pattern: str) -> None:
    result = bundled(tmp_path, {"assets/css/b.scss": "$c: red; b { color: $c }"}, f"'site.css' = ['{pattern}']")
    assert "color: red" in released(tmp_path, result, "site.css")


def test_a_glob_matches_the_names_of_files(tmp_path: Path) -> None:
    files: Tree = {
        "assets/v/a.js": "a();\n",
        "assets/v/a.jst": "<%= x %>",
        "assets/c/b.css": "b { c: d }\n",
        "assets/c/c.scss": "c { d: e }",
    }
    result = bundled(tmp_path, files, "'all.js' = ['v/*.js']\n'all.css' = ['c/*.css']")
    assert released(tmp_path, result, "all.js") == "a();\n"
    assert released(tmp_path, result, "all.css") == "b { c: d }\n"


def test_a_glob_of_compiled_names_gets_a_hint_with_the_suffix_of_the_files(tmp_path: Path) -> None:
    result = bundled(tmp_path, {"assets/css/b.scss": ""}, "'site.css' = ['css/**/*.css']")
    assert only(result).message == "`css/**/*.css` in the bundle `site.css` matches no source"
    assert only(result).hint == "did you mean `css/**/*.scss`?"


def test_a_pattern_without_a_wildcard_names_one_path_and_no_namesakes(tmp_path: Path) -> None:
    files: Tree = {"assets/a.js": "a();\n", "assets/sub/a.js": "sub();\n", "assets/[b].js": "b();\n", "assets/b.js": ""}
    result = bundled(tmp_path, files, "'all.js' = ['a.js', '[b].js']")
    assert released(tmp_path, result, "all.js") == "a();\nb();\n"


def test_a_template_is_not_named_like_the_script_next_to_it(tmp_path: Path) -> None:
    result = bundled(tmp_path, {"assets/v/item.jst": ""}, "'all.js' = ['v/item.js']")
    assert codes(result) == ["bundle/empty"]
    assert only(result).hint == "did you mean `v/item.jst`?"


def test_a_prefix_belongs_to_the_name_of_a_source(tmp_path: Path) -> None:
    settings = f'{PLAIN}sources = [{{ path = "vendor", prefix = "v" }}]\n'
    result = bundled(tmp_path, {"vendor/a.js": "a()\n"}, "'site.js' = ['v/*.js']", settings)
    assert released(tmp_path, result, "site.js") == "a()\n"


def test_references_of_members_point_from_the_bundle_at_the_same_assets(tmp_path: Path) -> None:
    files: Tree = {
        "assets/css/vendor/a.css": "a{background:url(img/x.png?v#i)}/*# sourceMappingURL=a.css.map */",
        "assets/css/vendor/a.css.map": "{}",
        "assets/css/vendor/img/x.png": "x",
        "assets/css/b.css": '@charset "utf-8";b{background:url("vendor/img/x.png") , url(//host/y.png)}',
    }
    result = bundled(tmp_path, files, '"css/site.css" = ["css/vendor/a.css", "css/b.css"]')
    assert result.manifest is not None
    name = result.manifest.assets["css/vendor/img/x.png"].file.removeprefix("css/")
    assert released(tmp_path, result, "css/site.css") == (
        f'@charset "UTF-8";a{{background:url({name}?v#i)}}\nb{{background:url("{name}") , url(//host/y.png)}}\n'
    )


def test_the_manifest_lists_inputs_and_references_of_all_members(tmp_path: Path) -> None:
    files: Tree = {
        "assets/a.scss": '@use "part" as *; a { background: url(x.png) }',
        "assets/_part.scss": "",
        "assets/b.css": "b{background:url(y.png)}",
        "assets/x.png": "",
        "assets/y.png": "",
    }
    result = bundled(tmp_path, files, '"site.css" = ["a.scss", "b.css"]')
    assert result.manifest is not None, printed(result)
    entry = result.manifest.assets["site.css"]
    assert entry.inputs == ("_part.scss", "a.scss", "b.css")
    assert entry.references == ("x.png", "y.png")
    assert entry.type == "text/css"


def test_a_bundle_can_be_referred_to_and_renames_who_does(tmp_path: Path) -> None:
    files: Tree = {"assets/a.css": "a{b:c}", "assets/top.css": "@import 'site.css';"}
    bundles = '"site.css" = ["a.css"]'
    result = bundled(tmp_path, files, bundles)
    assert result.manifest is not None
    assert released(tmp_path, result, "top.css") == f"@import '{result.manifest.assets['site.css'].file}';"
    again = bundled(tmp_path, {**files, "assets/a.css": "a{b:d}"}, bundles)
    assert again.manifest is not None
    assert again.manifest.assets["top.css"].file != result.manifest.assets["top.css"].file


def test_entries_release_a_bundle_without_its_members(tmp_path: Path) -> None:
    files: Tree = {**SCRIPTS, "assets/js/b.js": "import('./lib/d.js');\n//# sourceMappingURL=gone.map\n"}
    result = bundled(tmp_path, files, '"all.js" = ["js/a.js", "js/b.js"]', f'{PLAIN}entries = ["all.js"]\n')
    assert result.manifest is not None, printed(result)
    assert sorted(result.manifest.assets) == ["all.js", "js/lib/d.js"]
    assert f"import('./{result.manifest.assets['js/lib/d.js'].file}');" in released(tmp_path, result, "all.js")
    assert result.diagnostics == ()


def test_members_are_minified(tmp_path: Path) -> None:
    files: Tree = {"assets/a.js": "/*! l */ a ( 1 )  // x\n", "assets/b.js": "( b ) ( )\n"}
    result = bundled(tmp_path, files, '"all.js" = ["*.js"]', "compress = []\n")
    assert released(tmp_path, result, "all.js") == "/*! l */a(1);\n(b)()\n"


def test_a_missing_reference_is_reported_once_and_where_it_was_written(tmp_path: Path) -> None:
    result = bundled(tmp_path, {"assets/css/a.css": "a{\nb:url(no.png)}"}, '"site.css" = ["css/a.css"]')
    assert codes(result) == ["reference/missing"]
    assert "assets/css/a.css:2:7" in printed(result)


def test_a_tolerated_missing_reference_goes_on_pointing_there(tmp_path: Path) -> None:
    files = {"assets/css/a.css": "a{b:url(n\\6f.png?q) url(../c.png)}"}
    result = bundled(tmp_path, files, '"site.css" = ["css/a.css"]', f'{PLAIN}missing = "ignore"\n')
    assert released(tmp_path, result, "site.css") == "a{b:url(css/no.png?q) url(c.png)}\n"


def test_an_error_in_a_member_is_reported_once(tmp_path: Path) -> None:
    result = bundled(tmp_path, {"assets/a.scss": "a {", "assets/b.css": ""}, '"site.css" = ["*.css"]')
    assert codes(result) == ["scss/syntax"]


def test_a_pattern_that_matches_nothing_is_an_error_in_the_configuration(tmp_path: Path) -> None:
    result = bundled(tmp_path, SCRIPTS, '"x.js" = ["js/a.js", "js/lib/cc.js"]\n"y.js" = { files = ["*.jsx"] }')
    assert codes(result) == ["bundle/empty", "bundle/empty"]
    assert printed(result).startswith(
        "error[bundle/empty]: `js/lib/cc.js` in the bundle `x.js` matches no source\n"
        "  --> buildassets.toml:4:22\n"
        "   |\n"
        '4  | "x.js" = ["js/a.js", "js/lib/cc.js"]\n'
        "   |                      ^^^^^^^^^^^^^^\n"
        "\n"
        "hint: did you mean `js/lib/c.js`?"
    )


def test_a_bundle_cannot_have_the_name_of_a_source(tmp_path: Path) -> None:
    result = bundled(tmp_path, SCRIPTS, '"js/a.js" = ["js/b.js"]')
    assert codes(result) == ["bundle/duplicate"]
    assert "buildassets.toml:4:" in printed(result)


@pytest.mark.parametrize("bundle", ['"x.js" = ["a.css"]', '"x.css" = ["a.css", "a.js"]', '"x.png" = ["a.css"]'])
def test_kinds_are_not_mixed(tmp_path: Path, bundle: str) -> None:
    result = bundled(tmp_path, {"assets/a.css": "", "assets/a.js": ""}, bundle)
    assert set(codes(result)) == {"bundle/kind"}


@pytest.mark.parametrize(
    ("second", "code", "place"),
    [
        ("f();\n\n  const  k = 2", "bundle/redeclared", "b.js:3:10"),
        ("x();\nexport {}", "bundle/module", "b.js:2:1"),
        ("f( {\n", "js/syntax", "b.js:1:4"),
        ("'use strict'; /* c */ var  m = 1", "bundle/strict", "b.js:1:28"),
    ],
)
def test_a_script_that_cannot_be_joined_is_reported_where_it_was_written(
    tmp_path: Path, second: str, code: str, place: str
) -> None:
    files: Tree = {"assets/a.js": "const k = 1, z = 2 ;  f()", "assets/b.js": second}
    result = bundled(tmp_path, files, '"all.js" = ["*.js"]', "compress = []\n")
    assert codes(result) == [code]
    assert f"assets/{place}" in printed(result)


@pytest.mark.parametrize(
    ("name", "second", "code", "place"),
    [
        ("b.css", "/* c */ @import '/o.css';", "bundle/import", "b.css:1:9"),
        ("b.scss", "// c\n@import url(/o.css);", "bundle/import", "b.scss:2:"),
        ("b.css", "\n@namespace  svg 'x';s{t:u}", "bundle/namespace", "b.css:2:1"),
        ("b.css", "c{d:e}\n\\", "bundle/unclosed", "b.css:2:1"),
    ],
)
def test_a_sheet_that_cannot_be_joined_is_reported_where_it_was_written(
    tmp_path: Path, name: str, second: str, code: str, place: str
) -> None:
    files: Tree = {"assets/a.css": "a { b : c }", f"assets/{name}": second}
    result = bundled(tmp_path, files, '"all.css" = ["a.css", "b.*"]', "compress = []\n")
    assert codes(result) == [code]
    assert f"assets/{place}" in printed(result)


LATE: Tree = {
    "assets/a.css": "a { b: c }\n",
    "assets/b.css": '@import "sub/c.css" print;\nb { c: d }\n',
    "assets/sub/c.css": '@import "d.css";\nc { background: url(i.png) }\n',
    "assets/sub/d.css": "d { e: f }\n",
    "assets/sub/i.png": "pixels",
}


@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize("entries", ["", 'entries = ["all.css"]\n', 'entries = ["all.css", "sub/c.css"]\n'])
def test_imports_of_a_later_member_are_put_into_it(tmp_path: Path, mode: Mode, entries: str) -> None:
    result = bundled(tmp_path, LATE, '"all.css" = ["a.css", "b.css"]', f"{entries}{PLAIN}", mode)
    assert result.diagnostics == ()
    image = result.manifest.assets["sub/i.png"].file if result.manifest else ""
    put_in = f"@media print{{d {{ e: f }}\nc {{ background: url({image}) }}\n}}\n"
    assert released(tmp_path, result, "all.css").replace("\n\n", "\n") == f"a {{ b: c }}\n{put_in}b {{ c: d }}\n"


def test_import_of_the_first_member_stays(tmp_path: Path) -> None:
    result = bundled(tmp_path, LATE, '"all.css" = ["b.css", "a.css"]', PLAIN)
    assert released(tmp_path, result, "all.css").startswith('@import "sub/c.')


@pytest.mark.parametrize("inlines", ["", "inline_imports = true\n"])
def test_sheet_that_cannot_be_put_into_a_member_of_a_bundle_is_reported(tmp_path: Path, inlines: str) -> None:
    files: Tree = {**LATE, "assets/sub/d.css": "@namespace url(http://www.w3.org/2000/svg);\n"}
    settings = f'entries = ["all.css"]\n{inlines}{PLAIN}'
    assert codes(bundled(tmp_path, files, '"all.css" = ["a.css", "b.css"]', settings)) == ["css/inline"]


@pytest.mark.parametrize("settings", [PLAIN, "compress = []\n", PLAIN + "source_maps = true\n"])
def test_a_late_import_from_another_host_is_moved_with_a_warning(tmp_path: Path, settings: str) -> None:
    files: Tree = {
        "assets/a.css": "a { background: url(i.png) }\n",
        "assets/b.scss": "// c\n@import url('https://a.example/f.css') screen;\nb { background: url(i.png) }\n",
        "assets/i.png": "pixels",
    }
    result = bundled(tmp_path, files, '"all.css" = ["*.css", "*.scss"]', settings)
    assert result.manifest is not None, printed(result)
    sheet = released(tmp_path, result, "all.css")
    assert sheet.index("https://a.example/f.css") < sheet.index("a{" if settings == "compress = []\n" else "a {")
    assert sheet.count(result.manifest.assets["i.png"].file) == 2
    (found,) = result.diagnostics
    assert (found.code, found.is_error) == ("bundle/import", False)
    assert found.message == "an `@import` of `assets/b.scss` is moved before the rules of the files before it"
    assert found.location is not None
    assert (found.location.file, found.location.line) == ("assets/b.scss", 2)
