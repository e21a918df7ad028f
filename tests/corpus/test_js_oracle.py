"""The JavaScript lexer and scanner against acorn, a full parser, on the JavaScript files of the packages."""

import json
import subprocess
from array import array
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import pytest

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.references import scan, scan_tokens
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from tests.conftest import MadeOnce
from tests.corpus.packages import node_modules, sampled

pytestmark = [pytest.mark.corpus, pytest.mark.node]

ORACLE = Path(__file__).with_name("js_oracle.mjs")
PORTIONS: Final = 4
FEWEST_MODULES: Final = 100  # in each portion
FEWEST_REFERENCES: Final = 200
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
    Kind.BAD: "?",
}
LETTER_OF: Final = bytes(ord(LETTERS.get(kind, " ")) for kind in Kind).ljust(256)

WRONG_ON_PURPOSE = "test262-parser-tests"
Places = tuple[str, "array[int]", "array[int]"]  # of tokens: a letter for each, where it begins, and where it ends
Answer = tuple[Path, str, dict[str, Any]]  # a file, its text, and what acorn finds in it


@cache
def all_files() -> tuple[Path, ...]:
    """The JavaScript files of the packages, but those that are wrong on purpose."""
    files = (
        path
        for path in node_modules().rglob("*.*js")
        if path.suffix in (".js", ".mjs")
        and WRONG_ON_PURPOSE not in path.parts
        and path.is_file()
        and path.stat().st_size <= LARGEST_FILE_BYTES
    )
    return tuple(sampled(files))


@pytest.fixture(scope="module", params=range(PORTIONS))
def answers_folder(request: pytest.FixtureRequest, node: str, made_once: MadeOnce) -> Path:
    """A portion of the files in `list`, and what acorn finds in each: one line of JSON a file in `answers`."""

    def ask(folder: Path) -> None:
        folder.mkdir()
        (folder / "list").write_text("".join(f"{path}\n" for path in all_files()[request.param :: PORTIONS]))
        acorn = node_modules() / "acorn" / "dist" / "acorn.mjs"
        subprocess.run([node, ORACLE, acorn, folder / "list", folder / "answers"], check=True, timeout=600)

    return made_once(f"acorn-{request.param}", ask)


@pytest.fixture
def answers(answers_folder: Path) -> Iterator[Iterator[Answer]]:
    questions = map(Path, (answers_folder / "list").read_text().splitlines())
    with (answers_folder / "answers").open(encoding="utf-8") as lines:
        yield (
            (path, path.read_bytes().decode("utf-8", "replace"), json.loads(line))
            for path, line in zip(questions, lines, strict=True)
        )


def our_places(text: str) -> Places:
    first = Kind.COMMENT
    flat = array("I", chain.from_iterable(token for token in tokens(text) if token[0] >= first))
    return bytes(flat[::3].tolist()).translate(LETTER_OF).decode(), flat[1::3], flat[2::3]


@pytest.fixture
def places(answers: Iterator[Answer], answers_folder: Path) -> Iterator[Iterator[tuple[Path, str, Places]]]:
    """Each file, its text, and the places of what acorn finds in it."""
    with (answers_folder / "answers.places").open("rb") as file:

        def read(count: int) -> "array[int]":
            numbers = array("I")
            numbers.fromfile(file, count)
            return numbers

        yield (
            (path, text, (letters, read(len(letters)), read(len(letters))))
            for path, text, answer in answers
            for letters in [answer.get("letters", "")]
        )


def acorn_references(answer: dict[str, Any]) -> list[Reference]:
    return [Reference(start, end, url, ReferenceKind(kind)) for kind, start, end, url in answer["references"]]


def test_acorn_reads_every_file(answers: Iterator[Answer]) -> None:
    goals = [(path, answer.get("goal")) for path, _, answer in answers]
    assert [path for path, goal in goals if goal is None] == []
    modules = sum(goal == "module" for _, goal in goals)
    print(f"\n{len(goals)} files, {modules} of them modules")  # noqa: T201  # a number that the reader of the log can check
    assert modules >= FEWEST_MODULES


def test_tokens_begin_and_end_where_those_of_acorn_do(places: Iterator[tuple[Path, str, Places]]) -> None:
    assert [path for path, text, expected in places if our_places(text) != expected] == []


def test_references_are_those_of_the_syntax_tree(answers: Iterator[Answer]) -> None:
    count, differing = 0, []
    for path, text, answer in answers:
        expected = acorn_references(answer)
        count += len(expected)
        if [reference for reference in scan(text) if reference.kind is not ReferenceKind.SOURCE_MAP] != expected:
            differing.append(path)
    print(f"\n{count} references")  # noqa: T201  # a number that the reader of the log can check
    assert differing == []
    assert count >= FEWEST_REFERENCES


def test_scan_finds_what_reading_all_tokens_finds(answers: Iterator[Answer]) -> None:
    some = islice(answers, 0, None, 3)  # the two tests above judge both of each file
    assert [path for path, text, _ in some if scan(text) != list(scan_tokens(text))] == []
