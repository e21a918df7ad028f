"""The JavaScript lexer and scanner against acorn, a full parser, on every JavaScript file of the packages."""

import json
import subprocess
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.references import scan, scan_tokens
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.corpus, pytest.mark.node]

ORACLE = Path(__file__).with_name("js_oracle.mjs")
FEWEST_MODULES = 2_000
LARGEST_FILE_BYTES = 4_000_000
LETTERS = {
    Kind.COMMENT: "c",
    Kind.HASHBANG: "c",
    Kind.NAME: "w",
    Kind.NUMBER: "n",
    Kind.STRING: "s",
    Kind.TEMPLATE: "t",
    Kind.REGEXP: "r",
    Kind.PUNCTUATOR: "p",
    Kind.BAD: "bad",
}

WRONG_ON_PURPOSE = "test262-parser-tests"
Place = tuple[str, int, int]
Answer = tuple[Path, str, dict[str, Any]]  # a file, its text, what acorn says of it


@pytest.fixture(scope="module")
def questions() -> list[Path]:
    """Every JavaScript file of the packages, but those that are wrong on purpose."""
    return sorted(
        path
        for path in node_modules().rglob("*.*js")
        if path.suffix in (".js", ".mjs")
        and WRONG_ON_PURPOSE not in path.parts
        and path.is_file()
        and path.stat().st_size <= LARGEST_FILE_BYTES
    )


@pytest.fixture(scope="module")
def answers_file(node: str, questions: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What acorn says of each, one line of JSON a file."""
    folder = tmp_path_factory.mktemp("oracle")
    (folder / "list").write_text("".join(f"{path}\n" for path in questions))
    acorn = node_modules() / "acorn" / "dist" / "acorn.mjs"
    subprocess.run([node, ORACLE, acorn, folder / "list", folder / "answers"], check=True, timeout=600)
    return folder / "answers"


@pytest.fixture
def answers(questions: list[Path], answers_file: Path) -> Iterator[Iterator[Answer]]:
    with answers_file.open(encoding="utf-8") as lines:
        yield (
            (path, path.read_bytes().decode("utf-8", "replace"), json.loads(line))
            for path, line in zip(questions, lines, strict=True)
        )


def characters_by_unit(text: str) -> dict[int, int] | None:
    """For each UTF-16 place in `text` the place in characters; None where they are the same."""
    if text.isascii() or max(text) <= "\uffff":
        return None
    units = accumulate((2 if character > "\uffff" else 1 for character in text), initial=0)
    return {unit: place for place, unit in enumerate(units)}


def acorn_tokens(answer: dict[str, Any], text: str) -> Iterator[Place]:
    """The tokens as our lexer cuts them: a piece of a template with what opens and closes it is one."""
    flat = answer["tokens"]
    found: list[Place] = [(flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat), 3)]
    places = characters_by_unit(text)
    at = 0
    while at < len(found):
        letter, start, end = found[at]
        at += 1
        if at < len(found) and found[at][0] == "t":
            letter, end = "t", found[at + 1][2]
            at += 2
        yield (letter, places[start], places[end]) if places else (letter, start, end)


def acorn_references(answer: dict[str, Any], text: str) -> list[Reference]:
    places = characters_by_unit(text)
    return [
        Reference(places[start] if places else start, places[end] if places else end, url, ReferenceKind(kind))
        for kind, start, end, url in answer["references"]
    ]


def test_acorn_reads_every_file(answers: Iterator[Answer]) -> None:
    goals = [(path, answer.get("goal")) for path, _, answer in answers]
    assert [path for path, goal in goals if goal is None] == []
    modules = sum(goal == "module" for _, goal in goals)
    print(f"\n{len(goals)} files, {modules} of them modules")  # noqa: T201  # a number that the reader of the log can check
    assert modules >= FEWEST_MODULES


def test_tokens_begin_and_end_where_those_of_acorn_do(answers: Iterator[Answer]) -> None:
    differing = [
        path
        for path, text, answer in answers
        if [(LETTERS[kind], start, end) for kind, start, end in tokens(text) if kind > Kind.LINE_END]
        != list(acorn_tokens(answer, text))
    ]
    assert differing == []


def test_references_are_those_of_the_syntax_tree(answers: Iterator[Answer]) -> None:
    count, differing = 0, []
    for path, text, answer in answers:
        expected = acorn_references(answer, text)
        count += len(expected)
        if [reference for reference in scan(text) if reference.kind is not ReferenceKind.SOURCE_MAP] != expected:
            differing.append(path)
    print(f"\n{count} references")  # noqa: T201  # a number that the reader of the log can check
    assert differing == []
    assert count > FEWEST_MODULES


def test_scan_finds_what_reading_all_tokens_finds(questions: list[Path]) -> None:
    texts = ((path, path.read_bytes().decode("utf-8", "replace")) for path in questions)
    assert [path for path, text in texts if scan(text) != list(scan_tokens(text))] == []
