"""aiohttp: the helpers in templates of Jinja, and routes that serve the files of the release.

    assets = Assets("build/manifest.json")
    with_assets(aiohttp_jinja2.setup(app, loader=FileSystemLoader("templates")), assets)
    app.add_routes(asset_routes(assets))

Imports aiohttp.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.assets import Assets

if TYPE_CHECKING:
    from buildassets.runtime.extra_headers import ExtraHeaders

__all__ = ["asset_routes", "with_assets"]


def with_assets(environment: Any, assets: Assets) -> Any:
    """The same `environment` of Jinja, such as `aiohttp_jinja2.setup` returns, with the helpers added."""
    environment.add_extension("buildassets.runtime.jinja.AssetsExtension")
    environment.assets = assets
    return environment


def asset_routes(
    assets: Assets, *, origins: str | Iterable[str] = (), headers: ExtraHeaders | None = None
) -> list[web.RouteDef]:
    """The routes of all requests below the path of the URL prefix.

    `origins` are the origins whose pages may read the files, `headers` is a function that adds headers to them; see
    AssetServer. Raises ManifestError where a file is missing.
    """
    server = AssetServer(assets=assets, origins=origins, headers=headers)

    async def files(request: web.Request) -> web.StreamResponse:
        answer = _Answer(request)
        await server(_scope(request), answer.receive, answer.send)
        return answer.response

    return [web.route("*", urlsplit(assets.prefix).path + "{path:.*}", files)]


def _scope(request: web.Request) -> dict[str, object]:
    """The request in the form of ASGI."""
    raw = request.raw_path.partition("?")[0]
    headers = [(name.lower(), value) for name, value in request.raw_headers]
    return {
        "type": "http",
        "method": request.method,
        "path": request.rel_url.path,
        "raw_path": raw.encode("latin-1", "replace"),
        "headers": headers,
    }


class _Answer:
    """Turns the messages of ASGI into the response of one request."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self.response = web.StreamResponse()

    async def receive(self) -> dict[str, object]:
        """Nothing: a request for a file has no content."""
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        """Begin the response, or send a part of its content."""
        if message["type"] == "http.response.start":
            self.response = web.StreamResponse(status=message["status"])
            for name, value in message["headers"]:
                self.response.headers.add(name.decode("ascii"), value.decode("latin-1"))
            await self.response.prepare(self._request)
            return
        if message["body"]:
            await self.response.write(message["body"])
        if not message.get("more_body"):
            await self.response.write_eof()
