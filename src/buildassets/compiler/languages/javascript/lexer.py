"""A lexer for ECMAScript 2026: text to tokens with positions.

Whether a `/` begins a regular expression or divides, and whether a `}` ends a block, an object or a function, hangs on
the grammar around it. So a state (what may come next) and a stack of open brackets (what each of them is) run along.
Both are total: any text gives tokens that lie end to end. Pure; imports no other stage.
"""

import re
from collections.abc import Callable, Collection, Iterator
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

from buildassets.compiler.languages.native.library import Question, asked
from buildassets.foundation.lazy_pattern import lazy_pattern


class Kind(IntEnum):
    """The kind of a token."""

    SPACE = 0  # white space without line ends
    LINE_END = 1  # one or more line terminators with the white space between them
    COMMENT = 2  # //, /* */, and in scripts <!-- and a line-start -->
    HASHBANG = 3
    NAME = 4  # identifiers and keywords, with escapes, and #private names
    NUMBER = 5
    STRING = 6
    TEMPLATE = 7  # `text`, `text${, }text${ or }text`
    REGEXP = 8
    PUNCTUATOR = 9
    BAD = 10  # what no grammar allows here: an unclosed string, comment, template; a stray character


class Token(NamedTuple):
    """`text[start:end]` is a token of that kind; the tokens of a text lie end to end and cover it."""

    kind: Kind
    start: int
    end: int


SPACES: Final = r"\t\v\f \xa0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff"
LINE_TERMINATORS: Final = r"\n\r\u2028\u2029"
# Beyond ASCII every character that is neither white space nor a line terminator counts as one of a name: outside
# strings, comments, templates and regular expressions no other is allowed there.
NAME_START: Final = rf"[^\x00-\x23\x25-\x40\x5b-\x5e\x60\x7b-\x7f{SPACES}{LINE_TERMINATORS}]"
NAME_PART: Final = rf"[^\x00-\x23\x25-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f{SPACES}{LINE_TERMINATORS}]"
_ESCAPE: Final = r"\\u(?:[0-9a-fA-F]{4}|\{[0-9a-fA-F]++\})"
IN_DOUBLE: Final = r'(?:[^"\\\n\r]++|\\(?:\r\n|[\s\S]))*+'
IN_SINGLE: Final = r"(?:[^'\\\n\r]++|\\(?:\r\n|[\s\S]))*+"
IN_TEMPLATE: Final = r"(?:[^`\\$]++|\\[\s\S]|\$(?!\{))*+"
_EXPONENT: Final = r"(?:[eE][+-]?[0-9][0-9_]*+)?"
_NO_NAME: Final = rf"(?!{NAME_START}|\\)"  # what must follow a number: `1.in` is an error (ECMA-262, section 12.9.3)
_NUMBER: Final = (
    r"[0-9](?:(?<=0)(?:[xX][0-9a-fA-F_]++|[oO][0-7_]++|[bB][01_]++)n?"
    rf"|(?<=0)[0-7]++(?![0-9_])|[0-9_]*+(?:n|\.?+[0-9_]*+{_EXPONENT})){_NO_NAME}"
)
_FRACTION: Final = rf"\.[0-9][0-9_]*+{_EXPONENT}{_NO_NAME}"
_TEMPLATE_END: Final = r"(?:`|\$\{)"
WHOLE_COMMENT: Final = rf"/(?:/[^{LINE_TERMINATORS}]*+|\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/)"

# The likeliest first. Each begins with one character or class, by which the engine passes it over without trying it;
# so the group, which identifies the branch, is empty and comes last.
_BRANCHES: Final = (
    (Kind.NAME, rf"{NAME_START}{NAME_PART}*+(?:{_ESCAPE}{NAME_PART}*+)*+"),
    (Kind.SPACE, rf"[{SPACES}][{SPACES}]*+"),
    (Kind.PUNCTUATOR, r"[{}()\[\];,~:]"),
    (Kind.PUNCTUATOR, r"\.(?:\.\.|(?![0-9]))"),
    (Kind.LINE_END, rf"[{LINE_TERMINATORS}][{LINE_TERMINATORS}]*+(?:[{SPACES}]*+[{LINE_TERMINATORS}]++)*+"),
    (Kind.STRING, rf'"{IN_DOUBLE}"'),
    (Kind.STRING, rf"'{IN_SINGLE}'"),
    (Kind.PUNCTUATOR, r"=(?:>|==?)?"),
    (Kind.NUMBER, _NUMBER),
    (Kind.NUMBER, _FRACTION),
    (Kind.PUNCTUATOR, r"!(?:==?)?"),
    (Kind.PUNCTUATOR, r"\?(?:\?=?|\.(?![0-9]))?"),
    (Kind.PUNCTUATOR, r"\+[+=]?"),
    (Kind.PUNCTUATOR, r"-[-=]?"),
    (Kind.PUNCTUATOR, r"\*\*?=?"),
    (Kind.PUNCTUATOR, r"&&?=?"),
    (Kind.PUNCTUATOR, r"\|\|?=?"),
    (Kind.COMMENT, r"<!--"),
    (Kind.PUNCTUATOR, r"<<?=?"),
    (Kind.PUNCTUATOR, r">>?>?=?"),
    (Kind.PUNCTUATOR, r"[%^]=?"),
    (Kind.PUNCTUATOR, r"/(?![/*])=?"),
    (Kind.COMMENT, WHOLE_COMMENT),
    (Kind.TEMPLATE, rf"`{IN_TEMPLATE}{_TEMPLATE_END}"),
    (Kind.NAME, rf"\#?(?:{NAME_START}|{_ESCAPE})(?:{NAME_PART}++|{_ESCAPE})*+"),
    (Kind.HASHBANG, rf"(?:\A|(?<=\A\ufeff))\#![^{LINE_TERMINATORS}]*+"),
    (Kind.BAD, rf'"{IN_DOUBLE}'),
    (Kind.BAD, rf"'{IN_SINGLE}"),
    (Kind.BAD, r"`[\s\S]*+"),
    (Kind.BAD, r"/\*[\s\S]*+"),
    (Kind.BAD, r"[\s\S]"),
)
_KINDS: Final = (Kind.BAD, *(kind for kind, _ in _BRANCHES))  # by the number of the group
_TOKEN: Final = lazy_pattern("|".join(pattern + "()" for _, pattern in _BRANCHES))
_REGEXP: Final = lazy_pattern(
    rf"/(?:[^/\\\[{LINE_TERMINATORS}]++|\\[^{LINE_TERMINATORS}]|\[(?:[^\]\\{LINE_TERMINATORS}]++"
    rf"|\\[^{LINE_TERMINATORS}])*+\])++/{NAME_PART}*+"
)
_TEMPLATE_TAIL: Final = lazy_pattern(rf"}}{IN_TEMPLATE}{_TEMPLATE_END}")
_LINE_TERMINATOR: Final = lazy_pattern(rf"[{LINE_TERMINATORS}]")
GAP: Final = rf"(?:[{SPACES}{LINE_TERMINATORS}]++|{WHOLE_COMMENT})*+"
_MODULE_SYNTAX: Final = rf"export|import{GAP}(?:[\"'{{*\\]|{NAME_START}|\.{GAP}meta(?!{NAME_PART}|\\))"

_State: TypeAlias = int
# What was read last, as far as it decides what may come next. After a name has been read in one of the states from
# _DOT on, words have no meaning but as names.
(
    _STATEMENT,  # a statement may begin: `{` is a block, `function` a declaration
    _OPERAND,  # an expression may begin or goes on: `{` is an object, `function` an expression
    _RETURN,  # after return, throw, yield: as _OPERAND, but a line end makes it _STATEMENT
    _ARROW,  # after =>: as _OPERAND, but `{` is a body
    _DEFAULT,  # after export default: as _OPERAND, but `function` is a declaration
    _OPERATOR,  # after an operand: `/` divides
    _NEXT_LINE,  # the same after a line end: `++` belongs to what follows
    _ASYNC_OPERAND,  # after `async` where an operand is wanted
    _ASYNC,  # after `async` elsewhere
    _ASYNC_PARAMETERS,  # after `async x` and `async (…)`: `=>` may follow
    _LET,
    _BOUND,  # after a name or pattern that `var`, `let` or `const` declares
    _NEXT_LINE_BOUND,  # the same after a line end: `,` and `=` go on, anything else begins a statement
    _IMPORT,
    _FROM,
    _EXPORT,
    _HEAD,  # after if, while, with, switch, catch
    _FOR,
    _BODY,  # after the parameters of a function
    _DOT,  # after . and ?.
    _BREAK,  # after break, continue
    _EXPORT_STAR,
    _FUNCTION,
    _CLASS,
    _BINDING,  # after var, const, and a comma in their declarations and in those of let
    _NEXT_FIELD,  # _NEXT_LINE directly in a class body: a name begins the next member
    _KEY,  # a member's name may begin, or its modifiers: plain, after `async`, after `*`, after `async *`
    _KEY_ASYNC,
    _KEY_STAR,
    _KEY_ASYNC_STAR,
    _KEY_DONE,  # after a member's name, in the same four forms
    _KEY_DONE_ASYNC,
    _KEY_DONE_STAR,
    _KEY_DONE_ASYNC_STAR,
) = range(34)
_STATES: Final = range(34)

_Context: TypeAlias = int
_STATEMENTS, _PARENTHESES, _FOR_HEAD, _OBJECT, _CLASS_BODY, _HOLE, _CONDITIONAL, _CLASS_HEAD = range(8)
_OPEN_ENDED: Final = _CONDITIONAL  # from here on: no bracket, so that what closes the one around closes these too

_ASYNC_FLAG, _GENERATOR_FLAG = 1, 2
_CONCISE_FLAG = 4  # in the body, without braces, of an async arrow
_INITIALISER_FLAG = 8  # in a declaration between `=` and the next comma

_BEFORE_REGEXP: Final = frozenset(
    {_STATEMENT, _OPERAND, _RETURN, _ARROW, _DEFAULT, _NEXT_LINE_BOUND}
    | {_EXPORT, _HEAD, _FOR, _BREAK, _EXPORT_STAR, _KEY}
)
_WANTS_OPERAND: Final = frozenset({_OPERAND, _RETURN, _ARROW, _ASYNC_OPERAND})
_POSTFIX: Final = frozenset({_OPERATOR, _ASYNC_OPERAND, _ASYNC, _ASYNC_PARAMETERS, _LET, _FROM})
_DECLARED: Final = frozenset({_BOUND, _NEXT_LINE_BOUND})
_AFTER_OBJECT: Final = {
    **dict.fromkeys((_OPERAND, _RETURN, _DEFAULT, _IMPORT), _OPERATOR),
    **dict.fromkeys((_LET, _BINDING), _BOUND),
    _EXPORT: _STATEMENT,
}


def _after(default: _State, exceptions: dict[_State, _State]) -> tuple[_State, ...]:
    return tuple(exceptions.get(state, default) for state in _STATES)


_MEMBER_NAMED: Final = {
    **{_KEY + form: _KEY_DONE + form for form in range(4)},
    **{_KEY_DONE + form: _KEY_DONE + form for form in range(4)},
    _NEXT_FIELD: _KEY_DONE,
}
_AFTER_NAME: Final = _after(
    _OPERATOR,
    {
        **_MEMBER_NAMED,
        _ASYNC_OPERAND: _ASYNC_PARAMETERS,
        _ASYNC: _ASYNC_PARAMETERS,
        _BREAK: _STATEMENT,
        _LET: _BOUND,
        _BINDING: _BOUND,
        _FUNCTION: _FUNCTION,
        _CLASS: _CLASS,
    },
)
_AFTER_SQUARE: Final = _after(_OPERATOR, {**_MEMBER_NAMED, _NEXT_FIELD: _OPERATOR, _LET: _BOUND, _BINDING: _BOUND})
_AFTER_LITERAL: Final = _after(_OPERATOR, {**_MEMBER_NAMED, _IMPORT: _STATEMENT, _FROM: _STATEMENT})
_AFTER_LINE_END: Final = tuple(
    {
        _OPERATOR: _NEXT_LINE,
        _ASYNC_OPERAND: _NEXT_LINE,
        _ASYNC: _NEXT_LINE,
        _ASYNC_PARAMETERS: _NEXT_LINE,
        _BOUND: _NEXT_LINE_BOUND,
        _RETURN: _STATEMENT,
        _BREAK: _STATEMENT,
        _KEY_ASYNC: _KEY_DONE,
    }.get(state, state)
    for state in _STATES
)
_AFTER_KEYWORD: Final = {
    **dict.fromkeys(("if", "while", "with", "switch", "catch"), _HEAD),
    **dict.fromkeys(("do", "else", "try", "finally", "debugger"), _STATEMENT),
    **dict.fromkeys(("case", "typeof", "void", "delete", "new", "in", "instanceof", "extends"), _OPERAND),
    **dict.fromkeys(("var", "const"), _BINDING),
    **dict.fromkeys(("return", "throw"), _RETURN),
    **dict.fromkeys(("break", "continue"), _BREAK),
    "for": _FOR,
    "from": _FROM,
}
_AFTER_WORD_IN: Final = {
    (_CLASS, "extends"): _OPERAND,
    (_NEXT_FIELD, "in"): _OPERAND,
    (_NEXT_FIELD, "instanceof"): _OPERAND,
    **{(state, "async"): _KEY_ASYNC for state in (_KEY, _KEY_DONE, _NEXT_FIELD)},
    **{(state, "async"): _ASYNC_OPERAND for state in (_OPERAND, _RETURN, _ARROW)},
    **{
        (state, word): _ASYNC_PARAMETERS
        for state in (_ASYNC_OPERAND, _ASYNC)
        for word in ("async", "await", "from", "let", "of", "yield")
    },
    **{(_LET, word): _BOUND for word in ("async", "await", "from", "yield")},
    (_FOR, "await"): _FOR,
    (_EXPORT, "default"): _DEFAULT,
    (_EXPORT_STAR, "as"): _DOT,
    (_EXPORT_STAR, "from"): _FROM,
}
_CONTEXTUAL: Final = frozenset({"as", "async", "await", "class", "default", "function", "let", "of", "yield"})
_KEYWORDS: Final = frozenset(_AFTER_KEYWORD) | _CONTEXTUAL | {"import", "export"}
_AFTER_STAR: Final = {
    _FUNCTION: _FUNCTION,
    _EXPORT: _EXPORT_STAR,
    _KEY: _KEY_STAR,
    _KEY_ASYNC: _KEY_ASYNC_STAR,
    _KEY_DONE: _KEY_STAR,
}
_OPERATORS: Final = (
    "== === ! != !== ~ + += - -= *= ** **= % %= & &= && &&= | |= || ||= ^ ^="
    " < <= << <<= > >= >> >>= >>> >>>= ?? ??= ..."
)
_AFTER_OPERATOR: Final = {**dict.fromkeys(_OPERATORS.split(), _OPERAND), ".": _DOT, "?.": _DOT}
_REREAD: Final = frozenset({"/", "/=", "}", "--"})  # what begins a longer token in some states

# How an initialiser goes on after a line end or comment; after one more of these it is asked again. Anything else is an
# offending token, before which a semicolon is inserted (ECMA-262, section 12.10).
_GAP_GOES_ON: Final = rf"[{LINE_TERMINATORS}]|/[/*]"
_OPERATOR_GOES_ON: Final = rf"[(\[`,=*/%<>&|^?]|\.(?![0-9])|\+(?!\+)|-(?!-)|!=|(?:in|instanceof)(?!{NAME_PART}|\\)"
_GOES_ON: Final = {
    _NEXT_LINE: lazy_pattern(rf"[{SPACES}]*+(?:{_OPERATOR_GOES_ON}|{_GAP_GOES_ON})"),
    _STATEMENT: lazy_pattern(rf"[{SPACES}]*+(?:,|{_GAP_GOES_ON})"),  # after an arrow's body in braces and after `yield`
}

_SPACE, _COMMENT, _NAME, _PUNCTUATOR = Kind.SPACE, Kind.COMMENT, Kind.NAME, Kind.PUNCTUATOR


def _end_of_line(text: str, start: int) -> int:
    found = _LINE_TERMINATOR.search(text, start)
    return found.start() if found else len(text)


_Reread: TypeAlias = tuple[Kind, int, _State]  # a token's kind and end, and the state after it


class _Frame(NamedTuple):
    """The state to restore when a bracket closes; `state` is the one after it."""

    context: _Context
    state: _State
    flags: int
    pending: tuple[int, _State]


class _Grammar:
    """As much of the grammar as decides what a `/` and a `}` mean. Each method takes the state and gives the next."""

    __slots__ = ("_flags", "_pending", "_stack", "_text", "actions", "at_module_word", "context", "module")

    def __init__(self, text: str, *, module: bool | None) -> None:
        self._text = text
        self.module = module
        self.at_module_word = False  # set by an `import` or `export` that is no name, cleared by whoever looks for them
        self.context: _Context = _STATEMENTS
        self._flags = 0
        self._pending: tuple[int, _State] = (0, _STATEMENT)  # the function to come: its flags, the state after it
        self._stack: list[_Frame] = []
        self.actions: dict[str, Callable[[_State], _State]] = {
            "(": self._open_round,
            ")": self._close,
            "[": self._open_square,
            "]": self._close,
            "{": self._open_curly,
            "}": self._close_curly,
            ",": self._comma,
            ";": self._semicolon,
            ":": self._colon,
            "?": self._question,
            "=>": self._arrow,
            "*": self._star,
            "=": self._equals,
            "/": lambda _: _OPERAND,
            "/=": lambda _: _OPERAND,
            "++": lambda state: _OPERATOR if state in _POSTFIX else _OPERAND,
            "--": lambda state: _OPERATOR if state in _POSTFIX else _OPERAND,
            "function": self._function,
            "class": self._class,
            "let": self._let,
            "import": lambda _: self._module_word(_IMPORT),
            "export": lambda _: self._module_word(_EXPORT),
            "yield": lambda _: _RETURN if self._flags & _GENERATOR_FLAG else _OPERATOR,
            "await": self._await,
            "async": lambda _: _ASYNC,
            "as": lambda state: _AFTER_NAME[state],
            "default": lambda _: _OPERATOR,
            "of": self._of,
        }

    def is_module(self) -> bool:
        """Whether the text is a module: as the caller has it, or because of what only a module may hold. Found once."""
        if self.module is None:
            self.module = reads_as_module(self._text)
        return self.module

    def word(self, word: str, state: _State) -> _State:
        """The state after a word that is a keyword somewhere."""
        special = _AFTER_WORD_IN.get((state, word))
        if special is not None:
            return special
        if state >= _DOT:
            return _AFTER_NAME[state]
        fixed = _AFTER_KEYWORD.get(word)
        return self.actions[word](state) if fixed is None else fixed

    def _gap(self, kind: Kind, start: int, end: int, state: _State) -> _State:
        """The state after a line end or a comment."""
        if kind is Kind.LINE_END or _LINE_TERMINATOR.search(self._text, start, end):
            state = self._line_end(state)
        if self._flags & _INITIALISER_FLAG and (goes_on := _GOES_ON.get(state)) and not goes_on.match(self._text, end):
            self._flags &= ~_INITIALISER_FLAG
        return state

    def _line_end(self, state: _State) -> _State:
        after = _AFTER_LINE_END[state]
        return _NEXT_FIELD if after == _NEXT_LINE and self.context == _CLASS_BODY else after

    def _template(self, last_character: str) -> _State:
        """The state after a piece of a template: in a hole, or after the whole."""
        if last_character != "{":
            return _OPERATOR
        self._push(_HOLE, _OPERATOR)
        return _OPERAND

    def other(self, kind: Kind, start: int, end: int, state: _State) -> _State:
        """The state after a token that is neither a name nor a punctuator."""
        if kind is Kind.LINE_END or kind is _COMMENT:
            return self._gap(kind, start, end, state)
        if kind is Kind.STRING or kind is Kind.NUMBER:
            return _AFTER_LITERAL[state]
        return self._template(self._text[end - 1]) if kind is Kind.TEMPLATE else state

    def html_open_comment(self, start: int, state: _State) -> _Reread | None:
        """The kind of a `<!--` at `start`: a comment in a script, and no token in a module."""
        if self._text[start] != "<":
            return None
        if self.is_module():
            return _PUNCTUATOR, start + 1, _OPERAND
        return _COMMENT, _end_of_line(self._text, start), state

    def longer_token(self, word: str, state: _State, start: int, code_end: int) -> _Reread | None:
        """The longer token that begins with the punctuator `word` at `start`: its kind, end and the state after it.

        `code_end` is where the last token that is neither space nor comment ends.
        """
        if word == "}":
            self._end_open_ended()
            return self._template_tail(start) if self.context == _HOLE else None
        if word == "--":
            return self._html_close_comment(state, start, code_end)
        if state not in _BEFORE_REGEXP:
            return None
        if match := _REGEXP.match(self._text, start):
            return Kind.REGEXP, match.end(), _AFTER_LITERAL[state]
        return Kind.BAD, _end_of_line(self._text, start), _OPERATOR

    def _template_tail(self, start: int) -> _Reread:
        self._pop()
        if match := _TEMPLATE_TAIL.match(self._text, start):
            end = match.end()
            return Kind.TEMPLATE, end, self._template(self._text[end - 1])
        return Kind.BAD, len(self._text), _OPERATOR

    def _html_close_comment(self, state: _State, start: int, code_end: int) -> _Reread | None:
        if not self._text.startswith("-->", start):
            return None
        if code_end and not _LINE_TERMINATOR.search(self._text, code_end, start):
            return None
        return None if self.is_module() else (Kind.COMMENT, _end_of_line(self._text, start), state)

    def _push(self, context: _Context, state: _State) -> None:
        self._stack.append(_Frame(self.context, state, self._flags, self._pending))
        self.context = context
        if self._flags & _CONCISE_FLAG and context < _OPEN_ENDED:
            self._flags |= _ASYNC_FLAG
        self._flags &= ~_INITIALISER_FLAG

    def _end_open_ended(self) -> None:
        while self.context >= _OPEN_ENDED:
            self._pop()

    def _pop(self) -> _State:
        if not self._stack:
            return _OPERATOR
        self.context, state, self._flags, self._pending = self._stack.pop()
        return state

    def _open_round(self, state: _State) -> _State:
        if state == _FOR:
            self._push(_FOR_HEAD, _STATEMENT)
        elif state == _HEAD:
            self._push(_PARENTHESES, _STATEMENT)
        elif state == _FUNCTION:
            self._push(_PARENTHESES, _BODY)
        elif state >= _KEY_DONE:
            self._pending = (state - _KEY_DONE, _KEY)
            self._push(_PARENTHESES, _BODY)
        elif state == _KEY_ASYNC:
            self._pending = (0, _KEY)
            self._push(_PARENTHESES, _BODY)
        elif state in (_ASYNC, _ASYNC_OPERAND):
            self._push(_PARENTHESES, _ASYNC_PARAMETERS)
        else:
            self._push(_PARENTHESES, _OPERATOR)
        return _OPERAND

    def _open_square(self, state: _State) -> _State:
        self._push(_PARENTHESES, _AFTER_SQUARE[state])
        return _OPERAND

    def _open_curly(self, state: _State) -> _State:
        if state in (_BODY, _ARROW):
            self._flags &= ~_CONCISE_FLAG
            return self._open_body(*self._pending)
        if state in _AFTER_OBJECT:
            self._push(_OBJECT, _AFTER_OBJECT[state])
            return _KEY
        if self.context == _CLASS_HEAD:
            self.context = _CLASS_BODY
            return _KEY
        if state >= _KEY:
            return self._open_body(0, _KEY)  # a static block
        self._push(_STATEMENTS, _STATEMENT)
        return _STATEMENT

    def _open_body(self, flags: int, after: _State) -> _State:
        self._push(_STATEMENTS, after)
        self._flags = flags
        return _STATEMENT

    def _close(self, _: _State) -> _State:
        self._end_open_ended()
        return self._pop()

    def _close_curly(self, state: _State) -> _State:
        return self._close(state) if self._stack else _STATEMENT

    def _comma(self, state: _State) -> _State:
        declares = state in _DECLARED or self._flags & _INITIALISER_FLAG
        self._flags &= ~(_CONCISE_FLAG | _INITIALISER_FLAG)
        if declares:
            return _BINDING
        return _KEY if self.context == _OBJECT else _OPERAND

    def _semicolon(self, _: _State) -> _State:
        self._end_open_ended()
        self._flags &= ~(_CONCISE_FLAG | _INITIALISER_FLAG)
        if self.context == _FOR_HEAD:
            return _OPERAND
        return _KEY if self.context == _CLASS_BODY else _STATEMENT

    def _colon(self, _: _State) -> _State:
        if self.context == _CONDITIONAL:
            self._pop()
            return _OPERAND
        return _STATEMENT if self.context == _STATEMENTS else _OPERAND

    def _question(self, _: _State) -> _State:
        self._push(_CONDITIONAL, _OPERAND)
        return _OPERAND

    def _arrow(self, state: _State) -> _State:
        after = _KEY if self.context == _CLASS_BODY else _STATEMENT
        is_async = state == _ASYNC_PARAMETERS
        self._pending = (_ASYNC_FLAG if is_async else 0, after)
        if is_async:
            self._flags |= _CONCISE_FLAG
        return _ARROW

    def _star(self, state: _State) -> _State:
        if state == _FUNCTION:
            flags, after = self._pending
            self._pending = (flags | _GENERATOR_FLAG, after)
        return _AFTER_STAR.get(state, _OPERAND)

    def _equals(self, state: _State) -> _State:
        if state in _DECLARED:
            self._flags |= _INITIALISER_FLAG
        return _OPERAND

    def _function(self, state: _State) -> _State:
        flags = _ASYNC_FLAG if state in (_ASYNC, _ASYNC_OPERAND) else 0
        self._pending = (flags, _OPERATOR if state in _WANTS_OPERAND else _STATEMENT)
        return _FUNCTION

    def _class(self, state: _State) -> _State:
        self._push(_CLASS_HEAD, _OPERATOR if state in _WANTS_OPERAND else _STATEMENT)
        return _CLASS

    def _module_word(self, after: _State) -> _State:
        self.at_module_word = True
        return after

    def _let(self, state: _State) -> _State:
        return _OPERATOR if state in _WANTS_OPERAND and self.context != _FOR_HEAD else _LET

    def _await(self, _: _State) -> _State:
        is_keyword = self._flags & (_ASYNC_FLAG | _CONCISE_FLAG) or self.is_module()
        return _OPERAND if is_keyword else _OPERATOR

    def _of(self, state: _State) -> _State:
        is_keyword = self.context == _FOR_HEAD and (state in (_OPERATOR, _NEXT_LINE) or state in _DECLARED)
        return _OPERAND if is_keyword else _AFTER_NAME[state]


def tokens(text: str, *, module: bool | None = None) -> Iterator[Token]:
    """The tokens of `text`, end to end.

    `module` is the goal of the grammar: in a script `<!--` and a line-start `-->` begin comments and `await` may be a
    name (ECMA-262, annex B.1.1). Where it is None, a text with an `import` or `export` declaration or `import.meta`
    is a module. A text without these is read as a script even if it awaits outside of functions: there `await /a/g`
    divides. Who knows better passes `module`.
    """
    return _read(text, _Grammar(text, module=module))


class LeapingTokens:
    """The tokens of a script or module, as `tokens` gives them, of which its user can leave some out."""

    __slots__ = ("_grammar", "_text", "_tokens")

    def __init__(self, text: str) -> None:
        self._text = text
        self._grammar = _Grammar(text, module=None)
        self._tokens = _read(text, self._grammar)

    def __iter__(self) -> "LeapingTokens":
        return self

    def __next__(self) -> Token:
        return next(self._tokens)

    def leap(self, place: int) -> None:
        """Go on at `place`, where the bracket is closed that the last token opens."""
        # A closing bracket brings back what held before the opening one, whatever stands between them.
        self._tokens = _read(self._text, self._grammar, place)


def _read(text: str, grammar: _Grammar, start: int = 0) -> Iterator[Token]:
    """The tokens of `text` from `start`, of which `grammar` knows what came before."""
    read = grammar.actions
    new_token = tuple.__new__  # Token(…) costs twice as much, and this is the innermost loop
    state = _STATEMENT
    end = code_end = start
    while end < len(text):
        for match in _TOKEN.finditer(text, end):
            start, end = end, match.end()
            kind = _KINDS[match.lastindex]  # type: ignore[index]  # every branch has a group
            rest = None
            if kind is _NAME:
                word = match[0]
                state = grammar.word(word, state) if word in _KEYWORDS else _AFTER_NAME[state]
            elif kind is _PUNCTUATOR:
                word = match[0]
                if word in _REREAD and (rest := grammar.longer_token(word, state, start, code_end)):
                    kind, end, state = rest
                else:
                    state = _AFTER_OPERATOR[word] if word in _AFTER_OPERATOR else read[word](state)
            elif kind is _COMMENT and (rest := grammar.html_open_comment(start, state)):
                kind, end, state = rest
            elif kind is not _SPACE:
                state = grammar.other(kind, start, end, state)
            if kind >= _NAME:
                code_end = end
            yield new_token(Token, (kind, start, end))
            if rest:
                break  # the pattern must begin anew where this token ends
        else:
            return


def reads_as_module(text: str) -> bool:
    """Whether `text`, read as a module, has an `import` or `export` declaration or `import.meta`."""
    if "import" not in text and "export" not in text:
        return False
    answer = asked(Question.READS_AS_MODULE, text)
    if answer is not None:
        return answer == b"\1"
    grammar = _Grammar(text, module=True)
    declaration = re.compile(_MODULE_SYNTAX)  # here, as few texts need it
    for _, start, _ in _read(text, grammar):
        if grammar.at_module_word and declaration.match(text, start):
            return True
        grammar.at_module_word = False
    return False


def has_names(text: str, names: Collection[str]) -> bool:
    """Whether one of `names` is in the code of the module `text`, and not only in comments and strings."""
    return any(kind is Kind.NAME and text[start:end] in names for kind, start, end in tokens(text, module=True))


def begins_anew(kind: Kind, word: str) -> bool:
    """Whether such a token in a new line, after what can end a statement, begins another one."""
    if kind is Kind.PUNCTUATOR:
        return word in ("{", "!", "~", "++", "--")
    return kind in (Kind.STRING, Kind.NUMBER) or (kind is Kind.NAME and word not in ("in", "instanceof"))
