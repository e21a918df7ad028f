"""Style sheets as an independent parser, tinycss2, reads them: the judge of our lexer, scanner and minifier."""

from collections.abc import Iterable, Iterator
from copy import copy
from importlib import import_module
from typing import Any

from buildassets.compiler.languages.css.references import REFERRING

tinycss2: Any = import_module("tinycss2")  # it has no types

Tree = tuple[Any, ...]

# Where white space stands, and the signs next to which it means nothing there.
_IDLE_BESIDE = {"selector": "+>~", "argument": ">~", "attribute": "=", "prelude": "", "query": ":", "value": ""}


def tree(sheet: str | list[Any]) -> list[Tree]:
    """The rules of a sheet, with the white space left out that selectors and values may do without.

    `sheet` is its text, or its component values without comments.
    """
    return [_rule(rule) for rule in _rules(sheet)]


def _rules(sheet: str | list[Any]) -> list[Any]:
    given = sheet.removeprefix("\ufeff") if isinstance(sheet, str) else sheet
    rules: list[Any] = tinycss2.parse_stylesheet(given, skip_comments=True, skip_whitespace=True)
    return rules


def without_comments(nodes: Iterable[Any]) -> list[Any]:
    """Component values as the parser gives them where it is asked to skip comments."""
    return [_without_comments(node) for node in nodes if node.type != "comment"]


def _without_comments(node: Any) -> Any:
    for part in ("content", "arguments"):
        if inside := getattr(node, part, None):
            node = copy(node)
            setattr(node, part, without_comments(inside))
    return node


def _rule(node: Any) -> Tree:
    if node.type == "declaration":
        return "declaration", node.name, _value(node), node.important
    if node.type == "error":
        return "error", node.kind
    content = node.content
    if content is not None:
        content = [_rule(child) for child in tinycss2.parse_blocks_contents(content, True, True)]
    if node.type == "at-rule":
        return "at-rule", node.at_keyword, _spaced(node.prelude, "prelude"), content
    return "rule", _spaced(node.prelude, "selector"), content


def _value(declaration: Any) -> Any:
    if declaration.name.startswith("--"):
        written = tinycss2.serialize(declaration.value)
        return written.strip(" \t\n") or written[:1]
    return _spaced(declaration.value, "value")


def _spaced(nodes: Iterable[Any], place: str) -> list[Any]:
    """`nodes` as nested lists; white space is one `" "`, and absent at the ends and where it is idle."""
    kept: list[Any] = []
    for node in nodes:
        is_more_space = node.type == "whitespace" and kept and kept[-1].type == "whitespace"
        if node.type != "comment" and not is_more_space:
            kept.append(node)
    found: list[Any] = []
    for index, node in enumerate(kept):
        if node.type != "whitespace":
            found.append(_plain(node, place))
        elif 0 < index < len(kept) - 1 and not any(_is_idle(kept[at], place) for at in (index - 1, index + 1)):
            found.append(" ")
    return found


def _is_idle(side: Any, place: str) -> bool:
    if side.type == "error":
        return side.kind in ")]}"  # a closer of nothing spoils its statement, with a space or without
    return any(side == sign for sign in ",;" + _IDLE_BESIDE[place])


def _plain(node: Any, place: str) -> Any:
    if node.type == "function":
        if node.lower_name == "style":
            return "style", tinycss2.serialize(node.arguments)
        return node.name, _spaced(node.arguments, _inside(place, node.lower_name))
    if node.type.endswith("block"):
        return node.type, _spaced(node.content, _inside(place, node.type))
    if node.type == "error":
        return "error", node.kind
    if node.type == "url":
        return "url", node.value
    return node.type, node.serialize()


def _inside(place: str, bracket: str) -> str:
    if place in ("selector", "argument"):
        return "attribute" if bracket == "[] block" else "argument"
    if place in ("prelude", "query"):
        return "query" if bracket in ("() block", "supports") else "prelude"
    return place


def urls(sheet: str | list[Any]) -> list[str]:
    """What the sheet, given as to `tree`, fetches, but for `data:`, in order."""
    return [url for url in _urls_of_rules(_rules(sheet)) if url and not url.lower().startswith("data:")]


def _urls_of_rules(nodes: Iterable[Any]) -> Iterator[str]:
    for node in nodes:
        if node.type == "declaration":
            yield from _urls_of_values(node.value)
        elif node.type == "at-rule" and node.lower_at_keyword == "import":
            first = next(value for value in node.prelude if value.type not in ("whitespace", "comment"))
            yield first.value if first.type in ("string", "url") else first.arguments[0].value
        elif node.type != "error" and node.content is not None:
            yield from _urls_of_rules(tinycss2.parse_blocks_contents(node.content, True, True))


def _urls_of_values(nodes: Iterable[Any], strings: bool = False) -> Iterator[str]:
    for node in nodes:
        if node.type == "url" or (strings and node.type == "string"):
            yield node.value
        elif node.type == "function":
            referring = f"{node.lower_name}(" in REFERRING
            yield from _urls_of_values(node.arguments, referring)
        elif node.type.endswith("block"):
            yield from _urls_of_values(node.content)
