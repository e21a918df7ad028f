import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from buildassets.compiler.engines.failures import DiedError
from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.sass import libsass as scss_libsass
from buildassets.compiler.engines.sass.libsass import LibsassEngine
from buildassets.foundation.diagnostics import Location
from tests.building import only_error
from tests.compiler.engines.sass.test_sass import GIVEN, Compile, below, brief, compiling, names, origin
from tests.conftest import wait_for, write_tree
from tests.css_trees import tree


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibsassEngine]:
    """With the load path `vendor` in a folder that is `tmp_path` of each test: no test waits for a child of its own."""
    folder = tmp_path_factory.mktemp("sheets")
    engine = LibsassEngine([str(folder / "vendor")], lambda path: below(path, folder))
    yield engine
    engine.close()


@pytest.fixture
def tmp_path(engine: LibsassEngine) -> Path:
    """Empty for each test."""
    folder = Path(engine._load_paths[0]).parent
    shutil.rmtree(folder)
    folder.mkdir()
    return folder


@pytest.fixture
def compile_tree(engine: LibsassEngine, tmp_path: Path) -> Compile:
    return compiling(engine, tmp_path)


# What comes out


def test_numbers_keep_ten_digits(compile_tree: Compile) -> None:
    assert "0.3333333333;" in compile_tree("a { b: (1/3) }").text


def test_last_layer_statement_keeps_its_semicolon(compile_tree: Compile) -> None:
    text = compile_tree("a { b: c } @layer x; /* end */").text
    assert tree(text + "d { e: f }") == tree("a { b: c } @layer x; d { e: f }")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_comment_ends_with_the_line(compile_tree: Compile, line_end: str) -> None:
    assert compile_tree(f"// one{line_end}a {{ b: c }}").text == "a {\n  b: c;\n}\n"


def test_nul_does_not_end_the_sheet(compile_tree: Compile) -> None:
    assert "d: e" in compile_tree("a { b: c } \0 { d: e }").text


def test_indented_partial_of_a_sheet_is_compiled(compile_tree: Compile, tmp_path: Path) -> None:
    files = {
        "app.scss": "$c: red; @import 'p/one';",
        "p/_one.sass": ".a\n  b: $c\n@import two\n",
        "p/two.scss": "d{e:f}",
    }
    compiled = compile_tree(files)
    assert compiled.text == ".a {\n  b: red;\n}\n\nd {\n  e: f;\n}\n"
    assert names(compiled.inputs, tmp_path) == ["p/_one.sass", "p/two.scss"]


def test_source_map_counts_code_units_of_the_sheet(compile_tree: Compile, tmp_path: Path) -> None:
    compiled = compile_tree(".😀 { content: '😀'; b: c } .😀 .a { b: c }")
    assert origin(compiled, "content") == (str(tmp_path / "app.scss"), 0, 6)
    assert origin(compiled, ".😀 .a") == (str(tmp_path / "app.scss"), 0, 28)


# Imports


@pytest.mark.parametrize(
    "partial",
    [
        "x.scss",
        "_x.scss",
        "x.sass",
        "_x.sass",
        "x.css",
        "x/_index.scss",
        "x/index.scss",
        "vendor/_x.scss",
        "vendor/x.css",
    ],
)
def test_import_finds_its_file(compile_tree: Compile, tmp_path: Path, partial: str) -> None:
    content = ".a\n  b: c\n" if partial.endswith(".sass") else ".a { b: c }"
    compiled = compile_tree({"app.scss": '@import "x";', partial: content})
    assert (compiled.text, compiled.diagnostics) == (".a {\n  b: c;\n}\n", ())
    assert names(compiled.inputs, tmp_path) == [partial]


@pytest.mark.parametrize("name", ["x.scss", "_x.scss", "_x", "./x", "../sheets/x"])
def test_import_may_spell_a_name_out(compile_tree: Compile, tmp_path: Path, name: str) -> None:
    compiled = compile_tree({"sheets/app.scss": f'@import "{name}";', "sheets/_x.scss": "a{b:c}"}, "sheets/app.scss")
    assert names(compiled.inputs, tmp_path) == ["sheets/_x.scss"]


def test_import_looks_next_to_the_importing_file_first(compile_tree: Compile, tmp_path: Path) -> None:
    files = {"app.scss": '@import "p/one";', "p/one.scss": '@import "x";', "p/x.scss": "a{b:c}", "vendor/x.scss": ""}
    assert names(compile_tree(files).inputs, tmp_path) == ["p/one.scss", "p/x.scss"]


def test_files_looked_for_in_vain_are_absences(compile_tree: Compile, tmp_path: Path) -> None:
    absences = names(compile_tree({"app.scss": '@import "x";', "vendor/_x.scss": ""}).absences, tmp_path)
    assert absences == sorted(absences)
    assert {"_x.scss", "x.scss", "x.sass", "x.css", "x", "vendor/x.scss"} <= {*absences}
    assert "vendor/_x.scss" not in absences


def test_file_name_may_hold_anything(compile_tree: Compile, tmp_path: Path) -> None:
    compiled = compile_tree({"app.scss": '@import "a b:1, in é\'";', "_a b:1, in é'.scss": "a { b: $c }"})
    assert brief(only_error(compiled)) == ("scss/syntax", "_a b:1, in é'.scss", 1, 8)


@pytest.mark.parametrize(
    "rule",
    ["@import url(x);", '@import "x" screen;', '@import "//h/x";', '@import "http://h/x";', '@import url("x") print;'],
)
def test_plain_css_import_stays(compile_tree: Compile, rule: str) -> None:
    compiled = compile_tree({"app.scss": rule, "_x.scss": "a { b: c }"})
    assert (compiled.text, compiled.inputs, compiled.absences) == (f"{rule}\n", (), ())


def test_import_of_a_css_file_by_its_full_name_stays(compile_tree: Compile) -> None:
    assert compile_tree({"app.scss": '@import "x.css";', "x.css": ""}).text == "@import url(x.css);\n"


def test_missing_import_is_reported_with_the_searched_places(compile_tree: Compile) -> None:
    compiled = compile_tree({"app.scss": 'a{b:c}\n@import "p/thema";', "p/_theme.scss": ""})
    found = only_error(compiled)
    assert brief(found) == ("scss/import", "app.scss", 2, 10)
    assert found.message == "cannot find `p/thema`"
    assert found.notes == ("looked in `./` and `vendor/`",)
    assert found.hint == "did you mean `p/theme`?"


def test_every_missing_import_is_reported(compile_tree: Compile) -> None:
    files = {"app.scss": '@import "x";\n@import "one";\na { b: $of-x }', "one.scss": "@import 'y',\n  'z';"}
    places = [brief(diagnostic)[1:3] for diagnostic in compile_tree(files).diagnostics]
    assert places == [("app.scss", 1), ("one.scss", 1), ("one.scss", 2)]


def test_ambiguous_import_names_the_candidates(compile_tree: Compile) -> None:
    found = only_error(compile_tree({"app.scss": '@import "x";', "_x.scss": "", "x.scss": ""}))
    assert brief(found) == ("scss/import-ambiguous", "app.scss", 1, 10)
    assert found.notes == ("`_x.scss`", "`x.scss`")


def test_import_loop_is_reported_with_its_path(compile_tree: Compile) -> None:
    found = only_error(compile_tree({"app.scss": '@import "x";', "x.scss": '@import "app";'}))
    assert brief(found) == ("scss/import-loop", "x.scss", 1, 10)
    assert found.notes == ("`app.scss` → `x.scss` → `app.scss`",)


def test_file_may_be_imported_twice(compile_tree: Compile) -> None:
    compiled = compile_tree(
        {"app.scss": '@import "x"; @import "y"; @import "x";', "x.scss": "a{b:c}", "y.scss": '@import "x";'}
    )
    assert compiled.text.count("a {") == 3
    assert compiled.diagnostics == ()


def test_partial_that_is_not_utf8_is_an_error_at_its_importer(compile_tree: Compile) -> None:
    found = only_error(compile_tree({"app.scss": '@import "x";', "x.scss": b"a { b: '\xff' }"}))
    assert brief(found) == ("scss/unreadable", "app.scss", 1, 10)


def test_named_pipe_does_not_block(compile_tree: Compile, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.scss")
    assert brief(only_error(compile_tree('@import "x";'))) == ("scss/unreadable", "app.scss", 1, 10)


def test_folder_with_the_name_of_a_sheet_is_not_a_sheet(compile_tree: Compile) -> None:
    found = only_error(compile_tree({"app.scss": '@import "x";', "x.scss/one": ""}))
    assert (found.code, found.hint) == ("scss/import", None)


# Messages of libsass


def test_error_in_a_mixin_names_the_including_sheet(compile_tree: Compile) -> None:
    found = only_error(compile_tree({"app.scss": '@import "m";\n@include m;', "_m.scss": "@mixin m { a { b: $c } }"}))
    assert brief(found) == ("scss/syntax", "_m.scss", 1, 19)
    assert found.notes == ("reached from `app.scss:2:10`",)


def test_warn_rule_is_a_warning_at_its_place(compile_tree: Compile) -> None:
    compiled = compile_tree({"app.scss": '@import "x"; a { b: c } @debug "d";', "x.scss": '\n@warn "careful";'})
    (found,) = compiled.diagnostics
    assert (brief(found), found.message) == (("scss/warn", "x.scss", 2, 1), "careful")
    assert not found.is_error
    assert "b: c" in compiled.text


# What libsass does not know


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("a { width: min(10px, 5vw) }", 12),
        ("a { width: min(100%, 20rem) }", 12),
        ("a { width: max(var(--x), 3px) }", 12),
        ("a { width: clamp(1rem, 1rem + 2vw, 3rem) }", 0),
        ("a { color: rgb(0 0 0 / 50%) }", 0),
        ("a { color: rgba(0 0 0 / .5) }", 0),
        ("a { color: hsl(120deg 50% 50% / .5) }", 0),
        ("a { color: rgb(from var(--c) r g b) }", 0),
        ("a { b: rgba(0, 0, 0, 50%) }", 8),
        ("a { b: hsla(0, 0%, 0%, 50%) }", 0),
        ("@media (width >= 600px) { a { b: c } }", 0),
        ("@media (hover) or (pointer) { a { b: c } }", 0),
        ("@media not (hover) { a { b: c } }", 8),
        ("$q: 'not (hover)'; @media #{$q} { a { b: c } }", 0),
        ("@supports selector(:has(a)) { a { b: c } }", 0),
        ("@import url(x.css) layer(y);", 0),
        ('@import "x.css" supports(display: grid);', 0),
        ("a { b: math.div(1, 2) }", 0),
        ("a { --b:; }", 0),
        ("a { b: var(--c,) }", 8),
        ("$w: 1px; a { b: calc(100% - $w) }", 29),
        ("a { b: calc(1px + percentage(.5)) }", 19),
        ("@function f($x) { @return $x } a { b: calc(1px + f(2)) }", 50),
        (".a { &:is(.b &) { c: d } }", 14),
        ("a { @font-face { b: c } }", 5),
        ("a:nth-child(2n of .b) { c: d }", 2),
    ],
)
def test_syntax_that_libsass_lacks_is_an_error_that_names_dart_sass(
    compile_tree: Compile, source: str, column: int
) -> None:
    found = only_error(compile_tree(source))
    assert found.location is not None
    assert (found.location.line, found.location.column) == (1, column or found.location.column)
    assert "dart-sass" in (found.hint or "")


@pytest.mark.parametrize("rule", ["use", "forward"])
def test_module_rule_of_a_partial_is_an_error_there(compile_tree: Compile, rule: str) -> None:
    source = f'// @{rule}\n/* @{rule} */\n@{rule} "sass:math";\na {{ b: $of-the-module }}'
    found = only_error(compile_tree({"app.scss": '@import "x";', "x.scss": source}))
    assert brief(found) == ("scss/unsupported", "x.scss", 3, 1)
    assert found.message == f"libsass does not know `@{rule}`"


def test_interpolation_is_the_way_around_calc(compile_tree: Compile) -> None:
    compiled = compile_tree("$w: 1px; a { b: calc(100% - #{$w}); --c: $w; }")
    assert (compiled.text, compiled.diagnostics) == ("a {\n  b: calc(100% - 1px);\n  --c: $w;\n}\n", ())


def test_fault_of_a_partial_is_reported_until_it_is_fixed(compile_tree: Compile) -> None:
    files = {"app.scss": "@import 'a', 'b';", "_a.scss": "a { b: var(--c,) }", "_b.scss": "$d: 1;"}
    first, again = compile_tree(files), compile_tree({**files, "_b.scss": "$d: 2;"})
    assert brief(only_error(first)) == ("scss/unsupported", "_a.scss", 1, 8)
    assert again.diagnostics == first.diagnostics
    assert compile_tree({**files, "_a.scss": "a { b: c }"}).diagnostics == ()
    assert compile_tree(files).diagnostics == first.diagnostics


# The child


def test_sheet_that_crashes_libsass_is_an_error_and_the_next_one_compiles(compile_tree: Compile) -> None:
    found = only_error(compile_tree("@media print{" * 20_000 + "}" * 20_000))
    assert (found.code, found.message) == ("scss/crash", "libsass crashed (SIGSEGV)")
    assert "dart-sass" in (found.hint or "")
    assert compile_tree("a { b: c }").text == "a {\n  b: c;\n}\n"


def test_libsass_that_another_process_ends_is_an_error_with_a_hint_on_memory() -> None:
    engine = LibsassEngine([], str)
    with closing(engine), ThreadPoolExecutor() as pool:
        endless = pool.submit(engine.run, EngineInput("@while true { $a: 1 }", "/a.scss", "a.scss"))
        wait_for(lambda: engine._idle._taken)
        os.kill(engine._idle._taken[0]._process.pid, signal.SIGKILL)
        found = only_error(endless.result())
    assert found.message == "libsass crashed (SIGKILL)"
    assert "memory" in (found.hint or "")


def test_deeply_nested_rules_are_an_error(compile_tree: Compile) -> None:
    assert only_error(compile_tree("a{" * 20_000 + "}" * 20_000)).message == "code too deeply nested"


def test_sheet_without_end_is_given_up() -> None:
    engine = LibsassEngine([], str, limit_seconds=0.1)
    compiled = engine.run(EngineInput("@while true { $a: 1 }", "/a.scss", "a.scss"))
    engine.close()
    assert only_error(compiled).message == "libsass did not finish in 0.1 seconds"


def test_child_that_has_had_many_sheets_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = LibsassEngine([], str)
    with closing(engine):
        engine.run(GIVEN)
        (first,) = engine._idle.waiting
        monkeypatch.setattr(scss_libsass, "_MOST_SHEETS", 5)
        for _ in range(5):
            assert not engine.run(GIVEN).diagnostics
        (second,) = engine._idle.waiting
        assert (second is first, first._process.poll() is None) == (False, False)


def test_sheet_without_end_ends_without_whoever_asked_for_it() -> None:
    child = scss_libsass.Child()
    alarm_seconds = 0.1
    child.send(("@while true { $a: 1 }", "/a.scss", "a.scss", (), "/", alarm_seconds))
    with pytest.raises(DiedError, match="exit status 1"):
        child.compiled(60.0)
    child.end()


def test_crash_and_close_leave_no_open_file() -> None:
    engine = LibsassEngine([], str)
    before = os.listdir("/dev/fd")
    engine.run(EngineInput("@media print{" * 20_000, "/a.scss", "a.scss"))
    engine.run(GIVEN)
    engine.close()
    assert os.listdir("/dev/fd") == before


def test_child_that_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    before = os.listdir("/dev/fd")
    found = only_error(LibsassEngine([], str).run(GIVEN))
    assert (found.code, found.message) == ("scss/unavailable", "libsass cannot be started: no such file or directory")
    assert os.listdir("/dev/fd") == before


def test_libsass_that_cannot_be_loaded_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"sass.py": "raise ImportError('No module named \\'_sass\\'')"})
    monkeypatch.syspath_prepend(tmp_path)
    engine = LibsassEngine([], str)
    found = only_error(engine.run(GIVEN))
    engine.close()
    assert (found.code, found.message) == ("scss/unavailable", "libsass cannot be loaded")
    assert (found.location, found.notes) == (Location("a.scss"), ("no module named `_sass`",))


def test_script_without_a_main_guard_may_compile(tmp_path: Path) -> None:
    script = (
        "from buildassets.compiler.engines.sass.libsass import LibsassEngine\n"
        "from buildassets.compiler.engines.protocol import EngineInput\n"
        "engine = LibsassEngine([], str)\n"
        "print(engine.run(EngineInput('a { b: c }', '/a.scss', 'a.scss')).text.split())\n"
    )
    write_tree(tmp_path, {"script.py": script, "sass.py": "raise SystemExit('not this one')"})
    command = [sys.executable, "-P", "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("['a', '{', 'b:', 'c;', '}']\n", 0), done.stderr


def test_engine_is_imported_without_libsass() -> None:
    program = (
        "import sys, buildassets.compiler.engines.sass.libsass as m; m.LibsassEngine([], str)\n"
        "sys.exit(bool({'sass', '_sass', 'multiprocessing'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_version_is_that_of_libsass_itself() -> None:
    assert LibsassEngine([], str).version in ("libsass 3.6.5", "libsass 3.6.6")  # those of 0.22 and 0.23
