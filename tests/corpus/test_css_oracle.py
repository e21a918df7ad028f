"""Published style sheets: their tokens, references and minified texts, as an independent parser has them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from buildassets.compiler.engines.protocol import EngineInput
from buildassets.compiler.engines.sheets import SheetEngine
from buildassets.compiler.languages.css.lexer import Kind, follow, tokens
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.languages.reference import ReferenceKind
from tests.corpus.sheets import Sheet, all_sheets
from tests.css_trees import tree

pytestmark = pytest.mark.corpus

FEWEST_SHEETS = 100

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


def test_the_corpus_is_large() -> None:
    assert len(all_sheets()) >= FEWEST_SHEETS


def test_tokens_begin_where_a_parser_has_them(some_sheets: tuple[Sheet, ...]) -> None:
    for sheet in some_sheets:
        assert ours(sheet.preprocessed) == theirs(sheet), sheet.path


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


def theirs(sheet: Sheet) -> list[tuple[int, Kind]]:
    text = sheet.preprocessed
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found: list[tuple[int, Kind]] = []
    for node in flat(sheet.nodes):
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


def test_references_are_what_a_parser_shows(some_sheets: tuple[Sheet, ...]) -> None:
    for sheet in some_sheets:
        found = [found.url for found in scan(sheet.text) if found.kind is ReferenceKind.URL]
        assert found == sheet.urls, sheet.path


def test_minified_sheet_is_the_same_to_a_parser(some_sheets: tuple[Sheet, ...]) -> None:
    engine = SheetEngine()
    for sheet in some_sheets:
        minified = engine.run(EngineInput(sheet.text, sheet.path, sheet.path)).text
        assert len(minified) <= len(sheet.text)
        assert tree(minified) == tree(sheet.rules), sheet.path
