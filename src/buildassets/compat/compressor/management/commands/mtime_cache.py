"""`manage.py mtime_cache`: what deployments with django-compressor call to fill or empty its cache of times.

There is no such cache, so it has nothing to do and reports that.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Does nothing: a page looks blocks up in the manifest, and asks no file for its time."""

    help = "Does nothing: there is no cache of the times at which files were changed."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-i", "--ignore", action="append", default=[], dest="ignore_patterns", metavar="PATTERN")
        parser.add_argument("--no-default-ignore", action="store_false", dest="use_default_ignore_patterns")
        parser.add_argument("--follow-links", action="store_true")
        parser.add_argument("-c", "--clean", action="store_true", help="Remove all.")
        parser.add_argument("-a", "--add", action="store_true", help="Add all.")

    def handle(self, *_: Any, **options: Any) -> None:
        """Raises CommandError unless exactly one of `--add` and `--clean` is given."""
        if bool(options["add"]) == bool(options["clean"]):
            raise CommandError('Please specify either "--add" or "--clean"')
        if options["verbosity"]:
            self.stdout.write("nothing to do: there is no cache of times; the manifest has what pages need")
