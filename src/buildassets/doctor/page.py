"""What the page `/` of an application showed: whether it names assets of the release, and whether it gets them."""

import ast
import json
import subprocess
from collections.abc import Mapping
from typing import Final

from buildassets.doctor.subject import Subject
from buildassets.foundation.frozen import frozen
from buildassets.programs.start import run, with_project_python
from buildassets.project.found import ProjectFindings

_FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_PAGE_SECONDS: Final = 60.0


@frozen
class Page:
    """The answer to a request for `/`: the statuses of the assets that it names by URL, or the `fault`."""

    file: str
    answers: Mapping[str, int]
    fault: str = ""


def can_be_requested(subject: Subject) -> bool:
    """Whether there is an application with a release; Django itself reports whether there is one."""
    found = subject.found
    if found.django is not None:
        return found.is_equipped
    return found.framework.is_for_web and bool(found.applications()) and subject.manifest is not None


def requested_page(subject: Subject) -> Page | None:
    """The page `/` of the application, whose module is imported; None without the permission."""
    if not subject.config.permission.python or not can_be_requested(subject):
        return None
    file, *names = _application(subject.found)
    entries = subject.manifest.assets.values() if subject.manifest else ()
    program = ["-m", "buildassets.doctor.page_request", subject.found.framework.name, *names]
    try:
        done = run(
            with_project_python(program, permission=subject.config.permission),
            input=json.dumps([entry.file for entry in entries]),
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
    page = json.loads(done.stdout)
    if "fault" in page:
        return Page(file, {}, page["fault"])
    does = f"answers {page['status']}" if page["status"] != 200 else "names no asset of the release"
    return Page(file, page["answers"], "" if page["answers"] else f"its page `{page['path']}` {does}")


def _application(found: ProjectFindings) -> tuple[str, str, str, str]:
    """The file of an application, its module, its name there, and the function that makes it, if one does."""
    if found.django is not None:
        return found.django.own_file, found.django.module, "", ""
    file = found.applications()[0]
    module = found.modules[file]
    made = module.of(found.framework.name)[0]
    is_application = made.name.isidentifier() and found.framework.name != "pyramid"  # which makes it by a method
    functions = (one for one in ast.walk(module.tree or ast.Module([], [])) if isinstance(one, _FUNCTION))
    around = (one.name for one in functions if one.lineno <= made.statement.lineno <= (one.end_lineno or 0))
    dotted = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return file, dotted, made.name if is_application else "app", next(around, "")
