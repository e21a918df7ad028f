"""`manage.py compress`: another name for `manage.py assets build`, with the options of django-compressor."""

import os
from argparse import SUPPRESS
from collections.abc import Mapping
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from buildassets.compat.compressor.compile.collect import TemplateScope, planned, planned_blocks, scope
from buildassets.compat.compressor.run.settings import run_options
from buildassets.foundation.typed import STARTED_VARIABLE
from buildassets.programs.start import Permitted, become, run
from buildassets.runtime.django import assets
from buildassets.runtime.django.compiler import compiler_command


class Command(BaseCommand):
    """Builds the release, with the blocks of templates in it."""

    help = "Compile the static files, and the blocks of all templates, into a release."
    requires_system_checks: tuple[str, ...] = ()  # which would complain of the release that is to be built

    _is_typed = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Called by Django for what is typed in a shell, in place of `call_command`."""
        self._is_typed = True
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-e",
            "--extension",
            action="append",
            dest="extensions",
            help="The suffixes of templates to look into (.html); several separated by commas, or given again.",
        )
        parser.add_argument(
            "-f",
            "--force",
            action="store_true",
            help="Build also where COMPRESS_ENABLED is not True.",
        )
        parser.add_argument("--follow-links", action="store_true", help="Follow links to folders of templates.")
        parser.add_argument(
            "--engine", action="append", default=[], dest="engines", help="django or jinja2; all engines if not given."
        )

        parser.add_argument("--only-plan", action="store_true", help=SUPPRESS)

    def handle(self, *_: Any, **options: Any) -> None:
        """Build the blocks with everything else. Called from code, it raises CommandError if the build fails."""
        began = repr(monotonic())
        if not run_options().is_enabled and not options.get("force"):
            raise CommandError("Compressor is disabled. Set the COMPRESS_ENABLED setting or use --force to override.")
        engines = tuple(one.strip() for one in options.get("engines") or ())
        if unknown := set(engines) - {"django", "jinja2"}:
            raise CommandError(f"Invalid templating engine specified: {', '.join(sorted(unknown))}.")
        given = TemplateScope(_suffixes(options.get("extensions") or ()), engines, bool(options.get("follow_links")))
        quiet = {0: ["-q"], 2: ["-v"], 3: ["-v"]}.get(options.get("verbosity", 1), [])
        if options.get("only_plan"):
            with scope(given):
                planned()
            return
        with scope(given):
            command = compiler_command("build", quiet)
        if options.get("verbosity", 1):
            self.stdout.write(f"blocks of templates: {planned_blocks()}")
        no_color = {"NO_COLOR": "1"} if options.get("no_color") else {}
        self._run(command, {**os.environ, **no_color, STARTED_VARIABLE: began})

    def _run(self, command: Permitted, environment: Mapping[str, str]) -> None:
        if self._is_typed:
            become(command, environment)
        done = run(command, capture_output=True, encoding="utf-8", env=environment)
        assets.cache_clear()  # this process goes on with what is there now
        self.stdout.write(done.stdout, ending="")
        self.stderr.write(done.stderr, style_func=str, ending="")
        if done.returncode:
            raise CommandError(f"`buildassets build` ended with {done.returncode}", returncode=done.returncode)


def _suffixes(given: Any) -> tuple[str, ...]:
    """The suffixes that options name, each with its dot."""
    named = [one.strip() for text in given for one in text.split(",") if one.strip()]
    return tuple(dict.fromkeys(one if one.startswith(".") else f".{one}" for one in named))
