"""docs/reference/configuration.md: every key, from the JSON Schema of the configuration and the rows of the README."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from buildassets.compiler.config.schema import config_schema
from website.schemas import Field, Schema, Schemas, default, table

_README: Final = Path(__file__).parents[1] / "README.md"
_ROW: Final = re.compile(r"^\| `(?P<key>[a-z_]+)` \|(?P<rest>.*)$", re.MULTILINE)
_LINK: Final = re.compile(r"\]\((?P<target>docs/(?P<page>[^)#]+)\.md[^)]*)\)")

_BEGIN: Final = """# Configuration

`[tool.buildassets]` in `pyproject.toml`, or the same keys at the top of `buildassets.toml`. The nearest file from the
working directory upward counts, or the one that `--config` names. Paths are relative to that file. No key is required:
without any file `assets/`, or else `static/`, is the source root.

```toml
[tool.buildassets]
sources = ["assets"]
compress = ["gzip", "br"]

[tool.buildassets.bundles]
"js/site.js" = ["js/vendor/*.js", "js/site.js"]
```

An unknown key, a wrong type and a value out of range are [errors](../errors/README.md) with file, line and the nearest
known key; [editors](../editors.md) report them while you type. In the tables `*` is a name that you choose, and `[]` a
member of an array.
"""


def page() -> str:
    """The whole page."""
    schema = config_schema()
    schemas, pages = Schemas(schema), _pages(_README.read_text(encoding="utf-8"))
    lines = [_BEGIN, "## All keys", ""]
    keys = schema["properties"]
    lines += table(("key", "default", "meaning"), [_short(key, keys[key]) for key in sorted(keys)])
    for key in sorted(keys):
        lines += _section(key, keys[key], schemas, pages.get(key, {}))
    return "\n".join(lines) + "\n"


def _pages(readme: str) -> dict[str, dict[str, str]]:
    """By key: the pages that its row of the README names, by what they are called."""
    rows: dict[str, dict[str, str]] = {}
    for row in _ROW.finditer(readme):
        rows[row["key"]] = {link["page"]: link["target"] for link in _LINK.finditer(row["rest"])}
    return rows


def _short(key: str, schema: Schema) -> tuple[str, str, str]:
    return f"[`{key}`](#{key})", default(schema), schema["description"]


def _section(key: str, schema: Schema, schemas: Schemas, pages: Mapping[str, str]) -> Iterator[str]:
    yield f"\n## {key}\n"
    yield f"{schema['description']}.\n"
    yield f"- Value: {schemas.kind(schema)}"
    if given := default(schema):
        yield f"- Default: {given}"
    if pages:
        named = (f"[{page}](../{target.removeprefix('docs/')})" for page, target in pages.items())
        yield f"- More: {', '.join(named)}"
    if fields := schemas.fields(schema):
        yield ""
        yield from table(("field", "value", "default", "meaning"), [_row(field) for field in fields])


def _row(field: Field) -> tuple[str, str, str, str]:
    path = field.path.removeprefix("[].").removeprefix(".")
    return f"`{path}`", field.kind, field.default, field.description
