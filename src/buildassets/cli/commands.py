"""The verbs: one module each, loaded when it is called for. `output` alone prints."""

import os
import sys

import click

from buildassets._version import __version__
from buildassets.cli.output import end_without_stdout, print_mistake, show_failure, terminated_as_exit
from buildassets.diagnostics import error
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.typed import IS_TYPED

_VERBS = {
    "build": "compile everything into the release directory",
    "check": "report everything that a build would complain about; write nothing",
    "clean": "remove what no retained release names; with --all, also the release and the cache",
    "diff": "tell which fingerprints differ between two releases, and why",
    "explain": "tell what an asset is made of, what it refers to and who refers to it",
    "pack": "write the release as one archive, the same bytes everywhere",
    "unpack": "take a release out of an archive, every byte of it proven",
    "verify": "prove every byte of a release, or of an archive of one, by its manifest",
    "publish": "upload the release: its files first, its manifest last",
    "watch": "build, and build again whenever something changes",
}
_ASKING = frozenset(("-h", "--help", "--version"))  # what click answers by itself


class _Verbs(click.Group):
    """Loads a verb's module when the verb is called: what `build` imports is not what `explain` pays for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"buildassets.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(sorted(_VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="buildassets")
def commands() -> None:
    """Compile, minify and fingerprint web assets into a release directory with a manifest."""


def run() -> None:
    """Do what the command line says and exit."""
    terminated_as_exit()
    try:
        code = commands.main(prog_name=os.environ.get(IS_TYPED), standalone_mode=False)
    except BuildAssetsError as failure:
        show_failure(failure)
        sys.exit(failure.exit_code)
    except UnicodeEncodeError as fault:
        if sys.getfilesystemencoding() == "utf-8":
            raise
        show_failure(_not_in_locale(fault))
        sys.exit(2)
    except click.ClickException as mistake:
        print_mistake(mistake)
        sys.exit(mistake.exit_code)
    except OSError as fault:
        if _ASKING.isdisjoint(sys.argv):
            raise
        end_without_stdout(fault)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    sys.exit(code)


def _not_in_locale(fault: UnicodeEncodeError) -> ConfigError:
    """What is to be said where a path is in the configuration, or in a release, and no file can be called so."""
    name = fault.object[: fault.start].rpartition("/")[2] + fault.object[fault.start :].partition("/")[0]
    message = f"the locale's encoding, `{fault.encoding}`, has no way to write `{name}`"
    return ConfigError([error("environment/locale", message, hint="set `PYTHONUTF8=1`, or a locale of UTF-8")])
