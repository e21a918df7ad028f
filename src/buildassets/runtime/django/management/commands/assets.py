"""`manage.py assets build|watch|check`: the compiler, told by the settings what it works on."""

import os
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from buildassets.nearest import nearest
from buildassets.runtime.django import assets
from buildassets.runtime.django.compiler import compiler_command
from buildassets.typed import IS_TYPED, typed

_VERBS: Final = ("build", "watch", "check")
_BY_VERBOSITY: Final = {0: ["-q"], 2: ["-v"], 3: ["-v"]}


class Command(BaseCommand):
    """Runs a verb of `buildassets`. Its exit code, and what it says, are those of the verb."""

    help = "Compile the static files of all applications into a release: see `manage.py assets build --help`."
    requires_system_checks: tuple[str, ...] = ()  # which would complain of the release that is to be built

    _is_typed = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Called by Django for what is typed in a shell, in place of `call_command`."""
        self._is_typed = True
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=_VERBS, type=_verb)
        parser.add_argument("arguments", nargs=REMAINDER, metavar="...", help="What the verb takes.")

    def handle(self, *_: Any, verb: str, arguments: Sequence[str], **options: Any) -> None:
        """Raises CommandError with the exit code of the verb, where it was not typed in a shell."""
        own, given = _parted(arguments)
        environment = {**os.environ, IS_TYPED: "manage.py assets"}
        if own.no_color or options["no_color"]:
            environment["NO_COLOR"] = "1"
        command = compiler_command(verb, [*_BY_VERBOSITY.get(options["verbosity"], ()), *given])
        if self._is_typed:
            sys.stdout.flush()
            sys.stderr.flush()
            os.execve(command[0], command, environment)  # noqa: S606 ours
        done = subprocess.run(  # noqa: S603 ours
            command, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assets.cache_clear()  # this process goes on with what is there now
        self.stdout.write(done.stdout, ending="")
        self.stderr.write(done.stderr, style_func=str, ending="")
        if done.returncode:
            raise CommandError(f"`{typed(verb)}` ended with {done.returncode}", returncode=done.returncode)


def _verb(given: str) -> str:
    """`given`, which is one of the verbs. Raises ArgumentTypeError with the one that it was meant to be."""
    if given in _VERBS:
        return given
    meant = nearest(given, _VERBS)
    hint = f"did you mean `{meant}`?" if meant else f"use one of {', '.join(f'`{one}`' for one in _VERBS)}"
    raise ArgumentTypeError(f"unknown verb `{given}`; {hint}")


def _parted(arguments: Sequence[str]) -> tuple[Any, list[str]]:
    """What is Django's of the arguments behind a verb, which it has read already, and what is the verb's."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    for option in ("--settings", "--pythonpath"):
        parser.add_argument(option)
    for option in ("--no-color", "--force-color", "--traceback", "--skip-checks"):
        parser.add_argument(option, action="store_true")
    own, given = parser.parse_known_args(arguments[:end])
    return own, [*given, *arguments[end:]]
