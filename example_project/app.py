"""The web site of a harbour: a Flask application whose assets buildassets has built.

The application reads `build/manifest.json` once (with `--debug`, after each build), never compiles, writes no file, and
keeps nothing of a visitor: what must last is in the session. `settings.py` reads the environment.
"""

import secrets
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, abort, redirect, render_template, request, session, url_for
from flask.helpers import get_debug_flag
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

import pages
import sessions
import settings
import skippers
from buildassets.errors import ManifestError
from buildassets.runtime.flask import FlaskAssets
from settings import Settings

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def create_app() -> Flask:
    """The application, for gunicorn and `flask --app app run`; says what is wrong, and ends, where it cannot start."""
    try:
        return site(settings.load(debug=get_debug_flag()))
    except ManifestError as fault:
        sys.exit(str(fault))


def site(config: Settings) -> Flask:
    """The application for these settings."""
    app = Flask(__name__, static_folder=None)
    app.debug = config.debug
    _set_up_sessions(app, config)
    _set_up_assets(app, config)
    app.context_processor(_in_every_page)
    app.before_request(_refuse_forged_forms)
    app.register_error_handler(HTTPException, _sorry)
    _add_public_pages(app)
    _add_skippers_pages(app, config)
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)
    return app


def _set_up_sessions(app: Flask, config: Settings) -> None:
    key, *fallbacks = config.secret_keys
    app.config.update(
        SECRET_KEY=key,
        SECRET_KEY_FALLBACKS=fallbacks,
        TRUSTED_HOSTS=list(config.hosts),
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=config.session_seconds),
    )
    app.session_interface = sessions.interface_for(config)


def _set_up_assets(app: Flask, config: Settings) -> None:
    app.config.update(BUILDASSETS_MANIFEST=config.release / "manifest.json", BUILDASSETS_URL=config.assets_url)
    FlaskAssets(app)


def _add_public_pages(app: Flask) -> None:
    @app.get("/")
    def home() -> str:
        return render_template("home.html", **pages.home(datetime.now(UTC), pages.skipper_in(session)))

    @app.get("/tides")
    def tides() -> str:
        return render_template("tides.html", **pages.tides(datetime.now(UTC)))

    @app.get("/visit")
    def visit() -> str:
        return render_template("visit.html", **pages.visit())

    @app.get("/health")
    def health() -> Response:
        return Response("ok\n", mimetype="text/plain")


def _add_skippers_pages(app: Flask, config: Settings) -> None:
    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        _need_session()
        faults: skippers.Faults = {}
        if request.method == "POST":
            skipper, faults = skippers.read_skipper(request.form, config.harbour_code)
            if skipper:
                sessions.begin(session)
                session["skipper"] = asdict(skipper)
                return redirect(url_for("berth"), 303)
        return _form("sign_in.html", request.form, faults)

    @app.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        sessions.end(session)
        return redirect(url_for("home"), 303)

    @app.route("/berth", methods=["GET", "POST"])
    def berth() -> ResponseReturnValue:
        _need_session()
        skipper = pages.skipper_in(session)
        if not skipper:
            return redirect(url_for("sign_in"), 303)
        now = datetime.now(UTC)
        faults: skippers.Faults = {}
        if request.method == "POST":
            asked, faults = skippers.read_request(request.form, skipper, now.date())
            if asked:
                session["request"] = asdict(asked)
                return redirect(url_for("berth"), 303)
        return _form("berth.html", request.form or session.get("request", {}), faults, **pages.berth(now, skipper))

    @app.post("/berth/withdraw")
    def withdraw() -> ResponseReturnValue:
        session.pop("request", None)
        return redirect(url_for("berth"), 303)


def _form(template: str, given: Mapping[str, Any], faults: skippers.Faults, **names: Any) -> ResponseReturnValue:
    return render_template(template, given=given, faults=faults, **names), 422 if faults else 200


def _need_session() -> None:
    if sessions.is_down(session):
        abort(503)


def _in_every_page() -> dict[str, Any]:
    known = None if sessions.is_down(session) else session
    return {**pages.every(known), "page": request.endpoint, "csrf_input": _CsrfInput()}


class _CsrfInput:
    """The token in a form. Made when a page has one, as visitors who only read need no session."""

    def __html__(self) -> str:
        token = session.setdefault("csrf_token", secrets.token_urlsafe())
        return Markup('<input type="hidden" name="csrf_token" value="{}">').format(token)


def _refuse_forged_forms() -> None:
    if request.method in SAFE_METHODS:
        return
    _need_session()
    token = session.get("csrf_token")
    if not token or not secrets.compare_digest(request.form.get("csrf_token", "").encode(), token.encode()):
        abort(403)


def _sorry(fault: HTTPException) -> ResponseReturnValue:
    """The page that says what went wrong; it tells nothing of how."""
    status = fault.code or 500
    if status < 400 or isinstance(fault, SecurityError):  # without a host that is ours there are no URLs for a page
        return fault
    if status == 500:  # whatever a page needs may be what is broken
        return Response("Something is wrong here; it has been noted.\n", status, mimetype="text/plain")
    headers = {name: value for name, value in fault.get_headers() if name != "Content-Type"}
    if status == 503:
        headers["Retry-After"] = str(pages.RETRY_SECONDS)
    return render_template("sorry.html", **pages.sorry(status)), status, headers
