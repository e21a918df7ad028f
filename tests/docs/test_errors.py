"""Every code has a row in the table and a section in docs/errors, and what that shows is what is printed."""

import ast
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from buildassets.foundation.codes import CODES
from buildassets.foundation.diagnostics import Severity
from tests.conftest import write_tree
from tests.corpus.packages import node_modules
from tests.docs.error_pages import (
    IN_TRACEBACKS,
    NOT_RUN,
    SHOWN,
    assert_shown,
    codes_with_a_page,
    is_quick,
    page_path,
    read_section,
    replayed,
    runner,
    with_marks,
)

SOURCE = Path(__file__).parents[2] / "src"

FOLDERS = {"config/environments", "vendor/assets", "vendor/javascript"}  # of Rails, which look like codes
MEDIA_TYPES = {"font/otf", "font/ttf", "font/woff"}  # which look like codes, too
NAMES = ("Dart Sass", "JavaScript", "Sass", "Tailwind")  # which keep their capitals at the beginning of a message

Source = Sequence[tuple[str, ast.Constant | ast.Call]]


@pytest.fixture(scope="module")
def source() -> Source:
    """The constants and calls of the source, each with the name of its file."""
    nodes = ((path.name, node) for path in SOURCE.rglob("*.py") for node in ast.walk(ast.parse(path.read_bytes())))
    return [(file, node) for file, node in nodes if isinstance(node, ast.Constant | ast.Call)]


def diagnosing_calls(source: Source) -> Iterator[tuple[str, str, ast.expr]]:
    """Yield the place, the name and the first argument of each call of `error` and `warning`."""
    for file, node in source:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("error", "warning"):
            yield f"{file}:{node.lineno}", node.func.id, node.args[0]


def test_codes_of_the_source_are_those_of_the_table(source: Source) -> None:
    named = {code.value for _, _, code in diagnosing_calls(source) if isinstance(code, ast.Constant)}
    topics = {str(code).partition("/")[0] for code in (*named, *CODES)}
    pattern = re.compile(rf"(?:{'|'.join(sorted(topics))})/[a-z]+(?:-[a-z]+)*")
    texts = {node.value for _, node in source if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert sorted({text for text in texts if pattern.fullmatch(text)} - FOLDERS - MEDIA_TYPES) == sorted(CODES)


def test_codes_with_a_section_are_those_of_the_table() -> None:
    assert codes_with_a_page() == sorted(CODES)


def test_codes_in_calls_are_whole(source: Source) -> None:
    calls = diagnosing_calls(source)
    assert [place for place, _, code in calls if not isinstance(code, ast.Constant | ast.Name | ast.Attribute)] == []


def test_calls_report_codes_with_the_severities_of_the_table(source: Source) -> None:
    wrong = [
        place
        for place, severity, code in diagnosing_calls(source)
        if isinstance(code, ast.Constant) and Severity(severity) not in CODES[str(code.value)]
    ]
    assert wrong == []


@pytest.mark.parametrize("code", CODES)
def test_section_shows_severities_of_the_table(code: str) -> None:
    shown = set(re.findall(rf"^(error|warning)\[{code}\]", read_section(code).content, re.MULTILINE))
    assert shown <= {severity.value for severity in CODES[code]}
    assert shown or code in IN_TRACEBACKS


@pytest.mark.parametrize("code", CODES)
def test_section_has_the_form(code: str) -> None:
    section = read_section(code)
    introduction = re.split(r"^(?:`[^`\n]+`:$|```|- )", section.content, maxsplit=1, flags=re.MULTILINE)[0]
    assert introduction.strip()
    assert "```" in section.content


@pytest.mark.parametrize("page", sorted({page_path(code) for code in CODES}), ids=lambda page: page.stem)
def test_sections_of_a_page_are_sorted_and_its_title_begins_with_the_family(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    names = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert names == sorted(set(names))
    assert text.startswith(f"# {page.stem}: ")


def test_setups_are_those_of_codes() -> None:
    setups = {
        path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "error_setups").iterdir()
    }
    named = {
        f"{family}/{name}" for family, text in setups.items() for name in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }
    assert named <= set(SHOWN)
    assert set(setups) <= {code.partition("/")[0] for code in SHOWN}


@pytest.mark.parametrize("code", [with_marks(code) for code in SHOWN if is_quick(code)])
def test_example_prints_what_the_page_shows(code: str, example_folder: Path, update_golden: bool) -> None:
    assert_shown(code, example_folder, is_updated=update_golden)


@pytest.mark.corpus
def test_bundle_of_the_page_ends_the_warning_of_commonjs(example_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join((str(node_modules() / ".bin"), os.environ["PATH"])))
    page = read_section("npm/commonjs")
    write_tree(example_folder, {block.file: block.text for block in page.blocks() if block.file})
    (added,) = re.findall(r"^  ```toml\n(.*?)^  ```$", page.content, re.MULTILINE | re.DOTALL)
    with (example_folder / "buildassets.toml").open("a", encoding="utf-8") as settings:
        settings.write(dedent(added))
    assert replayed(["buildassets build"], runner(page.blocks())) == ("$ buildassets build\n", 0)


@pytest.mark.parametrize("code", CODES)
def test_words_have_the_form(code: str) -> None:
    messages = re.findall(r"^(?:(?:error|warning)\[[^]]+\]|hint): (.+)$", read_section(code).content, re.MULTILINE)
    assert messages or code in IN_TRACEBACKS
    for words in messages:
        assert not words.endswith(".")
        assert not words[0].isupper() or words.startswith(NAMES)


@pytest.mark.parametrize("code", CODES)
def test_section_states_whether_its_example_is_not_run(code: str) -> None:
    assert ("\nNot run by the tests.\n" in read_section(code).content) is (code in NOT_RUN)
