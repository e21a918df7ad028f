"""Checks a project as its plan would configure it, so that no build by it reports what it has not listed.

Takes a Plan, gives the Plan with a line for each finding. Starts what `check --no-run` starts. With the permission for
Python it imports the modules with bundles of webassets, and the settings with packages of django-pipeline.
"""

import os
from collections.abc import Sequence
from typing import Any, Final

from buildassets.compiler.check import check
from buildassets.compiler.config.load import Overrides, load_config
from buildassets.compiler.config.not_run import without_project_esbuild, without_project_python
from buildassets.compiler.request import BuildRequest
from buildassets.errors import BuildAssetsError
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import replace
from buildassets.foundation.permission import Permission
from buildassets.migrate.plan import FILE, Accounted, Answer, Plan, together, written
from buildassets.work.jobs import threads

_MISSING: Final = "reference/missing"
_NAMES: Final = (_MISSING, "template/missing")
_NOT_RUN: Final = "config/not-run"
_NO_SOURCES: Final = "config/no-sources"
IMPORTED: Final = ("webassets", "pipeline")
"""The systems whose plans name a module of the project that a check imports."""
_CORRECT: Final = "correct the URL"
_WARNS: Final = f'{_CORRECT}; until then `missing = "warn"` lets builds go on'
_NOT_CHECKED: Final = "so it is not checked here: `buildassets check` does it"


def rehearsed(plan: Plan, folder: str, permission: Permission) -> Plan:
    """The plan with all that a check of the project in `folder` finds. Builds only warn of references to no file."""
    findings = _findings(plan, folder, permission)
    settings = dict(plan.settings)
    if any(one.code == _MISSING and one.is_error for one in findings):
        settings["missing"] = "warn"
    places: dict[tuple[str, int], list[Diagnostic]] = {}
    for one in findings:
        places.setdefault(_place(one), []).append(one)
    lines = [_with(line, places.pop((line.file, line.line), []), plan) for line in plan.lines]
    lines += (
        _with(Accounted(*place, _text(found[0]), "taken over", ""), found, plan) for place, found in places.items()
    )
    return replace(plan, lines=tuple(lines), settings=settings)


def _with(line: Accounted, findings: Sequence[Diagnostic], plan: Plan) -> Accounted:
    """The account of a line with what is found in it."""
    if not findings:
        return line
    before = [(line.outcome, line.note)] if line.note else []
    outcome, note = together([*before, *(_answer(one, plan) for one in findings)])
    return replace(line, outcome=outcome, note=note)


def _findings(plan: Plan, folder: str, permission: Permission) -> Sequence[Diagnostic]:
    """All that a check by the configuration of the plan reports, where its `commands` have not made a folder yet."""
    every = plan.settings.get("sources", [])
    sources = [one for one in every if not _is_to_be_made(one, folder)]
    settings = {**plan.settings, **({"sources": sources} if every else {})}
    given = Overrides(collected=plan.collected, only_also=True, templates=plan.templates, text=written(settings))
    reading = replace(permission, python=False)
    importing = reading if settings.keys().isdisjoint(IMPORTED) else permission
    is_of_commands = not every and bool(plan.commands)
    needs_sources = bool(sources) or not (every or is_of_commands)
    found = _without_commands(given.text, folder, reading) if is_of_commands else ()
    try:
        config = load_config(given=given, start=folder, permission=importing, needs_sources=needs_sources)
        config = without_project_esbuild(without_project_python(replace(config, permission=reading)))
        with threads(None) as executor:
            return [*found, *check(BuildRequest(config=config, executor=executor)).diagnostics]
    except BuildAssetsError as failure:
        return [*found, *failure.diagnostics]


def _without_commands(text: str | None, folder: str, permission: Permission) -> Sequence[Diagnostic]:
    """The error of a build without the commands of the plan, whose finders of Django know sources."""
    try:
        load_config(given=Overrides(text=text), start=folder, permission=permission)
    except BuildAssetsError as failure:
        return [one for one in failure.diagnostics if one.code == _NO_SOURCES]
    return ()


def _is_to_be_made(source: Any, folder: str) -> bool:
    """Whether Vite makes the source root, and has not yet."""
    is_of_vite = isinstance(source, dict) and "manifest" in source
    return is_of_vite and not os.path.isfile(os.path.join(folder, source["path"], source["manifest"]))


def _place(finding: Diagnostic) -> tuple[str, int]:
    place = finding.location
    return (place.file, place.line or 1) if place else (FILE, 1)


def _text(finding: Diagnostic) -> str:
    return finding.location.excerpt.strip() if finding.location else ""


def _answer(finding: Diagnostic, plan: Plan) -> Answer:
    """The answer for a finding, whose hint is what to do."""
    message = finding.message
    if finding.code == _NOT_RUN:
        return "changed", f"{message}, {_NOT_CHECKED}"
    if finding.code == _NO_SOURCES and plan.commands:
        return "changed", f"{message}; `{plan.commands[0]}` finds those of Django, `buildassets build` does not"
    if finding.code in _NAMES and plan.absent:
        return "changed", f"{message}; it may be of {plan.absent}"
    if finding.code == _NO_SOURCES and plan.absent:
        return "not possible", f"{message}; there may be some of {plan.absent}"
    if finding.code == _MISSING:
        return "changed", f"{message}: {_WARNS if finding.is_error else _CORRECT}"
    return "not possible" if finding.is_error else "changed", "; ".join(filter(None, [message, finding.hint]))
