"""docs/reference/configuration.md: every key, from the JSON Schema of the configuration and the table of keys."""

from typing import Final

from buildassets.cli.verbs.schema import config_schema
from buildassets.compiler.config.key_table import KEYS
from website.schemas import Field, Schema, Schemas, default, table

_BEGIN: Final = """# Configuration

Write the keys under `[tool.buildassets]` in `pyproject.toml`, or at the top of `buildassets.toml`. The nearest file
from the working directory upward applies, [unless it is of another user](../errors/config.md#owner), or the one in
`--config`. Paths are relative to that file. No key is
required: without a file, `assets/` or else `static/` is the source root.

```toml
[tool.buildassets]
sources = ["assets"]
compress = ["gzip", "br"]

[tool.buildassets.bundles]
"js/site.js" = ["js/vendor/*.js", "js/site.js"]
```

An unknown key, a wrong type and a value out of range are [errors](../errors/README.md) with file, line and the nearest
known key; [editors](../guides/editors.md) report them while you type. In the tables `*` is a name that you choose, and
`[]` a member of an array.
"""


def page() -> str:
    """The whole page."""
    schema = config_schema()
    schemas, pages = Schemas(schema), {key.name: key.pages for key in KEYS}
    keys = schema["properties"]
    rows = [_short(key, keys[key], schemas, pages[key]) for key in sorted(keys)]
    lines = [_BEGIN, "## All keys", "", *table(("key", "value", "default", "meaning"), rows)]
    for key in sorted(keys):
        if fields := schemas.fields(keys[key]):
            lines += [f"\n## {key}\n", *table(("field", "value", "default", "meaning"), [_row(one) for one in fields])]
    return "\n".join(lines) + "\n"


def _short(key: str, schema: Schema, schemas: Schemas, pages: tuple[str, ...]) -> tuple[str, str, str, str]:
    """The row of a key, with links to its fields and to the pages that describe it."""
    name = f"[`{key}`](#{key})" if schemas.fields(schema) else f"`{key}`"
    named = ", ".join(f"[{target.partition('.md')[0].rpartition('/')[2]}](../{target})" for target in pages)
    return name, schemas.kind(schema), default(schema), schema["description"] + (f": {named}" if named else "")


def _row(field: Field) -> tuple[str, str, str, str]:
    path = field.path.removeprefix("[].").removeprefix(".")
    return f"`{path}`", field.kind, field.default, field.description
