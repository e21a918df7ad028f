"""Starlette and FastAPI: one line for an application, or its parts for one that names its release itself.

    app = FastAPI()
    StarletteAssets(app, static=True)

    assets = Assets("build/manifest.json")
    templates = with_assets(Jinja2Templates("templates"), assets)
    app = Starlette(routes=[..., Mount("/assets", AssetServer(assets=assets))])

Imports Starlette.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any, Unpack

from starlette.applications import Starlette
from starlette.datastructures import URL, URLPath
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from buildassets.runtime.asgi import AssetServer, around
from buildassets.runtime.assets import Assets
from buildassets.runtime.static_files import (
    ReleaseOptions,
    StaticUrls,
    below_path,
    optional_release,
    read_release,
    static_name,
)

__all__ = ["AssetServer", "StarletteAssets", "with_assets"]


def with_assets(templates: Jinja2Templates, assets: Assets) -> Jinja2Templates:
    """The same `templates`, with the helpers added."""
    environment: Any = templates.env
    environment.add_extension("buildassets.runtime.jinja.AssetsExtension")
    environment.assets = assets
    return templates


class StarletteAssets:
    """The assets of a Starlette or FastAPI application: their files, and with `static` their URLs.

    With `static`, `url_for("static", path=…)` of a mount of StaticFiles gives the URLs of assets. `templates` get the
    helpers. `assets` is the release, None without one. The other arguments are those of `ReleaseOptions`. Raises
    ManifestError where a release is required, and cannot be read.
    """

    def __init__(
        self, app: Starlette, templates: Jinja2Templates | None = None, **options: Unpack[ReleaseOptions]
    ) -> None:
        self.assets = optional_release(lambda: _release(app, options), is_required=options.get("required", True))
        mount = static_name(options)
        if self.assets is not None and mount is not None:
            urls = StaticUrls(self.assets, is_strict=options.get("strict", True))
            changed: Any = app.router  # the same object, whose methods mypy would not let us replace
            changed.url_path_for = _UrlPathFor(app, changed.url_path_for, urls, mount)
        if templates is not None:
            with_assets(templates, self.assets or _unbuilt(mount or "static"))


def _release(app: Starlette, options: ReleaseOptions) -> Assets:
    """Read the release, and let the application serve its files, before any middleware is asked."""
    assets = read_release(options)
    if options.get("serve", True):
        server = AssetServer(assets=assets)
        changed: Any = app
        changed.build_middleware_stack = _Served(changed.build_middleware_stack, server)
    return assets


def _unbuilt(mount: str) -> Assets:
    from buildassets.runtime.unbuilt import UnbuiltAssets  # only without a release

    return UnbuiltAssets(f"/{mount}/")


class _Served:
    """Builds what a server calls: the files of the release, then the application with its middleware."""

    def __init__(self, own: Callable[[], Any], server: AssetServer) -> None:
        self._own = own
        self._server = server

    def __call__(self) -> AssetServer:
        return around(self._server, self._own())


class _UrlPathFor:
    """A `url_path_for` that gives the URLs of the release for files of the mount `mount`."""

    def __init__(self, app: Starlette, own: Callable[..., URLPath], urls: StaticUrls, mount: str) -> None:
        self._app = app
        self._own = own
        self._urls = urls
        self._mount = mount

    def __call__(self, name: str, /, **values: Any) -> URLPath:
        path = values.get("path")
        if name != self._mount or not isinstance(path, str):
            return self._own(name, **values)
        file = path.lstrip("/")
        url = self._urls.url(file, lambda: any(_has(one, file) for one in self._static_files()))
        return self._own(name, **values) if url is None else _ReleaseUrl(url)

    def _static_files(self) -> Iterable[StaticFiles]:
        for route in self._app.router.routes:
            app = getattr(route, "_base_app", None) or getattr(route, "app", None)
            if isinstance(route, Mount) and route.name == self._mount and isinstance(app, StaticFiles):
                yield app


def _has(files: StaticFiles, name: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, name)) for folder in files.all_directories)


class _ReleaseUrl(URLPath):
    """The URL of an asset. An absolute one is on the host of the request, below its path, or on the prefix's host."""

    def __new__(cls, path: str, protocol: str = "", host: str = "") -> "_ReleaseUrl":
        return str.__new__(cls, path)

    def make_absolute_url(self, base_url: str | URL) -> URL:
        base = URL(base_url) if isinstance(base_url, str) else base_url
        path = below_path(str(self), base.path)
        if path.startswith("//"):
            return URL(f"{base.scheme}:{path}")
        return URL(scheme=base.scheme, netloc=base.netloc, path=path) if path.startswith("/") else URL(path)
