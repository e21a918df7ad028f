"""Finds what a script leaves open, or closes without having opened, and JSX: a browser runs nothing of it. Pure.

The library of lexers proves nearly every script whole; the others are read token by token.
"""

from typing import Final

from buildassets.compiler.languages.javascript.jsx import HINT as JSX_HINT
from buildassets.compiler.languages.javascript.jsx import first_tag
from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.survey import kept_survey
from buildassets.compiler.languages.native.library import Question, asked_of_script
from buildassets.compiler.languages.reference import OpenEnd
from buildassets.foundation.lazy_pattern import lazy_pattern

_CLOSERS: Final = {"(": ")", "[": "]", "{": "}", "`": "}"}  # the last is a hole of a template
_LITERALS: Final = {'"': "string", "'": "string", "`": "template", "}": "template", "/": "regular expression"}
_CLOSED: Final = {
    **dict.fromkeys(('"', "'"), "close it in its line with the quote that it begins with"),
    **dict.fromkeys(("`", "}"), "close it with a backtick"),
    "/": "close it with `/` in its line",
}
_CLOSING_TAG: Final = lazy_pattern(r"</(?:[A-Za-z_$][\w$.:-]*+)?>")
_JSX: Final = "`{}` is JSX, which browsers do not run"


def unclosed(text: str, *, module: bool | None = None) -> OpenEnd | None:
    """The first thing that is out of balance in `text`, or JSX in it; `module` is as for the lexer."""
    text = text.removeprefix("\ufeff") if (begins := text.startswith("\ufeff")) else text
    if tag := first_tag(text, module=module):
        return OpenEnd(tag.start + begins, tag.end + begins, _JSX.format(tag.shown), JSX_HINT)
    if module is None and not begins and (survey := kept_survey(text)) and survey.is_whole:
        return None
    if asked_of_script(Question.IS_SCRIPT_WHOLE, text, "", module=module) == b"\1":
        return None
    found = _by_tokens(text, module=module)
    return found and found._replace(start=found.start + begins, end=found.end + begins)


def _by_tokens(text: str, *, module: bool | None) -> OpenEnd | None:
    opened: list[tuple[str, int]] = []
    for kind, start, end in tokens(text, module=module):
        if kind is Kind.BAD and (found := _cut_short(text, start, end)):
            return found
        if kind not in (Kind.PUNCTUATOR, Kind.TEMPLATE):
            continue
        first, last = text[start], text[end - 1]
        if first in ")]}" and not (opened and _CLOSERS[opened[-1][0]] == first):
            return _mismatch(opened, first, start)
        if first in ")]}":
            opened.pop()
        if kind is Kind.TEMPLATE and last == "{":
            opened.append(("`", end - 2))
        elif kind is Kind.PUNCTUATOR and first in "([{":
            opened.append((first, start))
    return _never_closed(*opened[-1]) if opened else None


def _cut_short(text: str, start: int, end: int) -> OpenEnd | None:
    """The missing end of the bad token, if it begins and does not end."""
    if text.startswith("/*", start):
        return OpenEnd(start, end, "unclosed comment", "close it with `*/`")
    opener = text[start]
    if opener == "/" and (tag := _CLOSING_TAG.match(text, start - 1)):
        return OpenEnd(start - 1, tag.end(), _JSX.format(tag[0]), JSX_HINT)
    return OpenEnd(start, end, f"unclosed {_LITERALS[opener]}", _CLOSED[opener]) if opener in _LITERALS else None


def _mismatch(opened: list[tuple[str, int]], closer: str, start: int) -> OpenEnd:
    """The fault if `closer` does not close the last open bracket."""
    if any(_CLOSERS[opener] == closer for opener, _ in opened):
        return _never_closed(*opened[-1])
    return OpenEnd(start, start + 1, f"`{closer}` closes nothing", "remove it, or open it before")


def _never_closed(opener: str, start: int) -> OpenEnd:
    shown = "${" if opener == "`" else opener
    return OpenEnd(start, start + len(shown), f"`{shown}` is never closed", f"close it with `{_CLOSERS[opener]}`")
