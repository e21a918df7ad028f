"""Hints for sheets that a Sass compiler refuses: neither libsass nor Dart Sass gives any.

Takes a message and the texts that were read, gives a hint. Pure.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from buildassets.compiler.engines.sass.libsass_faults import blanked
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.nearest import nearest

IMPORT_LOOP: Final = "move what both need into a file of its own, which both load"
_BUILT_IN_MODULES: Final = ("color", "list", "map", "math", "meta", "selector", "string")
_NAMESPACE: Final = lazy_pattern(r"no module with the namespace [\"`'](\w+)")
_UNDEFINED: Final = lazy_pattern(r"undefined (variable|mixin|function)|no (mixin) named", re.IGNORECASE)
_DEFINITIONS: Final = {
    "variable": lazy_pattern(r"\$([\w-]+)\s*+:"),
    "mixin": lazy_pattern(r"@mixin\s++([\w-]+)|^=([\w-]+)", re.MULTILINE),
    "function": lazy_pattern(r"@function\s++([\w-]+)"),
}
_USED: Final = lazy_pattern(r"\$([\w-]+)|@include\s++(?:[\w-]+\.)?([\w-]+)|\+?([\w-]+)")
_MISSING: Final = lazy_pattern(r"expected [\"`']([;{}])")
_STATEMENT: Final = lazy_pattern(r"[\w$@}-][^\n]*(?<![;{},(\s])\s*\Z")


def advice(message: str, marked: str, text: str, offset: int, *, texts: Callable[[], Iterable[str]]) -> str | None:
    """The hint for `message`, which is about the text `marked` at `offset` in `text`; `texts` are all sheets read."""
    if undefined := _UNDEFINED.search(message):
        return _of_undefined(undefined[1] or undefined[2], marked, texts())
    if namespace := _NAMESPACE.search(message):
        module = f"sass:{namespace[1]}" if namespace[1] in _BUILT_IN_MODULES else f"…/{namespace[1]}"
        return f'write `@use "{module}";` at the top of the file'
    if missing := _MISSING.search(message):
        return _of_unclosed(blanked(text), offset, missing[1])
    return None


def with_name(message: str, marked: str) -> str:
    """`message` with the undefined name from the text `marked`, which Dart Sass leaves out and libsass has."""
    used = _USED.match(marked) if _UNDEFINED.fullmatch(message) else None
    name = next(filter(None, used.groups()), "") if used else ""
    return f"{message}: `{'$' if message.endswith('variable') else ''}{name}`" if name else message


def _of_undefined(kind: str, marked: str, texts: Iterable[str]) -> str:
    definitions = (match for text in texts for match in _DEFINITIONS[kind].finditer(blanked(text)))
    known = [name for match in definitions for name in match.groups() if name]
    used = _USED.match(marked)
    near = nearest(next(filter(None, used.groups())), known) if used else None
    if near:
        return f"did you mean `{'$' if kind == 'variable' else ''}{near}`?"
    return "define it above, or load the file that does"


def _of_unclosed(blank: str, offset: int, mark: str) -> str | None:
    """The hint for what to close, if a compiler expects `mark` at `offset`."""
    if not blank[offset:].strip():
        return _of_open_block(blank)
    if mark == "{":
        return None  # it may be a selector without a block, or a faulty declaration
    before = blank[: blank.rfind("\n", 0, offset) + 1].rstrip()
    last = before[before.rfind("\n") + 1 :].strip()
    if _STATEMENT.fullmatch(last) and not last.endswith("}"):
        return f"end line {before.count(chr(10)) + 1} with `;`"
    return f"put `{mark}` before it" if mark == ";" else None


def _of_open_block(blank: str) -> str | None:
    opened: list[int] = []
    for match in re.finditer("[{}]", blank):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            opened.pop()
    return f"close the block of line {blank.count(chr(10), 0, opened[-1]) + 1} with `}}`" if opened else None
