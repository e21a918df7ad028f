"""Runs programs of ours that load code of a project, so that builds do not, and reads the JSON that they print.

Takes the name of a module, gives what it printed, or why there is nothing.
"""

import json
import os
import re
from subprocess import TimeoutExpired
from typing import Any, Final

from buildassets.foundation.permission import Permission
from buildassets.programs.start import run, with_project_python

_AT_MOST_SECONDS: Final = 60
_MISSING: Final = re.compile(r"No module named [`']([\w.]+)[`']")


class ProgramError(Exception):
    """Why there is nothing, in one line."""

    def hint(self, named: str, usual: str) -> str:
        """The hint: the `usual` one, unless a module other than `named`, which was asked for, is missing."""
        missing = _MISSING.search(str(self))
        if missing is None or f"{named.partition(':')[0]}.".startswith(f"{missing[1]}."):
            return usual
        return (
            f"install the project's requirements in the environment that this runs in, which lacks `{missing[1]}`, "
            "or run this where they are installed"
        )


def printed_by(program: str, argument: str, folder: str, *, permission: Permission) -> dict[str, Any]:
    """The output of the module `program`, run with `argument` in `folder`. Raises ProgramError.

    The program may report a fault as the key `fault` of its output.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = with_project_python(["-m", program, argument], permission=permission)
    try:
        done = run(command, cwd=folder, env=environment, capture_output=True, timeout=_AT_MOST_SECONDS)
        found: dict[str, Any] = json.loads(done.stdout)
    except TimeoutExpired:
        raise ProgramError(f"it runs for more than {_AT_MOST_SECONDS} seconds") from None
    except (ValueError, RecursionError):
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ProgramError(last or "it ended early") from None
    if "fault" in found:
        raise ProgramError(found["fault"].replace("'", "`"))
    return found
