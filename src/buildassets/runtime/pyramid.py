"""Pyramid: one line for an application, or its parts for one that names its release itself.

    config.include("buildassets.runtime.pyramid")

The helpers are in templates of Mako, Chameleon and all other renderers. The settings `buildassets.manifest`, `.url`,
`.reload`, `.static`, `.serve`, `.strict` and `.required` are the arguments of `ReleaseOptions`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from pyramid.interfaces import IStaticURLInfo
from pyramid.path import AssetResolver
from pyramid.settings import asbool

from buildassets.foundation.template_helpers import TEMPLATE_HELPERS
from buildassets.foundation.typed import IS_WATCHED
from buildassets.runtime.assets import Assets
from buildassets.runtime.static_files import MANIFEST, StaticUrls, nearest_manifest, optional_release
from buildassets.runtime.wsgi import AssetServer, has_file

if TYPE_CHECKING:
    from pyramid.config import Configurator

    from buildassets.runtime.extra_headers import ExtraHeaders

__all__ = ["AssetServer", "includeme", "serving", "with_assets"]

_TWEEN: Final = "buildassets.runtime.pyramid.file_tween"
_INGRESS: Final = "INGRESS"  # of `pyramid.tweens`, which Pyramid imports with modules that warn


def includeme(config: Configurator) -> None:
    """Read the release by the settings of the application, serve its files, and give templates the helpers.

    With the setting `buildassets.static`, `request.static_url("PACKAGE:static/…")` gives the URLs of assets, or with a
    text such as `PACKAGE:web/` those of that folder. Raises ManifestError where a release is required, and cannot be
    read.
    """
    given = config.registry.settings
    is_required = asbool(given.get("buildassets.required", True))
    assets = optional_release(lambda: _release(config), is_required=is_required)
    static = given.get("buildassets.static", False)
    is_named = isinstance(static, str) and ":" in static
    folder = str(static) if is_named else f"{config.root_package.__name__}:static/"
    if assets is not None and (is_named or asbool(static)):
        _give_urls(config, StaticUrls(assets, is_strict=asbool(given.get("buildassets.strict", True))), folder)
    with_assets(config, assets or _unbuilt())


def _release(config: Configurator) -> Assets:
    """Read the release, and let the application serve its files, before anything else is asked."""
    given = config.registry.settings
    manifest = given.get("buildassets.manifest") or nearest_manifest(_folder(config))
    reload = asbool(given.get("buildassets.reload", IS_WATCHED in os.environ))
    assets = Assets(manifest, url=given.get("buildassets.url"), reload=reload)
    if asbool(given.get("buildassets.serve", True)):
        config.registry.asset_server = AssetServer(assets=assets)
        config.add_tween(_TWEEN, under=_INGRESS)
    return assets


def _folder(config: Configurator) -> str:
    """Return the folder at or above which the manifest is looked for: of the package, if the working one has none."""
    file = getattr(config.root_package, "__file__", None)
    return os.getcwd() if os.path.exists(MANIFEST) or not file else os.path.dirname(os.path.abspath(file))


def _unbuilt() -> Assets:
    from buildassets.runtime.unbuilt import UnbuiltAssets  # only without a release

    return UnbuiltAssets("/static/")


def file_tween(handler: Callable[[Any], Any], registry: Any) -> Callable[[Any], Any]:
    """Return the tween that answers requests for files of the release."""
    server: AssetServer = registry.asset_server

    def answered(request: Any) -> Any:
        return request.get_response(server) if has_file(server, request.environ) else handler(request)

    return answered


def _give_urls(config: Configurator, urls: StaticUrls, folder: str) -> None:
    """Let the application give the URLs of assets for what `folder` names, such as `shop:static/`."""

    def change(event: Any) -> None:
        info = event.app.registry.queryUtility(IStaticURLInfo)  # None without static views
        if info is not None:
            info.generate = _generating(info.generate, urls, folder)

    config.add_subscriber(change, "pyramid.events.ApplicationCreated")


def _generating(own: Callable[..., str], urls: StaticUrls, folder: str) -> Callable[..., str]:
    """Return the function that makes URLs of static files, `own`, with those of assets."""
    from pyramid.url import parse_url_overrides

    def generate(path: str, request: Any, **options: Any) -> str:
        name = path.removeprefix(folder)
        url = urls.url(name, AssetResolver().resolve(path).exists, below=request.script_name) if name != path else None
        if url is None:
            return str(own(path, request, **options))
        application, query, anchor = map(str, parse_url_overrides(request, options))
        is_path = url.startswith("/") and not url.startswith("//")
        return (application.removesuffix(request.script_name) if is_path else "") + url + query + anchor

    return generate


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
