"""Runs what a command line asks for, and ends the program with its exit code. Imports no required package."""

import gc
import sys
from collections.abc import Callable
from typing import Final, NoReturn

from buildassets.cli.show.output import print_line, show_failure
from buildassets.cli.termination import terminated_as_exit
from buildassets.compiler.engines.registry import BUILT_IN
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.foundation.diagnostics import error

_REQUIRED: Final = ("brotli", "click", "jinja2", "nodesemver", "watchdog", "yaml")  # modules, beside those of engines


def exit_with(work: Callable[[], int]) -> NoReturn:
    """Exit with the code that `work` returns, or with that of the failure that it raises, which is reported."""
    terminated_as_exit()
    try:
        code = work()
    except BuildAssetsError as failure:
        show_failure(failure)
        sys.exit(failure.exit_code)
    except UnicodeEncodeError as fault:
        if sys.getfilesystemencoding() == "utf-8":
            raise
        show_failure(_not_in_locale(fault))
        sys.exit(2)
    except KeyboardInterrupt:
        print_line("")  # ends the line in which the terminal shows `^C`
        sys.exit(130)
    gc.freeze()  # the end of the process need not look for cycles in all that there is
    sys.exit(code)


def _not_in_locale(fault: UnicodeEncodeError) -> ConfigError:
    """The error for a path, from the configuration or a release, that the locale cannot encode."""
    name = fault.object[: fault.start].rpartition("/")[2] + fault.object[fault.start :].partition("/")[0]
    message = f"the locale's encoding, `{fault.encoding}`, has no way to write `{name}`"
    return ConfigError([error("environment/locale", message, hint="set `PYTHONUTF8=1`, or a locale of UTF-8")])


def missing_requirement(fault: ModuleNotFoundError) -> ConfigError | None:
    """The error for a required package that could not be imported; None if the module is another one's."""
    name = (fault.name or "").partition(".")[0]
    if name not in (*_REQUIRED, *(one.requires for one in BUILT_IN.values() if one.requires)):
        return None
    hint = (
        "install it with all others: `pip install buildassets`, without `--no-deps`; "
        "or run the command in an earlier stage, and copy the release"
    )
    message = f"this command needs the package of `{name}`, which is not installed"
    return ConfigError([error("environment/requirement", message, hint=hint)])
