"""The web site of a harbour: a Flask application whose assets buildassets has built.

The application reads `build/manifest.json` once (with `--debug`, after each build) and never compiles.
`HARBOUR_RELEASE` names another release directory, `HARBOUR_ASSETS_URL` the URL that its assets are served under, such
as that of a CDN.
"""

import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, send_from_directory

import harbour
from buildassets.runtime import Assets

HERE = Path(__file__).resolve().parent
YEAR_SECONDS = 365 * 24 * 60 * 60


def create_app() -> Flask:
    """The application, for `flask --app app run` and for WSGI servers."""
    release = Path(os.environ.get("HARBOUR_RELEASE", HERE / "build"))
    app = Flask(__name__, static_folder=None)
    app.jinja_env.add_extension("buildassets.runtime.jinja.AssetsExtension")
    url = os.environ.get("HARBOUR_ASSETS_URL")
    app.jinja_env.assets = Assets(release / "manifest.json", url=url, reload=app.debug)
    app.context_processor(lambda: {"station": asdict(harbour.STATION)})
    _add_pages(app)

    @app.get("/assets/<path:name>")
    def serve_asset(name: str) -> Response:
        """For development. In production a web server or a CDN serves the release directory's `assets/`."""
        response = send_from_directory(release / "assets", name, max_age=YEAR_SECONDS)
        response.cache_control.immutable = True  # the name changes when the content does
        return response

    return app


def _add_pages(app: Flask) -> None:
    @app.get("/")
    def home() -> str:
        return render_template("home.html", **_next_waters(datetime.now(UTC)))

    @app.get("/tides")
    def tides() -> str:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        days = [today + timedelta(days=offset) for offset in range(7)]
        return render_template("tides.html", week=[(day, harbour.waters(day, hours=24)) for day in days])

    @app.get("/visit")
    def visit() -> str:
        return render_template("visit.html", berths=harbour.BERTHS, services=harbour.SERVICES)


def _next_waters(now: datetime) -> dict[str, Any]:
    coming = harbour.waters(now, hours=26)
    return {
        "now_m": harbour.height_m(now),
        "coming": coming[:4],
        "next_high": next(water for water in coming if water.is_high),
        "next_low": next(water for water in coming if not water.is_high),
    }
