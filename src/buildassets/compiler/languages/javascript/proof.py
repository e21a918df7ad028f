"""Whether a shorter script is proven to mean the same as its source, and one that always is; whether one can be read.

The library of lexers answers where it is there, else the tokens do: the answers are the same. Takes texts, gives texts.
Pure.
"""

from functools import cached_property

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.minify import KeptToken, pieces, reduced, same_meaning
from buildassets.compiler.languages.native.library import Question, asked_of_script, text_of

_SAME, _OTHER, _BAD = range(3)


def is_readable(text: str) -> bool:
    """Whether the lexer can read all of `text`, without a token that is none of the language."""
    answer = asked_of_script(Question.IS_SCRIPT_READABLE, text, "", module=None)
    return answer == b"\1" if answer else all(kind is not Kind.BAD for kind, _, _ in tokens(text))


class ProvenScript:
    """A script before it is minified; `module` is as for the lexer."""

    def __init__(self, text: str, *, module: bool | None) -> None:
        self._text = text
        self._module = module

    def compared(self, minified: str) -> bool | None:
        """Whether `minified` means the same; None where the source has a bad token."""
        answer = asked_of_script(Question.SCRIPT_COMPARISON, self._text, minified, module=self._module)
        if answer:
            return None if answer[0] == _BAD else answer[0] == _SAME
        if any(piece.kind == Kind.BAD for piece in self._pieces):
            return None
        return same_meaning(self._pieces, pieces(minified, module=self._module))

    def reduced(self) -> str:
        """The script with as little between its tokens as keeps them apart."""
        answer = asked_of_script(Question.REDUCED_SCRIPT, self._text, "", module=self._module)
        if answer is not None:
            return text_of(answer)
        return reduced(self._pieces)

    @cached_property
    def _pieces(self) -> tuple[KeptToken, ...]:
        return tuple(pieces(self._text, module=self._module))
