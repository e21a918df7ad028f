"""Adds `Link` headers that name what a page needs; a server or a CDN makes early hints (RFC 8297) of them.

    MIDDLEWARE = ["buildassets.runtime.django.middleware.early_hints", ...]
    BUILDASSETS = {"manifest": …, "early_hints": ["css/site.css", "js/app.js"]}

Takes responses, adds a header to pages. Imports Django.
"""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from buildassets.runtime.django import assets
from buildassets.runtime.django.options import read_options

__all__ = ["early_hints"]

_Answer = Callable[[HttpRequest], HttpResponseBase]
_AnswerLater = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def early_hints(get_response: _Answer | _AnswerLater) -> _Answer | _AnswerLater:
    """Middleware that adds `Link` headers for the assets in `early_hints` of BUILDASSETS.

    Raises AssetNotFound or ManifestError when the process starts, not in a request.
    """
    names = read_options().early_hints
    assets().early_hints(*names)
    if iscoroutinefunction(get_response):
        answer_later = cast(_AnswerLater, get_response)

        async def add_later(request: HttpRequest) -> HttpResponseBase:
            return _with_hints(await answer_later(request), names)

        return add_later
    answer = cast(_Answer, get_response)

    def add(request: HttpRequest) -> HttpResponseBase:
        return _with_hints(answer(request), names)

    return add


def _with_hints(response: HttpResponseBase, names: tuple[str, ...]) -> HttpResponseBase:
    if names and response.headers.get("Content-Type", "").startswith("text/html"):
        given = filter(None, [response.headers.get("Link")])
        response.headers["Link"] = ", ".join([*given, *assets().early_hints(*names)])
    return response
