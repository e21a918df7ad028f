"""The edits of Django's settings. Takes the files of a project, gives an edit, or the lines to write by hand."""

import ast
from typing import Final

from buildassets.project.django_files import Assigned, DjangoSettings
from buildassets.project.files import ProjectFiles
from buildassets.start.edits import ByHand, Edit, Insertion, appended, inserted

_APPLICATION: Final = "buildassets.runtime.django"


def edited_settings(files: ProjectFiles, settings: DjangoSettings, manifest: str) -> list[Edit | ByHand]:
    """Our application, first of all, and `BUILDASSETS` with the path of the `manifest`."""
    places = [one for one in settings.counting("INSTALLED_APPS") if _elements(one)]
    location = _location(settings, places[0].file, manifest) if len(places) == 1 else None
    if location is None:
        lines = (
            f'INSTALLED_APPS = ["{_APPLICATION}", *INSTALLED_APPS]  # before django.contrib.staticfiles',
            f'BUILDASSETS = {{"manifest": BASE_DIR / "{manifest}"}}',
        )
        return [ByHand(settings.files[0], "at the end of the settings", lines)]
    place = places[0]
    text = inserted(files.text(place.file), [_application(files.text(place.file), place)])
    line = f'BUILDASSETS = {{"manifest": {location}}}'
    return [Edit(place.file, files.text(place.file), appended(text, ["", line]))]


def _elements(place: Assigned) -> list[ast.expr]:
    """The elements of a literal list; none of anything else."""
    return place.value.elts if isinstance(place.value, ast.List | ast.Tuple) else []


def _application(text: str, place: Assigned) -> Insertion:
    """The line, or the element, above the first application."""
    first = _elements(place)[0]
    line = text.split("\n")[first.lineno - 1].encode("utf-8")
    quote = "'" if line[first.col_offset :].startswith(b"'") else '"'
    written = f"{quote}{_APPLICATION}{quote},"
    if first.lineno == place.value.lineno:
        return Insertion(first.lineno, f"{written} ", first.col_offset)
    return Insertion(first.lineno, " " * first.col_offset + written)


def _location(settings: DjangoSettings, file: str, manifest: str) -> str | None:
    """The expression for the path of the manifest, by the `BASE_DIR` that the settings in `file` have."""
    base = settings.last("BASE_DIR")
    written = ast.unparse(base.value) if base and base.file == file else ""
    if "Path(" in written and "environ." not in written and not written.startswith("str("):
        return f'BASE_DIR / "{manifest}"'
    parts = ", ".join(f'"{part}"' for part in manifest.split("/"))
    return f"os.path.join(BASE_DIR, {parts})" if "os.path" in written else None
