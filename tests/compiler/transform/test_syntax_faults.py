"""Broken files are reported in every mode, whatever minifies them."""

from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from tests.building import build, check, codes, load_config, only, printed, released
from tests.command import built, release_site, run
from tests.conftest import Tree, read_tree, write_tree
from tests.corpus.packages import node_modules

BROKEN = "function menu() {\n  if (open) {\n    close();\n}\n"
WAYS: dict[str, tuple[str, Mode, str]] = {
    "production": ("", "production", "a.js"),
    "development": ("", "development", "a.js"),
    "minify = false": ("minify = false\n", "production", "a.js"),
    "js = none": ('[engines]\njs = "none"\n', "production", "a.js"),
    "minified by others": ("", "production", "a.min.js"),
    "a name with a hash": ('fingerprinted = ["*.js"]\n', "production", "a-0123456789ab.js"),
    "read for directives": ("directives = true\n", "development", "a.js"),
    "a module": ("", "development", "a.mjs"),
}


@pytest.mark.parametrize(("settings", "mode", "name"), WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("text", [BROKEN, "a = `b\n", "a = 'b\n", "f();\n/* a\n", "a = /b\n", "f())\n"])
def test_a_broken_script_is_an_error(tmp_path: Path, settings: str, mode: Mode, name: str, text: str) -> None:
    result = built(tmp_path, {f"assets/{name}": text}, settings, mode)
    found = only(result)
    assert (found.code, found.is_error, result.succeeded) == ("js/syntax", True, False)
    assert found.location is not None
    assert found.location.line > 0


@pytest.mark.parametrize("mode", ["production", "development"])
def test_check_finds_it_too(tmp_path: Path, mode: Mode) -> None:
    write_tree(tmp_path, {"assets/a.js": BROKEN})
    assert codes(check(load_config(start=str(tmp_path)), mode=mode)) == ["js/syntax"]


def test_the_message_points_at_the_bracket(tmp_path: Path) -> None:
    assert printed(built(tmp_path, {"assets/a.js": BROKEN}, "", "development")) == (
        "error[js/syntax]: `{` is never closed\n"
        "  --> assets/a.js:1:17\n"
        "   |\n"
        "1  | function menu() {\n"
        "   |                 ^\n"
        "\n"
        "hint: close it with `}`"
    )


@pytest.mark.parametrize("settings", ["", "minify = false\n", '[engines]\ncss = "none"\n'])
@pytest.mark.parametrize("mode", ["production", "development"])
def test_a_broken_sheet_is_a_warning(tmp_path: Path, settings: str, mode: Mode) -> None:
    result = built(tmp_path, {"assets/a.css": "a { color: red }\n}\nb { color: red }\n"}, settings, mode)
    assert result.succeeded
    assert (only(result).code, only(result).message) == ("css/syntax", "`}` closes nothing")


@pytest.mark.parametrize("settings", ["", "minify = false\n", '[engines]\ncss = "none"\n'])
def test_a_late_import_is_a_warning_at_its_place(tmp_path: Path, settings: str) -> None:
    files = {"assets/a.css": 'a { b: c }\n@import "b.css";\n', "assets/b.css": "b { c: d }\n"}
    found = only(built(tmp_path, files, settings))
    assert (found.code, found.location and found.location.line) == ("css/syntax", 2)


def test_lightningcss_reports_a_late_import_itself(tmp_path: Path) -> None:
    files = {"assets/a.css": 'a { b: c }\n@import "b.css";\n', "assets/b.css": "b { c: d }\n"}
    assert len(built(tmp_path, files, '[engines]\ncss = "lightningcss"\n').diagnostics) == 1


def test_late_imports_of_vendored_sheets_are_counted(tmp_path: Path) -> None:
    late = 'a { b: c }\n@import "c.css";\n'
    files = {"vendor/a.css": late, "vendor/b.css": late, "vendor/c.css": "b { c: d }\n"}
    found = only(built(tmp_path, files, 'sources = [{ path = "vendor", vendored = true }]\n'))
    assert found.message == "2 places in the style sheets of `vendor/` that browsers give up on"


def test_a_late_import_in_sass_is_left_to_sass(tmp_path: Path) -> None:
    files = {"assets/a.scss": 'a { b: c }\n@import "b.css";\n', "assets/b.css": "b { c: d }\n"}
    assert not built(tmp_path, files, "").diagnostics


@pytest.mark.parametrize("settings", ["", "minify = false\n"])
def test_broken_drawing_is_a_warning_and_released_unchanged(tmp_path: Path, settings: str) -> None:
    result = built(tmp_path, {"assets/a.svg": "<svg>\n<g>"}, settings)
    assert (only(result).code, only(result).is_error) == ("svg/syntax", False)
    assert released(tmp_path, result, "a.svg") == "<svg>\n<g>"


def test_broken_third_party_drawings_are_counted(tmp_path: Path) -> None:
    files = {"vendor/a.svg": "<svg>", "vendor/b.svg": "<svg>", "vendor/c.svg": "<svg/>"}
    found = only(built(tmp_path, files, 'sources = [{ path = "vendor", vendored = true }]\n'))
    assert found.message == "browsers show nothing of 2 files in `vendor/`"


@pytest.mark.parametrize("name", ["a.json", "a.webmanifest", "a.geojson"])
def test_invalid_json_is_a_warning_and_released_unchanged(tmp_path: Path, name: str) -> None:
    text = '{\n  "a": 1, // b\n}\n'
    result = built(tmp_path, {f"assets/{name}": text}, "")
    assert (only(result).code, only(result).is_error) == ("json/syntax", False)
    assert released(tmp_path, result, name) == text


def test_broken_files_of_a_third_party_root_are_one_line(tmp_path: Path) -> None:
    settings = 'minify = false\nsources = ["assets", { path = "vendor", vendored = true }]\n'
    files: Tree = {"assets/a.css": "", "vendor/a.json": "{,}", "vendor/b.json": "// a", "vendor/c.css": "} }"}
    sheets, documents = built(tmp_path, files, settings).diagnostics
    assert documents.message == "2 places in the style sheets of `vendor/` that browsers give up on"
    assert sheets.message == "2 files in `vendor/` are not JSON"
    assert sheets.notes == ("the first: `vendor/a.json` is not JSON: there is a comma before `}`",)


@pytest.mark.parametrize(("settings", "mode", "name"), WAYS.values(), ids=WAYS.keys())
def test_jsx_in_a_script_is_an_error(tmp_path: Path, settings: str, mode: Mode, name: str) -> None:
    found = only(built(tmp_path, {f"assets/{name}": "f(<Foo/>);\n"}, settings, mode))
    assert (found.code, found.message) == ("js/syntax", "`<Foo>` is JSX, which browsers do not run")


OTHERS = 'sources = ["assets", { path = "vendor", vendored = true }]\n'


@pytest.mark.parametrize(("settings", "mode", "name"), WAYS.values(), ids=WAYS.keys())
def test_a_broken_third_party_script_is_a_warning_and_released_unchanged(
    tmp_path: Path, settings: str, mode: Mode, name: str
) -> None:
    result = built(tmp_path, {"assets/a.css": "", f"vendor/{name}": BROKEN}, OTHERS + settings, mode)
    assert (only(result).code, only(result).is_error) == ("js/syntax", False)
    assert released(tmp_path, result, name) == BROKEN


def test_broken_third_party_scripts_are_counted(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.css": "", "vendor/a.js": BROKEN, "vendor/b.js": BROKEN}, OTHERS)
    assert only(result).message == "browsers run nothing of 2 scripts in `vendor/`"


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        ({"assets/app.js": 'import "./a.js";\n'}, ""),
        ({"assets/app.html": '<script src="a.js"></script>\n'}, ""),
        ({"assets/app.js": "//= require a\n"}, "directives = true\n"),
        ({"assets/app.js": "f();\n"}, '[bundles]\n"all.js" = ["app.js", "a.js"]\n'),
        ({"assets/app.js": "f();\n"}, '[importmap]\na = "a.js"\n'),
        ({"assets/app.js": "f();\n"}, 'entries = ["app.js", "a.js"]\n'),
        ({"assets/app.js": "f();\n", "templates/a.html": '{{ script("a.js") }}'}, ""),
    ],
    ids=["import", "page", "directive", "bundle", "import map", "entry", "template"],
)
def test_a_broken_third_party_script_that_something_names_is_an_error(
    tmp_path: Path, files: Tree, settings: str
) -> None:
    result = built(tmp_path, {**files, "vendor/a.js": BROKEN, "vendor/b.js": BROKEN}, OTHERS + settings)
    faults = [one for one in result.diagnostics if one.is_error]
    assert [(one.code, one.location and one.location.file) for one in faults] == [("js/syntax", "vendor/a.js")]


def test_a_template_that_comes_to_name_a_broken_third_party_script_makes_it_an_error(tmp_path: Path) -> None:
    release_site(tmp_path, {"buildassets.toml": OTHERS, "assets/app.js": "f();\n", "vendor/a.js": BROKEN})
    write_tree(tmp_path, {"templates/a.html": '{{ script("a.js") }}'})
    assert [run(tmp_path, verb).returncode for verb in ("build", "check")] == [1, 1]


def test_a_source_map_that_lists_a_broken_third_party_script_does_not_make_it_an_error(tmp_path: Path) -> None:
    listed = '{"version":3,"sources":["a.js"],"names":[],"mappings":""}'
    result = built(tmp_path, {"assets/app.js": "", "vendor/a.js": BROKEN, "vendor/b.js.map": listed}, OTHERS)
    assert (only(result).code, only(result).is_error) == ("js/syntax", False)


def test_workers_leave_a_broken_third_party_script_unchanged(tmp_path: Path) -> None:
    files = {f"vendor/{number}.js": f"f({number});  // {number}\n" for number in range(40)}
    site = {"buildassets.toml": OTHERS, "assets/a.css": "", **files, "vendor/a.js": BROKEN}
    alone, several = (read_tree(release_site(tmp_path / jobs, site, "--jobs", jobs) / "build") for jobs in ("1", "2"))
    assert alone == several


WRONG = "let a = 1;\nlet b = = 2;\n"
BUNDLE = '[bundles]\n"m.js" = { files = ["entry.js"], bundle = true }\n'


@pytest.mark.corpus
@pytest.mark.parametrize("settings", ['[engines]\njs = "esbuild"\n', BUNDLE, "minify = false\n" + BUNDLE])
@pytest.mark.parametrize("mode", ["production", "development"])
def test_an_esbuild_that_is_there_finds_every_error_of_the_grammar(tmp_path: Path, settings: str, mode: Mode) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules())
    result = built(tmp_path, {"assets/a.js": WRONG, "assets/entry.js": "f();\n"}, settings, mode)
    found = only(result)
    assert (found.code, found.message) == ("js/syntax", "unexpected `=`")
    assert found.location is not None
    assert (found.location.file, found.location.line, found.location.column) == ("assets/a.js", 2, 9)


@pytest.mark.corpus
@pytest.mark.parametrize("cached", [True, False])
def test_text_that_esbuild_reads_in_development_is_unchanged(tmp_path: Path, *, cached: bool) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules())
    script = "/* a */ let  b = import.meta.url; new URL('c.png', import.meta.url)\n"
    files: Tree = {"buildassets.toml": '[engines]\njs = "esbuild"\n', "assets/a.js": script, "assets/c.png": "pixels"}
    config = load_config(start=str(write_tree(tmp_path, files)))
    cache = str(tmp_path / ".buildassets") if cached else None
    results = [build(config, mode="development", cache=cache) for _ in range(2)]
    assert results[0].diagnostics == ()
    assert results[0].manifest == results[1].manifest
    image = results[0].manifest.assets["c.png"].file if results[0].manifest else ""
    assert released(tmp_path, results[1], "a.js") == script.replace("c.png", image)


def test_without_esbuild_development_does_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = built(tmp_path, {"assets/a.js": "f();\n"}, '[engines]\njs = "esbuild"\n', "development")
    assert result.diagnostics == ()


@pytest.mark.parametrize("name", ["a.css", "a.scss"])
@pytest.mark.parametrize("mode", ["production", "development"])
def test_rule_of_tailwind_in_a_sheet_that_it_does_not_compile_is_an_error(
    tmp_path: Path, name: str, mode: Mode
) -> None:
    result = built(tmp_path, {f"assets/{name}": ".b { color: red;\n  @apply px-3; }\n"}, mode=mode)
    found = only(result)
    assert (found.code, found.is_error) == ("tailwind/not-compiled", True)
    assert found.message == "`@apply` is a rule of Tailwind, which does not compile this sheet"
    assert found.location is not None
    assert (found.location.file, found.location.line, found.location.column) == (f"assets/{name}", 2, 3)


def test_rules_of_tailwind_in_third_party_sheets_are_one_warning(tmp_path: Path) -> None:
    files: Tree = {f"vendor/{name}.css": ".b { @apply px-3; }\n" for name in "ab"}
    result = built(tmp_path, files, 'sources = [{ path = "vendor", vendored = true }]\n')
    found = only(result)
    assert (found.code, found.is_error) == ("tailwind/not-compiled", False)
    assert found.message == "2 sheets in `vendor/` have rules of Tailwind, which does not compile them"


@pytest.mark.parametrize("name", ["a.scss", "a.sass"])
def test_rule_of_tailwind_in_a_sheet_in_sass_has_a_hint_that_helps(tmp_path: Path, name: str) -> None:
    text = ".b\n  @apply px-3\n" if name == "a.sass" else ".b { @apply px-3; }"
    fault = only(built(tmp_path, {f"assets/{name}": text}))
    assert fault.code == "tailwind/not-compiled"
    assert fault.hint == (
        'move the rule into a sheet in CSS that begins with `@import "tailwindcss";`: Tailwind 4 compiles no Sass'
    )
