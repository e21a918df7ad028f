"""Findings about `{% static %}` in Django's templates, where its storage does not know the release.

Its URLs are then those of plain files, which nothing serves if no finder finds them.
"""

import os
import posixpath
import re
from collections.abc import Iterator
from typing import Final

from buildassets.doctor.subject import Subject
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.project.django_files import DjangoSettings

_STORAGE: Final = "buildassets.runtime.django.storage"
_STATIC: Final = re.compile(r"\{%-?\s*static\s+([\"'])([^\"'{}%]+)\1")
_COMPILED: Final = {".css": (".scss", ".sass"), ".js": (".ts", ".tsx", ".jsx")}  # by what becomes of them


def static_tag_findings(subject: Subject, templates: Iterator[tuple[str, str]]) -> Iterator[Diagnostic]:
    """The names by which a release alone has a file, once a template; `templates` are names with texts."""
    settings = subject.found.django
    if settings is None or not subject.uses_django or not _is_known(subject, settings):
        return
    for template, text in templates:
        for match in _STATIC.finditer(text):
            name = match[2]
            if _is_source(subject, name) and not _finds(subject, settings, name):
                message = f"`{{% static %}}` does not use the release, and Django finds no `{name}`"
                hint = f'let `staticfiles` in `STORAGES` be `{{"BACKEND": "{_STORAGE}.ReleaseStaticFilesStorage"}}`'
                place = subject.place(template, match.start(2), match.end(2))
                yield error("doctor/storage", message, place, hint=f'{hint}, or write `{{% asset "{name}" %}}`')
                break


def _is_known(subject: Subject, settings: DjangoSettings) -> bool:
    """Whether the settings show that the storage is another, and all folders of static files."""
    if any(_STORAGE in subject.files.text(name) for name in subject.files.ending(".py")):
        return False
    backend = settings.table("STORAGES").get("staticfiles", {})
    named = [settings.value("STATICFILES_STORAGE", ""), backend.get("BACKEND") if isinstance(backend, dict) else None]
    is_literal = all(isinstance(one, str) for one in named[: 2 if settings.last("STORAGES") else 1])
    return is_literal and not settings.last("STATICFILES_FINDERS") and settings.folders() is not None


def _is_source(subject: Subject, name: str) -> bool:
    """Whether a build makes the asset `name` of a file of the project."""
    stem, suffix = posixpath.splitext(name)
    compiled = [stem + other for other in _COMPILED.get(suffix, ())]
    if any(one.endswith(tuple(f"/static/{other}" for other in compiled)) for one in subject.files.names):
        return True
    roots = [root for root in subject.config.sources if not root.npm]
    return any(_lies_in(root.path, root.prefix, one) for root in roots for one in (name, *compiled))


def _finds(subject: Subject, settings: DjangoSettings, name: str) -> bool:
    """Whether the folder of an application, or of `STATICFILES_DIRS`, has the file `name`."""
    if any(one.endswith(f"/static/{name}") for one in subject.files.names):
        return True
    folders = [(prefix, os.path.join(subject.folder, path)) for prefix, path in settings.folders() or ()]
    return any(_lies_in(folder, prefix, name) for prefix, folder in folders)


def _lies_in(folder: str, prefix: str, name: str) -> bool:
    """Whether `folder`, whose names begin with `prefix`, has the file `name`."""
    begin = f"{prefix.strip('/')}/" if prefix else ""
    return name.startswith(begin) and os.path.isfile(os.path.join(folder, name[len(begin) :]))
