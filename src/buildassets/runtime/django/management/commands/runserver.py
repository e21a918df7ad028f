"""`manage.py runserver --with-assets`: the server of whoever develops, and the watcher, by one command.

The command itself is that of the next application that has one (`django.contrib.staticfiles`, `daphne`), or Django's.
"""

import os
import sys
from typing import Any

from django.apps import apps
from django.core.management import find_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser

_OPTION = "--with-assets"
_IS_WATCHED = "BUILDASSETS_WATCH"  # set by the watcher for the commands that it runs


class _WithAssets(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            _OPTION, action="store_true", help="Build the assets, and build them again whenever a source changes."
        )

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Serve; with assets, let the watcher run this very command beside it, unless it does so already."""
        if options.pop("with_assets", False) and _IS_WATCHED not in os.environ:
            _become_watcher()
        return super().handle(*args, **options)


def _become_watcher() -> None:
    command = [sys.executable, *(one for one in sys.orig_argv[1:] if one != _OPTION)]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "buildassets", "watch", "--", *command])  # noqa: S606 ours


def _next_application() -> str:
    """The name of the application whose `runserver` would be there without this one."""
    for application in apps.get_app_configs():
        is_ours = application.name == "buildassets.runtime.django"
        if not is_ours and "runserver" in find_commands(os.path.join(application.path, "management")):
            return application.name
    return "django.core"


def Command(*arguments: Any, **options: Any) -> BaseCommand:  # noqa: N802 the name that Django looks for
    """The command; a class that cannot be made before Django knows its applications."""
    found = type(load_command_class(_next_application(), "runserver"))
    made: BaseCommand = type("Command", (_WithAssets, found), {})(*arguments, **options)
    return made
