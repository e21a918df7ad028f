"""Finds what a classic script declares for all scripts, and what else of it matters to its neighbours. Pure.

Where tokens do not decide between a block and an object, a block is assumed: then more may be taken for declared than
is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from buildassets.compiler.languages.javascript.lexer import (
    LINE_TERMINATORS,
    SPACES,
    Kind,
    Token,
    begins_anew,
    tokens,
)
from buildassets.compiler.languages.native.library import Question, asked, numbers_of
from buildassets.foundation.lazy_pattern import lazy_pattern

Span = tuple[int, int]  # text[start:end]
Word = tuple[Kind, str]  # a token of code; the text matters of names and punctuators only


class DeclarationKind(Enum):
    """How a name is declared."""

    VAR = "var"
    FUNCTION = "function"
    LEXICAL = "lexical"  # by let, const or class


@dataclass(slots=True)
class Declaration:
    """A name that all scripts see, and at its place; of a function also its text."""

    name: str
    sort: DeclarationKind
    span: Span
    source: str = ""


@dataclass(slots=True)
class Script:
    """One script as its neighbours see it. `first` and `last` are the words of code at its ends, if it has any."""

    first: Word | None = None
    last: Word | None = None
    code_end: int = 0
    is_strict: bool = False
    hashbang: Span | None = None
    cuts: list[Span] = field(default_factory=list)  # what must not stand amid other scripts, beside the hashbang
    declarations: list[Declaration] = field(default_factory=list)
    arguments: Span | None = None  # the word outside of functions
    asked: dict[str, Span] = field(default_factory=dict)  # names that `typeof` asks for outside of functions
    module: Span | None = None  # what only a module may hold
    unclosed: tuple[Span, str] | None = None  # what is out of balance, and in which way


def read_script(text: str) -> Script:
    """The parts of `text` that matter to scripts joined with it."""
    answer = asked(Question.SCRIPT_SCOPES, text)
    return _ScopeReader(text).script if answer is None else _answered(text, numbers_of(answer))


def _answered(text: str, numbers: Sequence[int]) -> Script:
    """The script that the library describes by `numbers`, as `scopes.rs` has them."""
    declared, is_strict, *ends, reason, opener, cuts, asked_names = numbers[:8]
    sorts, numbers = numbers[8 : 8 + 2 * declared], numbers[8 + 2 * declared :]
    spans = [*zip(numbers[::2], numbers[1::2], strict=True)]
    first, last, hashbang, arguments, module, open_end = spans[:6]
    del spans[:6]
    found = Script(
        _word(text, ends[0], first),
        _word(text, ends[1], last),
        code_end=last[1],
        is_strict=bool(is_strict),
        hashbang=hashbang if hashbang[1] else None,
        cuts=spans[:cuts],
        arguments=arguments if arguments[1] else None,
        module=module if module[1] else None,
        unclosed=(open_end, _REASONS[reason].format(chr(opener))) if open_end[1] else None,
    )
    found.asked = {text[slice(*span)]: span for span in spans[cuts : cuts + asked_names]}
    del spans[: cuts + asked_names]
    for number, (span, source) in enumerate(zip(spans[::2], spans[1::2], strict=True)):
        sort, is_async = _SORTS[sorts[2 * number]], sorts[2 * number + 1]
        written = "async " * is_async + text[slice(*source)]
        found.declarations.append(Declaration(text[slice(*span)], sort, span, written))
    return found


def _word(text: str, number: int, span: Span) -> Word | None:
    """The word of code at `span`, if there is any; `number` is that of its kind."""
    kind = Kind(number)
    shown = text[slice(*span)] if kind in (Kind.NAME, Kind.PUNCTUATOR) else kind.name
    return (kind, shown) if span[1] else None


class _Frame(NamedTuple):
    """An open bracket, at `span`, and what it is."""

    opener: str
    sort: str  # block, object, class, function; header (of a function) or group
    span: Span
    class_depth: int  # the reader's when it was opened


_DECLARERS: Final = frozenset(("var", "let", "const", "class", "function"))
_SORTS: Final = (*DeclarationKind,)  # by their numbers in the answers of the library
_REASONS: Final = (
    "a string, comment, template or regular expression is never closed",
    "`{}` is never closed",
    "`{}` closes nothing",
)
_SPACE: Final = rf"[{SPACES}{LINE_TERMINATORS}]*+"
_MAP_OR_NAME: Final = lazy_pattern(rf"/[/*][#@]{_SPACE}source(?:Mapping)?URL=")
_DOTS: Final = (".", "?.")
_OPENERS: Final = {")": "(", "]": "[", "}": "{"}
_HEADS: Final = frozenset(("if", "for", "while", "with", "switch", "catch", "await"))
_OPERATOR_WORDS: Final = frozenset(
    ("case", "delete", "extends", "in", "instanceof", "new", "of", "return", "throw", "typeof", "void", "yield")
)
_OPERAND_ENDS: Final = frozenset((")", "]", "}", "++", "--"))
_STRICT: Final = ("'use strict'", '"use strict"')
_NOTHING: Final = Kind.PUNCTUATOR, ";"  # what could as well stand before the first token


class _ScopeReader:
    """One walk over the tokens of a script."""

    def __init__(self, text: str) -> None:
        self.script = Script()
        self._text = text
        self._frames: list[_Frame] = []
        self._functions = 0  # how many of the frames are functions
        self._before = [_NOTHING, _NOTHING, _NOTHING]  # the last words, the nearest last
        self._on_new_line = True
        self._prologue: Span | None = (0, 0)  # its last string; None behind it
        self._awaits_header = False  # of a function
        self._function = 0, ""  # where the last declared one begins, and what before that
        self._class_depth = -1  # where a class waits for its body
        self._list: tuple[DeclarationKind, int] | None = None  # an open list of declarations, and how deep it stands
        self._awaits_name: DeclarationKind | None = None
        self._module_word = 0, 0  # the last `import` or `export`
        self._pattern: tuple[DeclarationKind, int, Span | None] | None = (
            None  # how deep it stands, and what may be a name of it
        )
        if text.startswith("\ufeff"):
            self.script.cuts.append((0, 1))
        for token in tokens(text):
            self._take(token)
        self._end()

    def _end(self) -> None:
        if self._prologue:
            self._end_directive()
        if self._frames and not self.script.unclosed:
            frame = self._frames[-1]
            self.script.unclosed = frame.span, _REASONS[1].format(frame.opener)

    def _take(self, token: Token) -> None:
        kind, start, end = token
        if kind is Kind.COMMENT:
            if _MAP_OR_NAME.match(self._text, start):
                self.script.cuts.append((start, end))
            self._on_new_line = self._on_new_line or "\n" in self._text[start:end]
        elif kind is Kind.LINE_END:
            self._on_new_line = True
        elif kind is Kind.HASHBANG:
            self.script.hashbang = (start, end)
        elif kind is not Kind.SPACE:
            self._take_code(token)
            self._on_new_line = False

    def _take_code(self, token: Token) -> None:
        kind, start, end = token
        word = self._text[start:end] if kind in (Kind.NAME, Kind.PUNCTUATOR) else kind.name
        self.script.first = self.script.first or (kind, word)
        self.script.last, self.script.code_end = (kind, word), end
        if kind is Kind.BAD and not self.script.unclosed:
            self.script.unclosed = (start, end), _REASONS[0]
        if self._prologue:
            self._read_prologue(kind, word, (start, end))
        self._read_declarations(kind, word, (start, end))
        if kind is Kind.NAME and self._before[-1][1] not in _DOTS:
            self._read_word(word, (start, end))
        elif kind is Kind.TEMPLATE:
            self._read_template((start, end))
        elif word in ("(", "[", "{"):
            self._open(word, (start, end))
        elif word in _OPENERS and kind is Kind.PUNCTUATOR:
            self._close(_OPENERS[word], (start, end))
        self._read_module(kind, word)
        if word in ("import", "export"):
            self._module_word = (start, end)
        self._before = [*self._before[1:], (kind, word)]

    def _read_prologue(self, kind: Kind, word: str, span: Span) -> None:
        """Follow the strings at the start, which are directives if a statement ends behind each (ECMA-262, 11.2.1)."""
        assert self._prologue
        if self._before[-1][0] is Kind.STRING:
            if word != ";" and not (self._on_new_line and begins_anew(kind, word)):
                self._prologue = None
                return
            self._end_directive()
        if kind is Kind.STRING:
            self._prologue = span
        elif word != ";" or self._before[-1][0] is not Kind.STRING:
            self._prologue = None

    def _end_directive(self) -> None:
        assert self._prologue
        start, end = self._prologue
        self.script.is_strict = self.script.is_strict or self._text[start:end] in _STRICT

    def _read_module(self, kind: Kind, word: str) -> None:
        if self.script.module:
            return
        last, before = self._before[-1][1], self._before[-2][1]
        if word == "meta" and last == "." and before == "import" and self._before[-3][1] not in _DOTS:
            self.script.module = self._module_word
        elif last in ("import", "export") and before not in _DOTS and not self._frames[1:]:
            is_declaration = kind in (Kind.NAME, Kind.STRING) or word in ("{", "*")
            if is_declaration and (not self._frames or word == "{"):
                self.script.module = self._module_word

    # Declarations

    def _read_word(self, word: str, span: Span) -> None:
        if word == "arguments" and not self._functions:
            self.script.arguments = self.script.arguments or span
        if not self._functions and self._before[-1] == (Kind.NAME, "typeof"):
            self.script.asked.setdefault(word, span)
        if word not in _DECLARERS:
            return
        depth = len(self._frames)
        if word == "var":
            if not self._functions:
                self._list, self._awaits_name = (DeclarationKind.VAR, depth), DeclarationKind.VAR
            return
        is_statement = depth == 0 and self._is_statement_start()
        if word in ("let", "const"):
            if is_statement:
                self._list, self._awaits_name = (DeclarationKind.LEXICAL, depth), DeclarationKind.LEXICAL
        elif word == "class":
            self._class_depth = depth
            self._awaits_name = DeclarationKind.LEXICAL if is_statement else self._awaits_name
        else:
            self._awaits_header = True
            if is_statement:
                self._awaits_name = DeclarationKind.FUNCTION
                self._function = span[0], "async " if self._before[-1][1] == "async" else ""

    def _is_statement_start(self) -> bool:
        kind, word = self._before[-1]
        if (kind, word) == (Kind.NAME, "async") and not self._on_new_line:
            kind, word = self._before[-2]
            return word in (";", "}") or _ends_operand(kind, word)
        return word in (";", "}") or (self._on_new_line and _ends_operand(kind, word))

    def _read_declarations(self, kind: Kind, word: str, span: Span) -> None:
        """Follow an open list of declarations, and take the names that are awaited."""
        if self._pattern:
            self._read_pattern(kind, word, span)
        if self._awaits_name:
            self._read_name(kind, word, span)
        elif self._list:
            sort, depth = self._list
            if len(self._frames) < depth or (len(self._frames) == depth and self._ends_list(kind, word)):
                self._list = None
            elif len(self._frames) == depth and word == ",":
                self._awaits_name = sort

    def _ends_list(self, kind: Kind, word: str) -> bool:
        if word in (";", ")", "]", "}"):
            return True
        return self._on_new_line and begins_anew(kind, word) and _ends_operand(*self._before[-1])

    def _read_name(self, kind: Kind, word: str, span: Span) -> None:
        """Take the word behind `var`, `class` and the like: a name, or the begin of a pattern."""
        sort = self._awaits_name
        assert sort
        if word == "*" and sort is DeclarationKind.FUNCTION:
            return
        self._awaits_name = None
        if kind is Kind.NAME and word != "extends":
            self.script.declarations.append(Declaration(word, sort, span))
        elif word in ("{", "[") and self._list:
            self._pattern = sort, len(self._frames), None
        else:
            self._list = None

    def _read_pattern(self, kind: Kind, word: str, span: Span) -> None:
        """Take the names of an open pattern: each is known for one by the word behind it."""
        assert self._pattern
        sort, depth, name = self._pattern
        if name and word not in (":", "(", "."):
            self.script.declarations.append(Declaration(self._text[slice(*name)], sort, name))
        if len(self._frames) <= depth:
            self._pattern = None
            return
        begins = self._before[-1][1] in ("{", "[", ",", ":", "...") and self._frames[-1].opener in ("{", "[")
        self._pattern = sort, depth, span if begins and kind is Kind.NAME else None

    # Brackets

    def _open(self, opener: str, span: Span) -> None:
        sort = "group"
        if opener == "(":
            sort = "header" if self._opens_header() else "group"
            self._awaits_header = False
        elif opener == "{":
            sort = self._sort_of_curly()
        self._push(_Frame(opener, sort, span, self._class_depth))

    def _opens_header(self) -> bool:
        if self._awaits_header:
            return True
        if not self._frames or self._frames[-1].sort not in ("object", "class"):
            return False
        kind, word = self._before[-1]
        return word == "]" or kind in (Kind.NAME, Kind.STRING, Kind.NUMBER)  # a method's

    def _sort_of_curly(self) -> str:
        kind, word = self._before[-1]
        if self._class_depth == len(self._frames):
            self._class_depth = -1
            return "class"
        if word == "=>" or (word == ")" and self._last_closed == "header"):
            return "function"
        if word == "static" and self._frames and self._frames[-1].sort == "class":
            return "function"
        if word == ":":
            return "block" if not self._frames or self._frames[-1].sort in ("block", "function") else "object"
        if kind is Kind.PUNCTUATOR:
            return "block" if word in (";", "{", "}", ")") else "object"
        return "object" if word in _OPERATOR_WORDS else "block"

    def _read_template(self, span: Span) -> None:
        start, end = span
        if self._text[start] == "}":
            self._close("`", span)
        if self._text[end - 1] == "{":
            self._push(_Frame("`", "group", span, self._class_depth))

    def _push(self, frame: _Frame) -> None:
        self._frames.append(frame)
        self._functions += frame.sort == "function"

    _last_closed = ""

    def _close(self, opener: str, span: Span) -> None:
        if not self._frames or self._frames[-1].opener != opener:
            if not self.script.unclosed:
                self.script.unclosed = self._mismatch(opener, span)
            return
        frame = self._frames.pop()
        self._last_closed = frame.sort
        if frame.sort == "function":
            self._functions -= 1
            self._class_depth, self._awaits_header = frame.class_depth, False
        if not self._frames and frame.sort == "function" and self.script.declarations:
            self._end_function(span[1])

    def _mismatch(self, opener: str, span: Span) -> tuple[Span, str]:
        """The fault if the bracket at `span` does not close the last open one."""
        if any(frame.opener == opener for frame in self._frames):
            frame = self._frames[-1]
            return frame.span, _REASONS[1].format(frame.opener)
        return span, _REASONS[2].format(self._text[span[0]])

    def _end_function(self, end: int) -> None:
        last = self.script.declarations[-1]
        if last.sort is DeclarationKind.FUNCTION and not last.source:
            start, prefix = self._function
            last.source = prefix + self._text[start:end]


def _ends_operand(kind: Kind, word: str) -> bool:
    if kind is Kind.PUNCTUATOR:
        return word in _OPERAND_ENDS or word == ";"
    return not (kind is Kind.NAME and word in _OPERATOR_WORDS)


_BINDERS: Final = frozenset((*_DECLARERS, "catch"))


def assigned_names(text: str, names: Collection[str]) -> dict[str, Span]:
    """The first assignment to each of `names` outside of functions, where the script binds no such name in a block.

    In braces a name with a default may be one of a pattern, so it counts as bound. An arrow function is a function,
    whatever its body is.
    """
    return _AssignmentReader(text, names).assigned()


class _AssignmentReader(_ScopeReader):
    """A walk that also collects the assignments to some names."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self._names = names
        self._assigned: list[Span] = []
        self._bound: set[str] = set()
        self._name: tuple[Span, str, str] | None = None  # the last one, the sort of its frame, what binds it
        self._groups: list[int] = []  # how many assignments there were where each open group began
        self._group: list[Span] = []  # those of the last closed one
        self._arrow_depth = -1  # how deep the body of an arrow function stands
        self._pattern_depth = -1  # how deep the pattern of a declaration stands
        super().__init__(text)

    def assigned(self) -> dict[str, Span]:
        """Return the first assignment to each name that is bound nowhere."""
        spans = {self._text[start:end]: (start, end) for start, end in reversed(self._assigned)}
        return {name: span for name, span in spans.items() if name not in self._bound}

    def _take_code(self, token: Token) -> None:
        kind, start, end = token
        word = self._text[start:end] if kind in (Kind.NAME, Kind.PUNCTUATOR) else kind.name
        self._end_name(word)
        self._end_part(kind, word)
        before = self._before[-1][1]
        if kind is Kind.NAME and word in self._names and not self._functions and before not in _DOTS:
            is_in_pattern = before == "[" or 0 <= self._pattern_depth < len(self._frames)
            binder = "let" if is_in_pattern else self._before[-2][1] if before == "(" else before
            self._name = (start, end), self._frames[-1].sort if self._frames else "", binder
        elif word in ("{", "[") and before in _DECLARERS:
            self._pattern_depth = len(self._frames)
        elif word == "(":
            self._groups.append(len(self._assigned))
        elif word == ")" and self._groups:
            self._group = self._assigned[self._groups.pop() :]
        elif word == "=>":
            self._bound.update(self._text[slice(*span)] for span in self._group if before == ")")
            self._arrow_depth = len(self._frames) if self._arrow_depth < 0 else self._arrow_depth
        super()._take_code(token)

    def _end_name(self, follower: str) -> None:
        """Decide by the word after it what the last name is."""
        if self._name is None:
            return
        span, sort, binder = self._name
        self._name = None
        if binder in _BINDERS or sort == "header":
            self._bound.add(self._text[slice(*span)])
            return
        is_assigned = follower == "=" or (binder == "for" and follower in ("in", "of"))
        if is_assigned and self._arrow_depth < 0 and sort not in ("object", "class"):
            self._assigned.append(span)

    def _end_part(self, kind: Kind, word: str) -> None:
        """Leave a pattern, and the body of an arrow function where its expression ends."""
        if len(self._frames) <= self._pattern_depth and word in ("=", "of", "in"):
            self._pattern_depth = -1
        if len(self._frames) == self._arrow_depth:
            is_next = self._on_new_line and begins_anew(kind, word) and _ends_operand(*self._before[-1])
            if is_next or word in (",", ";", ")", "]", "}"):
                self._arrow_depth = -1
