"""`manage.py runserver`, which also serves the release; with `--with-assets` it runs a watch next to the server.

Extends the `runserver` of the next application that has one (`django.contrib.staticfiles`, `daphne`), or Django's own.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import find_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError, CommandParser

from buildassets.errors import ManifestError
from buildassets.foundation.typed import IS_WATCHED, PROGRAM_VARIABLE
from buildassets.programs.start import become
from buildassets.runtime import asgi, wsgi
from buildassets.runtime.django import assets
from buildassets.runtime.django.compiler import compiler_command

_OPTION = "--with-assets"


class _WithAssets(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            _OPTION, action="store_true", help="Build the assets, and build them again whenever a source changes."
        )

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Run the server. With assets, become the watch, which then runs this command as its child."""
        if options.pop("with_assets", False) and IS_WATCHED not in os.environ:
            _become_watcher()
        return super().handle(*args, **options)

    def get_handler(self, *args: Any, **options: Any) -> Any:
        """The WSGI application, which under `DEBUG` also serves the files of the release."""
        try:
            handler = super().get_handler(*args, **options)  # type: ignore[misc]  # of the class that is extended
        except ManifestError as fault:  # raised by a `wsgi.py` that serves the release itself
            raise CommandError(f"{fault}, or add {_OPTION}") from None
        return _with_release(handler) if _are_files_served(options) else handler


class _LaterWithAssets(_WithAssets):
    def get_application(self, options: dict[str, Any]) -> Any:
        """Like `get_handler`, for the ASGI application of `daphne`."""
        application = super().get_application(options)  # type: ignore[misc]  # of the class that is extended
        return _with_release_later(application) if _are_files_served(options) else application


def _are_files_served(options: dict[str, Any]) -> bool:
    """Whether Django would serve static files itself with these options."""
    return bool(options.get("use_static_handler", True) and (settings.DEBUG or options.get("insecure_serving")))


def _with_release(application: Any) -> Any:
    """`application`, wrapped so that it also serves the files of the release, by WSGI."""
    current = _served_once_built(application, wsgi.AssetServer)

    def answer(environ: Any, start_response: Any) -> Any:
        return current()(environ, start_response)

    return answer


def _with_release_later(application: Any) -> Any:
    """Like `_with_release`, by ASGI."""
    current = _served_once_built(application, asgi.AssetServer)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await current()(scope, receive, send)

    return answer


def _served_once_built(application: Any, make_server: Callable[..., Any]) -> Callable[[], Any]:
    """A function that returns the server around `application`, or `application` itself while nothing is built."""
    made: list[Any] = []

    def current() -> Any:
        if not made:
            try:
                made.append(make_server(application, assets=assets()))
            except (ImproperlyConfigured, ManifestError):
                return application  # its pages report what is wrong
        return made[0]

    return current


def _become_watcher() -> None:
    """Replace this process by a watch, which runs the same command, without the option, as its child."""
    arguments = (argument for argument in sys.orig_argv[1:] if argument != _OPTION)
    watch = compiler_command("watch", ["--", sys.executable, *arguments])
    become(watch, {**os.environ, PROGRAM_VARIABLE: "manage.py assets"})


def _next_application() -> str:
    """The name of the application whose `runserver` Django would use without this one."""
    for application in apps.get_app_configs():
        is_ours = application.name == "buildassets.runtime.django"
        if not is_ours and "runserver" in find_commands(os.path.join(application.path, "management")):
            return application.name
    return "django.core"


def Command(*arguments: Any, **options: Any) -> BaseCommand:  # noqa: N802 the name that Django looks for
    """The command. It is a function, as its class can only be made once Django has loaded its applications."""
    extended = type(load_command_class(_next_application(), "runserver"))
    ours = _LaterWithAssets if hasattr(extended, "get_application") else _WithAssets
    made: BaseCommand = type("Command", (ours, extended), {})(*arguments, **options)
    return made
