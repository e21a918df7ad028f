"""Style sheets of the project that name files which it does not have: other systems leave such URLs alone.

Takes a Plan and the files of the project, gives the Plan by which the project builds.
"""

from typing import Final

from buildassets.foundation.frozen import replace
from buildassets.migrate.missing import missing_files
from buildassets.migrate.plan import Accounted, Plan
from buildassets.project.files import ProjectFiles

_NOTE: Final = '`{}` is not there: correct the URL; until then `missing = "warn"` lets builds go on'


def with_missing_files(plan: Plan, files: ProjectFiles) -> Plan:
    """The plan with a line for each URL to no file, and builds that only warn of it; the same where there is none."""
    roots = [one["path"] if isinstance(one, dict) else one for one in plan.settings.get("sources", ())]
    below = tuple(f"{root}/" for root in roots if isinstance(root, str)) or ("",)
    sheets = [name for name in files.own if name.endswith(".css") and name.startswith(below)]
    sheets = [name for name in sheets if "templates" not in name.split("/")]
    # A build by `manage.py` also has the folders `static` of applications.
    applications = {f"{name.partition('/static/')[0]}/static/" for name in files.names if "/static/" in name}
    found = missing_files(files, [*below, *sorted(applications)], sheets)
    places = {(one.sheet, one.number): one for one in found}
    lines = [
        Accounted(*place, one.line, outcome="changed", note=_NOTE.format(one.url)) for place, one in places.items()
    ]
    settings = {**plan.settings, "missing": "warn"} if lines else plan.settings
    return replace(plan, lines=(*plan.lines, *lines), settings=settings)
