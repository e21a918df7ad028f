"""A Flask extension: helpers in templates, static files from the release, and `flask assets build|watch|check`.

    app = Flask(__name__)
    FlaskAssets(app)

or `assets = FlaskAssets()` and, in a factory, `assets.init_app(app)`. Imports Flask, and with it click; the compiler
runs in another process.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import click
import flask
from flask.sansio.app import App

from buildassets.foundation.typed import PROGRAM_VARIABLE
from buildassets.programs.start import Permitted, become, own_module, run
from buildassets.runtime.assets import Assets, release_of, warn_of_development
from buildassets.runtime.static_files import StaticUrls, nearest_manifest, optional_release
from buildassets.runtime.wsgi import AssetServer

__all__ = ["FlaskAssets", "commands"]

_EXTENSION: Final = "buildassets"  # the key in `app.extensions`, whose value is the release


class _AssetsOfApp(Assets):
    """Assets that do not warn when they are made: only the first request shows whether the application is debugged."""

    def _report_development(self) -> None:
        pass


class _WarnsAtFirstRequest:
    """Wraps an application, and warns of a release for development at its first request."""

    def __init__(self, app: App, inner: Callable[..., Any], assets: Assets) -> None:
        self._app = app
        self._inner = inner
        self._assets: Assets | None = assets

    def __call__(self, *request: Any) -> Any:
        assets, self._assets = self._assets, None
        if assets is not None and not self._app.debug:
            warn_of_development(assets)
        return self._inner(*request)


class FlaskAssets:
    """The assets of Flask applications.

    Each application configures them by these keys:

    - `BUILDASSETS_MANIFEST`: the path of the manifest, relative to the application's folder. By default the nearest
      `build/manifest.json` in that folder or above. With None, for tests without a build, no manifest is read and every
      name has a URL.
    - `BUILDASSETS_URL`: the URL prefix. By default that of the manifest.
    - `BUILDASSETS_STATIC`: whether `url_for("static", filename=…)` gives the URLs of assets. By default the argument
      `static`.
    - `BUILDASSETS_SERVE`: whether the application serves the files of the release. By default the argument `serve`.
    - `BUILDASSETS_STRICT`: whether that `url_for` raises AssetNotFound for a name that the release lacks; else such a
      name keeps Flask's URL, and is logged once. Those of blueprints always do. By default the argument `strict`.
    - `BUILDASSETS_REQUIRED`: whether a missing or broken release is an error, as with the environment variable
      `BUILDASSETS_REQUIRED=1`; else the application starts, with Flask's URLs and a warning in the log. By default the
      argument `required`.
    - `BUILDASSETS_ORIGINS`: the origins whose pages may read these files. By default none.
    - `BUILDASSETS_HEADERS`: a function that adds headers to these files, see AssetServer. By default None.

    In debug mode the manifest is read again whenever it has been replaced, and without a watch `url_for` gives Flask's
    URLs of the files that are in the static folder.
    """

    _entrance = "wsgi_app"  # the attribute of an application that a server calls

    def __init__(
        self,
        app: App | None = None,
        *,
        static: bool = False,
        serve: bool = True,
        strict: bool = True,
        required: bool = True,
    ) -> None:
        self._defaults = {"STATIC": static, "SERVE": serve, "STRICT": strict, "REQUIRED": required}
        if app is not None:
            self.init_app(app)

    def init_app(self, app: App) -> None:
        """Add the assets to `app`, after its configuration. Raises ManifestError where the manifest cannot be read."""
        for key, value in {**self._defaults, "URL": None, "ORIGINS": (), "HEADERS": None}.items():
            app.config.setdefault(f"BUILDASSETS_{key}", value)
        release = optional_release(lambda: self._release(app), is_required=bool(app.config["BUILDASSETS_REQUIRED"]))
        assets = release or _unbuilt(f"{getattr(app, 'static_url_path', None) or '/static'}/")
        app.extensions[_EXTENSION] = assets
        environment: Any = app.jinja_env
        environment.add_extension("buildassets.runtime.jinja.AssetsExtension")
        environment.assets = assets
        app.cli.add_command(commands)
        if release is None:
            return
        changed: Any = app  # the same object, whose methods mypy would not let us replace
        if app.config["BUILDASSETS_STATIC"]:
            own = changed.url_for
            changed.url_for = _UrlFor(app, own, assets, self._current_request)
            if environment.globals["url_for"] == own:  # else it is a function of the application, which calls this one
                environment.globals["url_for"] = changed.url_for
        if not assets.reload and release_of(assets).watcher_file:
            inner = getattr(changed, self._entrance)
            changed.__dict__[self._entrance] = _WarnsAtFirstRequest(app, inner, assets)

    def _release(self, app: App) -> Assets:
        """Read the release, and let the application serve its files."""
        assets = _read(app, is_debugged=self._is_debugged(app))
        if app.config["BUILDASSETS_SERVE"]:
            options = {key: app.config[f"BUILDASSETS_{key.upper()}"] for key in ("origins", "headers")}
            self._wrap(app, assets, options)
        return assets

    @property
    def assets(self) -> Assets:
        """The release of the current application."""
        assets: Assets = self._current_app().extensions[_EXTENSION]
        return assets

    def _wrap(self, app: Any, assets: Assets, options: Mapping[str, Any]) -> None:
        app.wsgi_app = AssetServer(app.wsgi_app, assets=assets, **options)

    def _is_debugged(self, app: App) -> bool:
        # `app.run(debug=True)` sets the mode after this, and then runs the program again with this variable.
        return app.debug or os.environ.get("WERKZEUG_RUN_MAIN") == "true"

    def _current_app(self) -> App:
        return flask.current_app

    def _current_request(self) -> Any:
        return flask.request if flask.has_request_context() else None


def _read(app: App, *, is_debugged: bool) -> Assets:
    if "BUILDASSETS_MANIFEST" not in app.config:
        app.config["BUILDASSETS_MANIFEST"] = nearest_manifest(app.root_path)
    given = app.config["BUILDASSETS_MANIFEST"]
    url = app.config["BUILDASSETS_URL"]
    if given is None:
        return _unbuilt(url or "/assets/")
    return _AssetsOfApp(os.path.join(app.root_path, given), url=url, reload=is_debugged)


def _unbuilt(url: str) -> Assets:
    from buildassets.runtime.unbuilt import UnbuiltAssets  # only without a release

    return UnbuiltAssets(url)


class _UrlFor:
    """A `url_for` that gives the URLs of the release for static files, and calls the application's `own` for all else.

    The endpoint `static` with `css/a.css` is the asset `css/a.css`; a blueprint's, `admin.static`, `admin/css/a.css`.
    """

    def __init__(self, app: App, own: Callable[..., str], assets: Assets, current_request: Callable[[], Any]) -> None:
        self._app = app
        self._own = own
        self._urls = StaticUrls(assets, is_strict=bool(app.config["BUILDASSETS_STRICT"]))
        self._current_request = current_request

    def __call__(self, /, endpoint: str, **values: Any) -> str:
        request = self._current_request()
        name = _static_name(endpoint, values.get("filename"), request and request.blueprint)
        url = None if name is None else self._url(name, request, is_own=name == values["filename"])
        if url is None:
            return self._own(endpoint, **values)
        if request is not None and len(values) == 1:
            return url
        # Further arguments give host, query and anchor, which are taken from the application's own URL.
        own = urlsplit(self._own(endpoint, **values))
        host = f"{own.scheme}://{own.netloc}/" if own.netloc else ""
        query = f"?{own.query}" if own.query else ""
        anchor = f"#{own.fragment}" if own.fragment else ""
        return urljoin(host, url) + query + anchor

    def _url(self, name: str, request: Any, *, is_own: bool) -> str | None:
        """Return the URL of an asset, for a file of the application's own folder or for one of a blueprint's."""
        folder = self._app.static_folder if is_own else None
        return self._urls.url(
            name,
            lambda: folder is not None and os.path.isfile(os.path.join(folder, name)),
            below=request.root_path if request is not None else "",
            is_strict=None if is_own else False,
        )


def _static_name(endpoint: str, filename: object, blueprint: str | None) -> str | None:
    """The logical path of the static file that the arguments of `url_for` mean; None if they mean something else."""
    if not isinstance(filename, str):
        return None
    if endpoint.startswith("."):
        endpoint = f"{blueprint or ''}{endpoint}".removeprefix(".")
    folder, _, view = f".{endpoint}".rpartition(".")
    return "/".join([*filter(None, folder.split(".")), filename]) if view == "static" else None


commands: Final = click.Group("assets", help="Compile the assets; see `flask assets build --help`.")


def _add(verb: str, description: str) -> None:
    settings = {"ignore_unknown_options": True, "allow_interspersed_args": False}

    @commands.command(verb, help=description, add_help_option=False, context_settings=settings)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def run_verb(arguments: tuple[str, ...]) -> None:
        group = click.get_current_context().parent
        typed = group.command_path if group else "flask assets"
        given = {name: value for name, value in os.environ.items() if name not in _of_project(arguments)}
        _run(own_module("-m", "buildassets", verb, *arguments), {**given, PROGRAM_VARIABLE: typed})


def _of_project(arguments: Iterable[str]) -> frozenset[str]:
    """The variables of the files that Flask has read, `.env` and the like, where nothing of the project may run.

    One such as PYTHONPATH would have the command run a module of the project.
    """
    if "--no-run" not in arguments:
        return frozenset()
    try:
        from dotenv import dotenv_values, find_dotenv  # which Flask reads them with, where it is installed
    except ImportError:
        return frozenset()
    files = [*(find_dotenv(name, usecwd=True) for name in (".env", ".flaskenv")), *_named_files()]
    return frozenset(name for file in files if file for name in dotenv_values(file))


def _named_files() -> Iterator[str]:
    """Yield the files that `flask --env-file` was given, in any of its forms."""
    yield os.environ.get("FLASK_ENV_FILE", "")
    for option, value in pairwise([*sys.argv[1:], ""]):
        if option.startswith("--env-file="):
            yield option.partition("=")[2]
        elif option in ("-e", "--env-file"):
            yield value
        elif option.startswith("-e"):
            yield option[2:]


_add("build", "Compile everything into the release directory.")
_add("check", "Report what a build would complain about; make no release.")
_add("watch", "Build, and build again whenever something changes.")


def _run(command: Permitted, environment: dict[str, str]) -> None:
    """Become `command`; where a test has replaced stdout, run it as a child and pass on its output."""
    try:
        sys.stdout.fileno()
    except OSError:
        done = run(command, env=environment, capture_output=True, encoding="utf-8")
        click.echo(done.stdout, nl=False)
        click.echo(done.stderr, nl=False, err=True)
        sys.exit(done.returncode)
    become(command, environment)
