"""Findings about `{% static %}` in Django's templates, where its storage does not know the release.

Its URLs are then those of plain files, which nothing serves if no finder finds them.
"""

import ast
import os
import posixpath
import re
from collections.abc import Iterator
from typing import Final

from buildassets.diagnostics import Diagnostic, error
from buildassets.doctor.subject import Subject
from buildassets.migrate.python_lines import text_of
from buildassets.project.django_files import DjangoSettings, path_of

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
    storages = [one for name in ("STORAGES", "STATICFILES_STORAGE") if (one := settings.last(name))]
    is_literal = all(_backend(one.value) for one in storages)
    return is_literal and not settings.last("STATICFILES_FINDERS") and _folders(settings) is not None


def _backend(value: ast.expr) -> str:
    """The storage of static files in the value of a setting; empty where it is computed."""
    if not isinstance(value, ast.Dict):
        return text_of(value) or ""
    for wanted in ("staticfiles", "BACKEND"):
        pairs = zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ()
        value = next((one for key, one in pairs if key and text_of(key) == wanted), ast.Constant(None))
    return text_of(value) or ""


def _folders(settings: DjangoSettings) -> list[tuple[str, str]] | None:
    """The prefixes and folders of `STATICFILES_DIRS`; None where some are computed."""
    last = settings.last("STATICFILES_DIRS")
    if last is None:
        return []
    if len(settings.of("STATICFILES_DIRS")) > 1 or not isinstance(last.value, ast.List | ast.Tuple):
        return None
    found: list[tuple[str, str]] = []
    for one in last.value.elts:
        prefix, path = one.elts if isinstance(one, ast.Tuple) and len(one.elts) == 2 else (ast.Constant(""), one)
        start, folder = text_of(prefix), path_of(path)
        if start is None or folder is None:
            return None
        found.append((start, folder))
    return found


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
    folders = [(prefix, os.path.join(subject.folder, path)) for prefix, path in _folders(settings) or ()]
    return any(_lies_in(folder, prefix, name) for prefix, folder in folders)


def _lies_in(folder: str, prefix: str, name: str) -> bool:
    """Whether `folder`, whose names begin with `prefix`, has the file `name`."""
    begin = f"{prefix.strip('/')}/" if prefix else ""
    return name.startswith(begin) and os.path.isfile(os.path.join(folder, name[len(begin) :]))
