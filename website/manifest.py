"""docs/reference/manifest.md: every field of `manifest.json`, from the JSON Schema that the package has."""

import json
from pathlib import Path
from typing import Final

from website.schemas import Schemas, table

_SCHEMA: Final = Path(__file__).parents[1] / "src/buildassets/manifest.schema.json"

_BEGIN: Final = """# Manifest

`manifest.json` lists the files of a build. It is written last, and it is the only file that a web process reads, by
[the helpers](runtime.md). Other programs may read it, too:

```json
{
  "schema": 1,
  "generator": { "name": "buildassets", "version": "0.2.0", "engines": { "scss": "dart-sass 1.101.0" } },
  "release": "64 hex digits",
  "url": "/assets/",
  "assets": {
    "css/app.css": {
      "file": "css/app.3f2a9c1b0d4e.css",
      "type": "text/css",
      "size": 18211,
      "integrity": "sha384-…",
      "encodings": { "gzip": 4120, "br": 3577 },
      "inputs": ["css/_theme.scss", "css/app.scss"],
      "references": ["img/logo.svg"]
    }
  },
  "importmap": { "lit": "vendor/lit/index.js" },
  "retained": []
}
```

- The URL of an asset is the prefix (`url`, or the process's own setting) and its `file`.
- Keys are sorted, paths are relative with slashes, the text ends in a newline: the same release has the same bytes.
- Readers ignore unknown keys, and reject an unknown `schema`: [what a version promises](versions.md).
- The JSON Schema (draft 2020-12) is in the package:
  `importlib.resources.files("buildassets") / "manifest.schema.json"`.

In the tables `*` is a name, mostly a logical path, and `[]` a member of an array.
"""


def page() -> str:
    """The whole page."""
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    schemas = Schemas(schema)
    asset = schema["$defs"]["asset"]
    top = [field for field in schemas.fields(schema) if not field.path.startswith(("assets.", "retained[]"))]
    retained = schema["$defs"]["retained"]
    described = {f"assets.*.{field.path}": field.description for field in schemas.fields(asset)}
    of_release = [one for one in schemas.fields(retained) if described.get(one.path) != one.description]
    parts = [
        ("At the top", top, set(schema["required"])),
        ("Of an asset", schemas.fields(asset), set(asset["required"])),
        ("Of an earlier release", of_release, set(retained["required"])),
    ]
    lines = [_BEGIN]
    for title, fields, required in parts:
        rows = [(f"`{one.path}`", one.kind, "yes" if one.path in required else "", one.description) for one in fields]
        lines += [f"## {title}\n", *table(("field", "value", "always", "meaning"), rows), ""]
    same = ", ".join(f"`{one.path.rpartition('.')[2]}`" for one in schemas.fields(retained) if one not in of_release)
    return "\n".join([*lines, f"Its assets also have these fields, as any asset: {same}.\n"])
