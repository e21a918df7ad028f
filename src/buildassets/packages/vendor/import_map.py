"""Changes entries of `[importmap]` and its scopes in the text of a configuration; keeps comments and order. Pure.

Takes TOML, gives TOML that differs only in these entries, or raises ValueError if changing lines is not enough.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from buildassets.foundation.toml_values import basic_string, toml_values

_KEY: Final = re.compile(r"""\s*(?P<key>"(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")
_HEADER: Final = re.compile(r"\s*\[")
_SCOPES: Final = "scopes"
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def with_entries(text: str, table: Sequence[str], entries: Mapping[str, str | None]) -> str:
    """`text` with these `entries` in its `table`; entries that are None are removed.

    `table` is a path as in `("tool", "buildassets", "importmap")`; that of a scope goes with its last entry. Raises
    ValueError.
    """
    expected = _changed(toml_values(text), table, entries)
    lines = text.splitlines(keepends=True)
    start = _start(lines, table)
    if start is None:
        if toml_values(text) == expected:
            return text
        header = ".".join(part if _BARE.fullmatch(part) else basic_string(part) for part in table)
        lines += ["" if not text or text.endswith("\n") else "\n", "\n" if text else "", f"[{header}]\n"]
        start = len(lines)
    end = next((number for number in range(start, len(lines)) if _HEADER.match(lines[number])), len(lines))
    section = _section(lines[start:end], entries)
    lines[start:end] = section
    if _SCOPES in table and not any(map(str.strip, section)):
        del lines[start - 1 : start + len(section)]
    changed = "".join(lines)
    if text.count("\r\n") == text.count("\n") > 0:
        changed = changed.replace("\r\n", "\n").replace("\n", "\r\n")
    if _without_empty(toml_values(changed), table) != _without_empty(expected, table):
        raise ValueError("the table is written in another way than line by line")
    return changed


def entry_lines(entries: Mapping[str, str | None]) -> list[str]:
    """The lines of TOML for the entries with a value."""
    return [
        f"{basic_string(key)} = {basic_string(value)}" for key, value in sorted(entries.items()) if value is not None
    ]


def _section(lines: list[str], entries: Mapping[str, str | None]) -> list[str]:
    left = dict(entries)
    kept: list[str] = []
    for line in lines:
        key = _key(line)
        if key not in left:
            kept.append(line)
            continue
        value = left.pop(key)
        if value is not None:
            kept.append(f"{basic_string(key)} = {basic_string(value)}\n")
    if kept and not kept[-1].endswith("\n"):
        kept[-1] += "\n"
    for key, value in sorted(left.items()):
        if value is not None:
            kept.insert(_place_for(key, kept), f"{basic_string(key)} = {basic_string(value)}\n")
    return kept


def _place_for(key: str, lines: Sequence[str]) -> int:
    """Where a line for `key` belongs among `lines`: behind the last lesser key, so that git merges two branches."""
    keys = [(number, _key(line)) for number, line in enumerate(lines)]
    return max((number + 1 for number, other in keys if other is not None and other < key), default=0)


def _key(line: str) -> str | None:
    match = _KEY.match(line)
    if match is None:
        return None
    try:
        return next(iter(toml_values(match["key"] + " = 0")))
    except ValueError:
        return None


def _start(lines: Sequence[str], table: Sequence[str]) -> int | None:
    """The number of the line after the header of `table`."""
    parts = (f"(?:{'|'.join(map(re.escape, _written(part)))})" for part in table)
    header = re.compile(r"\s*\[\s*" + r"\s*\.\s*".join(parts) + r"\s*\]\s*(?:#.*)?\s*")
    return next((number + 1 for number, line in enumerate(lines) if header.fullmatch(line)), None)


def _written(part: str) -> tuple[str, ...]:
    """The ways to write a part of the name of a table."""
    return (*([part] if _BARE.fullmatch(part) else []), basic_string(part), f"'{part}'")


def _without_empty(values: dict[str, Any], table: Sequence[str]) -> dict[str, Any]:
    """`values` without the `table`, and the tables around it, where they are empty."""
    if table and isinstance(inner := values.get(table[0]), dict):
        inner = _without_empty(inner, table[1:])
        values = {**values, table[0]: inner} if inner else {key: values[key] for key in values if key != table[0]}
    return values


def _changed(values: dict[str, Any], table: Sequence[str], entries: Mapping[str, str | None]) -> dict[str, Any]:
    """`values` with the `entries` changed, as the edited text has to read."""
    if not any(value is not None for value in entries.values()) and not _has(values, table):
        return values
    inner = values
    for key in table:
        inner = inner.setdefault(key, {})
        if not isinstance(inner, dict):
            raise ValueError("it is not a table")
    for key, value in entries.items():
        if value is None:
            inner.pop(key, None)
        else:
            inner[key] = value
    return values


def _has(values: Any, table: Sequence[str]) -> bool:
    for key in table:
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True
