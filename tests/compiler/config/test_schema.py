"""The JSON Schema of the configuration, judged by the tool's own verdict on the same files."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest

from buildassets.cli.verbs.schema import config_schema, schema_text
from buildassets.errors import ConfigError
from tests.building import load_config
from tests.conftest import write_tree

ALL: Final = """
sources = [
  "assets",
  { path = "vendor", prefix = "/v/", include = ["*.js"], exclude = ["x"], npm = true, vendored = true },
  { path = "vendor", prefer = "source" },
  { path = "front", manifest = ".vite/manifest.json", dev = "http://localhost:5173" },
]
output = "build"
url = "https://cdn.example.com/a"
url_prefixes = ["/", "/static/"]
entries = ["css/*.css"]
exclude = ["x"]
fingerprinted = ["x.*"]
raw = ["**/*.ejs"]
load_paths = ["node_modules"]
external = ["x:*"]
missing = "warn"
modules = "importmap"
directives = true
minify = false
inline_imports = true
browsers = ["Safari 16.4", "chrome  109"]
env = ["API_URL"]
source_maps = "hidden"
sources_content = false
compress = { gzip = 9, br = 5 }
integrity = "none"
registry = "https://npm.example.com/x"
jammit = false
pipeline = false
webassets = false

[define]
"process.env.NODE_ENV" = "production"
A = 1.5

[types]
".foobar" = "application/x-foobar"
".js" = "application/JavaScript"

[engines]
scss = "auto"
css = "lightningcss"
js = "esbuild"

[bundles]
"js/a.js" = ["*.js"]
"js/b.js" = { files = ["b.ts"], bundle = true, format = "esm", splitting = true, define = { X = true } }
"css/c.css" = { files = ["c.css"], bundle = false }

[importmap]
lit = "vendor/lit/index.js"
"lit/" = "vendor/lit/"
"all/" = "vendor/*.js"
away = "https://example.com/x.js"
[importmap.scopes."vendor/old/"]
lit = "vendor/old/lit.js"

[importmap_integrity]
away = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

[importmap_preload]
lit = false

[data_urls]
limit = "4 kB"
include = ["*.svg"]

[templates]
dirs = ["templates", { path = "mails", engine = "jinja" }]
engine = "django"
functions = ["icon_url"]
extensions = ["a.b.C"]
builtins = ["a.tags"]

[retain]
releases = 2
hours = 1.5

[budgets]
"js/a.js" = "60 kB"
"css/c.css" = 1000

[images]
warn = "1.5 MiB"

[packages]
min_age_days = 7

[commands.less]
run = ["lessc", "{path}", ""]
from = ".less"
to = "css"
inputs = ["less/**"]
depfile = "x.d"
env = ["BROWSERSLIST"]
problem = '^(?P<file>.+)$'
timeout = 0.5

[commands.one]
run = ["make"]
output = "css/one.css"

[run]
worker = ["python", "worker.py"]
"""
_KEYS: Final = [f"ed25519:{coded}" for coded in ("0" * 64, "A" * 43 + "=", "A" * 43)]
GOOD: Final = (
    ALL,
    "",
    f'cache = {{ remote = "https://cache.example:8080/a", trust = {{ main = {_KEYS}, "pull/1" = [] }} }}',
    'cache = { remote = "file:///srv/cache of all" }',
    'url = "/"',
    'url = "//cdn.example.com"',
    'compress = ["gzip", "zstd", "dcz"]',
    "compress = []",
    "source_maps = true",
    'define = { "a.b" = false }',
    "[commands]",
    "retain = {}",
    'engines = { css = "none", js = "none", scss = "libsass" }',
    'importmap = { scopes = "vendor/scopes.js" }',
    'budgets = { "css/*.css" = 0 }',
    'sources = [{ path = "assets", prefix = "" }]',
    "images = { warn = 0 }",
    'fonts = { "*" = { unicode_range = ["U+0-FF", "u+4??", "U+131"], text = "templates", fallback = "none" } }',
    'fonts = { "*" = { text_only = true, formats = ["woff"], preload = false, allow = ["a.ttf"] } }',
)
BAD: Final = (
    "minifi = true",
    'minify = "yes"',
    "minify = 1",
    'sources = "assets"',
    "sources = [1]",
    'sources = [""]',
    'sources = [{ prefix = "x" }]',
    'sources = [{ path = "assets", prefx = "x" }]',
    'sources = [{ path = "assets", prefix = "../x" }]',
    'sources = [{ path = "assets", prefer = "newest" }]',
    'sources = [{ path = "assets", dev = "http://localhost:5173" }]',
    'sources = [{ path = "assets", manifest = "../m.json" }]',
    'sources = [{ path = "assets", manifest = "m.json", dev = "localhost:5173" }]',
    'output = ""',
    'output = "public\\build"',
    "output = 3",
    'url = "assets"',
    'url = ""',
    'url = "/a?b"',
    'url = "https://user:pass@example.com/"',
    'url_prefixes = ["//x"]',
    'url_prefixes = ["/a/../"]',
    'url_prefixes = ["/a//b"]',
    'entries = "css/*.css"',
    'entries = [""]',
    'missing = "fatal"',
    'modules = "bundle"',
    'browsers = ["netscape 4"]',
    'browsers = ["safari"]',
    'env = ["A-B"]',
    'env = ["MODE"]',
    'source_maps = "inline"',
    'compress = ["deflate"]',
    'compress = "gzip"',
    "compress = { gzip = 99 }",
    "compress = { lzma = 1 }",
    'integrity = "sha1"',
    'registry = "npm.example.com"',
    'registry = "https://a:b@npm.example.com/"',
    "jammit = true",
    'pipeline = "a"\nwebassets = "b.yaml"',
    'define = { "a-b" = 1 }',
    "define = { a = [1] }",
    'types = { foobar = "a/b" }',
    'types = { ".x" = "text" }',
    'types = { ".css" = "text/plain" }',
    'engines = { css = "rcsmin" }',
    'engines = { cs = "builtin" }',
    'engines = { sass = "libsass" }',
    'bundles = { "js/a.js" = [] }',
    'bundles = { "/js/a.js" = ["a"] }',
    'bundles = { minify = ["a"] }',
    'bundles = { "js/a.js" = { files = ["a"], format = "esm" } }',
    'bundles = { "js/a.js" = { files = ["a"], bundle = true, format = "umd" } }',
    'bundles = { "js/a.js" = { files = ["a"], bundle = true, splitting = true, format = "iife" } }',
    'bundles = { "js/a.js" = { bundle = true } }',
    'bundles = { js.a = ["a"] }',
    'importmap = { "lit/" = "vendor/lit" }',
    'importmap = { lit = "../x.js" }',
    'importmap = { lit = "" }',
    'importmap = { scopes = { "/x" = { a = "b.js" } } }',
    "importmap_integrity = { lit = 1 }",
    'importmap = { a = "//b" }\nimportmap_integrity = { a = "md5-a" }',
    f'importmap = {{ a = "//b" }}\nimportmap_integrity = {{ a = "sha384-{"A" * 63}" }}',
    "importmap_preload = { lit = 1 }",
    "data_urls = { limit = true }",
    "data_urls = { size = 1 }",
    'templates = { engine = "erb" }',
    'templates = { dirs = "templates" }',
    'templates = { dirs = [{ engine = "jinja" }] }',
    'templates = { functions = ["a-b"] }',
    "retain = { releases = 1.5 }",
    "retain = { releases = -1 }",
    "retain = 3",
    'budgets = { "js/a.js" = "60 quids" }',
    'budgets = { "../a.js" = 1 }',
    "images = { warning = 1 }",
    'fonts = { "*" = { unicode_range = ["latin"] } }',
    'fonts = { "*" = { unicode_range = [] } }',
    'fonts = { "*" = { text = "templates" } }',
    'fonts = { "*" = { formats = ["ttf"] } }',
    'fonts = { "*" = { fallback = "Verdana" } }',
    'fonts = ["*"]',
    'packages = { min_age_days = "7" }',
    'commands = { less = { run = "lessc", from = "less", to = "css" } }',
    'commands = { less = { from = "less", to = "css" } }',
    'commands = { less = { run = ["lessc"], from = "less" } }',
    'commands = { less = { run = ["lessc"] } }',
    'commands = { less = { run = [""], from = "less", to = "css" } }',
    'commands = { less = { run = ["x"], from = "Less", to = "css" } }',
    'commands = { less = { run = ["x"], output = "a.css", to = "css" } }',
    'commands = { less = { run = ["x"], output = "a.css", timeout = 0 } }',
    'commands = { less = { run = ["x"], output = "a.css", env = ["A=B"] } }',
    'commands = { run = ["x"] }',
    'run = { worker = "python" }',
    'cache = { remote = "cache.example" }',
    'cache = { remote = "ftp://cache.example/a" }',
    'cache = { remote = "https://user@cache.example/a" }',
    'cache = { remote = "file://host/a?b" }',
    'cache = { trust = { main = ["hmac:00"] } }',
    'cache = { trust = { main = ["ed25519:AAAA"] } }',
    'cache = { trust = { "a b" = [] } }',
    "run = { worker = [] }",
    "[tool.buildassets]\nminify = true",
)
TABLES: Final = {
    "": "",
    **{name: f"[{name}]\n" for name in ("retain", "data_urls", "templates", "images", "packages", "compress")},
    "commands.x": '[commands.x]\nrun = ["x"]\noutput = "a.css"\n',
    "sources.0": '[[sources]]\npath = "assets"\n',
    "bundles.x": '[bundles."x.js"]\nfiles = ["x"]\nbundle = true\n',
}


def _is_taken(folder: Path, text: str) -> bool:
    """The verdict of the tool."""
    write_tree(folder, {"buildassets.toml": text, "assets/a.css": "", "vendor/a.js": "", "front/a.js": ""})
    try:
        load_config(start=str(folder))
    except ConfigError:
        return False
    return True


def judge(schema: Mapping[str, Any]) -> Any:
    """A validator; each process of a run imports this file, and to import that one takes it two seconds."""
    from jsonschema import Draft7Validator

    return Draft7Validator(schema)


@pytest.mark.parametrize("text", [*GOOD, *BAD])
def test_the_schema_agrees_with_the_program(tmp_path: Path, text: str) -> None:
    schema = config_schema()
    judge(schema).check_schema(schema)
    is_valid = judge(schema).is_valid(tomllib.loads(text))
    assert (is_valid, _is_taken(tmp_path, text)) == (text in GOOD, text in GOOD)


def test_the_file_in_the_package_is_what_the_code_makes() -> None:
    packaged = files("buildassets").joinpath("config.schema.json").read_text(encoding="utf-8")
    assert packaged == schema_text(config_schema()) + "\n", (
        "run `buildassets schema > src/buildassets/config.schema.json`"
    )


def test_every_setting_is_described() -> None:
    properties = config_schema()["properties"]
    assert [path for path, schema in _described("", properties) if "description" not in schema] == []


def _described(path: str, properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in properties.items():
        yield f"{path}.{name}", schema
        yield from _described(f"{path}.{name}", schema.get("properties", {}) if name != "types" else {})


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_the_keys_that_its_reader_knows(tmp_path: Path, table: str) -> None:
    write_tree(tmp_path, {"buildassets.toml": TABLES[table] + "qqqqqqqq = 1\n"})
    with pytest.raises(ConfigError) as caught:
        load_config(start=str(tmp_path), needs_sources=False)
    (hint,) = (one.hint for one in caught.value.diagnostics if one.code == "config/unknown-key")
    assert sorted(re.findall(r"`([^`]+)`", hint or "")) == sorted(_schema_at(table)["properties"])


def _schema_at(table: str) -> dict[str, Any]:
    """The last form of the table at that path: it has the most keys."""
    schema: dict[str, Any] = config_schema()
    for name in filter(None, table.split(".")):
        inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties") or schema["items"]
        schema = next((one for one in reversed(inner.get("anyOf", ())) if "properties" in one), inner)
    return schema


def test_engines_of_installed_packages_are_accepted() -> None:
    given = {"engines": {"css": "mine"}}
    assert not judge(config_schema()).is_valid(given)
    assert judge(config_schema(["mine"])).is_valid(given)
