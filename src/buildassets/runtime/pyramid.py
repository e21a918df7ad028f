"""Pyramid: the helpers in templates of Mako, Chameleon and all other renderers, and the files of the release.

    config.include("buildassets.runtime.pyramid")
    app = serving(config)

The settings `buildassets.manifest` (`build/manifest.json`), `buildassets.url` and `buildassets.reload` are those of
Assets. Pyramid itself is imported only by who calls this.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pyramid.settings import asbool

from buildassets.foundation.template_helpers import TEMPLATE_HELPERS
from buildassets.runtime.assets import Assets
from buildassets.runtime.wsgi import AssetServer

if TYPE_CHECKING:
    from pyramid.config import Configurator

    from buildassets.runtime.extra_headers import ExtraHeaders

__all__ = ["AssetServer", "includeme", "serving", "with_assets"]


def includeme(config: Configurator) -> None:
    """Give templates the helpers, by the settings of the application. Raises ManifestError without a manifest."""
    given = config.registry.settings
    manifest = given.get("buildassets.manifest", "build/manifest.json")
    reload = asbool(given.get("buildassets.reload", False))
    with_assets(config, Assets(manifest, url=given.get("buildassets.url"), reload=reload))


def with_assets(config: Configurator, assets: Assets) -> None:
    """Give templates the helpers, and requests `request.assets`."""
    helpers = {helper.name: getattr(assets, helper.method) for helper in TEMPLATE_HELPERS}

    def add_helpers(event: Any) -> None:
        for name, helper in helpers.items():
            event.setdefault(name, helper)  # what a view gives to its template stays

    config.registry.assets = assets
    config.add_request_method(lambda request: assets, "assets", property=True)
    config.add_subscriber(add_helpers, "pyramid.events.BeforeRender")


def serving(
    config: Configurator, *, origins: str | Iterable[str] = (), headers: ExtraHeaders | None = None
) -> AssetServer:
    """The application of `config`, which also answers requests for the files of the release; see AssetServer.

    Where the helpers are not there yet, `includeme` adds them.
    """
    if getattr(config.registry, "assets", None) is None:
        includeme(config)
    return AssetServer(config.make_wsgi_app(), assets=config.registry.assets, origins=origins, headers=headers)
