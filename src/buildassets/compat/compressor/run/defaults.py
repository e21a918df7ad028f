"""The settings of django-compressor with their defaults, as code of projects reads them from `django.conf.settings`.

Takes Django's settings, and completes them. Imports Django.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.template import engines
from django.template.utils import InvalidTemplateEngineError

__all__ = ["DEFAULTS", "complete_settings"]

_DAY_SECONDS: Final = 24 * 60 * 60


def _jinja_environment() -> Any:
    """The environment of the Jinja backend; None where Jinja is not installed."""
    try:
        return engines["jinja2"].env  # type: ignore[attr-defined]  # only Jinja's backend has it
    except InvalidTemplateEngineError:
        message = "TEMPLATES has no engine `jinja2`: COMPRESS_JINJA2_GET_ENVIRONMENT may name an environment"
        raise InvalidTemplateEngineError(message) from None
    except ImportError:
        return None


DEFAULTS: Final[Mapping[str, Any]] = {
    "COMPRESSORS": {"css": "compressor.css.CssCompressor", "js": "compressor.js.JsCompressor"},
    "COMPRESS_CACHEABLE_PRECOMPILERS": (),
    "COMPRESS_CACHE_BACKEND": None,
    "COMPRESS_CACHE_KEY_FUNCTION": "compressor.cache.simple_cachekey",
    "COMPRESS_CLEAN_CSS_ARGUMENTS": "",
    "COMPRESS_CLEAN_CSS_BINARY": "cleancss",
    "COMPRESS_CLOSURE_COMPILER_ARGUMENTS": "",
    "COMPRESS_CLOSURE_COMPILER_BINARY": "java -jar compiler.jar",
    "COMPRESS_CSS_HASHING_METHOD": "mtime",
    "COMPRESS_DATA_URI_MAX_SIZE": 1024,
    "COMPRESS_DEBUG_TOGGLE": None,
    "COMPRESS_ENABLED": None,
    "COMPRESS_FILTERS": {
        "css": ["compressor.filters.css_default.CssAbsoluteFilter", "compressor.filters.cssmin.rCSSMinFilter"],
        "js": ["compressor.filters.jsmin.rJSMinFilter"],
    },
    "COMPRESS_JINJA2_GET_ENVIRONMENT": _jinja_environment,
    "COMPRESS_MINT_DELAY": 30,
    "COMPRESS_MTIME_DELAY": 10,
    "COMPRESS_OFFLINE": False,
    "COMPRESS_OFFLINE_CONTEXT": {},
    "COMPRESS_OFFLINE_MANIFEST": "manifest.json",
    "COMPRESS_OFFLINE_MANIFEST_STORAGE": "compressor.storage.OfflineManifestFileStorage",
    "COMPRESS_OFFLINE_MANIFEST_STORAGE_ALIAS": "compressor-offine",  # as it is spelled there
    "COMPRESS_OFFLINE_TIMEOUT": 365 * _DAY_SECONDS,
    "COMPRESS_OUTPUT_DIR": "CACHE",
    "COMPRESS_PARSER": "compressor.parser.AutoSelectParser",
    "COMPRESS_PRECOMPILERS": (),
    "COMPRESS_REBUILD_TIMEOUT": 30 * _DAY_SECONDS,
    "COMPRESS_ROOT": None,
    "COMPRESS_STORAGE": "compressor.storage.CompressorFileStorage",
    "COMPRESS_STORAGE_ALIAS": "compressor",
    "COMPRESS_TEMPLATE_FILTER_CONTEXT": {},
    "COMPRESS_URL": None,
    "COMPRESS_URL_PLACEHOLDER": "/__compressor_url_placeholder__/",
    "COMPRESS_VERBOSE": False,
    "COMPRESS_YUGLIFY_BINARY": "yuglify",
    "COMPRESS_YUGLIFY_CSS_ARGUMENTS": "--terminal",
    "COMPRESS_YUGLIFY_JS_ARGUMENTS": "--terminal",
    "COMPRESS_YUI_BINARY": "java -jar yuicompressor.jar",
    "COMPRESS_YUI_CSS_ARGUMENTS": "",
    "COMPRESS_YUI_JS_ARGUMENTS": "",
}


def complete_settings() -> None:
    """Add the settings that the project does not give. Raises ImproperlyConfigured for values that cannot be right."""
    for name, default in DEFAULTS.items():
        value = getattr(settings, name, default)
        setattr(settings, name, _COMPLETED[name](value) if name in _COMPLETED else value)


def _enabled(value: Any) -> Any:
    return not settings.DEBUG if value is None else value


def _context(value: Any) -> Any:
    return value or {"STATIC_URL": settings.STATIC_URL}


def _root(value: Any) -> str | None:
    """The absolute path of the root, by default of STATIC_ROOT; None without both, as a release needs neither."""
    value = settings.STATIC_ROOT if value is None else value
    return None if value is None else os.path.normcase(os.path.abspath(value))


def _url(value: Any) -> Any:
    value = settings.STATIC_URL if value is None else value
    if value is not None and not value.endswith("/"):
        raise ImproperlyConfigured(f"the URL prefix of static files is `{value}`: end COMPRESS_URL in a slash")
    return value


def _precompilers(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise ImproperlyConfigured("COMPRESS_PRECOMPILERS is not a list of pairs: check for missing commas")
    return value


_COMPLETED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "COMPRESS_CACHE_BACKEND": lambda value: "default" if value is None else value,
    "COMPRESS_ENABLED": _enabled,
    "COMPRESS_OFFLINE_CONTEXT": _context,
    "COMPRESS_PRECOMPILERS": _precompilers,
    "COMPRESS_ROOT": _root,
    "COMPRESS_TEMPLATE_FILTER_CONTEXT": _context,
    "COMPRESS_URL": _url,
}
