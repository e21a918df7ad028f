"""What the page `/` of an application showed: whether it names assets of the release, and whether it gets them."""

import json
import subprocess
from collections.abc import Mapping
from typing import Final

from buildassets.doctor.subject import Subject
from buildassets.foundation.frozen import frozen
from buildassets.programs.start import run, with_project_python
from buildassets.project.calls import MadeThing

_FRAMEWORKS: Final = ("flask", "quart", "fastapi", "starlette", "litestar")  # whose applications take a request
_PAGE_SECONDS: Final = 60.0


@frozen
class Page:
    """The answer to a request for `/`: the statuses of the assets that it names by URL, or the `fault`."""

    file: str
    answers: Mapping[str, int]
    fault: str = ""


def can_be_requested(subject: Subject) -> bool:
    """Whether the application is one of a framework that takes requests here, and there is a release."""
    found = subject.found
    return found.framework.name in _FRAMEWORKS and bool(found.applications()) and subject.manifest is not None


def requested_page(subject: Subject) -> Page | None:
    """The page `/` of the application, whose module is imported; None without the permission."""
    if not subject.config.permission.python or not can_be_requested(subject) or subject.manifest is None:
        return None
    found = subject.found
    file = found.applications()[0]
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    name = _name(found.modules[file].of(found.framework.name)[0])
    program = ["-m", "buildassets.doctor.page_request", found.framework.name, module, name]
    try:
        done = run(
            with_project_python(program, permission=subject.config.permission),
            input=json.dumps([entry.file for entry in subject.manifest.assets.values()]),
            cwd=subject.folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PAGE_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as fault:
        return Page(file, {}, f"`{file}` does not answer: {fault}")
    if done.returncode:
        return Page(file, {}, f"`{file}` fails: {(done.stderr.strip() or '?').splitlines()[-1]}")
    answer = json.loads(done.stdout)
    status, answers = answer["status"], answer["answers"]
    reason = f"its page `/` answers {status}" if status != 200 else "its page `/` names no asset of the release"
    return Page(file, answers, "" if answers else reason)


def _name(made: MadeThing) -> str:
    return made.name if made.name.isidentifier() else "app"
