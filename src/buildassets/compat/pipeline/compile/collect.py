"""A program: loads the settings of a project of Django, and prints the plan of its packages as JSON.

    python -m buildassets.compat.pipeline.compile.collect MODULE [FOLDER]

With FOLDER, the plan is written there, as the command of the project does. Else with the plan come the folders of
static files, `STATICFILES_DIRS` and `STATIC_URL`. What the project prints goes to stderr.
"""

import json
import os
import sys
from contextlib import redirect_stdout
from importlib.util import find_spec
from typing import Any, Final

import django
from django.conf import settings

from buildassets.compat import stand_in_modules
from buildassets.compat.pipeline.compile.plan import document
from buildassets.compat.pipeline.run.stand_in_names import MODULES
from buildassets.compat.plan_file import write_plan
from buildassets.runtime.django.compiler import is_installed
from buildassets.runtime.django.sources import source_roots

_THEIRS: Final = "pipeline"


def main(module: str) -> dict[str, Any]:
    """The packages in the settings `module` as JSON values; else a `fault`."""
    sys.path.insert(0, os.getcwd())
    os.environ["DJANGO_SETTINGS_MODULE"] = module
    stand_in_modules.install(MODULES)
    try:
        with redirect_stdout(sys.stderr):
            found = _found()
    except Exception as fault:
        return {"fault": f"{type(fault).__name__}: {fault}"}
    top = os.path.join(os.getcwd(), "")
    loaded = {os.path.abspath(path) for one in sys.modules.copy().values() if (path := getattr(one, "__file__", None))}
    return {**found, "files": sorted(one for one in loaded if one.startswith(top) and "site-packages" not in one)}


def _found() -> dict[str, Any]:
    found = find_spec(_THEIRS)
    if found is None or type(found.loader).__module__ == stand_in_modules.__name__:  # it is not installed
        apps = (f"buildassets.compat.{_THEIRS}" if one == _THEIRS else one for one in settings.INSTALLED_APPS)
        settings.INSTALLED_APPS = [*dict.fromkeys(apps)]
    django.setup()

    roots = [
        {
            "path": root.path,
            "prefix": root.prefix,
            "vendored": is_installed(root.path),
            "include": [*root.include],
            "exclude": [*root.exclude],
        }
        for root in source_roots()
    ]
    url = str(settings.STATIC_URL or "")
    return {"plan": document(), "roots": roots, "dirs": _dirs(settings), "url": url}


def _dirs(settings: Any) -> list[str] | None:
    """The absolute paths in `STATICFILES_DIRS`; None if it is a text, whose letters would be taken for paths."""
    given = settings.STATICFILES_DIRS
    if isinstance(given, str):
        return None
    return [os.path.abspath(one[1] if isinstance(one, list | tuple) else one) for one in given]


def _renew(folder: str, found: dict[str, Any]) -> None:
    """Write the plan into `folder`; without a plan nothing, since the next command of the project reports the fault."""
    if "plan" in found:
        write_plan(folder, {**found["plan"], "renew": [sys.executable, "-m", __spec__.name, *sys.argv[1:]]})


if __name__ == "__main__":
    printed = sys.stdout
    sys.stdout = sys.stderr
    if sys.argv[2:]:
        _renew(sys.argv[2], main(sys.argv[1]))
    else:
        printed.write(json.dumps(main(sys.argv[1])))
