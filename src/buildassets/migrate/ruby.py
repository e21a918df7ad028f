"""Reads the Ruby of configuration files: calls with literal arguments, one a line. Guesses nothing else. Pure."""

import ast
import re
from collections.abc import Iterator
from typing import Any, Final

from buildassets.foundation.frozen import field, frozen

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
    r"""\s+|\#.*|(?P<key>[A-Za-z_]\w*):(?!:)|:(?P<old>[A-Za-z_]\w*)\s*=>"""
    r"""|"(?:[^"\\#]|\\.|\#(?!\{))*"|'(?:[^'\\]|\\.)*'|%[wi](?:\[[^\]#]*\]|\([^)#]*\)|\{[^}#]*\})"""
    r"""|:[A-Za-z_]\w*|true\b|false\b|nil\b|[-+]?\d+|[\[\](),]"""
)
_QUOTED: Final = re.compile(r"""%[wi][\[({]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
_CALL: Final = re.compile(r"\s*([a-z_]\w*[!?]?)(?:\s+|(?=\()|\s*$)(.*)\Z", re.DOTALL)
_CONTINUES: Final = re.compile(r"&?\.(?!\.)")  # a line that calls a method of what stands above
_WORDS: Final = {"true": "True", "false": "False", "nil": "None"}


class NotLiteralError(ValueError):
    """The value is computed, not a literal."""


@frozen
class RubyStatement:
    """A statement on one line or several; `lines` are their numbers with their texts.

    It `is_conditional` in a block that may not run exactly once, such as that of an `if`, or with a modifier `if`.
    """

    text: str
    lines: tuple[tuple[int, str], ...]
    is_conditional: bool = False


@frozen
class RubyCall:
    """A call with literal arguments."""

    name: str
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


def statements(text: str) -> Iterator[RubyStatement]:
    """The statements of `text` that are no comments, in order."""
    around = [False]  # for each open block, behind that of the file: whether it may not run exactly once
    pending: list[tuple[int, str]] = []
    parts: list[str] = []  # the code of the pending lines
    depth = 0
    lines = [*_code_lines(text)]
    for (number, stripped), (_, following) in zip(lines, [*lines[1:], (0, "")], strict=False):
        pending.append((number, stripped))
        code = without_comment(stripped)
        parts.append(code.removesuffix("\\").strip())
        depth += _opened(code)
        if code.endswith((",", "\\", "[", "(", "+=", "<<", "=")) and not _OPENS.match(code):
            continue
        if depth > 0 or _CONTINUES.match(following):
            continue
        whole = " ".join(parts)
        closes, opens = _CLOSES.match(code) is not None, _OPENS.match(code) is not None
        is_plain = _PLAIN.match(code) is not None
        in_block = around.pop() if closes and len(around) > 1 else around[-1]
        is_conditional = in_block or (opens and not is_plain) or _is_modified(whole)
        yield RubyStatement(whole, tuple(pending), is_conditional)
        if opens and not _CLOSED_IN_LINE.match(code):
            around.append(around[-1] or not is_plain)
        pending, parts, depth = [], [], 0
    if pending:
        yield RubyStatement(" ".join(line for _, line in pending), tuple(pending), is_conditional=True)


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


def call(text: str) -> RubyCall | None:
    """`text` as a call; None if it is anything else, or has computed arguments."""
    match = _CALL.match(text)
    if match is None:
        return None
    try:
        words = [*_words(match[2])]
        given = words[1:-1] if words[:1] == ["("] and words[-1:] == [")"] else words
        (node,) = (one for one in ast.walk(_parsed(f"_({' '.join(given)})")) if isinstance(one, ast.Call))
        arguments = tuple(ast.literal_eval(one) for one in node.args)
        options = {one.arg: ast.literal_eval(one.value) for one in node.keywords if one.arg}
    except (ValueError, RecursionError, MemoryError):
        return None
    return RubyCall(match[1], arguments, options)


def literal(text: str) -> Any:
    """The value of the literal `text`: a string, a word, a list of these. Raises NotLiteralError for anything else."""
    try:
        return ast.literal_eval(_parsed(" ".join(_words(text))))
    except (ValueError, RecursionError, MemoryError):
        raise NotLiteralError(text) from None


def parts(text: str, separator: str) -> list[str]:
    """The parts of `text` between separators that are in no string and no bracket."""
    found, depth, start = [], 0, 0
    for match in re.finditer(rf"{_QUOTED.pattern}|[\[({{]|[\])}}]|[\"'].*|{re.escape(separator)}", text, re.DOTALL):
        if match[0] == separator and not depth:
            found.append(text[start : match.start()])
            start = match.end()
        depth += (match[0][0] in "%[({") - (match[0] in ("]", ")", "}"))
    return [one.strip() for one in (*found, text[start:]) if one.strip()]


def _parsed(python: str) -> ast.expr:
    try:
        return ast.parse(python, mode="eval").body
    except SyntaxError:
        raise NotLiteralError(python) from None


def _words(text: str) -> Iterator[str]:
    """The tokens of `text` as Python has them."""
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise NotLiteralError(text)
        position, token = match.end(), match[0]
        if key := match["key"] or match["old"]:
            yield f"{key}="
        elif token[0] == "%":
            yield repr(token[3:-1].split())
        elif token[0] in "\"'":
            yield repr(re.sub(r"\\(.)", r"\1", token[1:-1]))
        elif token[0] == ":":
            yield repr(token[1:])
        elif not token[0].isspace() and token[0] != "#":
            yield _WORDS.get(token, token)
