"""Litestar: one line for an application, or its parts for one that names its release itself.

    app = Litestar([...], template_config=...)
    LitestarAssets(app, static=True)

    assets = Assets("build/manifest.json")
    config = TemplateConfig(directory="templates", engine=JinjaTemplateEngine, engine_callback=with_assets(assets))
    app = Litestar([..., asset_files(assets)], template_config=config)

Imports Litestar.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import urlsplit

from litestar import Litestar, asgi
from litestar.handlers import ASGIRouteHandler
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.types import Receive, Scope, Send

from buildassets.foundation.paths import from_url
from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.assets import Assets
from buildassets.runtime.static_files import ReleaseOptions, StaticUrls, optional_release, read_release, static_name

if TYPE_CHECKING:
    from buildassets.runtime.extra_headers import ExtraHeaders

__all__ = ["AssetServer", "LitestarAssets", "asset_files", "with_assets"]


def with_assets(assets: Assets) -> Callable[[JinjaTemplateEngine], None]:
    """The `engine_callback` that gives the helpers to templates."""

    def equip(engine: JinjaTemplateEngine) -> None:
        environment: Any = engine.engine
        environment.add_extension("buildassets.runtime.jinja.AssetsExtension")
        environment.assets = assets

    return equip


def asset_files(
    assets: Assets, *, origins: str | Iterable[str] = (), headers: "ExtraHeaders | None" = None
) -> ASGIRouteHandler:
    """The handler of all requests below the path of the URL prefix.

    `origins` are the origins whose pages may read the files, `headers` is a function that adds headers to them; see
    AssetServer. Raises ManifestError where a file is missing.
    """
    server = AssetServer(assets=assets, origins=origins, headers=headers)

    @asgi(urlsplit(assets.prefix).path, is_mount=True, copy_scope=True, opt={"exclude_from_auth": True})
    async def files(scope: Scope, receive: Receive, send: Send) -> None:
        # Litestar's own path lacks that of the mount, and has a slash at the end.
        await server({**scope, "path": from_url(scope["raw_path"].decode("latin-1"))}, receive, send)

    return files


class LitestarAssets:
    """The assets of a Litestar application: their files, the helpers in its templates, and with `static` their URLs.

    With `static`, `url_for("static", file_path=…)` and `url_for_static_asset("static", …)` give the URLs of assets.
    `assets` is the release, None without one. The other arguments are those of `ReleaseOptions`. Raises ManifestError
    where a release is required, and cannot be read.
    """

    def __init__(self, app: Litestar, **options: Unpack[ReleaseOptions]) -> None:
        self.assets = optional_release(lambda: _release(app, options), is_required=options.get("required", True))
        name = static_name(options)
        if self.assets is not None and name is not None:
            _give_urls(app, StaticUrls(self.assets, is_strict=options.get("strict", True)), name)
        if isinstance(app.template_engine, JinjaTemplateEngine):
            with_assets(self.assets or _unbuilt(name or "static"))(app.template_engine)


def _release(app: Litestar, options: ReleaseOptions) -> Assets:
    """Read the release, and let the application serve its files."""
    assets = read_release(options)
    if options.get("serve", True):
        app.register(asset_files(assets))
    return assets


def _unbuilt(name: str) -> Assets:
    from buildassets.runtime.unbuilt import UnbuiltAssets  # only without a release

    return UnbuiltAssets(f"/{name}/")


def _give_urls(app: Litestar, urls: StaticUrls, static: str) -> None:
    """Let the application give the URLs of assets for files of the handler `static`.

    Its class gets a subclass, as its instances have no attributes of their own.
    """
    own: Any = type(app)

    class WithAssets(own):  # type: ignore[misc] # a class that is known at run time
        __slots__ = ()

        def route_reverse(self, name: Any, **path_parameters: Any) -> str:
            url = _url(urls, static, name, path_parameters.get("file_path"))
            return str(super().route_reverse(name, **path_parameters)) if url is None else url

        def url_for_static_asset(self, name: str, file_path: str) -> str:
            url = _url(urls, static, name, file_path)
            return str(super().url_for_static_asset(name, file_path)) if url is None else url

    app.__class__ = WithAssets


def _url(urls: StaticUrls, static: str, name: object, path: object) -> str | None:
    # Which folders a handler has it keeps to itself, so that in development the release counts without a watch, too.
    return urls.url(str(path).lstrip("/"), lambda: False) if name == static and path is not None else None
