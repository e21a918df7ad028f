"""Litestar: the helpers in templates, and a route handler that serves the files of the release.

    assets = Assets("build/manifest.json")
    config = TemplateConfig(directory="templates", engine=JinjaTemplateEngine, engine_callback=with_assets(assets))
    app = Litestar([..., asset_files(assets)], template_config=config)

Imports Litestar.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.types import Receive, Scope, Send

from buildassets.foundation.paths import from_url
from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.assets import Assets

if TYPE_CHECKING:
    from buildassets.runtime.extra_headers import ExtraHeaders

__all__ = ["AssetServer", "asset_files", "with_assets"]


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
