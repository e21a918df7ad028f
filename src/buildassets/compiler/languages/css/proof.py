"""Proves that a shorter sheet means the same as its source, and writes two such sheets from the source's essence.

The library of lexers answers where it is there, else the modules next to this one do: the answers are the same. Takes
texts, gives texts. Pure.
"""

from buildassets.compiler.languages.css import lexer
from buildassets.compiler.languages.css.lexer import Kind, Token, pieces
from buildassets.compiler.languages.css.minify import essence, has_essence, written_apart
from buildassets.compiler.languages.native.library import Question, asked, numbers_of, text_of


class ProvenSheet:
    """A sheet before it is minified. What it means is kept as the library gives it, or as entries."""

    def __init__(self, text: str) -> None:
        self._packed = asked(Question.ESSENCE, text)
        self._entries = essence(text) if self._packed is None else []

    def means(self, minified: str) -> bool:
        """Whether `minified` has the essence of the source."""
        if self._packed is None:
            return has_essence(minified, self._entries)
        answer = asked(Question.IS_ESSENCE_OF, minified, self._packed)
        return bool(answer and answer[0])

    def joined(self) -> str:
        """The essence of the source, written without anything between its entries."""
        return "".join(self._entries) if self._packed is None else self._written(Question.JOINED_ESSENCE, self._packed)

    def written_apart(self) -> str:
        """The essence of the source, with an empty comment between any two entries that would run together."""
        if self._packed is None:
            return written_apart(self._entries)
        return self._written(Question.WRITTEN_APART, self._packed)

    @staticmethod
    def _written(question: Question, packed: bytes) -> str:
        answer = asked(question, packed)
        assert answer is not None, "the library answered before"
        return text_of(answer)


def faults(text: str) -> list[Token]:
    """The tokens that a browser gives up on, and the last one where the end of the text cuts it short."""
    answer = asked(Question.SHEET_FAULTS, text)
    if answer is None:
        return lexer.faults(text)
    each = iter(numbers_of(answer))
    return [Token(Kind(kind), start, end) for kind, start, end in zip(each, each, each, strict=True)]


def licences(text: str) -> list[str]:
    """The comments that begin with `/*!`."""
    answer = asked(Question.SHEET_LICENCES, text)
    if answer is None:
        return [piece for kind, piece, _ in pieces(text) if kind is Kind.COMMENT and piece.startswith("/*!")]
    each = iter(numbers_of(answer))
    return [text[start:end] for start, end in zip(each, each, strict=True)]
