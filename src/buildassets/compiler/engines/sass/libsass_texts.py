"""Caches what is known about the texts of Sass files, for the texts that were used last.

A watch compiles the same partials again after each edit of one of them; the others need not be examined again.
"""

from functools import cached_property
from typing import Final

from buildassets.compiler.engines.sass import libsass_faults as scss_syntax
from buildassets.compiler.engines.sass.libsass_faults import ImportRule, LibsassFault

_MOST_CHARACTERS: Final = 4_000_000  # ten times Bootstrap; with the cached properties they take twice as many bytes


class SassText:
    """A text with properties that are computed once, when they are first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._import_rules: dict[tuple[str, bool], ImportRule | None] = {}

    @cached_property
    def blank(self) -> str:
        """The text without comments, strings and URLs."""
        return scss_syntax.blanked(self.text)

    @cached_property
    def silently_wrong(self) -> tuple[LibsassFault, ...]:
        """The parts that libsass would compile to CSS of another meaning."""
        return tuple(scss_syntax.silently_wrong(self.blank))

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names of the functions that it defines."""
        return frozenset(scss_syntax.functions_defined(self.blank))

    def import_rule(self, name: str, *, indented: bool) -> ImportRule | None:
        """The rule that imports `name`, if there is one."""
        if (name, indented) not in self._import_rules:
            self._import_rules[name, indented] = scss_syntax.import_rule(self.text, self.blank, name, indented=indented)
        return self._import_rules[name, indented]


class RecentTexts:
    """A cache of SassTexts by their text; when it is full, the least recently used one is dropped."""

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most_characters = most_characters
        self._texts: dict[str, SassText] = {}
        self._characters = 0

    def of(self, text: str) -> SassText:
        """The SassText of `text`, kept or new."""
        known = self._texts.pop(text, None)
        if known is None:
            known = SassText(text)
            self._characters += len(text)
        self._texts[text] = known
        while self._characters > self._most_characters:
            oldest = next(iter(self._texts))
            del self._texts[oldest]
            self._characters -= len(oldest)
        return known
