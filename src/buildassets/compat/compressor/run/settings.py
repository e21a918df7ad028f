"""The settings that decide at run time. Takes Django's settings, gives a frozen value. Imports Django."""

from functools import cache
from typing import Any

from django.conf import settings

from buildassets.foundation.frozen import frozen

__all__ = ["RunOptions", "blocks_prefix", "blocks_url", "forget_options", "is_varying", "run_options", "url_prefixes"]


@frozen
class RunOptions:
    """`is_enabled` is false if no blocks are looked up; `toggle` is the GET parameter that switches them off."""

    is_enabled: bool
    toggle: str | None


@cache
def run_options() -> RunOptions:
    """The options from COMPRESS_ENABLED, by default the opposite of DEBUG, and COMPRESS_DEBUG_TOGGLE."""
    is_enabled = bool(getattr(settings, "COMPRESS_ENABLED", not settings.DEBUG))
    return RunOptions(is_enabled, getattr(settings, "COMPRESS_DEBUG_TOGGLE", None) or None)


def blocks_url() -> str | None:
    """The URL prefix of the blocks' assets in this request; None if it is the release's.

    It is COMPRESS_URL, unless BUILDASSETS has a URL of its own.
    """
    found = _url()
    return None if found is None else str(found)


def blocks_prefix() -> str:
    """The prefix of the files that django-compressor wrote for blocks: COMPRESS_URL, else STATIC_URL."""
    return str(getattr(settings, "COMPRESS_URL", None) or settings.STATIC_URL)


@cache
def _url() -> object:
    """COMPRESS_URL if it has an effect; one that `is_varying` is not converted to a text."""
    given: object = getattr(settings, "COMPRESS_URL", None) or ""
    options = getattr(settings, "BUILDASSETS", None)
    if not given or given is settings.STATIC_URL or (isinstance(options, dict) and options.get("url")):
        return None
    if is_varying(given):
        return given
    return None if str(given) == str(settings.STATIC_URL) else given


def is_varying(url: object) -> bool:
    """Whether the text of a URL prefix is computed at each use, as with one that begins with a script's prefix."""
    return type(url) is not str


def url_prefixes() -> tuple[str, ...]:
    """The URL prefixes of static files in templates, the longest first.

    Each is converted to a text at each call: one that adds a script's prefix differs between requests.
    """
    given = {str(getattr(settings, name, None) or "") for name in ("COMPRESS_URL", "STATIC_URL")}
    return tuple(sorted(given - {""}, key=lambda one: (-len(one), one)))


def forget_options(*, setting: str, **_: Any) -> None:
    """Called when a test overrides a setting."""
    if setting in ("BUILDASSETS", "DEBUG", "STATIC_URL") or setting.startswith("COMPRESS_"):
        run_options.cache_clear()
        _url.cache_clear()
