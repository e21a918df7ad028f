"""docs/errors has a page for every code that the source can give, and what the pages show is what is printed."""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.conftest import write_tree
from tests.corpus.packages import node_modules
from tests.docs.error_pages import (
    EXAMPLE,
    FOLDER,
    REMEDIES,
    Block,
    codes_with_a_page,
    page_path,
    read_page,
    replayed,
    runner,
)
from tests.tailwind import program

SOURCE = Path(__file__).parents[2] / "src"
CODES = codes_with_a_page()

# What an example cannot show within a test, and why; the page says the same.
NOT_RUN = {
    "archive/zstd": "it needs a Python without zstd",
    "doctor/case-folder": "it needs a folder that ignores case",
    "doctor/inotify": "it needs a limit that is reached",
    "doctor/installations": "the folders are of one machine",
    "doctor/polling": "it needs a mount that is not of this system",
    "doctor/tool-changed": "it needs a tool that somebody changes",
    "doctor/watchers": "the processes have other numbers each time",
    "doctor/wheel": "it needs a wheel without its compiler",
    "output/stderr": "it needs a disk that is full for a moment only",
    "package/damaged": "it needs a registry",
    "package/member": "it needs a registry",
    "registry/missing": "it needs a registry",
    "scss/timeout": "it takes two minutes",
    "signature/unavailable": "it needs a Python without the package",
    "source/changed": "the moment is hard to meet",
    "executor/unavailable": "it needs a Python without the package",
    "executor/unfit": "it needs a cluster with other versions",
    "environment/lsp": "it needs an environment without pygls",
    "environment/requirement": "it needs an environment without the package",
    "tailwind/unavailable": "it needs a Python without the wheel",
    "tools/changed": "it needs a tool that somebody changes",
    "vendor/advisory": "it needs a registry",
    "vendor/foreign": "it needs a registry",
    "vendor/import": "it needs a registry",
    "vendor/unfit": "it needs a registry",
    "watch/limit": "it needs a limit that is reached",
    "watch/mount": "it needs a mount that is not of this system",
    "watch/livereload": "it needs a system that lets nobody listen",
    "watch/port": "the port that it gets instead is another each time",
    "watch/watchdog": "it needs another version of watchdog",
}
# What is shown with the esbuild of tests/corpus in reach.
WITH_ESBUILD = ("bundle/esbuild", "bundle/missing", "js/no-export", "js/tsconfig", "js/warn")
FOLDERS = {"vendor/assets", "vendor/javascript"}  # of Rails, which look like codes
MEDIA_TYPES = {"font/otf", "font/ttf", "font/woff"}  # which look like codes, too
# What a web process refuses: a traceback, which names no code.
IN_TRACEBACKS = ("manifest/file", "manifest/missing")
NAMES = ("Dart Sass", "JavaScript", "Sass", "Tailwind")  # which keep their capitals at the beginning of a message


def constants() -> Iterator[str]:
    """Every string that the source holds."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def diagnosing_calls() -> Iterator[tuple[str, ast.expr]]:
    """Where it is, and the first argument, of each call of `error` and `warning`."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("error", "warning"):
                yield f"{path.name}:{node.lineno}", node.args[0]


def topics() -> set[str]:
    """What stands before the slash of codes: in the calls that name one, and on the pages."""
    named = {call.value for _, call in diagnosing_calls() if isinstance(call, ast.Constant)}
    return {str(code).partition("/")[0] for code in (*named, *CODES)}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    pattern = re.compile(rf"(?:{'|'.join(sorted(topics()))})/[a-z]+(?:-[a-z]+)*")
    assert sorted({text for text in constants() if pattern.fullmatch(text)} - FOLDERS - MEDIA_TYPES) == CODES


def test_no_code_is_put_together() -> None:
    odd = [where for where, call in diagnosing_calls() if not isinstance(call, ast.Constant | ast.Name | ast.Attribute)]
    assert odd == []


def test_every_page_is_in_the_table_once() -> None:
    rows = re.findall(r"^\| \[`([^`]+)`\]\(([^)]+)\) \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == [(code, f"{code}.md") for code in CODES]


@pytest.mark.parametrize("code", CODES)
def test_page_has_the_form(code: str) -> None:
    text = read_page(code).text
    title, _, rest = text.partition("\n\n")
    introduction, example, rest = rest.partition(EXAMPLE)
    assert title == f"# {code}"
    assert introduction.strip()
    assert example
    assert rest.partition(REMEDIES)[2].strip()
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page_path(code).parent / target).exists(), target


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an example, which is the working directory; PATH has `buildassets`, `python` and the system's."""
    for name in ("CI", "NO_COLOR", "PYTHONWARNINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / ".tools"))
    monkeypatch.setenv("PATH", os.pathsep.join((str(Path(sys.executable).parent), os.defpath)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, marks=pytest.mark.corpus if code in WITH_ESBUILD else ())
        for code in CODES
        if code not in NOT_RUN
    ],
)
def test_example_prints_what_the_page_shows(code: str, site: Path, pytestconfig: pytest.Config) -> None:
    page = read_page(code)
    if code in WITH_ESBUILD:
        (site / "node_modules").symlink_to(node_modules())
    if code.startswith("tailwind/"):
        program()
    run = runner(page.blocks())
    shown, kept = "", 0
    for block in page.blocks():
        if block.file:
            write_tree(site, {block.file: block.text})
            continue
        assert block.language == "console", "a file without a name"
        session, exit_code = replayed(block.commands, run)
        assert exit_code == _stated_exit_code(block, session), session
        shown += page.text[kept : block.start] + session
        kept = block.end
    shown += page.text[kept:]
    if pytestconfig.getoption("--update-golden"):
        page_path(code).write_text(shown, encoding="utf-8")
    else:
        assert shown == page.text
    assert code in IN_TRACEBACKS or f"[{code}]: " in shown


@pytest.mark.corpus
def test_a_bundle_as_the_page_has_it_ends_the_warning_of_commonjs(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join((str(node_modules() / ".bin"), os.environ["PATH"])))
    page = read_page("npm/commonjs")
    write_tree(site, {block.file: block.text for block in page.blocks() if block.file})
    (added,) = re.findall(r"^  ```toml\n(.*?)^  ```$", page.text, re.MULTILINE | re.DOTALL)
    with (site / "buildassets.toml").open("a", encoding="utf-8") as settings:
        settings.write(dedent(added))
    assert replayed(["buildassets build"], runner(page.blocks())) == ("$ buildassets build\n", 0)


def _stated_exit_code(block: Block, session: str) -> int:
    return int("error[" in session) if block.exit_code is None else block.exit_code


@pytest.mark.parametrize("code", CODES)
def test_words_have_the_form(code: str) -> None:
    said = re.findall(r"^(?:(?:error|warning)\[[^]]+\]|hint): (.+)$", read_page(code).text, re.MULTILINE)
    assert said or code in IN_TRACEBACKS
    for words in said:
        assert not words.endswith(".")
        assert not words[0].isupper() or words.startswith(NAMES)


@pytest.mark.parametrize(("code", "reason"), NOT_RUN.items())
def test_page_says_why_its_example_is_not_run(code: str, reason: str) -> None:
    assert f"\nNot run by the tests: {reason}.\n" in read_page(code).text
