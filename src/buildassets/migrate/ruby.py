"""Reads the Ruby of configuration files: calls with literal arguments, one a line. Guesses nothing else. Pure."""

import re
from collections.abc import Iterator
from typing import Any, Final

from buildassets.frozen import field, frozen

_OPENS: Final = re.compile(
    r"(?:if|unless|case|while|until|begin|def|for|module|class)\b"
    r"|.*(?:=|<<|\breturn)\s*(?:if|unless|case|while|until|begin)\b"
    r"|.*\bdo(?:\s*\|[^|]*\|)?\s*$"
)
# Blocks that always run once: the body of a class, and the blocks that configure Rails and importmap-rails.
_PLAIN: Final = re.compile(r"(?:module|class)\b|.*\b(?:configure|draw)\s+do(?:\s*\|[^|]*\|)?\s*$")
_CLOSES: Final = re.compile(r"end\b")
_CLOSED_IN_LINE: Final = re.compile(r"(?:.*[\s;)])?end\s*$")
_MODIFIED: Final = re.compile(r"\s(?:if|unless|while|until|rescue)\s")
_COMMENT_MARK: Final = re.compile(r"=(?:begin|end)(?!\S)")
_TOKEN: Final = re.compile(
    r"""\s+|\#.*|"(?:[^"\\#]|\\.|\#(?!\{))*"|'(?:[^'\\]|\\.)*'|%[wi](?:\[[^\]#]*\]|\([^)#]*\)|\{[^}#]*\})"""
    r"""|[A-Za-z_]\w*:(?!:)|:?[A-Za-z_]\w*[!?]?|[-+]?\d+|=>|[\[\](),]"""
)
_QUOTED: Final = re.compile(r"""%[wi][\[({]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_CALL: Final = re.compile(r"\s*([a-z_]\w*[!?]?)(?:\s+|(?=\()|\s*$)(.*)\Z", re.DOTALL)
_WORDS: Final = {"true": True, "false": False, "nil": None}


class NotLiteralError(ValueError):
    """The value is computed, not a literal."""


@frozen
class Statement:
    """A statement on one line or several; `lines` are their numbers with their texts.

    It `is_conditional` in a block that may not run exactly once, such as that of an `if`, or with a modifier `if`.
    """

    text: str
    lines: tuple[tuple[int, str], ...]
    is_conditional: bool = False


@frozen
class Call:
    """A call with literal arguments."""

    name: str
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


def statements(text: str) -> Iterator[Statement]:
    """The statements of `text` that are no comments, in order."""
    around = [False]  # for each open block, behind that of the file: whether it may not run exactly once
    pending: list[tuple[int, str]] = []
    parts: list[str] = []  # the code of the pending lines
    depth = 0
    for number, stripped in _code_lines(text):
        pending.append((number, stripped))
        code = without_comment(stripped)
        parts.append(code.removesuffix("\\").strip())
        depth += _opened(code)
        if code.endswith((",", "\\", "[", "(", "+=", "<<", "=")) and not _OPENS.match(code):
            continue
        if depth > 0:
            continue
        whole = " ".join(parts)
        closes, opens = _CLOSES.match(code) is not None, _OPENS.match(code) is not None
        is_plain = _PLAIN.match(code) is not None
        in_block = around.pop() if closes and len(around) > 1 else around[-1]
        is_conditional = in_block or (opens and not is_plain) or _is_modified(whole)
        yield Statement(whole, tuple(pending), is_conditional)
        if opens and not _CLOSED_IN_LINE.match(code):
            around.append(around[-1] or not is_plain)
        pending, parts, depth = [], [], 0
    if pending:
        yield Statement(" ".join(line for _, line in pending), tuple(pending), True)


def _code_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines before `__END__` that are not empty and no comment, with their numbers."""
    in_comment = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.rstrip("\r") == "__END__" and not in_comment:
            return
        if _COMMENT_MARK.match(line):
            in_comment = line.startswith("=begin")
        elif line.strip() and not in_comment and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _is_modified(text: str) -> bool:
    """Whether a modifier, such as `if`, ends the statement."""
    return _MODIFIED.search(_QUOTED.sub('""', text)) is not None


def _opened(code: str) -> int:
    """How many more brackets a line of code opens than it closes."""
    plain = _QUOTED.sub(lambda found: "[" if found[0][0] == "%" else "", code)
    return sum(map(plain.count, "[({")) - sum(map(plain.count, "])}"))


def without_comment(line: str) -> str:
    """`line` without the comment at its end."""
    code = re.match(r"""(?:[^"'#]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<=\{)\#|\#(?=\{))*""", line)
    return (code[0] if code else line).rstrip()


def call(text: str) -> Call | None:
    """`text` as a call; None if it is anything else, or has computed arguments."""
    match = _CALL.match(text)
    if match is None:
        return None
    try:
        tokens = _tokens(match[2])
        if tokens[-1:] == ["("] and tokens[:1] == [")"]:
            tokens = tokens[1:-1]
        return Call(match[1], *_arguments(tokens))
    except (NotLiteralError, RecursionError):
        return None


def literal(text: str) -> Any:
    """The value of the literal `text`: a string, a word, a list of these. Raises NotLiteralError for anything else."""
    tokens = _tokens(text)
    value = _value(tokens)  # takes its tokens out of the list
    if tokens:
        raise NotLiteralError(text)
    return value


def _tokens(text: str) -> list[str]:
    """The tokens of `text`, the first at the end of the list, where it takes no time to remove it."""
    tokens = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise NotLiteralError(text)
        position = token.end()
        if not token[0].isspace() and not token[0].startswith("#"):
            tokens.append(token[0])
    return tokens[::-1]


def _arguments(tokens: list[str]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    arguments: list[Any] = []
    options: dict[str, Any] = {}
    while tokens:
        if tokens[-1].endswith(":") and tokens[-1][0] not in "\"'":
            key = tokens.pop()[:-1]
            options[key] = _value(tokens)
        elif tokens[-2:-1] == ["=>"]:
            key = str(_value(tokens))
            tokens.pop()
            options[key] = _value(tokens)
        else:
            arguments.append(_value(tokens))
        if tokens and tokens.pop() != ",":
            raise NotLiteralError("what follows is no argument")
    return tuple(arguments), options


def _value(tokens: list[str]) -> Any:
    if not tokens:
        raise NotLiteralError("nothing")
    token = tokens.pop()
    if token == "[":  # noqa: S105 a bracket
        values = []
        while tokens[-1:] != ["]"]:
            values.append(_value(tokens))
            if tokens[-1:] == [","]:
                tokens.pop()
        tokens.pop()
        return values
    if token.startswith("%"):
        return token[3:-1].split()
    if token[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if token in _WORDS:
        return _WORDS[token]
    if token.startswith(":") and len(token) > 1:
        return token[1:]
    if token.lstrip("+-").isdigit():
        return int(token)
    raise NotLiteralError(token)
