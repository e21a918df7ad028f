"""The text of a Sass file with what has been found out about it; and the texts that were asked for lately.

A watch compiles the same partials again after each edit of one of them: what is wrong with the others is known.
"""

from functools import cached_property
from typing import Final

from buildassets.compiler.engines.sass import libsass_faults as scss_syntax
from buildassets.compiler.engines.sass.libsass_faults import Finding, ImportRule

_MOST_CHARACTERS: Final = 4_000_000  # ten times Bootstrap; with what is found out they take twice as many bytes


class SassText:
    """A text, of which everything is found out when it is first asked for, and once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._import_rules: dict[tuple[str, bool], ImportRule | None] = {}

    @cached_property
    def blank(self) -> str:
        """The text without comments, strings and URLs."""
        return scss_syntax.blanked(self.text)

    @cached_property
    def silently_wrong(self) -> tuple[Finding, ...]:
        """What libsass would compile to CSS of another meaning."""
        return tuple(scss_syntax.silently_wrong(self.blank))

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names of the functions that it defines."""
        return frozenset(scss_syntax.functions_defined(self.blank))

    def import_rule(self, name: str, *, indented: bool) -> ImportRule | None:
        """Where it imports `name`."""
        if (name, indented) not in self._import_rules:
            self._import_rules[name, indented] = scss_syntax.import_rule(self.text, self.blank, name, indented=indented)
        return self._import_rules[name, indented]


class RecentTexts:
    """Texts by what they say, for as long as there is room: the one that was asked for least recently goes first."""

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most_characters = most_characters
        self._texts: dict[str, SassText] = {}
        self._characters = 0

    def of(self, text: str) -> SassText:
        """`text`, with what is known of it."""
        found = self._texts.pop(text, None)
        if found is None:
            found = SassText(text)
            self._characters += len(text)
        self._texts[text] = found
        while self._characters > self._most_characters:
            oldest = next(iter(self._texts))
            del self._texts[oldest]
            self._characters -= len(oldest)
        return found
