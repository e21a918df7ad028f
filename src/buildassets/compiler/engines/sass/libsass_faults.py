"""Detects what LibSass 3.6.6 compiles wrongly without an error, in Sass sources and in its CSS. Pure.

Each pattern is one such fault; they were found by compiling some 800 snippets with LibSass and with Dart Sass and
comparing the trees. They are matched on texts whose comments, strings and unquoted URLs are blanked out.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.compiler.engines.sass.libsass_messages import DART_SASS
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern


@frozen
class LibsassFault:
    """A span `text[start:end]` that libsass compiles wrongly, with the `message` and `hint` of its diagnostic."""

    start: int
    end: int
    message: str
    hint: str = DART_SASS


_CODE: Final = r"""
    (?:{skipped}++|/(?![/*])|\((?<!\burl\())*+  # text to skip; a search would try every alternative at each place
    (?:\((?P<url>(?<=\burl\()\s*+(?!["'\s])(?:[^()"'\\\s\#]|\\.|\#(?!\{{))++(?=\s*\)))
     | (?P<comment>/\*(?:[^*]|\*(?!/))*+(?:\*/)?)
     | (?P<line_comment>//[^\n]*+)
     | (?P<quote>["'])
     | (?P<open>\{{)
     | (?P<close>\}})
     | \\.
     | [(\\])"""
_FLAGS: Final = re.VERBOSE | re.DOTALL | re.IGNORECASE
_WITH_BRACES: Final = lazy_pattern(_CODE.format(skipped=r"""[^/"'\\({}]"""), _FLAGS)
_WITHOUT_BRACES: Final = lazy_pattern(_CODE.format(skipped=r"""[^/"'\\(]"""), _FLAGS)
_REST_OF_STRING: Final = {
    quote: lazy_pattern(rf"(?:[^{quote}\\\n#]|\\.|#(?!\{{))*+(?:{quote}|\n|#\{{)?", re.DOTALL) for quote in "\"'"
}


def blanked(text: str, *, line_comments: bool = True) -> str:
    """`text` with comments, strings and unquoted URLs as spaces; line ends stay, and so does every place.

    Interpolations inside strings are code and stay. With `line_comments`, `//` begins a comment, as in Sass but not in
    CSS.
    """
    pieces: list[str] = []
    position = 0
    for start, end in _dead_spans(text, line_comments=line_comments):
        pieces += text[position:start], _spaces(text[start:end])
        position = end
    return "".join((*pieces, text[position:]))


def _spaces(text: str) -> str:
    """Spaces for `text`; line ends stay."""
    return "\n".join([" " * len(line) for line in text.split("\n")])


def _dead_spans(text: str, *, line_comments: bool) -> Iterator[tuple[int, int]]:
    dead = {"url", "comment", "line_comment" if line_comments else "comment"}
    position = 0
    braces: list[str] = []  # for each open brace, the quote of the string in which it interpolates, or ""
    code = _WITH_BRACES if "#{" in text else _WITHOUT_BRACES
    while match := code.match(text, position):
        kind = match.lastgroup or 0
        start, position = match.span(kind)
        quote = match[kind] if kind == "quote" else ""
        if kind == "open":
            braces.append("")
        elif kind == "close" and braces:
            quote = braces.pop()
        elif kind == "line_comment" and not line_comments:
            position = start + 2
        elif kind in dead:
            yield start, position
        if quote:
            rest = _REST_OF_STRING[quote].match(text, position)
            position = position if rest is None else rest.end()
            yield start, position
            if text.endswith("#{", start, position):
                braces.append(quote)


_CUSTOM_PROPERTY: Final = lazy_pattern(r"--(?<![^\s;{}]--)[^\s:;{}()]+\s*:((?:[^;{}]|\{[^{}]*\})*+)")


def without_custom_values(blank: str) -> str:
    """`blank` with spaces for the values of custom properties, in which Sass evaluates only interpolation."""
    return _CUSTOM_PROPERTY.sub(lambda match: match[0][: match.start(1) - match.start()] + _spaces(match[1]), blank)


_PRELUDE: Final = r"(?:[^;{}#]|#\{[^{}]*\}|#(?!\{))*"
_ARGUMENTS: Final = r"(?:[^;{}()]|\((?:[^;{}()]|\([^;{}()]*\))*\))*"
_SILENTLY_WRONG: Final = (
    (r"@(?:use|forward)\b", "libsass does not know `{}`"),
    (r":nth-(?:last-)?child\([^(){};]*\sof\s", "libsass drops the `of` of `:nth-child()`"),
    (r"\bhsla?\(\s*[-+.\d]+(?:turn|rad|grad)\b", "libsass takes every hue for degrees"),
    (rf"\badjust-hue\({_ARGUMENTS},\s*[-+.\d]+(?:turn|rad|grad)\b", "libsass takes every hue for degrees"),
    (rf"\brgba\({_ARGUMENTS},\s*[.\d]+%\s*\)", "libsass takes an alpha of `%` for opaque"),
    (r"\bvar\(\s*--[^\s,()]+\s*,\s*\)", "libsass drops the empty fallback of `var()`"),
)
_SOURCE_GUARDS: Final = tuple((lazy_pattern(pattern), message) for pattern, message in _SILENTLY_WRONG)
# Text that each match contains: looking for it takes a tenth of the time of a pattern that begins with `\b`.
_GUARDED: Final = ("@", ":nth-", "hsl", "adjust-hue(", "rgba(", "var(")
_MEDIA_OR_BRACE: Final = lazy_pattern(rf"@media\b({_PRELUDE}+)\{{?|[{{}}]")
_NEGATION: Final = lazy_pattern(r"\bnot\b(\s*\()?")


def silently_wrong(blank: str) -> list[LibsassFault]:
    """The parts of a blanked Sass source that libsass would compile to CSS of another meaning without an error."""
    blank = without_custom_values(blank)
    found = [
        LibsassFault(match.start(), match.end(), message.format(match[0]))
        for (pattern, message), part in zip(_SOURCE_GUARDS, _GUARDED, strict=True)
        if part in blank
        for match in pattern.finditer(blank)
    ]
    return sorted((*found, *_negated_queries(blank)), key=lambda finding: finding.start)


def _negated_queries(blank: str) -> Iterator[LibsassFault]:
    """Media queries with `not`: `not (…)` loses its `not`, and `not screen` is merged wrongly with the outer query."""
    around: list[bool | None] = []  # for each open brace: None outside media queries, else whether the query has `not`
    for match in _MEDIA_OR_BRACE.finditer(blank):
        if match[0] == "}":
            del around[-1:]
            continue
        if not match[0].endswith("{"):
            continue  # a media query without a block: so are those within it
        if match[1] is None:
            around.append(None)
            continue
        negation = _NEGATION.search(blank, match.start(1), match.end(1))
        if negation and negation[1]:
            yield LibsassFault(negation.start(), negation.end(), "libsass drops the `not` before a media feature")
        elif True in around or (negation and False in around):
            yield LibsassFault(match.start(), match.end(1), "libsass cannot nest a media query with `not`")
        around.append(negation is not None)


_FUNCTION_RULE: Final = lazy_pattern(r"@function\s+([\w-]+)")
_BUILT_IN_FUNCTIONS: Final = (
    "adjust-color|adjust-hue|append|call|ceil|change-color|comparable|complement|darken|desaturate|fade-in|"
    "fade-out|floor|get-function|if|index|inspect|join|length|lighten|lightness|list-separator|map-get|"
    "map-has-key|map-keys|map-merge|map-remove|map-values|mix|nth|opacify|percentage|quote|random|saturation|"
    "scale-color|set-nth|str-index|str-insert|str-length|str-slice|to-lower-case|to-upper-case|transparentize|"
    "type-of|unit|unitless|unquote|zip"
)


def functions_defined(blank: str) -> set[str]:
    """The names that the `@function` rules of a blanked Sass source define."""
    return set(_FUNCTION_RULE.findall(blank))


_MAY_BE_LEFT: Final = lazy_pattern(r"\$|&|%|\#\{|@media|@font-face")
_LEFT_IN_CSS: Final = lazy_pattern(
    r"""(?P<variable>(?<!\\)\$[A-Za-z_\x80-\U0010ffff][\w-]*)
      | (?P<interpolation>\#\{)
      | (?P<parent>(?<!\\)&)
      | (?P<placeholder>(?<![\w.)%\\])%[A-Za-z_][\w-]*)
      | @media[^;{}@]*?(?P<query>\((?:true|false)\)|\bnot\s*(?=[{,]))
      | (?P<font_face>@font-face\s*\{[^{}]*\{)""",
    re.VERBOSE,
)
_LEFT_MESSAGES: Final = {
    "variable": ("libsass leaves `{}` in the CSS", "write `#{{{}}}`, or "),
    "interpolation": ("libsass leaves `{}` in the CSS", ""),
    "parent": ("libsass leaves `{}` in a selector", ""),
    "placeholder": ("libsass leaves `{}` in a selector", ""),
    "query": ("libsass cannot read this media query", ""),
    "font_face": ("libsass cannot nest `@font-face` in a rule", ""),
}


def left_over(blank: str, functions: Iterable[str]) -> list[LibsassFault]:
    """Sass that libsass left in its CSS, here blanked; `functions` are the names that the sources define."""
    return _left_over(without_custom_values(blank), functions) if _left_over(blank, functions) else []


def _left_over(blank: str, functions: Iterable[str]) -> list[LibsassFault]:
    found = []
    end = 0
    for mark in _MAY_BE_LEFT.finditer(blank):  # a search with the whole pattern would take three times as long
        match = _LEFT_IN_CSS.match(blank, mark.start()) if mark.start() >= end else None
        if match:
            end = match.end()
            kind = match.lastgroup or ""
            text = match[kind]
            message, hint = _LEFT_MESSAGES[kind]
            found.append(LibsassFault(*match.span(kind), message.format(text), hint.format(text) + DART_SASS))
    return [*found, *_uncalled_functions(blank, functions)]


_CALC: Final = lazy_pattern(r"calc\([^;{}\n]*")


def _uncalled_functions(blank: str, functions: Iterable[str]) -> Iterator[LibsassFault]:
    """Sass functions inside `calc()`, which libsass copies without calling them."""
    calculations = [match.span() for match in _CALC.finditer(blank)]
    if not calculations:
        return
    names = "|".join((_BUILT_IN_FUNCTIONS, *(re.sub("[-_]", "[-_]", name) for name in sorted(functions))))
    called = re.compile(rf"(?<![\w.:-])({names})\(")
    for start, end in calculations:
        for match in called.finditer(blank, start + len("calc("), end):
            call = f"{match[1]}()"
            hint = f"write `#{{{match[1]}(…)}}`, or {DART_SASS}"
            yield LibsassFault(match.start(), match.end() - 1, f"libsass does not call `{call}` inside `calc()`", hint)


_IN_NAMES: Final = lazy_pattern(r"[\w./-]")


@frozen
class ImportRule:
    """`text[start:end]` is the name in an `@import`; with conditions (`screen`) it is a plain CSS import."""

    start: int
    end: int
    has_conditions: bool


def import_rule(text: str, blank: str, name: str, *, indented: bool) -> ImportRule | None:
    """The `@import` of `name` in `text`; `blank` is `blanked(text)`. None if `name` is written in another form."""
    for rule in re.finditer(r"@import\s([^;\n]*)" if indented else r"@import\b([^;{}]*)", blank):
        start = _whole_name(text, name, *rule.span(1))
        if start >= 0:
            has_conditions = not indented and bool(rule[1].replace(",", "").strip())
            return ImportRule(start, start + len(name), has_conditions)
    return None


def _whole_name(text: str, name: str, start: int, end: int) -> int:
    """The start of `name` in `text[start:end]` where it is no part of a longer name, or -1."""
    # A pattern for each name takes longer to compile than all the rest of an import.
    place = text.find(name, start, end)
    while place >= 0:
        after = place + len(name)
        if not (_IN_NAMES.match(text, max(0, place - 1), place) or _IN_NAMES.match(text, after, end)):
            return place
        place = text.find(name, place + 1, end)
    return -1
