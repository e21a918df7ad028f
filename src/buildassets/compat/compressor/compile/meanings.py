"""The meanings of the settings of django-compressor; docs/coming-over/django-compressor.md lists them. Pure."""

from collections.abc import Mapping
from typing import Final

from buildassets.compat.meaning import Meaning

_CACHES: Final = Meaning("taken over", "code reads its value; there is no cache at run time")
_MINIFIERS: Final = Meaning("changed", "nothing to do: the minifiers are those of the configuration")
_ALWAYS: Final = Meaning("changed", "nothing to do: blocks are always built, and are in the manifest")
_STORAGES: Final = Meaning("taken over", "used by `compressor.storage`; a release is written into its directory")
# The meaning of each setting, without its prefix.
_KNOWN: Final[Mapping[str, Meaning]] = {
    "CACHEABLE_PRECOMPILERS": Meaning(
        "taken over", "used: builds that find nothing changed do not run precompilers of these types"
    ),
    **dict.fromkeys(("CACHE_BACKEND", "CACHE_KEY_FUNCTION", "REBUILD_TIMEOUT", "MINT_DELAY", "MTIME_DELAY"), _CACHES),
    **dict.fromkeys(("CLEAN_CSS_ARGUMENTS", "CLEAN_CSS_BINARY"), _MINIFIERS),
    **dict.fromkeys(("CLOSURE_COMPILER_ARGUMENTS", "CLOSURE_COMPILER_BINARY"), _MINIFIERS),
    **dict.fromkeys(("YUGLIFY_BINARY", "YUGLIFY_CSS_ARGUMENTS", "YUGLIFY_JS_ARGUMENTS"), _MINIFIERS),
    **dict.fromkeys(("YUI_BINARY", "YUI_CSS_ARGUMENTS", "YUI_JS_ARGUMENTS"), _MINIFIERS),
    "CSS_FILTERS": Meaning("taken over", "used as `COMPRESS_FILTERS`, whose older form it is"),
    "JS_FILTERS": Meaning("taken over", "used as `COMPRESS_FILTERS`, whose older form it is"),
    "CSS_HASHING_METHOD": Meaning("changed", "nothing to do: names of files have fingerprints"),
    "DATA_URI_MAX_SIZE": Meaning("taken over", "used where `COMPRESS_FILTERS` has `CssDataUriFilter`"),
    "DEBUG_TOGGLE": Meaning("taken over", "used: the parameter shows blocks uncompiled"),
    "ENABLED": Meaning("taken over", "used: where it is not True, blocks stay uncompiled"),
    "FILTERS": Meaning("taken over", "used: those of django-compressor are what the build does anyway"),
    "JINJA2_GET_ENVIRONMENT": Meaning("taken over", "used, in addition to Jinja's backends in `TEMPLATES`"),
    **dict.fromkeys(("OFFLINE", "OFFLINE_TIMEOUT", "OFFLINE_MANIFEST"), _ALWAYS),
    **dict.fromkeys(("OFFLINE_MANIFEST_STORAGE", "OFFLINE_MANIFEST_STORAGE_ALIAS"), _STORAGES),
    "OFFLINE_CONTEXT": Meaning("taken over", "used: contexts one after the other, in one thread"),
    "OUTPUT_DIR": Meaning("taken over", "used"),
    "PARSER": Meaning("changed", "nothing to do: markup is read as browsers do"),
    "PRECOMPILERS": Meaning("taken over", "used; Sass is compiled by the engine of the build"),
    "ROOT": Meaning("taken over", "used for files that no finder has"),
    **dict.fromkeys(("STORAGE", "STORAGE_ALIAS"), _STORAGES),
    "TEMPLATE_FILTER_CONTEXT": Meaning("taken over", "used with `TemplateFilter`"),
    "URL": Meaning("taken over", "used: it marks the URLs of static files, and begins those of the blocks' assets"),
    "URL_PLACEHOLDER": Meaning("changed", "nothing to do: the manifest has no URL prefix in it"),
    "VERBOSE": Meaning("changed", "nothing to do: `-v` of the command"),
}
MEANINGS: Final[Mapping[str, Meaning]] = {
    **{f"COMPRESS_{name}": meaning for name, meaning in _KNOWN.items()},
    "COMPRESSORS": Meaning("not possible", "it decides nothing any more: put what they do into a filter", needs=True),
}
