"""The JSON Schema of the configuration (draft 7), for editors: made of the table of keys.

Takes the names of further engines, gives plain values. Touches no disk.
"""

import json
from collections.abc import Collection, Iterable
from typing import Final

from buildassets.compiler.config import keys, schema_forms
from buildassets.compiler.config.key_table import KEYS
from buildassets.compiler.config.schema_forms import Schema

# Draft 7 is the newest that SchemaStore recommends, since editors know it best.
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_ID: Final = "https://json.schemastore.org/buildassets.json"


def config_schema(engines: Iterable[str] = ()) -> Schema:
    """The schema of `buildassets.toml` and `[tool.buildassets]`; `engines` are those of installed packages."""
    installed = sorted(engines)
    return {
        "$schema": _DRAFT,
        "$id": _ID,
        "title": "buildassets",
        "description": "Settings of buildassets: `buildassets.toml`, or `[tool.buildassets]` in `pyproject.toml`",
        "type": "object",
        "additionalProperties": False,
        "definitions": schema_forms.definitions(),
        "properties": {key.name: {"description": key.sentence, **key.schema(installed)} for key in KEYS},
        "allOf": [_not_both(key.name, other) for key in KEYS for other in key.excludes if key.name < other],
    }


def _not_both(first: str, second: str) -> Schema:
    """Files of two systems are not read together."""
    named = {"type": ["string", "array"]}
    return {"not": {"required": [first, second], "properties": {first: named, second: named}}}


def engine_names(installed: Collection[str]) -> tuple[str, ...]:
    """Those of `installed` engines that are none of ours."""
    return tuple(sorted(set(installed) - keys.all_our_engines()))


def schema_text(schema: Schema) -> str:
    """`schema` as the text of a file in ASCII, without its last line end."""
    return json.dumps(schema, indent=2)
