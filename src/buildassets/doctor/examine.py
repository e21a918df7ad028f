"""All examinations, in the order in which a reader needs them. Takes a subject, gives its findings."""

from collections.abc import Callable, Iterator
from typing import Final

from buildassets.doctor.application import application_findings, django_check_findings
from buildassets.doctor.configuration import configuration_findings
from buildassets.doctor.deployment import deployment_findings
from buildassets.doctor.machine import machine_findings
from buildassets.doctor.page import Page
from buildassets.doctor.release import release_findings
from buildassets.doctor.subject import Subject
from buildassets.doctor.templates import template_findings
from buildassets.doctor.tools import tool_findings
from buildassets.doctor.wiring import page_findings, wiring_findings
from buildassets.foundation.codes import section_of
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import replace

_ALL: Final[tuple[Callable[[Subject], Iterator[Diagnostic]], ...]] = (
    configuration_findings,
    application_findings,
    wiring_findings,
    template_findings,
    tool_findings,
    release_findings,
    machine_findings,
    deployment_findings,
)
_UNBUILT: Final = "doctor/no-release"
_UNSERVED: Final = "doctor/serving"
_NOT_WIRED: Final = "doctor/wiring"


def findings(subject: Subject, page: Page | None) -> list[Diagnostic]:
    """What is wrong, errors first, also with the requested `page`; with the permission, what Django's checks report."""
    examinations = (*_ALL, django_check_findings) if subject.config.permission.python else _ALL
    found = [finding for examination in examinations for finding in examination(subject)]
    if page and page.answers:  # they show what files only suggest
        found = [*(one for one in found if one.code != _UNSERVED), *page_findings(subject, page)]
    if any(one.is_error or one.code == _NOT_WIRED for one in found):
        found = [one for one in found if one.code != _UNBUILT]  # which may follow from them
    advised = [one if one.hint else replace(one, hint=f"see docs/errors/{section_of(one.code)}") for one in found]
    return sorted(advised, key=lambda one: not one.is_error)
