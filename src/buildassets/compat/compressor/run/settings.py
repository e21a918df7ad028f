"""The settings that decide at run time. Takes Django's settings, gives a frozen value. Imports Django."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

__all__ = ["RunOptions", "forget_options", "run_options", "url_prefixes"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """`is_enabled` says whether blocks are looked up at all, `toggle` is the GET parameter that turns this off.

    `url` is the URL prefix of what takes their place, where that is not the release's.
    """

    is_enabled: bool
    toggle: str | None
    url: str | None


@cache
def run_options() -> RunOptions:
    """What COMPRESS_ENABLED, by default the contrary of DEBUG, and COMPRESS_DEBUG_TOGGLE are."""
    is_enabled = bool(getattr(settings, "COMPRESS_ENABLED", not settings.DEBUG))
    return RunOptions(is_enabled, getattr(settings, "COMPRESS_DEBUG_TOGGLE", None) or None, _url())


def _url() -> str | None:
    """COMPRESS_URL, where it is another than STATIC_URL and BUILDASSETS has no URL of its own."""
    url = str(getattr(settings, "COMPRESS_URL", None) or "")
    given = getattr(settings, "BUILDASSETS", None)
    is_own = isinstance(given, dict) and given.get("url")
    return None if not url or is_own or url == str(settings.STATIC_URL) else url


def url_prefixes() -> tuple[str, ...]:
    """What stands before the names of static files in templates, the longest first.

    Each is made a text anew: what adds the prefix of a script is another in every request.
    """
    given = {str(getattr(settings, name, None) or "") for name in ("COMPRESS_URL", "STATIC_URL")}
    return tuple(sorted(given - {""}, key=lambda one: (-len(one), one)))


def forget_options(*, setting: str, **_: Any) -> None:
    """Called when a test overrides a setting."""
    if setting in ("BUILDASSETS", "DEBUG", "STATIC_URL") or setting.startswith("COMPRESS_"):
        run_options.cache_clear()
