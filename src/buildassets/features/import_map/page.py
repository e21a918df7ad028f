"""Has the `ImportMap` objects of django-js-asset give the map of the release, so that a page has one map.

Takes what `Media` of forms holds and the release, gives markup. Imports Django and django-js-asset.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from importlib import import_module
from logging import getLogger
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

__all__ = ["media_after_map", "share_map"]

_PACKAGE: Final = "js_asset"
_END: Final = "</script>"

_is_after_map: ContextVar[bool] = ContextVar("_is_after_map", default=False)  # while `{% form_media %}` is rendered
_Map = Mapping[str, Mapping[str, Any]]


def share_map(importmap: Callable[[], str | None]) -> None:
    """Have each `ImportMap` of django-js-asset give `importmap()`, the element of the release; None if there is none.

    Names that the release lacks raise ImproperlyConfigured under `DEBUG`; else they are logged once, and kept.
    """
    kind = getattr(import_module(_PACKAGE), "ImportMap", None)
    if kind is not None and not hasattr(kind.render, "__wrapped__"):  # `django.setup()` may run twice
        kind.render = _shared(kind.render, importmap)


def media_after_map(media: Any) -> str:
    """Return the elements of `media`, in a page that already has the map of the release."""
    token = _is_after_map.set(True)
    try:
        return conditional_escape(media)
    finally:
        _is_after_map.reset(token)


def _shared(render: Callable[..., str], importmap: Callable[[], str | None]) -> Callable[..., str]:
    """Return the method in the place of `ImportMap.render`."""

    @wraps(render)
    def shared(asked: Any, **options: Any) -> str:
        text, released = render(asked, **options), importmap()
        if released is None or not text:
            return text
        start, theirs = _parted(text)
        _, ours = _parted(released)
        unknown = _unknown(theirs, ours)
        for name, url in _entries(unknown):
            _report(name, url)
        is_after_map = _is_after_map.get()
        if not unknown and (is_after_map or not released):
            return ""
        if unknown:
            return mark_safe(f"{start}{_json(unknown if is_after_map else _joined(ours, unknown))}{_END}")  # noqa: S308 no `<`
        return mark_safe(start + released.partition(">")[2])  # noqa: S308 the text whose hash `csp()` has

    return shared


def _parted(element: str) -> tuple[str, _Map]:
    """Return the start tag of an element with an import map, which is empty without one, and the map."""
    start, _, rest = element.partition(">")
    return f"{start}>", _read(rest.removesuffix(_END)) if rest else {}


@lru_cache(maxsize=64)  # parsing the map of the release takes longer than the rest, and it never changes
def _read(text: str) -> _Map:
    document: _Map = json.loads(text)
    return document


def _json(importmap: _Map) -> str:
    return json.dumps(importmap, sort_keys=True, separators=(",", ":")).replace("<", r"\u003c")


def _unknown(theirs: _Map, ours: _Map) -> dict[str, dict[str, Any]]:
    """Return what of the map `theirs` the map `ours` lacks, with the integrity of that."""
    imports, scopes = ours.get("imports", {}), ours.get("scopes", {})
    lacking: dict[str, dict[str, Any]] = {
        "imports": {name: url for name, url in theirs.get("imports", {}).items() if name not in imports},
        "scopes": {},
    }
    for scope, names in theirs.get("scopes", {}).items():
        if left := {name: url for name, url in names.items() if name not in scopes.get(scope, {})}:
            lacking["scopes"][scope] = left
    urls = {url for _, url in _entries(lacking)}
    lacking["integrity"] = {url: check for url, check in theirs.get("integrity", {}).items() if url in urls}
    return {part: values for part, values in lacking.items() if values}


def _entries(importmap: _Map) -> Iterator[tuple[str, str]]:
    for names in (importmap.get("imports", {}), *importmap.get("scopes", {}).values()):
        yield from names.items()


def _joined(ours: _Map, unknown: _Map) -> _Map:
    joined = {part: {**ours.get(part, {}), **unknown.get(part, {})} for part in ("imports", "integrity", "scopes")}
    for scope, names in ours.get("scopes", {}).items():
        joined["scopes"][scope] = {**unknown.get("scopes", {}).get(scope, {}), **names}
    return {part: values for part, values in joined.items() if values}


def _report(name: str, url: str) -> None:
    """Report that the release lacks a name. Raises ImproperlyConfigured under `DEBUG`."""
    message = f"the import map of the release lacks `{name}`, which the media of a form maps to `{url}`"
    if settings.DEBUG:
        where = "`importmap` in the configuration of buildassets, or in an application's AppConfig"
        raise ImproperlyConfigured(f"{message}; add it to {where}, with the logical path of its file, and build again")
    _log_once(message)


@cache
def _log_once(message: str) -> None:
    getLogger("buildassets").warning("%s", message)
