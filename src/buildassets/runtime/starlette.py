"""Starlette and FastAPI: the helpers in templates, and the files of the release as an application to mount.

    assets = Assets("build/manifest.json")
    templates = with_assets(Jinja2Templates("templates"), assets)
    app = Starlette(routes=[..., Mount("/assets", AssetServer(assets=assets))])

Imports Starlette.
"""

from typing import Any

from starlette.templating import Jinja2Templates

from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.assets import Assets

__all__ = ["AssetServer", "with_assets"]


def with_assets(templates: Jinja2Templates, assets: Assets) -> Jinja2Templates:
    """The same `templates`, with the helpers added."""
    environment: Any = templates.env
    environment.add_extension("buildassets.runtime.jinja.AssetsExtension")
    environment.assets = assets
    return templates
