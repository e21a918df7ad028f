"""Django's own system checks of our application, which load the settings: only where that is asked for."""

import os
import re
import subprocess
from collections.abc import Iterator
from typing import Final

from buildassets.diagnostics import Diagnostic, error, warning
from buildassets.doctor.subject import Subject
from buildassets.programs.start import run, with_project_python

_SECONDS: Final = 120
_MESSAGE: Final = re.compile(r"^\S.*?: \((buildassets\.[EW]\d+)\) (.*)\n(?:\tHINT: (.*)\n)?", re.MULTILINE)


def django_check_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What `manage.py check` reports of us, or why it does not run."""
    program = os.path.join(subject.folder, "manage.py")
    if not os.path.isfile(program):
        return
    try:
        done = run(
            with_project_python([program, "check", "--no-color"], permission=subject.config.permission),
            cwd=subject.folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as fault:
        yield error("doctor/django-check", f"cannot run `manage.py check`: {fault}", hint="run it by hand")
        return
    found = list(_MESSAGE.finditer(f"{done.stderr}\n{done.stdout}\n"))
    for match in found:
        make = error if ".E" in match[1] else warning
        message = _lower(match[2])
        yield make("doctor/django-check", message, notes=[f"it is Django's `{match[1]}`"], hint=match[3])
    if done.returncode and not found:
        last = (done.stderr.strip() or done.stdout.strip()).split("\n")[-1]
        message = f"`manage.py check` fails: {last}"
        yield error("doctor/django-check", message, hint="run it by hand, and correct what it reports")


def _lower(text: str) -> str:
    return text.rstrip(".")
