"""Finds CSS that lightningcss must not be given: text that crashes it, and rules whose meaning it changes. Pure.

The library of lexers is asked first; it answers only for sheets that have nothing of this.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from buildassets.compiler.languages.css.lexer import COMMENT, STRING, URL, Kind, follow, tokens, unescaped
from buildassets.compiler.languages.native.library import Question, asked

# lightningcss calls itself for each bracket: 1,000 of them fit into a stack of 8 MB, and 5,000 end the process.
MOST_BRACKETS: Final = 50
# Ends of statements, and the tokens that can contain them. Reading all tokens takes three times as long.
_LANDMARK: Final = re.compile(rf"([{{}}()\[\];])|{STRING}|{COMMENT}|{URL}|\\[\s\S]?")
# Pseudo-classes and -elements that each browser since 2022 knows. No list of selectors is dropped because of them.
_KNOWN: Final = frozenset(
    (
        *("active", "after", "any-link", "backdrop", "before", "checked", "cue", "default", "defined", "disabled"),
        *("empty", "enabled", "file-selector-button", "first-child", "first-letter", "first-line", "first-of-type"),
        *(
            "focus",
            "focus-visible",
            "focus-within",
            "fullscreen",
            "host(",
            "host",
            "hover",
            "in-range",
            "indeterminate",
        ),
        *("invalid", "is(", "lang(", "last-child", "last-of-type", "link", "marker", "not(", "nth-child(", "autofill"),
        *("nth-last-child(", "nth-last-of-type(", "nth-of-type(", "only-child", "only-of-type", "optional"),
        *("out-of-range", "part(", "placeholder", "placeholder-shown", "read-only", "read-write", "required", "root"),
        *("scope", "selection", "slotted(", "target", "valid", "visited", "where("),
    )
)
_KNOWN_LINES: Final = "\n".join(sorted(_KNOWN)).encode()
_PSEUDO: Final = re.compile(r":(-?[a-zA-Z][\w-]*+\(?+)")


class Unfit(NamedTuple):
    """`text[start:end]` must not be given to lightningcss; `reason` completes a clause that begins with `which`."""

    start: int
    end: int
    reason: str


def find_unfit(text: str) -> Iterator[Unfit]:
    """The places in `text`, a sheet without BAD tokens, that lightningcss must not read.

    Stops after brackets that are nested too deeply.
    """
    if asked(Question.IS_FIT_FOR_LIGHTNINGCSS, text, _KNOWN_LINES, MOST_BRACKETS) == b"\1":
        return
    brackets: list[str] = []
    begin = 0  # of the statement
    for match in _LANDMARK.finditer(text):
        delimiter = match[1]
        if delimiter is None:
            continue
        if delimiter in "{};" and brackets[-1:] in ([], ["{"]):
            if delimiter == "{" and _is_mixed(prelude := text[begin : match.start()]):
                begin += len(prelude) - len(prelude.lstrip())
                reason = "would split a list of selectors that some browsers drop as a whole"
                yield Unfit(begin, match.start(), reason)
            begin = match.end()
        follow(brackets, delimiter)
        if len(brackets) > MOST_BRACKETS:
            reason = f"cannot read more than {MOST_BRACKETS} brackets in one another"
            yield Unfit(match.start(), match.end(), reason)
            return


def _is_mixed(prelude: str) -> bool:
    """Whether some browser can know a part of the selectors in a list but not all.

    Such a browser drops the rule (Selectors 4, section 3.9), which some rules for one browser alone rely on.
    lightningcss splits the list, or writes it as `:is(…)`, which gives all of it the weight of the heaviest. The
    pseudo-elements `::-webkit-…` are known to all, by section 3.6.4.
    """
    if "," not in prelude or not ("\\" in prelude or {*map(str.lower, _PSEUDO.findall(prelude))} - _KNOWN):
        return False
    lists: list[set[str]] = [set()]
    depth = colons = 0
    for kind, start, end in tokens(prelude):
        raw = prelude[start:end]
        if kind is Kind.AT_KEYWORD:
            return False
        if kind in (Kind.NAME, Kind.FUNCTION) and colons:
            name = unescaped(raw).lower()
            if name not in _KNOWN and not (colons == 2 and name.startswith("-webkit-")):
                lists[-1].add(name)
        depth += (kind is Kind.FUNCTION or raw in ("(", "[")) - (raw in (")", "]"))
        if raw == "," and depth == 0:
            lists.append(set())
        colons = colons + 1 if raw == ":" else 0
    return any(one != lists[0] for one in lists)
