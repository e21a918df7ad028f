"""JSON Schemas as rows of a table: each field with its kind, its default and its description.

Takes a schema and the definitions that its references name, as plain values; gives text. Touches no disk.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

_KINDS: Final = {"object": "table", "array": "array", "string": "text", "integer": "integer", "null": "null"}
_ANY: Final = "any value"
_CHOICES: Final = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Field:
    """A field below another: `path` as in `variants.*.widths`, where `*` is any name and `[]` a member of an array."""

    path: str
    kind: str
    default: str
    description: str


@dataclass(frozen=True, slots=True)
class Schemas:
    """Reads schemas whose references are paths in the document `root`."""

    root: Schema

    def resolved(self, schema: Schema) -> Schema:
        """`schema` with what its references and `allOf` add; its own words come first."""
        merged: dict[str, Any] = {}
        for part in schema.get("allOf", ()):
            merged |= self.resolved(part)
        if "$ref" in schema:
            merged |= self.resolved(self._referred(schema["$ref"]))
        return {**merged, **{key: value for key, value in schema.items() if key not in ("$ref", "allOf")}}

    def _referred(self, reference: str) -> Schema:
        found: Any = self.root
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        schema: Schema = found
        return schema

    def kind(self, schema: Schema) -> str:
        """What values there may be, in words."""
        schema = self.resolved(schema)
        if "const" in schema:
            return code(schema["const"])
        if "enum" in schema:
            return ", ".join(map(code, schema["enum"]))
        for choice in _CHOICES:
            if choice in schema and (kinds := self._kinds(schema[choice])):
                return " or ".join(kinds)
        kind = schema.get("type", _ANY)
        if not isinstance(kind, str):
            return " or ".join(_KINDS.get(one, one) for one in kind)
        return self._members(kind, schema) + _range(schema)

    def _kinds(self, choices: Sequence[Schema]) -> list[str]:
        """Those of `choices`, each once; a choice that only requires names has none."""
        return [kind for kind in dict.fromkeys(map(self.kind, choices)) if kind != _ANY]

    def _members(self, kind: str, schema: Schema) -> str:
        items, values = schema.get("items"), schema.get("additionalProperties")
        if kind == "array" and isinstance(items, dict):
            members = self.kind(items)
            return f"array of {members if ' ' in members or '`' in members else _plural(members)}"
        if kind == "object" and isinstance(values, dict) and values and "properties" not in schema:
            return f"table: name → {self.kind(values)}"
        return _KINDS.get(kind, kind)

    def fields(self, schema: Schema, prefix: str = "") -> list[Field]:
        """All fields below `schema`, in order; one that several forms of it have is there once, with each kind."""
        found: dict[str, Field] = {}
        for path, inner in self._below(schema, prefix):
            new = Field(path, self.kind(inner), default(inner), self.resolved(inner).get("description", ""))
            old = found.get(path, new)
            kinds = dict.fromkeys((old.kind, new.kind))
            found[path] = Field(path, " or ".join(kinds), old.default or new.default, old.description)
        return list(found.values())

    def _below(self, schema: Schema, prefix: str) -> Iterator[tuple[str, Schema]]:
        schema = self.resolved(schema)
        for name, inner in schema.get("properties", {}).items():
            path = f"{prefix}.{name}" if prefix else name
            if inner is not False and inner is not True:
                yield path, inner
                yield from self._below(inner, path)
        for inner, step in self._containers(schema):
            yield from self._below(inner, f"{prefix}{step}")

    def _containers(self, schema: Schema) -> Iterator[tuple[Schema, str]]:
        """The schemas in which fields may be, each with what its path has more."""
        for choice in _CHOICES:
            yield from ((one, "") for one in schema.get(choice, ()))
        if isinstance(items := schema.get("items"), dict):
            yield items, "[]"
        if isinstance(values := schema.get("additionalProperties"), dict):
            yield values, ".*"


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None or high is None:
        return "" if low is None or low <= 0 else f" from {low}"
    return f" from {low} to {high}"


def _plural(kind: str) -> str:
    return kind if kind.endswith("s") or kind == _ANY else f"{kind}s"


def default(schema: Schema) -> str:
    """The default, as TOML or JSON has it; empty where there is none."""
    return code(schema["default"]) if "default" in schema else ""


def code(value: object) -> str:
    """A value as code."""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def cell(text: str) -> str:
    """`text` in a table of Markdown."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(cell, row))} |" for row in rows)]
