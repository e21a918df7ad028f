"""The settings of django-compressor: those that a build uses, and the diagnostics for the others.

Takes Django's settings, gives a frozen value and diagnostics. Imports Django. docs/coming-over/django-compressor.md has
the list.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.conf import settings

from buildassets.compat.compressor.run.settings import url_prefixes
from buildassets.diagnostics import Diagnostic, error, warning
from buildassets.frozen import frozen
from buildassets.nearest import nearest

__all__ = ["KNOWN", "BuildOptions", "build_options", "given_settings", "meaning_of", "setting_faults"]

_CACHES: Final = "nothing to do: there is no cache at run time"
_MINIFIERS: Final = "nothing to do: the minifiers are those of the configuration"
_ALWAYS: Final = "nothing to do: blocks are always built, and stand in the manifest"
_RELEASE: Final = "nothing to do: a release is written into its directory"
# What becomes of each setting, without its prefix.
KNOWN: Final[Mapping[str, str]] = {
    "CACHEABLE_PRECOMPILERS": "used: builds that find nothing changed do not run precompilers of these types",
    **dict.fromkeys(("CACHE_BACKEND", "CACHE_KEY_FUNCTION", "REBUILD_TIMEOUT", "MINT_DELAY", "MTIME_DELAY"), _CACHES),
    **dict.fromkeys(("CLEAN_CSS_ARGUMENTS", "CLEAN_CSS_BINARY"), _MINIFIERS),
    **dict.fromkeys(("CLOSURE_COMPILER_ARGUMENTS", "CLOSURE_COMPILER_BINARY"), _MINIFIERS),
    **dict.fromkeys(("YUGLIFY_BINARY", "YUGLIFY_CSS_ARGUMENTS", "YUGLIFY_JS_ARGUMENTS"), _MINIFIERS),
    **dict.fromkeys(("YUI_BINARY", "YUI_CSS_ARGUMENTS", "YUI_JS_ARGUMENTS"), _MINIFIERS),
    "COMPRESSORS": "decides nothing any more: put what they do into a filter",
    "CSS_FILTERS": "used as `COMPRESS_FILTERS`, whose older form it is",
    "JS_FILTERS": "used as `COMPRESS_FILTERS`, whose older form it is",
    "CSS_HASHING_METHOD": "nothing to do: names of files have fingerprints",
    "DATA_URI_MAX_SIZE": "used where `COMPRESS_FILTERS` has `CssDataUriFilter`",
    "DEBUG_TOGGLE": "used: the parameter shows blocks as they are written",
    "ENABLED": "used: where it is not True, blocks stay as they are written",
    "FILTERS": "used: those of django-compressor are what the build does anyway",
    "JINJA2_GET_ENVIRONMENT": "used, beside Jinja's backends in `TEMPLATES`",
    **dict.fromkeys(("OFFLINE", "OFFLINE_TIMEOUT", "OFFLINE_MANIFEST"), _ALWAYS),
    **dict.fromkeys(("OFFLINE_MANIFEST_STORAGE", "OFFLINE_MANIFEST_STORAGE_ALIAS"), _ALWAYS),
    "OFFLINE_CONTEXT": "used: contexts one after the other, in one thread",
    "OUTPUT_DIR": "used",
    "PARSER": "nothing to do: markup is read as browsers do",
    "PRECOMPILERS": "used; Sass is compiled by the engine of the build",
    "ROOT": "used for files that no finder has",
    **dict.fromkeys(("STORAGE", "STORAGE_ALIAS"), _RELEASE),
    "TEMPLATE_FILTER_CONTEXT": "used with `TemplateFilter`",
    "URL": "used: it marks the URLs of static files, and begins those of the blocks' assets",
    "URL_PLACEHOLDER": "nothing to do: the manifest has no URL prefix in it",
    "VERBOSE": "nothing to do: `-v` of the command",
}
_UNUSED: Final = "decides nothing any more: "
_PREFIX: Final = "COMPRESS_"

# Filters that the pipeline stands for: it rewrites references and minifies.
_BUILT_IN: Final = (
    *("compressor.filters.css_default.", "compressor.filters.cssmin.", "compressor.filters.jsmin."),
    *("compressor.filters.yui.", "compressor.filters.yuglify.", "compressor.filters.closure."),
    *("compressor.filters.cleancss.",),
)
_DATA_URLS: Final = "compressor.filters.datauri.CssDataUriFilter"
_DEFAULT_FILTERS: Final = {
    "css": ["compressor.filters.css_default.CssAbsoluteFilter", "compressor.filters.cssmin.rCSSMinFilter"],
    "js": ["compressor.filters.jsmin.rJSMinFilter"],
}


@frozen
class BuildOptions:
    """What decides contents. `filters` are those of each kind that are not the pipeline's own, `prefixes` URL prefixes.

    Precompilers of the `cacheable` types make the same of the same content, whatever else there is.
    `data_url_bytes` is the size up to which sheets embed files, 0 where they do not.
    """

    output_dir: str
    prefixes: tuple[str, ...]
    precompilers: Mapping[str, str]
    cacheable: frozenset[str]
    filters: Mapping[str, tuple[str, ...]]
    data_url_bytes: int
    charset: str


def build_options() -> BuildOptions:
    """The settings as they are now."""
    filters = _filters()
    embeds = _DATA_URLS in filters["css"]
    return BuildOptions(
        output_dir=str(_given("OUTPUT_DIR", "CACHE")).strip("/"),
        prefixes=url_prefixes(),
        precompilers={str(kind): str(one) for kind, one in _given("PRECOMPILERS", ())},
        cacheable=frozenset(map(str, _given("CACHEABLE_PRECOMPILERS", ()))),
        filters={kind: tuple(one for one in named if not _is_built_in(one)) for kind, named in filters.items()},
        data_url_bytes=int(_given("DATA_URI_MAX_SIZE", 1024)) if embeds else 0,
        charset=settings.DEFAULT_CHARSET,
    )


def _given(name: str, default: Any) -> Any:
    found = getattr(settings, _PREFIX + name, None)
    return default if found is None else found


def _filters() -> dict[str, list[str]]:
    named = {**_DEFAULT_FILTERS, **_given("FILTERS", {})}
    for kind in ("css", "js"):  # as versions before 2.3 have them
        older = _given(f"{kind.upper()}_FILTERS", None)
        if older is not None:
            named[kind] = older
    return {kind: [str(one) for one in found] for kind, found in named.items()}


def _is_built_in(name: str) -> bool:
    return name.startswith(_BUILT_IN) or name == _DATA_URLS


def setting_faults() -> Iterator[Diagnostic]:
    """The diagnostics for wrong settings, and for those that no longer have an effect."""
    for name in given_settings():
        meaning = meaning_of(name)
        if meaning is None:
            near = nearest(name, [_PREFIX + one for one in KNOWN])
            hint = f"did you mean `{near}`?" if near else "remove it"
            yield warning("compressor/setting", f"the setting `{name}` is not known", hint=hint)
        elif meaning.startswith(_UNUSED) and not _is_default(name):
            hint = meaning.removeprefix(_UNUSED)
            yield warning("compressor/setting", f"the setting `{name}` decides nothing any more", hint=hint)
    yield from _wrong()


def given_settings() -> list[str]:
    """The names of the settings of django-compressor that there are, sorted."""
    return sorted(name for name in dir(settings) if name.startswith(_PREFIX) or name == "COMPRESSORS")


def meaning_of(name: str) -> str | None:
    """The meaning of the setting `name` here; None if django-compressor has no such setting."""
    return KNOWN.get(name.removeprefix(_PREFIX))


def _is_default(name: str) -> bool:
    """Whether the value is one that django-compressor has put there, where it is installed for its classes."""
    values = getattr(settings, name)
    return name == "COMPRESSORS" and all(str(one).startswith("compressor.") for one in values.values())


def _wrong() -> Iterator[Diagnostic]:
    given = _given("PRECOMPILERS", ())
    if not isinstance(given, list | tuple) or not all(isinstance(one, list | tuple) and len(one) == 2 for one in given):
        message = "the setting `COMPRESS_PRECOMPILERS` is no list of pairs"
        yield error("compressor/setting", message, hint="write each as `(type, command)`; check for missing commas")
    url = getattr(settings, "COMPRESS_URL", None)
    if url and not str(url).endswith("/"):
        message = f"the setting `COMPRESS_URL` is `{url}`, without a slash at its end"
        yield error("compressor/setting", message, hint="end it in a slash")
