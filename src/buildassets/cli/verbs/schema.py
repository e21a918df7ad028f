"""`buildassets schema`: the JSON Schema of the configuration, for editors."""

import json
from collections.abc import Collection, Iterable
from typing import Final

import click

from buildassets.cli.show.output import print_data
from buildassets.compiler.config import keys, schema_forms
from buildassets.compiler.config.key_table import KEYS
from buildassets.compiler.config.schema_forms import Schema
from buildassets.compiler.engines.registry import installed_engines

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


@click.command("schema")
@click.option("--json", "as_json", is_flag=True, help="The same: a schema is JSON.")
def command(*, as_json: bool) -> int:
    """Print the JSON Schema of `buildassets.toml` and `[tool.buildassets]`, including the engines installed here.

    The package contains the schema without installed engines, as `buildassets/config.schema.json`.
    """
    print_data(schema_text(config_schema(engine_names(installed_engines()))).splitlines())
    return 0
