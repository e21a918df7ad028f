"""Finds the assets that Jinja templates name. Jinja's own lexer and parser read them; none is rendered.

Takes texts whose line ends are LF, gives readings. Imports Jinja.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Final, NoReturn

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TOKEN_BLOCK_END, TOKEN_STRING, Lexer
from jinja2.parser import Parser

from buildassets.compiler.config.not_run import is_own_extension
from buildassets.compiler.templates.jinja_scopes import Visitor
from buildassets.compiler.templates.names import (
    HELPERS,
    JAMMIT,
    JAMMIT_EXTENSION,
    NamingRule,
    Reading,
    Span,
    TemplateFault,
)
from buildassets.foundation.permission import Permission
from buildassets.programs.project_python import importable

EXTENSIONS: Final = ("jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.debug")
# The globals of frameworks, and those that projects usually add.
_GLOBALS: Final[Mapping[str, NamingRule]] = {
    **HELPERS,
    "static": NamingRule.STATIC,
    "url_for": NamingRule.ENDPOINT,
}


# Parts of other tags, and the tag of `buildassets.compat.compressor`, whose content is read like any other.
_PASSED_OVER: Final = ("else", "elif", "compress")


class JinjaReader:
    """Reads templates as an environment with `extensions` would.

    `functions` are those of the project's own, also dotted ones. `source` gives the text of a template by its name,
    None if there is none. If an extension cannot be loaded, its exception is raised.
    """

    def __init__(
        self, functions: Iterable[str], extensions: Iterable[str], source: Callable[[str], str | None]
    ) -> None:
        extensions = [*extensions]
        self._environment = _Environment(extensions=[*EXTENSIONS, *extensions])
        self._functions = dict.fromkeys(functions, NamingRule.OWN)
        self._globals = {**_GLOBALS, **(JAMMIT if JAMMIT_EXTENSION in extensions else {})}
        self._source = source
        self._exports: dict[str, Mapping[str, object]] = {}

    def read(self, text: str) -> Reading:
        """The names in the template `text`."""
        visitor, faults = self._visited(text)
        return Reading(tuple(visitor.uses), tuple(visitor.unchecked), tuple(faults), tuple(visitor.computed_icons))

    @property
    def imported(self) -> Collection[str]:
        """The names of the templates that others import, as far as these have been read."""
        return self._exports.keys()

    def _visited(self, text: str) -> tuple[Visitor, list[TemplateFault]]:
        parser_faults: list[TemplateFault] = []
        visitor = Visitor(self._environment, {**self._globals, **self._functions}, self._functions, self._exported)
        try:
            tree = self._parsed(text, parser_faults)
            visitor.run(tree, self._environment.lexer.strings)
        except TemplateSyntaxError as fault:
            parser_faults.append(TemplateFault(_in_our_form(fault.message or "no template"), fault.lineno))
        except RecursionError:
            parser_faults.append(TemplateFault("is nested too deeply", 0))
        return visitor, parser_faults

    def _parsed(self, text: str, faults: list[TemplateFault]) -> nodes.Template:
        """The tree of `text`. Raises TemplateSyntaxError, also in place of another exception of an extension."""
        try:
            return _TolerantParser(self._environment, text, faults).parse()
        except (TemplateSyntaxError, RecursionError):
            raise
        except Exception as fault:  # of an extension
            raise TemplateSyntaxError(f"an extension fails with {type(fault).__name__}: {fault}", 0) from None

    def _exported(self, name: str) -> Mapping[str, object]:
        """The names that the template `name` binds at its top; none if there is no such template."""
        if name not in self._exports:
            self._exports[name] = {}  # for templates that import one another
            text = self._source(name)
            if text is not None:
                strings = self._environment.lexer.strings
                self._exports[name] = self._visited(text)[0].exports()
                self._environment.lexer.strings = strings
        return self._exports[name]


class _OffsetLexer(Lexer):
    """Gives each token its offset in place of its line, so that all nodes of a tree have offsets.

    `strings` are the spans of string literals by their offsets.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.strings: dict[int, Span] = {}

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        """The tokens of `source`, whose line ends are LF. A TemplateSyntaxError has an offset as its line, too."""
        self.strings = {}
        end = 0
        try:
            for _, token, value in super().tokeniter(source, name, filename, state):
                start = source.index(value, end)  # Jinja may have removed white space before it
                end = start + len(value)
                if token == TOKEN_STRING:
                    self.strings[start] = (start + 1, end - 1)
                yield start, token, value
        except TemplateSyntaxError as fault:
            fault.lineno = end
            raise


class _Environment(Environment):
    """A Jinja environment whose lexer gives offsets."""

    def __init__(self, extensions: Sequence[str]) -> None:
        super().__init__(extensions=extensions)
        self._offset_lexer = _OffsetLexer(self)

    @property
    def lexer(self) -> _OffsetLexer:
        """The lexer of all its templates."""
        return self._offset_lexer


class _UnknownTagError(Exception):
    """No extension has the tag."""


class _TolerantParser(Parser):
    """Skips unknown tags and records a fault for each; the text between them is read as if they were not there."""

    def __init__(self, environment: Environment, text: str, faults: list[TemplateFault]) -> None:
        self._faults = faults
        super().__init__(environment, text)

    def parse_statement(self) -> nodes.Node | list[nodes.Node]:
        """The nodes of a statement; empty if its tag is unknown."""
        try:
            return super().parse_statement()
        except _UnknownTagError:
            while self.stream.current.type not in (TOKEN_BLOCK_END, "eof"):
                next(self.stream)
            return []

    def fail_unknown_tag(self, name: str, lineno: int | None = None) -> NoReturn:
        """Record the tag, unless it continues or ends an earlier one. The parser has consumed nothing of it yet."""
        if not name.startswith("end") and name not in _PASSED_OVER:
            hint = "name the extension that has it in `extensions`"
            start = self.stream.current.lineno
            self._faults.append(TemplateFault(f"unknown tag `{name}`", start, start + len(name), hint))
        raise _UnknownTagError


class ExtensionError(Exception):
    """An extension cannot be loaded; `index` is its place among those that were asked for."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index


def loaded(
    functions: Iterable[str],
    extensions: Sequence[str],
    source: Callable[[str], str | None],
    folder: str,
    *,
    permission: Permission,
) -> JinjaReader:
    """A reader with `extensions`; those of the project are imported from `folder`. Raises ExtensionError."""
    names_project = not all(map(is_own_extension, extensions))
    with importable(folder, permission=permission, first=True) if names_project else nullcontext():
        for index, extension in enumerate(extensions):
            try:
                _Environment(extensions=[extension])
            except Exception as fault:  # of the extension
                raise ExtensionError(index, _in_our_form(str(fault) or type(fault).__name__)) from None
        return JinjaReader(functions, extensions, source)


def _in_our_form(message: str) -> str:
    """The first line of a message of Jinja or Python, in the form of our messages."""
    line = message.partition("\n")[0].rstrip(".")
    return re.sub("'([^'`]+)'", r"`\1`", line[:1].lower() + line[1:])
