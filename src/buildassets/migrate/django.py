"""`ManifestStaticFilesStorage` of Django: static folders become source roots. Takes a folder, gives a Plan."""

from typing import Final

from buildassets.migrate.django_settings import (
    STATICFILES,
    STORAGE_PARTS,
    STORAGES,
    accounts,
    judge_of,
    project_of,
    static_settings,
    without_own,
)
from buildassets.migrate.plan import Announce, Plan, written
from buildassets.programs.permission import Permission

_PARTS: Final = dict.fromkeys(STORAGES, STORAGE_PARTS)


def plan(folder: str, module: str | None, *, permission: Permission, announce: Announce) -> Plan:
    """The migration of the static files of the project in `folder`. Raises ConfigError."""
    project = project_of(folder, module, "Django", permission=permission, announce=announce)
    lines = (*accounts(folder, project, judge_of(STATICFILES, _PARTS)), *without_own(folder, project))
    return Plan(lines, written(static_settings(folder, project)))
