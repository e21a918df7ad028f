"""The rules of a style sheet that are for Tailwind, with their places. Pure."""

from collections.abc import Iterator
from typing import Final

from buildassets.compiler.languages.css.lexer import Kind, Token, tokens, unescaped
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

_NAMES: Final = ("@import", "@reference", "@source", "@plugin", "@config", "@tailwind", "@charset")
# Names may have escapes. What Tailwind has made names it in a comment only, and its tokens take a while.
_HINT: Final = lazy_pattern(r"(?i)@(?:tailwind|reference|[^\s;{}]{0,20}\\|import[^;{}]{0,500}?tailwindcss)")
_OWN: Final = lazy_pattern(r"@(?:apply|theme|utility|custom-variant|variant|plugin|config)\b")
_RELATIVE: Final = lazy_pattern(r"@import\s*[\"']\.")
_PACKAGE: Final = "tailwindcss"


@frozen
class AtRule:
    """`text[start:end]` is the rule with its semicolon, or up to its block. `name` is `@import` or the like.

    `words` are what is before its first string that is in no parentheses, in lower case. `value` is what that
    string means, None if there is none, and `text[value_start:value_end]` the string with its quotes; `rest` is what
    follows it.
    """

    name: str
    start: int
    end: int
    words: tuple[str, ...] = ()
    value: str | None = None
    value_start: int = 0
    value_end: int = 0
    rest: str = ""


def uses_tailwind(text: str) -> bool:
    """Whether a sheet is to be compiled by Tailwind: it imports or refers to that, or has an `@tailwind` rule."""
    return first_use(text) is not None


def first_use(text: str) -> AtRule | None:
    """The first rule for which a sheet needs Tailwind."""
    if not _HINT.search(text):
        return None
    return next(filter(_needs_tailwind, rules(text)), None)


def foreign_rule(text: str) -> Token | None:
    """The keyword of the first rule in `text` that only Tailwind understands: browsers drop it with its block.

    `@apply --name` is a rule of CSS itself (CSS Mixins 1).
    """
    if not _OWN.search(text):
        return None
    each = [token for token in tokens(text) if token.kind not in (Kind.SPACE, Kind.COMMENT)]
    for token, following in zip(each, [*each[1:], None], strict=True):
        if token.kind is Kind.AT_KEYWORD and _OWN.fullmatch(text, token.start, token.end):
            is_of_css = following is not None and text.startswith("--", following.start)
            if not is_of_css:
                return token
    return None


def imports_if_written_for_tailwind(text: str) -> list[str]:
    """The sheets that `text` imports by relative paths, if it has a rule that only Tailwind understands.

    Where one of them imports Tailwind, so does `text`.
    """
    return relative_imports(text) if _OWN.search(text) else []


def relative_imports(text: str) -> list[str]:
    """The relative paths that `text` imports, of those that Tailwind would follow."""
    if not _RELATIVE.search(text):  # most sheets: the tokens of a large one take a while
        return []
    imported = (rule.value or "" for rule in rules(text) if rule.name == "@import")
    return [path for path in imported if path.startswith(".")]


def _needs_tailwind(rule: AtRule) -> bool:
    return rule.name in ("@tailwind", "@reference") or (rule.name == "@import" and is_of_tailwind(rule.value or ""))


def is_of_tailwind(url: str) -> bool:
    """Whether `url` names a sheet that Tailwind has in it."""
    return url == _PACKAGE or url.startswith(f"{_PACKAGE}/")


def rules(text: str) -> Iterator[AtRule]:
    """The rules of the names above, in text order; also those inside of blocks."""
    each = iter(tokens(text))
    for token in each:
        if token.kind is Kind.AT_KEYWORD:
            name = unescaped(text[token.start : token.end]).lower()
            if name in _NAMES:
                yield _rule(text, name, token, each)


def _rule(text: str, name: str, keyword: Token, following: Iterator[Token]) -> AtRule:
    words: list[str] = []
    value: tuple[str, int, int] | None = None
    end, depth = len(text), 0
    for token in following:
        word = text[token.start : token.end]
        if token.kind is Kind.FUNCTION or word in ("(", "["):
            depth += 1
        elif word in (")", "]"):
            depth -= 1
        elif depth <= 0 and word in (";", "{", "}"):
            end = token.end if word == ";" else token.start
            break
        if value is None:
            if token.kind is Kind.STRING and depth <= 0:
                value = unescaped(word[1:].removesuffix(word[0])), token.start, token.end
            elif token.kind not in (Kind.SPACE, Kind.COMMENT):
                words.append(word.lower())
    if value is None:
        return AtRule(name, keyword.start, end, tuple(words))
    text_value, value_start, value_end = value
    return AtRule(
        name,
        keyword.start,
        end,
        tuple(words),
        value=text_value,
        value_start=value_start,
        value_end=value_end,
        rest=text[value_end:end].removesuffix(";").strip(),
    )


def quoted(value: str) -> str:
    """`value` as a string of CSS."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\a ")
    return f'"{escaped}"'
