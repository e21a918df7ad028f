"""Serves the files of the release in the development server, as soon as there is a release.

Takes an application, gives one around it. Imports the run stage.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from buildassets.errors import ManifestError
from buildassets.runtime import asgi, wsgi
from buildassets.runtime.django import assets

__all__ = ["with_release", "with_release_later"]


def with_release(application: Any) -> Any:
    """`application`, wrapped so that it also serves the files of the release, by WSGI."""
    current = _served_once_built(application, wsgi.AssetServer)

    def answer(environ: Any, start_response: Any) -> Any:
        return current()(environ, start_response)

    return answer


def with_release_later(application: Any) -> Any:
    """Like `with_release`, by ASGI."""
    current = _served_once_built(application, asgi.AssetServer)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await current()(scope, receive, send)

    return answer


def _served_once_built(application: Any, make_server: Callable[..., Any]) -> Callable[[], Any]:
    """A function that returns the server around `application`, or `application` itself while nothing is built."""
    made: list[Any] = []

    def current() -> Any:
        if not made:
            try:
                made.append(make_server(application, assets=assets()))
            except (ImproperlyConfigured, ManifestError):
                return application  # its pages report what is wrong
        return made[0]

    return current
