"""JSON Schemas of the values that keys of the configuration may have, made of the checks that `keys` applies.

A schema accepts what a build accepts, as far as it can: whether a file is there, and what two texts mean together, it
cannot know. Touches no disk.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, TypeAlias

from buildassets.compiler.config import cache_keys, command_keys, font_keys, keys
from buildassets.compiler.config.schema_texts import INNER
from buildassets.compiler.config.values import LEVELS, USUAL

Schema: TypeAlias = dict[str, Any]

_LOGICAL: Final = r"(?!(?:.*/)?\.{1,2}(?:/|$))[^/]+(?:/[^/]+)*"
_IN_TYPES: Final = r"[A-Za-z0-9!#$&^_.+\-]+"
_CONTROLS: Final = r"\u0000\u0008\u000c"
_RANGE: Final = r"[Uu]\+(?:[0-9a-fA-F]{1,6}(?:-[0-9a-fA-F]{1,6})?|[0-9a-fA-F]{0,5}\?{1,6})"
_ABSOLUTE: Final = r"[A-Za-z][A-Za-z0-9+.\-]*:|/"
_REMOTE: Final = r"(?:https?|s3|gs|az|rediss?)://[^\s/?#\\@]+(?:/[^\s?#\\]*)?|file:///[^?#\x00]*"  # without a login
_PUBLIC_KEY: Final = r"ed25519:(?:[0-9a-fA-F]{64}|[0-9A-Za-z+/_-]{43}=*)"  # 32 bytes


def images() -> Schema:
    """The limits for images, and their variants."""
    width = {"type": "integer", "minimum": 1, "maximum": keys.LARGEST_WIDTH}
    variants = {
        "widths": {"type": "array", "minItems": 1, "items": width},
        "formats": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(keys.IMAGE_FORMATS)}},
        "quality": {"type": "integer", "minimum": 1, "maximum": 100, "default": 80},
    }
    return closed_table(
        {
            "warn": {**ref("size"), "default": "1 MB"},
            "strip": {"type": "boolean", "default": True},
            "variants": {"type": "object", "additionalProperties": closed_table(variants, required=["widths"])},
        }
    )


def font() -> Schema:
    """Which part of a font to make."""
    formats = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(font_keys.FORMATS)}}
    ranges = {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": whole(_RANGE)}}
    properties: dict[str, Schema] = {
        "unicode_range": ranges,
        "text": {"type": "string", "enum": list(font_keys.TEXTS)},
        "text_only": {"type": "boolean", "default": False},
        "formats": {**formats, "default": ["woff2"]},
        "allow": ref("texts"),
        "fallback": choice(font_keys.FALLBACKS, "auto"),
        "preload": {"type": "boolean", "default": True},
    }
    is_alone = {"required": ["text_only"], "properties": {"text_only": {"enum": [True]}}}
    kept = {"anyOf": [{"not": {"required": ["text"]}}, {"required": ["unicode_range"]}, is_alone]}
    return closed_table(properties, **kept)


def icons() -> Schema:
    """The folders of icons, by sprite."""
    icons = {"dir": ref("text"), "used_only": {"type": "boolean", "default": False}}
    names = {"allOf": [logical(), {"pattern": r"\.svg$"}]}
    return {"type": "object", "propertyNames": names, "additionalProperties": closed_table(icons, required=["dir"])}


def cache() -> Schema:
    """The remote cache."""
    keys = {"type": "array", "items": {"type": "string", "pattern": whole(_PUBLIC_KEY)}}
    scopes = {"pattern": whole(cache_keys.SCOPE.pattern)}
    trust = {"type": "object", "propertyNames": scopes, "additionalProperties": keys}
    return closed_table({"remote": {"type": "string", "pattern": whole(_REMOTE)}, "trust": trust})


def ref(name: str) -> Schema:
    """A reference to a definition, in a form to which keys may be added: next to `$ref` they are ignored (draft 7)."""
    return {"allOf": [{"$ref": f"#/definitions/{name}"}]}


def whole(pattern: str) -> str:
    """A pattern for a whole text."""
    return f"^(?:{pattern})$"


def choice(known: Iterable[str], default: str) -> Schema:
    """One of the `known` texts."""
    return {"type": "string", "enum": list(known), "default": default}


def number(kind: str, default: float) -> Schema:
    """A number that is not negative."""
    return {"type": kind, "minimum": 0, "default": default}


def text() -> Schema:
    """A text that is not empty."""
    return {"type": "string", "pattern": f"^[^{_CONTROLS}]+$"}


def logical() -> Schema:
    """The name of a logical path."""
    return {"pattern": whole(_LOGICAL)}


def closed_table(properties: Mapping[str, Schema], **further: Any) -> Schema:
    """A table with exactly these keys, each described."""
    described = {name: {**_description(name), **schema} for name, schema in sorted(properties.items())}
    return {"type": "object", "additionalProperties": False, "properties": described, **further}


def _description(name: str) -> Schema:
    return {"description": INNER[name]} if name in INNER else {}


def _any_case(word: str) -> str:
    """A pattern for `word` in upper and lower case: JSON Schema has no flags."""
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in word)


def size() -> str:
    """A size with a unit."""
    return whole(r"[0-9]{1,15}(?:\.[0-9]{1,15})? ?(?:" + "|".join(map(_any_case, keys._UNIT_BYTES)) + ")")


def browser() -> str:
    """A browser with its oldest version."""
    names = "|".join(map(_any_case, keys._BROWSERS))
    return whole(keys._BROWSER.pattern.replace(r"(\S+)", f"(?:{names})"))


def url() -> str:
    """With or without the slash at its end, and without a user."""
    host = r"(?:https?:)?//[^\s/?#\\@]+"
    return whole(rf"(?:{host})?/(?!/)[^\s?#\\]*|{host}")


def url_prefix() -> Schema:
    """The beginning of root-relative references."""
    never = r"/(?:(?:\.|%2[eE]){1,2}(?:/|$)|/)|[\u0000-\u001f\u007f]"
    return {"type": "string", "pattern": whole(keys._PATH_PREFIX.pattern), "not": {"pattern": never}}


def env_name() -> Schema:
    """The name of an environment variable."""
    return {"type": "string", "pattern": whole(keys._VARIABLE.pattern), "not": {"enum": list(keys.OWN_NAMES)}}


def foreign(*, takes_several: bool) -> Schema:
    """The file of another system, or several, or none."""
    several = [{**ref("texts"), "minItems": 1}] if takes_several else []
    return {"anyOf": [ref("text"), *several, {"type": "boolean", "enum": [False]}]}


def sources() -> Schema:
    """The source roots, each a folder or a table."""
    return {"type": "array", "items": {"anyOf": [ref("text"), _source()]}, "default": ["assets"]}


def _source() -> Schema:
    """A source root in its long form."""
    properties: dict[str, Schema] = {
        "path": ref("text"),
        "prefix": {"type": "string", "pattern": rf"^/*(?:{_LOGICAL})?/*$", "default": ""},
        "include": ref("texts"),
        "exclude": ref("texts"),
        "npm": {"type": "boolean", "default": False},
        "vendored": {"type": "boolean", "default": False},
        "prefer": choice(keys._PREFER, "compiled"),
        "manifest": {"type": "string", **logical()},
        "dev": {"type": "string", "pattern": whole(keys._SERVER.pattern)},
    }
    return closed_table(properties, required=["path"], dependencies={"dev": ["manifest"]})


def types() -> Schema:
    """Media types by suffix."""
    needed: dict[str, Schema] = {}
    for suffix, (fit, _, _) in keys._NEEDED_TYPES.items():
        pattern = "|".join(_any_case(one).replace(".", r"\.").replace("+", r"\+") for one in sorted(fit))
        needed[suffix] = {"type": "string", "pattern": whole(pattern)}
    return {
        "type": "object",
        "propertyNames": {"pattern": whole(keys._DOTTED_SUFFIX.pattern)},
        "properties": needed,
        "additionalProperties": {"type": "string", "pattern": f"^{_IN_TYPES}/{_IN_TYPES}$"},
    }


def compress() -> Schema:
    """The codings of copies, perhaps with a level for each."""
    levels = {
        coding: {"type": "integer", "minimum": level.least, "maximum": level.most, "default": level.default}
        for coding, level in LEVELS.items()
    }
    codings = {"type": "array", "items": {"type": "string", "enum": list(LEVELS)}}
    return {"anyOf": [codings, closed_table(levels)], "default": list(USUAL)}


def engines(installed: tuple[str, ...]) -> Schema:
    """The engine of each kind; `installed` are those of packages."""
    return {
        "type": "object",
        "propertyNames": {"pattern": whole(keys._SUFFIX.pattern), "not": {"enum": list(keys._OUR_SUFFIXES)}},
        "properties": {
            kind: {**_description(f"engines.{kind}"), **choice((*keys.our_engines(kind), *installed), default)}
            for kind, default in keys.ENGINES.items()
        },
        "additionalProperties": {
            "description": "The engine of an installed package that compiles sources with this suffix",
            **text(),
            "not": {"enum": sorted(keys.all_our_engines())},
        },
    }


def bundles(names: Collection[str]) -> Schema:
    """The bundles by logical path, but none of `names`."""
    files: Schema = {"type": "array", "items": ref("text"), "minItems": 1}
    joined = closed_table({"files": files, "bundle": {"type": "boolean", "enum": [False]}}, required=["files"])
    module = closed_table(
        {
            "files": files,
            "bundle": {"type": "boolean", "enum": [True]},
            "format": choice(keys._FORMATS, "esm"),
            "splitting": {"type": "boolean", "default": False},
            "define": ref("definitions"),
        },
        required=["files", "bundle"],
    )
    module["not"] = {
        "required": ["splitting", "format"],
        "properties": {"splitting": {"enum": [True]}, "format": {"enum": ["iife"]}},
    }
    return {
        "type": "object",
        "propertyNames": {**logical(), "not": {"enum": sorted(names)}},
        "additionalProperties": {"anyOf": [files, joined, module]},
    }


def specifiers() -> Schema:
    """The HTML standard drops an entry that ends in a slash and whose target does not."""
    target = rf"^(?:{_ABSOLUTE})|^{_LOGICAL}/?$"
    several = rf"/$|^(?!{_ABSOLUTE}).*[*?\[]"
    return {
        "type": "object",
        "patternProperties": {"/$": {"pattern": several}},
        "additionalProperties": {},
        "allOf": [{"additionalProperties": {"type": "string", "pattern": target}}],
    }


def importmap() -> Schema:
    """Specifiers with targets; the table `scopes` among them has such tables by folder."""
    plain = specifiers()["allOf"][0]["additionalProperties"]
    slash = specifiers()["patternProperties"]["/$"]
    scopes = {
        "type": "object",
        "propertyNames": {"pattern": rf"^{_LOGICAL}/?$"},
        "additionalProperties": ref("specifiers"),
    }
    return {
        "type": "object",
        "properties": {"scopes": {"description": INNER["scopes"], "anyOf": [scopes, plain]}},
        "patternProperties": {"/$": {"allOf": [plain, slash]}},
        "additionalProperties": plain,
    }


def templates() -> Schema:
    """The folders of templates, and how they are read."""
    folder = closed_table({"path": ref("text"), "engine": ref("engine")}, required=["path"])
    names = {"type": "array", "items": {"type": "string", "pattern": r"^[^\W\d]\w*(?:\.[^\W\d]\w*)*$"}}
    return closed_table(
        {
            "dirs": {"type": "array", "items": {"anyOf": [ref("text"), folder]}},
            "engine": ref("engine"),
            "functions": names,
            "extensions": names,
            "builtins": names,
        }
    )


def command() -> Schema:
    """A program that makes the assets of all sources with a suffix, or one asset."""
    suffix = {"type": "string", "pattern": whole(r"\.?" + command_keys._SUFFIX.pattern)}
    longest = command_keys._LONGEST_SECONDS
    properties: dict[str, Schema] = {
        "run": ref("arguments"),
        "from": suffix,
        "to": suffix,
        "output": {"type": "string", **logical()},
        "inputs": ref("texts"),
        "depfile": ref("text"),
        "env": {"type": "array", "items": {"type": "string", "pattern": r"^[^=\u0000]+$"}},
        "problem": {"type": "string", "minLength": 1},
        "timeout": {"type": "number", "minimum": 0.01, "maximum": longest, "default": 60},
    }
    of_sources = {"required": ["from", "to"], "not": {"required": ["output"]}}
    of_one = {"required": ["output"], "allOf": [{"not": {"required": [key]}} for key in ("from", "to")]}
    return closed_table(properties, required=["run"], anyOf=[of_sources, of_one])


def data_urls() -> Schema:
    """The rules for files that style sheets embed."""
    return closed_table({"limit": {**ref("size"), "default": keys._DEFAULT_DATA_URL_BYTES}, "include": ref("texts")})


def pinned_integrity() -> Schema:
    """Integrity metadata, by name of the import map."""
    return {"type": "object", "additionalProperties": {"type": "string", "pattern": whole(keys.METADATA)}}


def registry() -> Schema:
    """The URL of a registry, without a login."""
    return {"type": "string", "pattern": whole(r"https?://[^\s/?#\\@]+(?:/[^\s?#\\]*)?")}


def definitions() -> Schema:
    """Definitions that several keys share."""
    return {
        "text": text(),
        "texts": {"type": "array", "items": ref("text")},
        "size": {
            "description": "Bytes, or a number with a unit: `60 kB`, `60 KiB`",
            "oneOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": size()}],
        },
        "engine": {"type": "string", "enum": list(keys._TEMPLATE_ENGINES)},
        "arguments": {
            "description": "A program and its arguments, as a list; no shell is used",
            "type": "array",
            "minItems": 1,
            "items": [{"type": "string", "pattern": r"^[^\u0000]+$"}],
            "additionalItems": {"type": "string", "pattern": r"^[^\u0000]*$"},
        },
        "definitions": {
            "type": "object",
            "propertyNames": {"pattern": whole(keys._DEFINABLE.pattern)},
            "additionalProperties": {"type": ["string", "boolean", "number"]},
        },
        "specifiers": specifiers(),
    }
