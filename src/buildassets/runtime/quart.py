"""A Quart extension, with the same settings and commands as that for Flask, `buildassets.runtime.flask`.

    app = Quart(__name__)
    QuartAssets(app)

Imports Quart, and with it Flask and click; the compiler runs in another process.
"""

from collections.abc import Mapping
from typing import Any

import quart
from flask.sansio.app import App
from quart.helpers import get_debug_flag

from buildassets.runtime.asgi import AssetServer
from buildassets.runtime.assets import Assets
from buildassets.runtime.flask import FlaskAssets

__all__ = ["QuartAssets"]


class QuartAssets(FlaskAssets):
    """The assets of Quart applications; see FlaskAssets."""

    _entrance = "asgi_app"

    def _wrap(self, app: Any, assets: Assets, options: Mapping[str, Any]) -> None:
        app.asgi_app = AssetServer(app.asgi_app, assets=assets, **options)

    def _is_debugged(self, app: App) -> bool:
        # `quart --debug run` sets the mode after the application is imported; until then its variable has it.
        return app.debug or get_debug_flag()

    def _current_app(self) -> App:
        return quart.current_app

    def _current_request(self) -> Any:
        if quart.has_websocket_context():
            return quart.websocket
        return quart.request if quart.has_request_context() else None
