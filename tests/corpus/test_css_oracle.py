"""Published style sheets: their tokens, references and minified texts, as an independent parser has them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.rcssmin import RcssminEngine
from buildassets.compiler.languages.css.lexer import Kind, follow, tokens
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.languages.reference import ReferenceKind
from tests.corpus.packages import node_modules
from tests.css_trees import tinycss2, tree, urls

pytestmark = pytest.mark.corpus

PORTIONS = 16
FEWEST_SHEETS = 500
LONGEST_SHEET = 400_000  # characters; the parser takes a second for 100,000

KINDS = {
    "whitespace": Kind.SPACE,
    "comment": Kind.COMMENT,
    "ident": Kind.NAME,
    "function": Kind.FUNCTION,
    "url": Kind.URL,
    "number": Kind.NUMBER,
    "percentage": Kind.NUMBER,
    "dimension": Kind.NUMBER,
    "string": Kind.STRING,
    "hash": Kind.HASH,
    "at-keyword": Kind.AT_KEYWORD,
}


def all_sheets() -> list[Path]:
    return sorted(path for path in node_modules().rglob("*.css") if path.is_file())


def sheets(portion: int) -> Iterator[tuple[str, str]]:
    """Names and texts of a sixteenth of the sheets."""
    for path in all_sheets()[portion::PORTIONS]:
        text = path.read_bytes().decode("utf-8")
        if len(text) <= LONGEST_SHEET:
            yield str(path), text


def test_the_corpus_is_large() -> None:
    assert len(all_sheets()) >= FEWEST_SHEETS


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_tokens_begin_where_a_parser_has_them(portion: int) -> None:
    for name, text in sheets(portion):
        # The parser counts lines after preprocessing (CSS Syntax 3, section 3.3).
        text = re.sub(r"\r\n?|\f", "\n", text).removeprefix("\ufeff")
        assert ours(text) == theirs(text), name


def ours(text: str) -> list[tuple[int, Kind]]:
    """Places and kinds of the tokens, without the closers of brackets, which a parser's nodes do not show."""
    found = []
    brackets: list[str] = []
    for kind, start, end in tokens(text):
        depth = len(brackets)
        if kind is Kind.FUNCTION:
            brackets.append("(")
        elif kind is Kind.DELIMITER:
            follow(brackets, text[start:end])
        if len(brackets) >= depth:
            found.append((start, kind))
    return found


def theirs(text: str) -> list[tuple[int, Kind]]:
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found: list[tuple[int, Kind]] = []
    for node in flat(tinycss2.parse_component_value_list(text)):
        start = starts[node.source_line - 1] + node.source_column - 1
        found += expanded(node, text, start)
    return found


def flat(nodes: list[Any]) -> Iterator[Any]:
    for node in nodes:
        yield node
        if node.type == "function":
            yield from flat(node.arguments)
        elif node.type.endswith("block"):
            yield from flat(node.content)


def expanded(node: Any, text: str, start: int) -> list[tuple[int, Kind]]:
    """The node as tokens of the standard's present text: no match operators and no ranges of characters."""
    if node.type == "unicode-range":
        written = re.compile(r"[uU]\+[0-9a-fA-F?]+(-[0-9a-fA-F]+)?").match(text, start)
        assert written
        return [(start + token.start, token.kind) for token in tokens(written.group())]
    if node.type == "literal" and node.value in ("<!--", "-->"):
        return [(start, Kind.HTML_COMMENT)]
    if node.type == "literal":
        return [(start + index, Kind.DELIMITER) for index in range(len(node.value))]
    if node.type == "error":
        return [(start, Kind.BAD if node.kind.startswith("bad") else Kind.DELIMITER)]
    return [(start, KINDS.get(node.type, Kind.DELIMITER))]


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_references_are_what_a_parser_shows(portion: int) -> None:
    for name, text in sheets(portion):
        assert [found.url for found in scan(text) if found.kind is ReferenceKind.URL] == urls(text), name


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_a_parser_reads_the_minified_sheet_alike(portion: int) -> None:
    engine = RcssminEngine()
    for name, text in sheets(portion):
        minified = engine.run(EngineInput(text, name, name)).text
        assert len(minified) <= len(text)
        assert tree(minified) == tree(text), name
