"""`manage.py assets build|watch|check`: runs the compiler with options from the settings."""

import os
from argparse import REMAINDER, ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from time import monotonic
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from buildassets.foundation.nearest import nearest
from buildassets.foundation.typed import PROGRAM_VARIABLE, STARTED_VARIABLE, typed
from buildassets.programs.start import become, run
from buildassets.runtime.django import assets
from buildassets.runtime.django.compiler import compiler_command

_VERBS: Final = ("build", "watch", "check")
_BY_VERBOSITY: Final = {0: ["-q"], 2: ["-v"], 3: ["-v"]}


class Command(BaseCommand):
    """Runs a verb of `buildassets`, with the verb's output and exit code."""

    help = "Compile the static files of all applications into a release: see `manage.py assets build --help`."
    requires_system_checks: tuple[str, ...] = ()  # these would report the release that is only to be built now

    _is_typed = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Called by Django for a command typed in a shell; `call_command` does not pass here."""
        self._is_typed = True
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=_VERBS, type=_verb)
        parser.add_argument("arguments", nargs=REMAINDER, metavar="...", help="What the verb takes.")

    def handle(self, *_: Any, verb: str, arguments: Sequence[str], **options: Any) -> None:
        """Run the verb: in place of this process if it was typed in a shell, else as a child.

        A child that fails raises CommandError with its exit code.
        """
        began = repr(monotonic())
        own, given = _parted(arguments)
        environment = {**os.environ, PROGRAM_VARIABLE: "manage.py assets"}
        if verb == "build":  # what a watch runs may build, too
            environment[STARTED_VARIABLE] = began
        if own.no_color or options["no_color"]:
            environment["NO_COLOR"] = "1"
        command = compiler_command(verb, [*_BY_VERBOSITY.get(options["verbosity"], ()), *given])
        if self._is_typed:
            become(command, environment)
        done = run(command, env=environment, capture_output=True, encoding="utf-8")
        assets.cache_clear()  # so that this process uses the new release
        self.stdout.write(done.stdout, ending="")
        self.stderr.write(done.stderr, style_func=str, ending="")
        if done.returncode:
            raise CommandError(f"`{typed(verb)}` ended with {done.returncode}", returncode=done.returncode)


def _verb(given: str) -> str:
    """`given`, if it is a verb. Raises ArgumentTypeError, which suggests the nearest verb."""
    if given in _VERBS:
        return given
    meant = nearest(given, _VERBS)
    hint = f"did you mean `{meant}`?" if meant else f"use one of {', '.join(f'`{verb}`' for verb in _VERBS)}"
    raise ArgumentTypeError(f"unknown verb `{given}`; {hint}")


def _parted(arguments: Sequence[str]) -> tuple[Any, list[str]]:
    """Django's own options among the arguments after a verb, which it has read already, and the verb's arguments."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    for option in ("--settings", "--pythonpath"):
        parser.add_argument(option)
    for option in ("--no-color", "--force-color", "--traceback", "--skip-checks"):
        parser.add_argument(option, action="store_true")
    own, given = parser.parse_known_args(arguments[:end])
    return own, [*given, *arguments[end:]]
