"""Runs what a command line asks for, and ends the program with its exit code. Without click."""

import gc
import sys
from collections.abc import Callable
from typing import NoReturn

from buildassets.cli.output import print_line, show_failure
from buildassets.cli.termination import terminated_as_exit
from buildassets.diagnostics import error
from buildassets.errors import BuildAssetsError, ConfigError


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
