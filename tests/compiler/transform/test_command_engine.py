"""Builds with commands of the project: what they are given, what becomes of their results, and when they run again."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import Severity
from buildassets.foundation.paths import LogicalPath
from buildassets.foundation.permission import READING
from buildassets.manifest.model import loads
from tests.building import build, codes, load_config, only, printed, released
from tests.command import built, run
from tests.conftest import Tree, settle, wait_for, write_tree

# A compiler that joins what `@import "…"` names, and writes what it has read as Make's rule if it is asked to. It notes
# each run in a file, and reports what is missing as `FILE:LINE:COLUMN: MESSAGE`.
COMPILER = r"""
import argparse, pathlib, re, sys

parser = argparse.ArgumentParser()
for name in ("path", "out", "deps"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
with open("runs", "a") as runs:
    print(given.path, file=runs)
source = pathlib.Path(given.path).read_text() if given.path else sys.stdin.read()
read, faults, lines = [given.path or "-"], 0, []
for number, line in enumerate(source.split("\n"), 1):
    match = re.match('@import "(.*)";', line)
    if match is None:
        lines.append(line)
        continue
    path = pathlib.Path("less", match[1])
    read.append(str(path))
    if path.exists():
        lines.append(path.read_text())
    else:
        faults += 1
        print(f"{given.path or 'stdin'}:{number}:9: there is no `{match[1]}`", file=sys.stderr)
result = "\n".join(lines)
pathlib.Path(given.out).write_text(result) if given.out else print(result, end="")
if given.deps:
    rule = " ".join(name.replace(" ", "\\ ") for name in read)
    pathlib.Path(given.deps).write_text(f"{given.out or 'out'}: {rule}\n")
sys.exit(faults)
"""
PROBLEM = r"""problem = '^(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)$'"""
SHEET = '@import "theme.less";\na { color: red }\n'
PROJECT: Tree = {"tools/compile.py": COMPILER, "assets/a.less": SHEET, "less/theme.less": "b { color: blue }\n"}


def settings(*arguments: str, more: str = "") -> str:
    listed = ", ".join(f"{text!r}" for text in (sys.executable, "tools/compile.py", *arguments))
    return f'[commands.less]\nfrom = "less"\nto = "css"\nrun = [{listed}]\n{more}\n'


def shell(program: str, *arguments: str, more: str = "") -> str:
    listed = ", ".join(f"'''{text}'''" for text in ("sh", "-c", program, "sh", *arguments))
    return f'[commands.less]\nfrom = "less"\nto = "css"\nrun = [{listed}]\n{more}\n'


def again(folder: Path, mode: Mode = "production") -> BuildResult:
    """One more build, with a cache, when all that was written counts as older."""
    settle()
    return build(load_config(start=str(folder)), mode=mode, cache=str(folder / ".buildassets"))


def runs(folder: Path) -> int:
    path = folder / "runs"
    return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.mark.parametrize(
    "arguments",
    [("--path={path}",), ("--path", "{path}"), (), ("--out", "{out}"), ("--path={path}", "--out={out}")],
)
def test_source_and_result_go_by_files_or_by_the_standard_streams(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = built(tmp_path, PROJECT, settings(*arguments))
    assert released(tmp_path, result, "a.css") == "b{color:blue}a{color:red}"


@pytest.mark.parametrize("name", ["a b.less", 'it\'s "quoted".less', "$HOME;`ls`.less", "-rf.less", "{out}{path}.less"])
def test_no_shell_reads_the_path(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {**PROJECT, name: SHEET})
    (tmp_path / "assets/a.less").unlink()
    config = f'sources = [{{ path = ".", include = ["*.less"] }}]\n{settings("--path={path}")}'
    result = built(tmp_path, {}, config)
    assert released(tmp_path, result, f"{name.removesuffix('.less')}.css") == "b{color:blue}a{color:red}"


def test_a_path_that_looks_like_an_option_is_none(tmp_path: Path) -> None:
    program = 'printf "/* %s %s */" "$1" "$2"'
    config = f'minify = false\nsources = [{{ path = ".", include = ["*.less"] }}]\n{shell(program, "{path}", "{x}")}'
    result = built(tmp_path, {"-a.less": "a"}, config)
    assert released(tmp_path, result, "-a.css") == "/* ./-a.less {x} */"


@pytest.mark.parametrize("mode", ["production", "development"])
def test_a_command_gets_the_mode(tmp_path: Path, mode: Mode) -> None:
    config = shell('printf "a{--mode:%s}" "$1"', "{mode}")
    assert f"--mode:{mode}" in released(tmp_path, built(tmp_path, {"assets/a.less": "a"}, config, mode), "a.css")


def test_the_working_directory_is_the_folder_of_the_configuration(tmp_path: Path) -> None:
    config = shell("cat less/theme.less && test $(pwd) = $1", str(tmp_path.resolve()))
    assert released(tmp_path, built(tmp_path, PROJECT, config), "a.css") == "b{color:blue}"


def test_the_environment_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PASSED", "KEPT_BACK", "HOME"):
        monkeypatch.setenv(name, "1")
    result = built(
        tmp_path, {"assets/a.in": "a"}, 'commands.x = {from="in", to="txt", run=["env"], env=["PASSED", "U"]}'
    )
    names = {line.partition("=")[0] for line in released(tmp_path, result, "a.txt").split("\n") if line}
    assert {"PATH", "PASSED", "HOME"} <= names <= {"PATH", "HOME", "TMPDIR", "LANG", "PASSED"}


def test_results_go_the_way_of_all_assets(tmp_path: Path) -> None:
    files = {"assets/css/a.less": "a { background: url(../img/x.svg) }", "assets/img/x.svg": "<svg xmlns='x'/>"}
    result = built(tmp_path, {**files, "assets/css/b.css": "b{c:d}"}, f'{shell("cat")}[bundles]\n"s.css" = ["css/*"]')
    assert result.manifest is not None, printed(result)
    file = result.manifest.assets["img/x.svg"].file
    assert released(tmp_path, result, "css/a.css") == f"a{{background:url(../{file})}}"
    assert result.manifest.assets["s.css"].references == ("img/x.svg",)


def test_bytes_may_be_made_where_no_text_is_expected(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.wat": bytes(range(256))})
    result = built(tmp_path, {}, "commands.w = {from='wat', to='wasm', run=['cat']}")
    assert result.manifest is not None, printed(result)
    assert (tmp_path / "build/assets" / result.manifest.assets["a.wasm"].file).read_bytes() == bytes(range(256))


def test_json_that_a_command_makes_is_minified(tmp_path: Path) -> None:
    more = '[commands.data]\nfrom = "data"\nto = "json"\nrun = ["cat"]\n'
    files: Tree = {"assets/a.data": '{ "a": 1 }\n', "assets/b.data": b"{ \xff }"}
    result = built(tmp_path, files, f"compress = []\n{more}")
    assert released(tmp_path, result, "a.json") == '{"a":1}'
    assert result.manifest is not None
    assert (tmp_path / "build/assets" / result.manifest.assets["b.json"].file).read_bytes() == b"{ \xff }"


def test_a_command_may_replace_sass(tmp_path: Path) -> None:
    files = {"assets/a.scss": "a { b: c }", "assets/_part.scss": "not { read"}
    result = built(tmp_path, files, 'commands.sass = {from="scss", to="css", run=["sed", "s/c/d/"]}')
    assert result.manifest is not None, printed(result)
    assert list(result.manifest.assets) == ["a.css"]
    assert released(tmp_path, result, "a.css") == "a{b:d}"


def test_sheets_of_the_project_may_be_compiled_to_sheets_unlike_third_party_ones(tmp_path: Path) -> None:
    files = {"assets/a.css": "a{b:c}", "theirs/t.css": "t{b:c}"}
    roots = 'sources = ["assets", { path = "theirs", vendored = true }]\n'
    result = built(tmp_path, files, roots + 'commands.post = {from="css", to="css", run=["sed", "s/c/d/"]}')
    assert released(tmp_path, result, "a.css") == "a{b:d}"
    assert released(tmp_path, result, "t.css") == "t{b:c}"


def test_a_command_without_sources_makes_one_asset(tmp_path: Path) -> None:
    config = 'commands.list = {output="js/list.js", run=["sh", "-c", "cat data/*.txt; cat"], inputs=["data/*.txt"]}'
    files = {
        "data/a.txt": "call(1);\n",
        "data/b.txt": "call(2);\n",
        "assets/p.html": "<script src='js/list.js'></script>",
    }
    result = built(tmp_path, files, config)
    assert result.manifest is not None, printed(result)
    assert released(tmp_path, result, "js/list.js").split() == ["call(1);call(2);"]
    assert result.manifest.assets["js/list.js"].inputs == ("data/a.txt", "data/b.txt")
    assert result.manifest.assets["p.html"].references == ("js/list.js",)


def test_a_source_with_the_name_of_such_an_asset(tmp_path: Path) -> None:
    found = built(tmp_path, {"assets/a.js": "a()"}, "commands.x = {output='a.js', run=['true', '{out}']}")
    one = next(one for one in found.diagnostics if one.code == "source/duplicate")
    assert one.message == "`assets/a.js` and `commands.x` both make `a.js`"
    assert one.location is not None
    assert one.location.line == 1


def test_problem_has_its_place(tmp_path: Path) -> None:
    files = {**PROJECT, "assets/a.less": 'a{}\n@import "none.less";\n@import "nor.less";'}
    result = built(tmp_path, files, settings("--path={path}", more=PROBLEM))
    assert [(one.code, one.message, one.severity) for one in result.diagnostics] == [
        ("command/problem", "there is no `none.less`", Severity.ERROR),
        ("command/problem", "there is no `nor.less`", Severity.ERROR),
    ]
    where = result.diagnostics[0].location
    assert where is not None
    assert (where.file, where.line, where.column, where.excerpt) == ("assets/a.less", 2, 9, '@import "none.less";')


def test_problem_in_the_standard_input_is_one_of_the_source(tmp_path: Path) -> None:
    files = {**PROJECT, "assets/a.less": 'a{}\n@import "none.less";'}
    where = only(built(tmp_path, files, settings(more=PROBLEM))).location
    assert where is not None
    assert (where.file, where.line) == ("assets/a.less", 2)


def test_problems_of_a_command_that_ends_well_are_warnings(tmp_path: Path) -> None:
    config = shell("cat; echo less/theme.less:1:3: old >&2", more=PROBLEM)
    one = only(built(tmp_path, {**PROJECT, "assets/a.less": "a{}"}, config))
    assert (one.severity, one.message) == (Severity.WARNING, "old")
    assert one.location is not None
    assert one.location.file == "less/theme.less"


def test_problems_are_looked_for_in_stderr_and_then_in_stdout(tmp_path: Path) -> None:
    config = shell("echo a:1:1: two; echo a:1:1: one >&2; exit 1", more=PROBLEM)
    assert {one.message for one in built(tmp_path, PROJECT, config).diagnostics} == {"one", "two"}


def test_without_a_place_the_first_lines_are_notes(tmp_path: Path) -> None:
    one = only(built(tmp_path, PROJECT, shell("for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $n >&2; done; exit 4")))
    assert (one.code, one.message) == ("command/failed", "`sh` ended with exit status 4")
    assert one.notes == (*"12345678", "… and 4 more lines")
    assert one.location is not None
    assert one.location.file == "assets/a.less"


@pytest.mark.parametrize(
    ("program", "code", "words"),
    [
        ("exit 1", "command/failed", "`sh` ended with exit status 1"),
        ("kill -9 $$", "command/failed", "`sh` was ended by SIGKILL"),
        (r"printf 'a\377b'", "command/output", "`sh` gave a result that is not UTF-8"),
        ("head -c 70000000 /dev/zero", "command/output", "`sh` printed more than 64 MB, and was ended"),
        ("sleep 600 & sleep 600", "command/timeout", "`sh` was ended at its time limit, 0.2 s"),
    ],
)
def test_commands_that_fail(tmp_path: Path, program: str, code: str, words: str) -> None:
    limit = "timeout = 0.2" if code == "command/timeout" else "timeout = 60"
    one = only(built(tmp_path, PROJECT, shell(program, more=limit)))
    assert (one.code, one.message, one.is_error) == (code, words, True)
    assert one.hint


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("true", "ended well, and did not write `{out}`"),
        ("echo a > elsewhere.css", "ended well, and did not write `{out}`"),
        ('mkdir "$1"', "made `{out}`, which is not a file"),
        ('mkfifo "$1"', "made `{out}`, which is not a file"),
        ('ln -s ./not-there "$1"', "ended well, and did not write `{out}`"),
        ('ln -s . "$1"', "made `{out}`, which is not a file"),
    ],
)
def test_results_that_are_not_written(tmp_path: Path, program: str, words: str) -> None:
    one = only(built(tmp_path, PROJECT, shell(program, "{out}")))
    assert (one.code, one.message) == ("command/output", f"`sh` {words}")


def test_a_result_that_is_empty_is_a_warning(tmp_path: Path) -> None:
    result = built(tmp_path, PROJECT, shell("true"))
    assert (codes(result), result.succeeded) == (["command/output"], True)
    assert not built(tmp_path, {"assets/a.less": "\n"}, shell("true")).diagnostics


def test_a_program_that_is_not_there_is_reported_once(tmp_path: Path) -> None:
    files = {"assets/a.less": "a", "assets/b.less": "b"}
    one = only(built(tmp_path, files, "commands.x = {from='less', to='css', run=['no-such', '{path}']}"))
    assert (one.code, one.message) == ("command/absent", "there is no program `no-such`")
    assert one.location is not None
    assert (one.location.file, one.location.excerpt[one.location.excerpt_column - 1 :][:9]) == (
        "buildassets.toml",
        "'no-such'",
    )


def test_a_script_that_cannot_be_started(tmp_path: Path) -> None:
    write_tree(tmp_path, {"less.sh": "#!/no/such/interpreter\n", "assets/a.less": "a"})
    (tmp_path / "less.sh").chmod(0o755)
    one = only(built(tmp_path, {}, "commands.x = {from='less', to='css', run=['./less.sh']}"))
    assert one.code == "command/absent"
    assert one.message.startswith("`./less.sh` cannot be started: no such file")


def test_other_sources_are_compiled_all_the_same(tmp_path: Path) -> None:
    files = {**PROJECT, "assets/bad.less": '@import "none.less";', "assets/c.css": "c { "}
    assert codes(built(tmp_path, files, settings("--path={path}", more=PROBLEM))) == ["command/problem", "css/syntax"]


def test_braces_and_signs_of_a_shell_are_arguments_like_others(tmp_path: Path) -> None:
    one = only(built(tmp_path, PROJECT, shell("echo $2 >&2; exit 1", "{input}", "|")))
    assert one.notes[0] == "|"
    assert "`{input}` in `run` stays unchanged" in one.notes[1]
    assert "there is no shell" in one.notes[2]


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (("--path={path}", "--deps={out}.d"), 'depfile = "{out}.d"'),
        (("--path={path}", "--deps={out}.d", "--out={out}"), 'depfile = "{out}.d"'),
        (("--path={path}", "--deps=less.d"), 'depfile = "less.d"'),
        (("--path={path}",), 'inputs = ["less/**"]'),
        (("--path={path}", "--deps=less.d"), 'depfile = "less.d"\ninputs = ["data/*"]'),
    ],
)
def test_inputs_decide_when_a_command_runs_again(tmp_path: Path, arguments: tuple[str, ...], more: str) -> None:
    write_tree(tmp_path, {"buildassets.toml": settings(*arguments, more=more), **PROJECT})
    again(tmp_path)
    result = again(tmp_path)
    assert result.manifest is not None, printed(result)
    assert result.manifest.assets["a.css"].inputs == ("a.less", "less/theme.less")
    before = runs(tmp_path)
    again(tmp_path)
    assert runs(tmp_path) == before
    write_tree(tmp_path, {"less/theme.less": "b { color: green }"})
    assert released(tmp_path, again(tmp_path), "a.css") == "b{color:green}a{color:red}"
    assert runs(tmp_path) == before + 1


@pytest.mark.parametrize("change", ["new", "gone", "renamed"])
def test_a_set_changes_when_a_file_comes_or_goes(tmp_path: Path, change: str) -> None:
    config = shell("cat less/*.less", more='inputs = ["less/**"]')
    write_tree(tmp_path, {"buildassets.toml": config, **PROJECT, "less/deep/x": ""})
    again(tmp_path)
    again(tmp_path)
    theme = tmp_path / "less/theme.less"
    if change == "new":
        write_tree(tmp_path, {"less/z.less": "z{}"})
    elif change == "gone":
        write_tree(tmp_path, {"less/a.less": "a{}"})
        theme.unlink()
    else:
        theme.rename(tmp_path / "less/other.less")
    assert "a.css" in again(tmp_path).rerun


@pytest.mark.parametrize(
    ("change", "is_stale"),
    [
        ("timeout = 50", False),
        ("env = ['NOT_SET']", True),
        ("inputs = ['data/*']", True),
        ("problem = 'x(?P<message>.)'", True),
    ],
)
def test_which_keys_decide(tmp_path: Path, change: str, is_stale: bool) -> None:
    write_tree(tmp_path, {"buildassets.toml": settings("--path={path}"), **PROJECT})
    again(tmp_path)
    write_tree(tmp_path, {"buildassets.toml": settings("--path={path}", more=change)})
    again(tmp_path)
    assert runs(tmp_path) == (2 if is_stale else 1)


@pytest.mark.parametrize(("argument", "is_stale"), [("{mode}", True), ("mode", False)])
def test_the_mode_decides_only_where_a_command_gets_it(tmp_path: Path, argument: str, is_stale: bool) -> None:
    config = "minify = false\n" + shell("echo >> runs; cat", argument)
    write_tree(tmp_path, {"buildassets.toml": config, **PROJECT, "assets/a.less": "a{}"})
    again(tmp_path)
    again(tmp_path, "development")
    assert runs(tmp_path) == (2 if is_stale else 1)


def test_the_value_of_a_variable_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = shell('printf "a{--c:%s}" "$COLOUR"', more="env = ['COLOUR']")
    write_tree(tmp_path, {"buildassets.toml": config, **PROJECT})
    for colour in ("red", "blue", "red"):
        monkeypatch.setenv("COLOUR", colour)
        assert colour in released(tmp_path, again(tmp_path), "a.css")
    monkeypatch.delenv("COLOUR")
    assert released(tmp_path, again(tmp_path), "a.css") == "a{--c:}"


@pytest.mark.parametrize("name", ["HOME", "LANG"])
def test_the_value_of_a_variable_that_every_command_gets_decides(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {"buildassets.toml": shell(f'printf "a{{--c:%s}}" "${name}"'), **PROJECT})
    for value in ("/one", "/two"):
        done = run(tmp_path, "build", **{name: value})
        assert done.returncode == 0, done.stderr
        manifest = loads((tmp_path / "build/manifest.json").read_text())
        assert value in (tmp_path / "build/assets" / manifest.assets["a.css"].file).read_text()


def test_a_command_gets_an_empty_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    result = built(tmp_path, PROJECT, shell('ls -A "$TMPDIR"; touch "$TMPDIR/x"; printf "a{--c:%s}" "$TMPDIR"'))
    text = released(tmp_path, result, "a.css")
    assert text.startswith("a{--c:/")  # and nothing that was listed
    folder = Path(text.removeprefix("a{--c:").removesuffix("}"))
    assert folder != tmp_path
    assert not folder.exists()


def test_a_script_that_an_argument_names_decides(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": settings("--path={path}"), **PROJECT})
    again(tmp_path)
    again(tmp_path)
    write_tree(tmp_path, {"tools/compile.py": COMPILER.replace("end=", "'c{d:e}', end=")})
    result = again(tmp_path)
    assert "c{d:e}" in released(tmp_path, result, "a.css")
    assert result.rerun[LogicalPath("a.css")].path == str(tmp_path / "tools/compile.py")


def test_another_program_of_the_same_name_decides(tmp_path: Path) -> None:
    write_tree(tmp_path, {"less.sh": "#!/bin/sh\necho 'a{b:c}'", "assets/a.less": "a"})
    (tmp_path / "less.sh").chmod(0o755)
    write_tree(tmp_path, {"buildassets.toml": "commands.x = {from='less', to='css', run=['./less.sh']}"})
    assert released(tmp_path, again(tmp_path), "a.css") == "a{b:c}"
    write_tree(tmp_path, {"less.sh": "#!/bin/sh\necho 'a{b:d}'"})
    assert released(tmp_path, again(tmp_path), "a.css") == "a{b:d}"


def test_a_depfile_that_is_not_written_is_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, {"old.d": "a: b"})
    one = only(built(tmp_path, PROJECT, settings("--path={path}", more='depfile = "old.d"')))
    assert (one.code, one.message.partition("` ")[2]) == ("command/depfile", "did not write its depfile `old.d`")


def test_a_depfile_in_another_form_is_an_error(tmp_path: Path) -> None:
    one = only(built(tmp_path, PROJECT, shell("cat; echo '{}' > x.d", more='depfile = "x.d"')))
    assert (one.code, one.notes) == ("command/depfile", ("a line without a colon: {}",))


def test_a_failed_command_is_due_when_what_it_has_read_changes(tmp_path: Path) -> None:
    files = {**PROJECT, "assets/a.less": '@import "theme.less";\n@import "none.less";\n'}
    more = f'depfile = "{{out}}.d"\n{PROBLEM}'
    result = built(tmp_path, files, settings("--path={path}", "--deps={out}.d", more=more))
    assert codes(result) == ["command/problem"]
    assert {str(tmp_path / "less/theme.less"), str(tmp_path / "less/none.less")} <= set(result.inputs)


def test_commands_run_at_the_same_time(tmp_path: Path) -> None:
    """Each waits for the other."""
    meet = 'touch met-$(basename "$1"); while [ $(ls met-* | wc -l) -lt 2 ]; do sleep 0.01; done; cat "$1"'
    write_tree(
        tmp_path, {"buildassets.toml": shell(meet, "{path}"), "assets/a.less": "a{b:c}", "assets/b.less": "d{e:f}"}
    )
    with ThreadPoolExecutor(2) as executor:
        result = build(load_config(start=str(tmp_path)), executor=executor)
    assert released(tmp_path, result, "a.css") + released(tmp_path, result, "b.css") == "a{b:c}d{e:f}"


def test_workers_compile_next_to_commands(tmp_path: Path) -> None:
    files = {**PROJECT, **{f"assets/{number}.css": f".a{number} {{ b: c }}" for number in range(4)}}
    write_tree(tmp_path, {"buildassets.toml": settings("--path={path}"), **files})
    with ThreadPoolExecutor(2) as executor:
        result = build(load_config(start=str(tmp_path)), executor=executor, bytes_per_worker=1)
    assert result.manifest is not None, printed(result)
    assert len(result.manifest.assets) == 5
    assert released(tmp_path, result, "a.css") == "b{color:blue}a{color:red}"


def test_the_manifest_names_commands_and_no_path_of_this_machine(tmp_path: Path) -> None:
    write_tree(tmp_path, {"less.sh": "#!/bin/sh\ncat", **PROJECT, "assets/a.less": "a{}"})
    (tmp_path / "less.sh").chmod(0o755)
    result = built(tmp_path, {}, "commands.css = {from='less', to='css', run=['./less.sh'], inputs=['less/*']}")
    assert result.manifest is not None, printed(result)
    assert result.manifest.engines["commands.css"] == "less.sh (project)"
    assert result.manifest.settings["commands"] == {
        "css": {"from": "less", "to": "css", "run": ["./less.sh"], "inputs": ["less/*"]}
    }
    assert str(tmp_path) not in (tmp_path / "build/manifest.json").read_text()


def test_a_path_of_the_project_is_the_same_in_every_clone(tmp_path: Path) -> None:
    texts = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        write_tree(folder, {**PROJECT, "assets/a.less": "a{b:c}"})
        script = folder / "tools/compile.py"
        config = f"commands.x = {{from='less', to='css', run=['python', '{script}', '--path={folder}/{{path}}']}}"
        result = built(folder, {}, config)
        assert result.manifest is not None, printed(result)
        assert result.manifest.settings["commands"]["x"]["run"] == ["python", "tools/compile.py", "--path={path}"]
        texts.append((folder / "build/manifest.json").read_text())
    assert texts[0] == texts[1]


def test_warnings_are_shown_again_while_the_result_is_kept(tmp_path: Path) -> None:
    config = shell("cat; echo >> runs; echo less/theme.less:1:3: old >&2", more=PROBLEM)
    write_tree(tmp_path, {"buildassets.toml": config, **PROJECT, "assets/a.less": "a{}"})
    assert [codes(again(tmp_path)) for _ in range(3)] == [["command/problem"]] * 3
    assert runs(tmp_path) == 1


def test_where_nothing_may_run_nothing_does(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": settings("--path={path}"), **PROJECT})
    result = build(replace(load_config(start=str(tmp_path)), permission=READING))
    assert result.succeeded
    assert runs(tmp_path) == 0


def test_process_that_a_command_leaves_is_ended(tmp_path: Path) -> None:
    built(tmp_path, PROJECT, shell("sleep 600 & echo $! > number; cat"))
    number = int((tmp_path / "number").read_text())

    def has_ended() -> bool:
        try:
            return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
        except OSError:
            return True

    wait_for(has_ended)
