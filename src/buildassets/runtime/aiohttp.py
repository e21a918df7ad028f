"""aiohttp: one line for an application, or its parts for one that names its release itself.

    app = web.Application()
    AiohttpAssets(app, static=True)

    assets = Assets("build/manifest.json")
    with_assets(aiohttp_jinja2.setup(app, loader=FileSystemLoader("templates")), assets)
    app.add_routes(asset_routes(assets))

Imports aiohttp.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import urlsplit

from aiohttp import web
from yarl import URL

from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.assets import Assets
from buildassets.runtime.static_files import ReleaseOptions, StaticUrls, optional_release, read_release, static_name

if TYPE_CHECKING:
    from buildassets.runtime.extra_headers import ExtraHeaders

__all__ = ["AiohttpAssets", "asset_routes", "with_assets"]


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


class AiohttpAssets:
    """The assets of an aiohttp application: their files, the helpers in its templates, and with `static` their URLs.

    With `static`, `app.router["static"].url_for(filename=…)`, and so `url("static", filename=…)` of aiohttp-jinja2,
    give the URLs of assets, as does its `static(…)`. `assets` is the release, None without one. The other arguments are
    those of `ReleaseOptions`. Raises ManifestError where a release is required, and cannot be read.
    """

    def __init__(self, app: web.Application, **options: Unpack[ReleaseOptions]) -> None:
        self.assets = optional_release(lambda: _release(app, options), is_required=options.get("required", True))
        self._options = options
        app.on_startup.append(self._start)  # then there are all routes, and the environment of templates

    async def _start(self, app: web.Application) -> None:
        name = static_name(self._options)
        urls = StaticUrls(self.assets, is_strict=self._options.get("strict", True)) if self.assets else None
        resource: Any = app.router.named_resources().get(name) if name else None
        if urls and isinstance(resource, web.StaticResource):
            _give_urls(resource, urls)
        environment = _environment(app)
        if environment is None:
            return
        with_assets(environment, self.assets or _unbuilt(name or "static"))
        if urls and name and (own := environment.globals.get("static")):
            environment.globals["static"] = _static(own, urls)


def _release(app: web.Application, options: ReleaseOptions) -> Assets:
    """Read the release, and let the application serve its files."""
    assets = read_release(options)
    if options.get("serve", True):
        app.add_routes(asset_routes(assets))
    return assets


def _unbuilt(name: str) -> Assets:
    from buildassets.runtime.unbuilt import UnbuiltAssets  # only without a release

    return UnbuiltAssets(f"/{name}/")


def _environment(app: web.Application) -> Any:
    """Return the environment of Jinja that aiohttp-jinja2 made for the application; None without one."""
    try:
        import aiohttp_jinja2  # which need not be installed
    except ImportError:
        return None
    return app.get(aiohttp_jinja2.APP_KEY)


def _give_urls(resource: Any, urls: StaticUrls) -> None:
    """Let a resource of static files give the URLs of assets."""
    own, folder = resource.url_for, str(resource.get_info()["directory"])

    def url_for(*, filename: Any, **options: Any) -> URL:
        name = str(filename).lstrip("/")
        url = urls.url(name, lambda: os.path.isfile(os.path.join(folder, name)))
        return own(filename=filename, **options) if url is None else URL(url, encoded=True)

    resource.url_for = url_for


def _static(own: Callable[..., str], urls: StaticUrls) -> Callable[..., str]:
    """Return the function `static` of aiohttp-jinja2, `own`, with the URLs of assets."""
    from jinja2 import pass_context

    @pass_context
    def static(context: Any, static_file_path: str) -> str:
        url = urls.url(static_file_path.lstrip("/"), lambda: False)
        return own(context, static_file_path) if url is None else url

    return static


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
