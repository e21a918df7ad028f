"""Scripts that browsers refuse, found with a real esbuild: where it is locked, configured, or there by chance."""

from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.compiler.engines.esbuild.command import find_esbuild
from buildassets.compiler.result import BuildResult
from buildassets.foundation.permission import BUILDING
from tests.building import build, check, codes, load_config, only, released
from tests.command import built
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules
from tests.packages.installed import put_tool

pytestmark = pytest.mark.corpus

WRONG = "let a = 1;\nlet b = = 2;\n"
CONFIGURED = '[engines]\njs = "esbuild"\n'
FLOW = "// @flow\nfunction f(a: number) { return a }\n"


def link(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "node_modules").symlink_to(node_modules())


def lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lock esbuild for the project in `folder`; gives its program."""
    folder.mkdir(exist_ok=True)
    command = find_esbuild(str(node_modules()), permission=BUILDING)
    tools = folder / "tools"
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tools))
    (program,) = put_tool(folder, tools, "esbuild", command.version, f'#!/bin/sh\nexec "{command.path}" "$@"\n')
    return program


def with_esbuild(folder: Path, files: Tree, settings: str = CONFIGURED, mode: Mode = "production") -> BuildResult:
    link(folder)
    return built(folder, files, settings, mode)


@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize("settings", ["", "minify = false\n", CONFIGURED])
@pytest.mark.parametrize("name", ["a.js", "a.min.js", "a.mjs"])
def test_a_locked_esbuild_makes_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode, settings: str, name: str
) -> None:
    lock(tmp_path, monkeypatch)
    found = only(built(tmp_path, {f"assets/{name}": WRONG}, settings, mode))
    assert (found.code, found.is_error, found.message) == ("js/syntax", True, "unexpected `=`")
    assert found.location is not None
    assert (found.location.file, found.location.line, found.location.column) == (f"assets/{name}", 2, 9)


@pytest.mark.parametrize("mode", ["production", "development"])
def test_check_finds_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    lock(tmp_path, monkeypatch)
    write_tree(tmp_path, {"assets/a.js": WRONG})
    assert codes(check(load_config(start=str(tmp_path)), mode=mode)) == ["js/syntax"]


def test_a_locked_esbuild_that_is_absent_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(tmp_path, monkeypatch).unlink()
    found = only(built(tmp_path, {"assets/a.js": "f();\n"}, ""))
    assert found.is_error
    assert found.message == "`esbuild` is in `buildassets.lock` and not installed here"


@pytest.mark.parametrize("mode", ["production", "development"])
def test_an_esbuild_found_by_chance_makes_warnings(tmp_path: Path, mode: Mode) -> None:
    result = with_esbuild(tmp_path, {"assets/a.js": WRONG}, "", mode)
    assert (only(result).code, only(result).is_error, result.succeeded) == ("js/syntax", False, True)


def test_surely_broken_script_is_an_error_in_any_grammar(tmp_path: Path) -> None:
    found = only(with_esbuild(tmp_path, {"assets/a.js": "function f() {\n"}, "minify = false\n"))
    assert (found.is_error, found.message) == (True, "`{` is never closed")


@pytest.mark.parametrize("settings", ["", 'js = "esbuild"\n'])
@pytest.mark.parametrize("kind", ["vendored", "npm"])
def test_broken_third_party_scripts_are_one_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, kind: str
) -> None:
    lock(tmp_path, monkeypatch)
    page = "".join(f'<script src="{name}.js"></script>' for name in "abcd")
    files = {f"vendor/{name}.js": FLOW for name in "abc"} | {"assets/m.html": page, "vendor/d.js": "f();\n"}
    roots = f'sources = ["assets", {{ path = "vendor", {kind} = true }}]\n'
    result = built(tmp_path, files, f"{roots}[engines]\n{settings}")
    found = only(result)
    assert (found.code, found.is_error) == ("js/syntax", False)
    assert found.message == "browsers run nothing of 3 scripts in `vendor/`"
    assert "f(a:" in released(tmp_path, result, "a.js").replace(" ", "")


@pytest.mark.parametrize("settings", ["", CONFIGURED])
@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize("text", ["var await = 1;\nf(await);\n", "f() = 1;\n", "x = await\n", "var await;\nf() = 1;\n"])
def test_script_that_browsers_run_is_not_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, mode: Mode, text: str
) -> None:
    lock(tmp_path, monkeypatch)
    result = built(tmp_path, {"assets/a.js": text}, settings, mode)
    assert result.succeeded
    assert set(codes(result)) <= {"js/unproven"}  # rjsmin minifies it then


def test_of_several_faults_only_those_that_browsers_have_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(tmp_path, monkeypatch)
    found = only(built(tmp_path, {"assets/a.js": "var await = 1;\nf() = 1;\nlet let = 2;\n"}, ""))
    assert found.location is not None
    assert (found.message, found.location.line) == ("cannot use `let` as an identifier here:", 3)


@pytest.mark.parametrize("text", ["import './b.js';\nvar await = 1;\n", "export {};\nf() = = 1;\n"])
def test_in_a_module_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    lock(tmp_path, monkeypatch)
    assert codes(built(tmp_path, {"assets/a.js": text, "assets/b.js": ""}, "")) == ["js/syntax"]


def test_the_name_makes_it_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(tmp_path, monkeypatch)
    files = {"assets/a.mjs": "with (a) b();\n", "assets/b.js": "with (a) b();\n"}
    found = only(built(tmp_path, files, "minify = false\n"))
    assert found.location is not None
    assert found.location.file == "assets/a.mjs"


@pytest.mark.parametrize("settings", ["", CONFIGURED])
@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize("text", ["f();\nreturn;\n", "f(/(a/);\n", "let {a};\n"])
def test_fault_that_esbuild_accepts_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, mode: Mode, text: str
) -> None:
    lock(tmp_path, monkeypatch)
    assert codes(built(tmp_path, {"assets/a.js": text}, settings, mode)) == ["js/syntax"]


def test_faults_are_kept_with_the_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(tmp_path, monkeypatch)
    write_tree(tmp_path, {"buildassets.toml": "minify = false\n", "assets/a.js": "f();\n", "assets/b.js": WRONG})
    config = load_config(start=str(tmp_path))
    results = [build(config, cache=str(tmp_path / ".buildassets")) for _ in range(2)]
    assert codes(results[0]) == ["js/syntax"]
    assert results[1].diagnostics == results[0].diagnostics
