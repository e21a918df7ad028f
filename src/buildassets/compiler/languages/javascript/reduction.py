"""Removes the space that a script does not need, with patterns: ten times as fast as token by token.

Two scripts of one reduction consist of the same tokens, with the same line ends between them where these can matter.
What is no plain code (strings, templates, regular expressions, comments that stay) is taken out of the text first; then
the characters beside a space decide whether it is needed. Where they do not, Doubt is raised, and whoever asked has to
read tokens. Takes texts, gives texts. Pure; imports lexers only.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from buildassets.compiler.languages.javascript.lexer import (
    FRACTION,
    IN_DOUBLE,
    IN_SINGLE,
    IN_TEMPLATE,
    LINE_TERMINATORS,
    NUMBER,
    REGEXP,
    SPACES,
    WHOLE_COMMENT,
    Kind,
    tokens,
)
from buildassets.compiler.languages.javascript.slash import Doubt, divides
from buildassets.lazy_pattern import lazy_pattern

# In the code these stand for what was taken out, and for space that has to stay beside comments. Code itself has none
# of these characters. A quote stands for a string, a backquote for a template but the braces of its holes.
_REGEXP_MARK: Final = "\x01"  # after the slash
_SHORT_COMMENT, _LONG_COMMENT, _LINE_COMMENT = "\x04\x05\x06"  # those that stay: in one line, in more, and `//!`
_COMMENTS: Final = (_SHORT_COMMENT, _LONG_COMMENT, _LINE_COMMENT)
_LINE_END_MARK, _SPACE_MARK = "\x07\x08"
_MARKS: Final = "\x01\x04\x05\x06\x07\x08"

# Each branch begins with one character, by which the engine passes over what begins none; the group identifies it.
_IN_DOUBLE, _IN_SINGLE, _COMMENT, _SLASH, _TEMPLATE, _OPEN, _CLOSE = range(1, 8)
_TAKEN: Final = rf"\"{IN_DOUBLE}\"()|'{IN_SINGLE}'()|{WHOLE_COMMENT}()|/()|`{IN_TEMPLATE}(?:`|\$\{{)()"
_NEXT: Final = lazy_pattern(rf"{_TAKEN}|[\"'`]")
_NEXT_IN_HOLE: Final = lazy_pattern(rf"{_TAKEN}|[(\[{{]()|[)\]}}]()|[\"'`]")
_TEMPLATE_TAIL: Final = lazy_pattern(rf"\}}{IN_TEMPLATE}(?:`|\$\{{)")
_REGEXP: Final = lazy_pattern(REGEXP)
_LINE_TERMINATOR: Final = lazy_pattern(f"[{LINE_TERMINATORS}]")

_HTML_LIKE: Final = lazy_pattern(rf"<!--|(?:\A|[{LINE_TERMINATORS}])[{SPACES}]*+-->")

# From here on the code is in ASCII. A gap is one character once the first two have been applied.
_LINE_GAP: Final = lazy_pattern(r"[ \t\v\f]*+[\n\r][ \t\v\f\n\r]*+")
_SPACE_GAP: Final = lazy_pattern(r" [ \t\v\f]++|[\t\v\f][ \t\v\f]*+")
_COMMENT_GAP: Final = lazy_pattern(r"[ \n]*+[\x04-\x06][ \n\x04-\x06]*+")
# Line ends that cannot matter: after punctuators with which nothing ends, before those with which nothing begins.
_IDLE_BEFORE: Final = r"[)\]};,:?<>&|^%]|\.(?![0-9])|=(?!>)|[!+\-]=|\*[*=]"
_IDLE_LINE_END: Final = lazy_pattern(
    r"\n(?:(?<=[{(\[,;:?~!%^&|*<>=/]\n)|(?<=\.\n)(?<![0-9]\.\n)|(?<=\+\n)(?<!\+\+\n)|(?<=-\n)(?<!--\n)"
    rf"|(?={_IDLE_BEFORE}))"
)
_IDLE_BEFORE_IT: Final = lazy_pattern(_IDLE_BEFORE)
_IDLE_AFTER_IT: Final = lazy_pattern(r"[\s\S]?(?:[{(\[,;:?~!%^&|*<>=/]|(?<![0-9])\.|(?<!\+)\+|(?<!-)-)\Z")
# Spaces between characters that do not run together: two of names, the parts of an operator or a comment. And a `#`
# with space behind it is no token, so that the space has to be there when the code is looked at for such.
_IDLE_SPACE: Final = lazy_pattern(
    r" (?!(?<=\# )|(?<=[\w$\x01] )[\w$]|(?<=[0-9]\. )[\w$]|(?<=[\w$.] )\.[0-9]|(?<=\. )[0-9.]|(?<=\x01 )[/*=]"
    r"|(?<=/ )[/*]"
    r"|(?<=\+ )\+|(?<=- )[->]|(?<=\* )\*|(?<=& )&|(?<=\| )\||(?<=\? )[?.]|(?<=[=>] )>|(?<=< )[<!]"
    r"|(?<=[*/%&|^!<>=?] )=|(?<=\+ )(?<!\+\+ )=|(?<=- )(?<!-- )=)",
    re.ASCII,
)
_SPACED_DOT: Final = lazy_pattern(r" \.(?<=\w \.)", re.ASCII)
_LAST_WORD: Final = lazy_pattern(r"[\w$]++\Z", re.ASCII)
_WORD: Final = r"[A-Za-z_$][\w$]*+"
_LEGAL: Final = lazy_pattern(
    rf"(?:{_WORD}|[{{}}()\[\],;:~<>=+\-*/%&|^!?\"`\x01\x04-\x08 \n]|{NUMBER}|{FRACTION}|\.(?![0-9])|\#{_WORD})*+",
    re.ASCII,
)
_TAKEN_OUT: Final = lazy_pattern(r"[\"`\x01\x04-\x06]")
_LIKE: Final = {ord(mark): like for mark, like in (('"', "[]"), ("`", "[]"), *((one, "/") for one in _COMMENTS))}
# What `divides` is to see for the marks: other operands that no word runs into, and the end of a comment.
_LONGEST_NUMBER: Final = 64  # what is longer is left to the tokens
_NEARBY: Final = 600  # characters of code that are looked at before a slash


class Reduction(NamedTuple):
    """The code, with marks for what was taken out of it, and that in text order."""

    code: str
    taken: tuple[str, ...]

    def text(self) -> str:
        """The script itself."""
        taken = iter(self.taken)
        code = self.code.replace(_LINE_END_MARK, "\n").replace(_SPACE_MARK, " ")
        return _TAKEN_OUT.sub(lambda _: next(taken), code)


def reduction(text: str, *, module: bool | None = None) -> Reduction:
    """The reduction of `text`, which has no bad token; `module` is as for the lexer. Raises Doubt where it is not sure.

    That is so, too, where the code is not ASCII.
    """
    if any(mark in text for mark in _MARKS):
        raise Doubt
    reading = _Reading(text, module)
    reading.run()
    code = _without_idle_space("".join(reading.code))
    return Reduction(code, tuple(reading.taken))


def plain_parts(text: str, *, module: bool | None = None) -> Reduction:
    """The code as `plain_code` gives it, and what was taken out of it. Raises Doubt where it is not sure."""
    if any(mark in text for mark in _MARKS):
        raise Doubt
    reading = _Reading(text, module)
    reading.run()
    code = "".join(reading.code)
    if _HTML_LIKE.search(code):
        raise Doubt  # it may be a comment, with a quote in it
    return Reduction(code, tuple(reading.taken))


def regular_expressions(parts: Reduction) -> list[str]:
    """The regular expressions among what was taken out, without the slash that they begin with."""
    marks = _TAKEN_OUT.finditer(parts.code)
    return [taken for mark, taken in zip(marks, parts.taken, strict=True) if mark[0] == _REGEXP_MARK]


def plain_code(text: str, *, module: bool | None = None) -> str:
    """The code of `text` with marks for what is no plain code, and the braces of templates' holes as they are.

    Raises Doubt where it is not sure.
    """
    return plain_parts(text, module=module).code


def is_reduced_to(text: str, expected: Reduction, *, module: bool | None = None) -> bool:
    """Whether `expected` is surely the reduction of `text`."""
    try:
        return reduction(text, module=module) == expected
    except Doubt:
        return False


class _Reading:
    """Goes through a text and takes out of it what is no plain code."""

    __slots__ = ("_before", "_before_end", "_end", "_holes", "_module", "_text", "_tokens", "code", "taken")

    def __init__(self, text: str, module: bool | None) -> None:
        self._text = text
        self._module = module
        self._end = 0
        self._holes: list[int] = []  # of the templates that are open: how many brackets are open in the hole
        self._tokens: Iterator[tuple[Kind, int, int]] | None = None
        self._before = ""  # the end of `code[:_before_end]`
        self._before_end = 0
        self.code: list[str] = []
        self.taken: list[str] = []

    def run(self) -> None:
        """Fill `code` and `taken`."""
        add, take = self.code.append, self.taken.append
        while True:
            pattern = _NEXT_IN_HOLE if self._holes else _NEXT
            for match in pattern.finditer(self._text, self._end):
                start = match.start()
                add(self._text[self._end : start])
                self._end = match.end()
                group = match.lastindex
                if group is None:
                    raise Doubt  # unclosed
                if group <= _IN_SINGLE:
                    add('"')
                    take(match[0])
                elif group == _COMMENT:
                    self._comment(match[0])
                elif self._other(group, start, match[0]):
                    break  # the pattern must begin anew
            else:
                break
        if self._holes:
            raise Doubt
        self.code.append(self._text[self._end :])

    def _comment(self, comment: str) -> None:
        lines = not comment.startswith("//") and _LINE_TERMINATOR.search(comment)
        if comment[2:3] != "!" and "@license" not in comment and "@preserve" not in comment:
            self.code.append("\n" if lines else " ")
            return
        self.taken.append(comment)
        self.code.append(_LINE_COMMENT if comment.startswith("//") else _LONG_COMMENT if lines else _SHORT_COMMENT)

    def _other(self, group: int, start: int, raw: str) -> bool:
        """Take what begins at `start`; whether something else begins to count behind it."""
        if group == _SLASH:
            return self._slash(start)
        if group == _TEMPLATE:
            return self._template("", raw)
        if group == _OPEN:
            self._holes[-1] += 1
        elif self._holes[-1]:
            self._holes[-1] -= 1  # whatever was opened, as in the lexer
        else:
            return self._template_tail(start)
        self.code.append(raw)
        return False

    def _template(self, before: str, raw: str) -> bool:
        is_open = raw.endswith("{")
        self.code.append(before + ("`{" if is_open else "`"))
        self.taken.append(raw[:-1] if is_open else raw)
        if is_open:
            self._holes.append(0)
        return is_open

    def _template_tail(self, start: int) -> bool:
        tail = _TEMPLATE_TAIL.match(self._text, start)
        if not tail:
            raise Doubt
        self._holes.pop()
        self._end = tail.end()
        self._template("}", tail[0][1:])
        return True

    def _slash(self, start: int) -> bool:
        if self._text.startswith("*", start + 1):
            raise Doubt  # an unclosed comment
        if self._divides(start):
            self.code.append("/")
            return False
        regexp = _REGEXP.match(self._text, start)
        if not regexp:
            raise Doubt
        self._end = regexp.end()
        self.code.append("/" + _REGEXP_MARK)
        self.taken.append(regexp[0][1:])
        return True

    def _divides(self, start: int) -> bool:
        code = self._code_before()
        before = code.rstrip()
        if before.endswith(("`", _REGEXP_MARK)):
            return True
        if not before or (before.endswith('"') and len(before) < len(code)):
            return self._divides_surely(start)  # behind `import "a"` and a line end stands no division
        try:
            code = code.translate(_LIKE)
            return divides(code, len(code))
        except Doubt:
            return self._divides_surely(start)

    def _code_before(self) -> str:
        """The code read last: all, or as much as `divides` looks at."""
        self._before = (self._before + "".join(self.code[self._before_end :]))[-_NEARBY:]
        self._before_end = len(self.code)
        return self._before

    def _divides_surely(self, start: int) -> bool:
        """Whether the `/` at `start` divides, from the tokens up to it. Raises Doubt."""
        if self._tokens is None:
            self._tokens = tokens(self._text, module=self._module)
        kind, first, _ = next(token for token in self._tokens if token[2] > start)
        if first != start or kind not in (Kind.PUNCTUATOR, Kind.REGEXP):
            raise Doubt
        return kind is Kind.PUNCTUATOR


def _without_idle_space(code: str) -> str:
    if not code.isascii():
        raise Doubt
    # Spaces first: a line gap would be looked for from each of a thousand that no line end follows.
    code = _LINE_GAP.sub("\n", _SPACE_GAP.sub(" ", code))
    if any(mark in code for mark in _COMMENTS):
        code = _COMMENT_GAP.sub(_comment_gap, code)
    code = _IDLE_LINE_END.sub(" ", code.strip(" \n"))
    code = _SPACED_DOT.sub(_spaced_dot, code)
    code = _IDLE_SPACE.sub("", code)
    if any(odd in code for odd in ("<!--", "-->", "+++", "---")) or not _LEGAL.fullmatch(code):
        raise Doubt
    return code


def _spaced_dot(gap: re.Match[str]) -> str:
    """The space before a dot, which has to stay behind a number: `1.a` is an error."""
    word = _LAST_WORD.search(gap.string, max(0, gap.start() - _LONGEST_NUMBER), gap.start())
    if word and len(word[0]) == _LONGEST_NUMBER:
        raise Doubt
    return _SPACE_MARK + "." if word and word[0][0].isdigit() else " ."


def _comment_gap(gap: re.Match[str]) -> str:
    """A gap with comments that stay, and the space that has to stand beside these."""
    code, start, end = gap.string, gap.start(), gap.end()
    comments = gap[0].replace(" ", "").replace("\n", "")
    written = comments.replace(_LINE_COMMENT, _LINE_COMMENT + _LINE_END_MARK)
    has_line_end = _LONG_COMMENT in comments or _LINE_COMMENT in comments
    if "\n" in gap[0] and not has_line_end and start and not _IDLE_BEFORE_IT.match(code, end):
        written += "" if _IDLE_AFTER_IT.match(code, max(0, start - 2), start) else _LINE_END_MARK
    return _SPACE_MARK + written if code.endswith("/", 0, start) else written
