"""The same command with nothing to do is answered before anything is loaded; and only then."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.cli.building.memo import keep, was_repeated
from buildassets.cli.parse.commands import commands
from buildassets.compiler.cache.stamps import Looks, signature, stamps_of
from buildassets.compiler.languages.native import library
from buildassets.compiler.languages.native.library_file import SWITCH
from buildassets.foundation.diagnostics import Location, cells, render_annotation, to_json, warning
from buildassets.foundation.digest import digest
from tests.cli.test_hostile_output import HOSTILE
from tests.cli.test_terminal import on_terminal
from tests.conftest import Tree, need_library, settle, write_tree

SITE: Tree = {
    "site/pyproject.toml": "[tool.buildassets]\ncompress = []\n",
    "site/assets/css/app.scss": '@use "theme" as *; a { color: $colour }\n',
    "site/assets/css/_theme.scss": "$colour: red;\n",
    "site/assets/js/app.js": "app()\n",
    "site/inner/readme.txt": "",
}
TIME = re.compile(r", \d+\.\d\d s")


class Project:
    """A folder in which `buildassets build` is called again and again."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        monkeypatch.delenv(SWITCH, raising=False)  # which CI may have set
        self.command("build")

    def command(self, *arguments: str) -> None:
        self._monkeypatch.setattr(sys, "argv", ["buildassets", *arguments])

    def build(self, times: int = 1) -> None:
        """Run the command `times` over, whether or not there is something to do."""
        for _ in range(times):
            settle()
            assert commands.main(sys.argv[1:], standalone_mode=False) == 0


def stat_as_if_written_again(path: str) -> Callable[..., object]:
    """`os.stat`, for which the file at `path` is another."""
    real = os.stat
    return lambda name, **options: real(__file__ if name == path else name, **options)


def entered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the project in `folder`, and work in it."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("BUILDASSETS_CACHE_DIR", raising=False)
    monkeypatch.setenv("CI", "")
    return Project(folder, monkeypatch)


def built_with_nothing_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the project SITE after three builds, of which the last had nothing to do."""
    project = entered(write_tree(folder, SITE) / "site", monkeypatch)
    project.build(3)
    return project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that a test may change."""
    return built_with_nothing_left(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def kept_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project that no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        return built_with_nothing_left(tmp_path_factory.mktemp("kept"), patch).folder


@pytest.fixture
def kept(kept_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that no test changes."""
    project = entered(kept_folder, monkeypatch)
    assert was_repeated()
    return project


def test_message_of_a_no_op_build_is_repeated(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.build()
    before = capsys.readouterr().err
    assert was_repeated()
    assert capsys.readouterr().err.rpartition(",")[0] == before.rpartition(",")[0] != ""


def test_repetition_loads_no_modules(project: Project) -> None:
    program = (
        "import sys; sys.argv = ['buildassets', 'build', '-q']\nfrom buildassets.cli.main import main\n"
        "try:\n main()\nfinally:\n print(sorted({'click', 'json', 're', 'typing', 'dataclasses'} & sys.modules.keys()))"
    )
    for _ in range(3):
        settle()
        done = subprocess.run([sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True)
        assert done.returncode == 0
    assert "click" not in done.stdout
    assert "json" not in done.stdout


def test_repetition_with_quiet_prints_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.command("build", "-q")
    project.build()
    capsys.readouterr()
    assert was_repeated()
    assert capsys.readouterr().err == ""


CHANGES: dict[str, Callable[[Path], object]] = {
    "a source": lambda site: (site / "assets/js/app.js").write_text("app(1)\n"),
    "a partial": lambda site: (site / "assets/css/_theme.scss").write_text("$colour: tan;\n"),
    "a new source": lambda site: (site / "assets/js/new.js").write_text(""),
    "a source less": lambda site: (site / "assets/js/app.js").unlink(),
    "the settings": lambda site: (site / "pyproject.toml").write_text("[tool.buildassets]\nminify = false\n"),
    "other settings go before": lambda site: (site / "buildassets.toml").write_text("minify = false\n"),
    "settings less": lambda site: (site / "pyproject.toml").unlink(),
    "an output": lambda site: next((site / "build/assets/js").glob("*.js")).write_text(""),
    "an output less": lambda site: next((site / "build/assets/js").glob("*.js")).unlink(),
    "the manifest": lambda site: (site / "build/manifest.json").unlink(),
    "the cache less": lambda site: shutil.rmtree(site / ".buildassets"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_repeated_after_a_change(project: Project, change: str) -> None:
    assert was_repeated()
    CHANGES[change](project.folder)
    assert not was_repeated()


def test_settings_in_a_nearer_folder_are_a_change(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.folder / "inner")
    project.build()
    assert was_repeated()
    write_tree(project.folder, {"inner/buildassets.toml": 'sources = ["."]\n'})
    assert not was_repeated()


@pytest.mark.parametrize("name", ["buildassets.toml", "pyproject.toml"])
def test_settings_above_a_folder_that_had_none_are_a_change(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"site/assets/a.css": "a { b: c }"})
    monkeypatch.chdir(tmp_path / "site")
    project = Project(tmp_path / "site", monkeypatch)
    project.command("build", "--cache-dir", "cache")
    project.build(3)
    assert was_repeated()
    write_tree(tmp_path, {name: '[tool.buildassets]\nsources = ["site/assets"]\n'})
    assert not was_repeated()


def test_removed_load_path_is_a_change(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.folder / "lib").mkdir()
    write_tree(project.folder, {"pyproject.toml": '[tool.buildassets]\ncompress = []\nload_paths = ["lib"]\n'})
    project.build(3)
    assert was_repeated()
    (project.folder / "lib").rmdir()
    assert not was_repeated()
    capsys.readouterr()
    project.build()
    assert "the load path `lib` is not a folder" in capsys.readouterr().err


def test_values_with_the_same_sum_are_a_change(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(
        project.folder,
        {
            "pyproject.toml": '[tool.buildassets]\ncompress = []\nenv = ["REV"]\n',
            "assets/js/app.js": "p(import.meta.env.REV)\n",
        },
    )
    monkeypatch.setenv("REV", "512cedf1")
    project.build(3)
    assert was_repeated()
    monkeypatch.setenv("REV", "cfef23c3")  # whose text has the same CRC-32
    assert not was_repeated()


def test_a_folder_that_goes_before_as_a_source_root_is_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_tree(tmp_path, {"static/a.js": "a()"}))
    project = Project(tmp_path, monkeypatch)
    project.build(3)
    assert was_repeated()
    write_tree(tmp_path, {"assets/b.js": "b()"})
    assert not was_repeated()


@pytest.mark.parametrize("arguments", [("check",), ("build", "--mode", "development"), ("build", "-o", "other")])
def test_another_command_is_not_repeated(kept: Project, arguments: tuple[str, ...]) -> None:
    kept.command(*arguments)
    assert not was_repeated()


@pytest.mark.parametrize("arguments", [("--json",), ("-v",), ("--no-cache",)])
def test_build_that_prints_more_is_not_repeated(project: Project, arguments: tuple[str, ...]) -> None:
    project.command("build", *arguments)
    project.build(3)
    assert not was_repeated()


@pytest.mark.parametrize("name", ["PATH", "NODE_PATH", "BUILDASSETS_CACHE_DIR", "CI"])
def test_another_environment_is_not_repeated(kept: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, os.environ.get(name, "") + os.pathsep + "elsewhere")
    assert not was_repeated()


def test_another_value_of_a_variable_of_modules_is_a_change(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_URL", "one")
    settings = '[tool.buildassets]\ncompress = []\nenv = ["API_URL"]\n'
    write_tree(project.folder, {"pyproject.toml": settings, "assets/js/app.js": "p(import.meta.env.API_URL)\n"})
    project.build(3)
    assert was_repeated()
    monkeypatch.setenv("API_URL", "two")
    assert not was_repeated()
    project.build()
    assert 'p("two")' in [script.read_text() for script in (project.folder / "build/assets/js").glob("app.*.js")]
    monkeypatch.delenv("API_URL")
    assert not was_repeated()


@pytest.mark.parametrize("arguments", [("--cache-dir", "elsewhere"), ("--cache-dir=elsewhere",)])
def test_cache_may_be_in_the_folder_of_the_option(project: Project, arguments: tuple[str, ...]) -> None:
    project.command("build", *arguments)
    project.build(3)
    assert was_repeated()
    shutil.rmtree(project.folder / "elsewhere")
    assert not was_repeated()


def test_cache_may_be_in_the_folder_of_the_variable(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_CACHE_DIR", "elsewhere")
    project.build(3)
    assert was_repeated()


PLACES: dict[str, dict[str, str]] = {
    "a file": {},
    "colours": {"CLICOLOR_FORCE": "1"},
    "no colours": {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"},
    "GitHub": {"CI": "true", "GITHUB_ACTIONS": "true"},
    "Azure": {"TF_BUILD": "True"},
    "another CI system": {"CI": "true", "GITLAB_CI": "true"},
}


@pytest.mark.parametrize("place", PLACES)
def test_warnings_are_repeated_as_a_build_prints_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], place: str
) -> None:
    project = entered(write_tree(tmp_path, SITE) / "site", monkeypatch)
    for name in ("CLICOLOR_FORCE", "NO_COLOR", "GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in PLACES[place].items():
        monkeypatch.setenv(name, value)
    page = '<img src="gone.png"><img src="https://me:secret@example.com/gone.png"><img src="\u202e.png">\n'
    write_tree(project.folder, {"assets/page.html": page, "assets/none.coffee": "x\n"})
    for options in ((), ("-q",)):
        project.command("build", *options)
        project.build(2)
        capfd.readouterr()
        project.build()
        before = capfd.readouterr()
        assert was_repeated()
        after = capfd.readouterr()
        assert (after.out, TIME.sub("", after.err)) == (before.out, TIME.sub("", before.err))
        assert ("gone.png" in after.err) is (not options or place in ("GitHub", "Azure"))


@pytest.mark.parametrize("columns", [40, 200])
def test_warnings_on_a_terminal_are_repeated_in_its_width(project: Project, columns: int) -> None:
    write_tree(project.folder, {"assets/page.html": f'<p>{"text " * 20}<img src="gone.png">{"text " * 20}\n'})
    on_terminal(project.folder, "build", "-q")
    shown = []
    for _ in range(3):  # the first is no repetition, as nothing is kept of that command
        settle()
        shown.append(TIME.sub("", on_terminal(project.folder, "build", columns=columns)))
    assert "\x1b[1;33mwarning" in shown[0]
    assert shown[1:] == shown[:1] * 2
    narrower = on_terminal(project.folder, "build", columns=columns // 2, variables={"NO_COLOR": "1"})
    assert "\x1b" not in narrower
    assert all(cells(line) <= columns // 2 for line in narrower.split("\n") if "|" in line)


def test_forged_cache_prints_no_command_to_a_terminal_or_a_ci_service(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for odd in (HOSTILE, "::stop-commands::x", "##[error]c"):
        forged = warning(odd, odd, Location(odd, 3, 1, 1, odd, 1), notes=(odd, odd), hint=odd)
        for ci in ("", "true"):
            monkeypatch.setenv("CI", ci)
            shown = b" " + json.dumps([to_json(forged)]).encode()
            keep(".buildassets", ["pyproject.toml"], stamps_of(["pyproject.toml"]), "done", shown=shown)
            capsys.readouterr()
            assert was_repeated()
            lines = capsys.readouterr().err.split("\n")
            assert all(map(str.isprintable, lines))
            assert [line for line in lines if line.startswith("::")] == [render_annotation(forged)] * bool(ci)
            assert not any("##[" in line or "##vso[" in line for line in lines)


@pytest.mark.parametrize("shown", [b"[{}]", b' {"a": 1}', b" [1]", b" [", b" " + b"[" * 100_000, b"q\xff"])
def test_diagnostics_of_another_form_are_not_repeated(
    project: Project, capsys: pytest.CaptureFixture[str], shown: bytes
) -> None:
    keep(".buildassets", ["pyproject.toml"], stamps_of(["pyproject.toml"]), "done", shown=shown)
    capsys.readouterr()
    assert not was_repeated()
    assert capsys.readouterr().err == ""


def test_warning_of_one_build_only_is_not_repeated(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    remote = 'cache.remote = "http://127.0.0.1:9/x"\n'  # where nothing listens
    key = 'cache.trust.main = ["ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]\n'
    write_tree(
        project.folder,
        {"pyproject.toml": f"[tool.buildassets]\ncompress = []\n{remote}{key}", "assets/css/app.scss": "a { b: c }"},
    )
    project.build()
    assert "warning[cache/" in capsys.readouterr().err
    assert was_repeated()
    assert "warning" not in capsys.readouterr().err


def test_required_library_is_checked_before_a_repetition(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    need_library()
    monkeypatch.setenv(SWITCH, "require")
    assert not was_repeated()
    project.build()
    assert was_repeated()
    path = library.demanded_file()
    assert path
    monkeypatch.setattr(os, "stat", stat_as_if_written_again(path))
    assert not was_repeated()


def test_unknown_value_of_the_lexer_switch_is_refused_each_time(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "please")
    for _ in range(2):
        assert not was_repeated()
        settle()
        assert commands.main(sys.argv[1:], standalone_mode=False) == 1


def test_file_that_may_change_and_look_the_same_is_read(project: Project) -> None:
    later = time.time() + 3600
    os.utime(project.folder / "assets/js/app.js", (later, later))
    project.build()
    assert was_repeated()
    stamps = stamps_of(["pyproject.toml"])
    keep(".buildassets", ["pyproject.toml"], stamps, "done", young=["assets/js/app.js"])
    assert was_repeated()
    (project.folder / "assets/js/app.js").write_text("abb()\n")
    assert not was_repeated()
    (project.folder / "assets/js/app.js").unlink()
    assert not was_repeated()


def test_large_file_that_would_have_to_be_read_is_left_to_a_build(project: Project) -> None:
    large = project.folder / "assets/large.bin"
    large.write_bytes(bytes(9_000_000))
    project.build(2)
    assert was_repeated()
    later = time.time() + 3600
    os.utime(large, (later, later))
    project.build(3)
    assert not was_repeated()


def test_nothing_is_left_to_do_at_once_after_a_build(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(project.folder, {"assets/js/app.js": "app(1)\n"})
    project.build()
    assert "wrote 2 files" in capsys.readouterr().err
    assert was_repeated()
    assert "built 2 assets (18 B) into `build/`, wrote nothing" in capsys.readouterr().err
    output = next((project.folder / "build/assets/js").glob("*.js"))
    output.write_text("app(2)\n")
    assert not was_repeated()


@pytest.mark.parametrize("position", range(0, 1500, 61))
def test_damaged_memo_is_not_repeated(kept: Project, position: int) -> None:
    (memo,) = (path for path in (kept.folder / ".buildassets/builds").iterdir() if len(path.name) == 8)
    sound = memo.read_bytes()
    content = bytearray(sound)
    content[position % len(content)] ^= 1
    memo.write_bytes(content)
    try:
        assert not was_repeated()
    finally:
        memo.write_bytes(sound)


def test_many_changed_files_are_hashed_meanwhile(project: Project) -> None:
    names = [f"assets/js/{number}.js" for number in range(120)]
    write_tree(project.folder, {name: f"one('{name}')\n" for name in names})
    project.build(3)
    assert was_repeated()
    write_tree(project.folder, {name: f"two('{name}')\n" for name in names})
    looks: list[Looks] = []
    assert not was_repeated(looks)
    assert looks[0].hashed
    expected = {str(project.folder / name): digest(f"two('{name}')\n".encode()) for name in names}
    assert looks[0].hashed.digests() in ({}, expected)


def test_file_written_after_it_was_hashed_is_built_by_the_next_command(project: Project) -> None:
    names = [f"assets/js/{number}.js" for number in range(120)]
    write_tree(project.folder, dict.fromkeys(names, "one()\n"))
    project.build(3)
    write_tree(project.folder, dict.fromkeys(names, "one()\n"))
    settle()
    looks: list[Looks] = []
    assert not was_repeated(looks)
    assert looks[0].hashed
    looks[0].hashed.digests()
    (project.folder / names[7]).write_text("two()\n")
    assert commands.main(sys.argv[1:], standalone_mode=False, obj=looks) == 0
    assert not was_repeated()
    project.build()
    assert "two()" in [script.read_text().strip() for script in (project.folder / "build/assets/js").glob("7.*.js")]


def test_stamps_of_files_are_returned_where_something_changed(project: Project) -> None:
    source = project.folder / "assets/js/app.js"
    source.write_text("app(1)\n")
    looks: list[Looks] = []
    assert not was_repeated(looks)
    (seen,) = looks
    number = seen.names.index(str(source))
    assert tuple(seen.stamps[4 * number : 4 * number + 4]) == signature(str(source))


def test_ignored_table_that_comes_next_to_the_configuration_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = entered(write_tree(tmp_path, {"buildassets.toml": "compress = []\n", "assets/a.css": "a{}"}), monkeypatch)
    project.build(3)
    assert was_repeated()
    write_tree(tmp_path, {"pyproject.toml": "[tool.buildassets]\n"})
    assert not was_repeated()
    capsys.readouterr()
    project.build(2)
    assert capsys.readouterr().err.count("warning[config/ignored]") == 2
