"""The JSON Schema of the configuration (draft 7), for editors: made of the checks that `keys` and `load` apply.

Takes the names of further engines, gives plain values. It accepts what a build accepts, as far as a schema can: whether
a file is there, and what two texts mean together, it cannot know. Touches no disk.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, TypeAlias

from buildassets.compiler.config import cache_keys, command_keys, font_keys, keys
from buildassets.compiler.config.foreign import READERS
from buildassets.compiler.config.schema_texts import DESCRIPTIONS, INNER
from buildassets.compiler.config.values import HIDDEN, LEVELS, SETTINGS, USUAL

Schema: TypeAlias = dict[str, Any]

# Draft 7 is the newest that SchemaStore recommends, since editors know it best.
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_ID: Final = "https://json.schemastore.org/buildassets.json"
_LOGICAL: Final = r"(?!(?:.*/)?\.{1,2}(?:/|$))[^/]+(?:/[^/]+)*"
_IN_TYPES: Final = r"[A-Za-z0-9!#$&^_.+\-]+"
_CONTROLS: Final = r"\u0000\u0008\u000c"
_RANGE: Final = r"[Uu]\+(?:[0-9a-fA-F]{1,6}(?:-[0-9a-fA-F]{1,6})?|[0-9a-fA-F]{0,5}\?{1,6})"
_ABSOLUTE: Final = r"[A-Za-z][A-Za-z0-9+.\-]*:|/"
_REMOTE: Final = r"(?:https?|s3|gs|az|rediss?)://[^\s/?#\\@]+(?:/[^\s?#\\]*)?|file:///[^?#\x00]*"  # without a login
_PUBLIC_KEY: Final = r"ed25519:(?:[0-9a-fA-F]{64}|[0-9A-Za-z+/_-]{43}=*)"  # 32 bytes


def config_schema(engines: Iterable[str] = ()) -> Schema:
    """The schema of `buildassets.toml` and `[tool.buildassets]`; `engines` are those of installed packages."""
    properties = _properties(tuple(sorted(engines)))
    described = {name: {"description": DESCRIPTIONS[name], **properties[name]} for name in sorted(properties)}
    return {
        "$schema": _DRAFT,
        "$id": _ID,
        "title": "buildassets",
        "description": "Settings of buildassets: `buildassets.toml`, or `[tool.buildassets]` in `pyproject.toml`",
        "type": "object",
        "additionalProperties": False,
        "definitions": _definitions(),
        "properties": described,
        "allOf": [_not_both(*pair) for pair in _pairs(tuple(READERS))],
    }


def _definitions() -> Schema:
    """What several keys have in common."""
    return {
        "text": _text(),
        "texts": {"type": "array", "items": _ref("text")},
        "size": {
            "description": "Bytes, or a number with a unit: `60 kB`, `60 KiB`",
            "oneOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _size()}],
        },
        "engine": {"type": "string", "enum": list(keys._TEMPLATE_ENGINES)},
        "arguments": {
            "description": "A program and its arguments, each by itself; there is no shell",
            "type": "array",
            "minItems": 1,
            "items": [{"type": "string", "pattern": r"^[^\u0000]+$"}],
            "additionalItems": {"type": "string", "pattern": r"^[^\u0000]*$"},
        },
        "definitions": {
            "type": "object",
            "propertyNames": {"pattern": _whole(keys._DEFINABLE.pattern)},
            "additionalProperties": {"type": ["string", "boolean", "number"]},
        },
        "specifiers": _specifiers(),
    }


def _properties(engines: tuple[str, ...]) -> dict[str, Schema]:
    """The schema of each key at the top."""
    texts = dict.fromkeys(
        ("entries", "exclude", "external", "fingerprinted", "load_paths", "plain", "raw"), _ref("texts")
    )
    flags = {"minify": True, "directives": False, "inline_imports": False, "sources_content": True}
    return {
        **{name: {**ref, "default": []} for name, ref in texts.items()},
        **{name: {"type": "boolean", "default": default} for name, default in flags.items()},
        **{name: _foreign() for name in READERS},
        "sources": {"type": "array", "items": {"anyOf": [_ref("text"), _source()]}, "default": ["assets"]},
        "output": {**_ref("text"), "default": "build"},
        "url": {"type": "string", "minLength": 1, "pattern": _url(), "default": "/assets/"},
        "url_prefixes": {"type": "array", "items": _url_prefix()},
        "missing": _choice(keys.MISSING, "error"),
        "modules": _choice(keys.MODULES, "rewrite"),
        "browsers": {"type": "array", "items": {"type": "string", "pattern": _browser()}, "default": []},
        "define": _ref("definitions"),
        "env": {"type": "array", "items": _env_name(), "default": []},
        "source_maps": {"enum": [True, False, HIDDEN], "default": False},
        "types": _types(),
        "compress": _compress(),
        "integrity": _choice(keys.INTEGRITY, "sha384"),
        "engines": _engines(engines),
        "bundles": _bundles(),
        "importmap": _importmap(),
        "importmap_integrity": {
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": _whole(keys.METADATA)},
        },
        "importmap_preload": {"type": "object", "additionalProperties": {"type": "boolean"}},
        "data_urls": _table(
            {"limit": {**_ref("size"), "default": keys._DEFAULT_DATA_URL_BYTES}, "include": _ref("texts")}
        ),
        "templates": _templates(),
        "retain": _table({"releases": _number("integer", 3), "hours": _number("number", 24)}),
        "budgets": {"type": "object", "propertyNames": _logical(), "additionalProperties": _ref("size")},
        "images": _images(),
        "fonts": {"type": "object", "additionalProperties": _font()},
        "icons": _icons(),
        "precache": {"type": "string", "pattern": r"\.json$"},
        "cache": _cache(),
        "registry": {"type": "string", "pattern": _whole(r"https?://[^\s/?#\\@]+(?:/[^\s?#\\]*)?")},
        "packages": _table({"min_age_days": _number("number", 0)}),
        "commands": {"type": "object", "additionalProperties": _command()},
        "run": {"type": "object", "propertyNames": {"pattern": r"\S"}, "additionalProperties": _ref("arguments")},
    }


def _images() -> Schema:
    width = {"type": "integer", "minimum": 1, "maximum": keys.LARGEST_WIDTH}
    variants = {
        "widths": {"type": "array", "minItems": 1, "items": width},
        "formats": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(keys.IMAGE_FORMATS)}},
        "quality": {"type": "integer", "minimum": 1, "maximum": 100, "default": 80},
    }
    return _table(
        {
            "warn": {**_ref("size"), "default": "1 MB"},
            "strip": {"type": "boolean", "default": True},
            "variants": {"type": "object", "additionalProperties": _table(variants, required=["widths"])},
        }
    )


def _font() -> Schema:
    formats = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(font_keys.FORMATS)}}
    ranges = {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": _whole(_RANGE)}}
    properties: dict[str, Schema] = {
        "unicode_range": ranges,
        "text": {"type": "string", "enum": list(font_keys.TEXTS)},
        "text_only": {"type": "boolean", "default": False},
        "formats": {**formats, "default": ["woff2"]},
        "allow": _ref("texts"),
        "fallback": _choice(font_keys.FALLBACKS, "auto"),
        "preload": {"type": "boolean", "default": True},
    }
    is_alone = {"required": ["text_only"], "properties": {"text_only": {"enum": [True]}}}
    kept = {"anyOf": [{"not": {"required": ["text"]}}, {"required": ["unicode_range"]}, is_alone]}
    return _table(properties, **kept)


def _icons() -> Schema:
    icons = {"dir": _ref("text"), "used_only": {"type": "boolean", "default": False}}
    names = {"allOf": [_logical(), {"pattern": r"\.svg$"}]}
    return {"type": "object", "propertyNames": names, "additionalProperties": _table(icons, required=["dir"])}


def _cache() -> Schema:
    keys = {"type": "array", "items": {"type": "string", "pattern": _whole(_PUBLIC_KEY)}}
    scopes = {"pattern": _whole(cache_keys.SCOPE.pattern)}
    trust = {"type": "object", "propertyNames": scopes, "additionalProperties": keys}
    return _table({"remote": {"type": "string", "pattern": _whole(_REMOTE)}, "trust": trust})


def _ref(name: str) -> Schema:
    """A reference to a definition, in a form to which keys may be added: beside `$ref` they are ignored (draft 7)."""
    return {"allOf": [{"$ref": f"#/definitions/{name}"}]}


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _choice(known: Iterable[str], default: str) -> Schema:
    return {"type": "string", "enum": list(known), "default": default}


def _number(kind: str, default: float) -> Schema:
    return {"type": kind, "minimum": 0, "default": default}


def _text() -> Schema:
    return {"type": "string", "pattern": f"^[^{_CONTROLS}]+$"}


def _logical() -> Schema:
    return {"pattern": _whole(_LOGICAL)}


def _table(properties: Mapping[str, Schema], **further: Any) -> Schema:
    """A table with exactly these keys, each described."""
    described = {name: {**_description(name), **schema} for name, schema in sorted(properties.items())}
    return {"type": "object", "additionalProperties": False, "properties": described, **further}


def _description(name: str) -> Schema:
    return {"description": INNER[name]} if name in INNER else {}


def _any_case(word: str) -> str:
    """A pattern for `word` in upper and lower case: JSON Schema has no flags."""
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in word)


def _size() -> str:
    return _whole(r"[0-9]{1,15}(?:\.[0-9]{1,15})? ?(?:" + "|".join(map(_any_case, keys._UNIT_BYTES)) + ")")


def _browser() -> str:
    names = "|".join(map(_any_case, keys._BROWSERS))
    return _whole(keys._BROWSER.pattern.replace(r"(\S+)", f"(?:{names})"))


def _url() -> str:
    """With or without the slash at its end, and without a user."""
    host = r"(?:https?:)?//[^\s/?#\\@]+"
    return _whole(rf"(?:{host})?/(?!/)[^\s?#\\]*|{host}")


def _url_prefix() -> Schema:
    never = r"/(?:(?:\.|%2[eE]){1,2}(?:/|$)|/)|[\u0000-\u001f\u007f]"
    return {"type": "string", "pattern": _whole(keys._PATH_PREFIX.pattern), "not": {"pattern": never}}


def _env_name() -> Schema:
    return {"type": "string", "pattern": _whole(keys._VARIABLE.pattern), "not": {"enum": list(keys.OWN_NAMES)}}


def _foreign() -> Schema:
    return {"anyOf": [_ref("text"), {"type": "boolean", "enum": [False]}]}


def _pairs(names: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return ((first, second) for at, first in enumerate(names) for second in names[at + 1 :])


def _not_both(first: str, second: str) -> Schema:
    """Files of two systems are not read together."""
    named = {"type": "string"}
    return {"not": {"required": [first, second], "properties": {first: named, second: named}}}


def _source() -> Schema:
    """A source root in its long form."""
    properties: dict[str, Schema] = {
        "path": _ref("text"),
        "prefix": {"type": "string", "pattern": rf"^/*(?:{_LOGICAL})?/*$", "default": ""},
        "include": _ref("texts"),
        "exclude": _ref("texts"),
        "npm": {"type": "boolean", "default": False},
        "vendored": {"type": "boolean", "default": False},
        "prefer": _choice(keys._PREFER, "compiled"),
        "manifest": {"type": "string", **_logical()},
        "dev": {"type": "string", "pattern": _whole(keys._SERVER.pattern)},
    }
    return _table(properties, required=["path"], dependencies={"dev": ["manifest"]})


def _types() -> Schema:
    needed: dict[str, Schema] = {}
    for suffix, (fit, _, _) in keys._NEEDED_TYPES.items():
        pattern = "|".join(_any_case(one).replace(".", r"\.").replace("+", r"\+") for one in sorted(fit))
        needed[suffix] = {"type": "string", "pattern": _whole(pattern)}
    return {
        "type": "object",
        "propertyNames": {"pattern": _whole(keys._DOTTED_SUFFIX.pattern)},
        "properties": needed,
        "additionalProperties": {"type": "string", "pattern": f"^{_IN_TYPES}/{_IN_TYPES}$"},
    }


def _compress() -> Schema:
    levels = {
        coding: {"type": "integer", "minimum": level.least, "maximum": level.most, "default": level.default}
        for coding, level in LEVELS.items()
    }
    codings = {"type": "array", "items": {"type": "string", "enum": list(LEVELS)}}
    return {"anyOf": [codings, _table(levels)], "default": list(USUAL)}


def _engines(installed: tuple[str, ...]) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": _whole(keys._SUFFIX.pattern), "not": {"enum": list(keys._OUR_SUFFIXES)}},
        "properties": {
            kind: {**_description(f"engines.{kind}"), **_choice((*keys.our_engines(kind), *installed), default)}
            for kind, default in keys.ENGINES.items()
        },
        "additionalProperties": {
            "description": "The engine of an installed package that compiles sources with this suffix",
            **_text(),
            "not": {"enum": sorted(keys.all_our_engines())},
        },
    }


def _bundles() -> Schema:
    files: Schema = {"type": "array", "items": _ref("text"), "minItems": 1}
    joined = _table({"files": files, "bundle": {"type": "boolean", "enum": [False]}}, required=["files"])
    module = _table(
        {
            "files": files,
            "bundle": {"type": "boolean", "enum": [True]},
            "format": _choice(keys._FORMATS, "esm"),
            "splitting": {"type": "boolean", "default": False},
            "define": _ref("definitions"),
        },
        required=["files", "bundle"],
    )
    module["not"] = {
        "required": ["splitting", "format"],
        "properties": {"splitting": {"enum": [True]}, "format": {"enum": ["iife"]}},
    }
    return {
        "type": "object",
        "propertyNames": {**_logical(), "not": {"enum": sorted(SETTINGS)}},
        "additionalProperties": {"anyOf": [files, joined, module]},
    }


def _specifiers() -> Schema:
    """The HTML standard drops an entry that ends in a slash and whose target does not."""
    target = rf"^(?:{_ABSOLUTE})|^{_LOGICAL}/?$"
    several = rf"/$|^(?!{_ABSOLUTE}).*[*?\[]"
    return {
        "type": "object",
        "patternProperties": {"/$": {"pattern": several}},
        "additionalProperties": {},
        "allOf": [{"additionalProperties": {"type": "string", "pattern": target}}],
    }


def _importmap() -> Schema:
    """Specifiers with targets; the table `scopes` among them has such tables by folder."""
    plain = _specifiers()["allOf"][0]["additionalProperties"]
    slash = _specifiers()["patternProperties"]["/$"]
    scopes = {
        "type": "object",
        "propertyNames": {"pattern": rf"^{_LOGICAL}/?$"},
        "additionalProperties": _ref("specifiers"),
    }
    return {
        "type": "object",
        "properties": {"scopes": {"description": INNER["scopes"], "anyOf": [scopes, plain]}},
        "patternProperties": {"/$": {"allOf": [plain, slash]}},
        "additionalProperties": plain,
    }


def _templates() -> Schema:
    folder = _table({"path": _ref("text"), "engine": _ref("engine")}, required=["path"])
    names = {"type": "array", "items": {"type": "string", "pattern": r"^[^\W\d]\w*(?:\.[^\W\d]\w*)*$"}}
    return _table(
        {
            "dirs": {"type": "array", "items": {"anyOf": [_ref("text"), folder]}},
            "engine": _ref("engine"),
            "functions": names,
            "extensions": names,
            "builtins": names,
        }
    )


def _command() -> Schema:
    """A program that makes the assets of all sources with a suffix, or one asset."""
    suffix = {"type": "string", "pattern": _whole(r"\.?" + command_keys._SUFFIX.pattern)}
    longest = command_keys._LONGEST_SECONDS
    properties: dict[str, Schema] = {
        "run": _ref("arguments"),
        "from": suffix,
        "to": suffix,
        "output": {"type": "string", **_logical()},
        "inputs": _ref("texts"),
        "depfile": _ref("text"),
        "env": {"type": "array", "items": {"type": "string", "pattern": r"^[^=\u0000]+$"}},
        "problem": {"type": "string", "minLength": 1},
        "timeout": {"type": "number", "minimum": 0.01, "maximum": longest, "default": 60},
    }
    of_sources = {"required": ["from", "to"], "not": {"required": ["output"]}}
    of_one = {"required": ["output"], "allOf": [{"not": {"required": [key]}} for key in ("from", "to")]}
    return _table(properties, required=["run"], anyOf=[of_sources, of_one])


def engine_names(installed: Collection[str]) -> tuple[str, ...]:
    """Those of `installed` engines that are none of ours."""
    return tuple(sorted(set(installed) - keys.all_our_engines()))


def schema_text(schema: Schema) -> str:
    """`schema` as the text of a file in ASCII, without its last line end."""
    return json.dumps(schema, indent=2)
