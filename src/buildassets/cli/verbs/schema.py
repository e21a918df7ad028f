"""`buildassets schema`: the JSON Schema of the configuration, for editors."""

import click

from buildassets.cli.show.output import print_data
from buildassets.compiler.config.schema import config_schema, engine_names, schema_text
from buildassets.compiler.engines.registry import installed_engines


@click.command("schema")
@click.option("--json", "as_json", is_flag=True, help="The same: a schema is JSON.")
def command(*, as_json: bool) -> int:
    """Print the JSON Schema of `buildassets.toml` and `[tool.buildassets]`, including the engines installed here.

    The package contains the schema without installed engines, as `buildassets/config.schema.json`.
    """
    print_data(schema_text(config_schema(engine_names(installed_engines()))).splitlines())
    return 0
