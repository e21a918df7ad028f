"""Findings about `{% static %}` in Django's templates, where its storage does not know the release.

Its URLs are then those of plain files, which nothing serves if no finder finds them.
"""

import os
import posixpath
import re
from collections.abc import Iterator
from typing import Final

from buildassets.doctor.subject import Subject
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.project.django_files import DjangoSettings

_STORAGE: Final = "buildassets.runtime.django.storage"
_STATIC: Final = re.compile(r"\{%-?\s*static\s+([\"'])([^\"'{}%]+)\1")
_PLAIN: Final = (  # storages whose URLs are those of plain files
    "",
    "django.contrib.staticfiles.storage.StaticFilesStorage",
    "whitenoise.storage.CompressedStaticFilesStorage",
)
_COMPILED: Final = {".css": (".scss", ".sass"), ".js": (".ts", ".tsx", ".jsx")}  # by what becomes of them


def static_tag_findings(subject: Subject, templates: Iterator[tuple[str, str]]) -> Iterator[Diagnostic]:
    """The names by which a release alone has a file, once a template; `templates` are names with texts.

    Of names by which Django finds the plain file, only the first is reported, as a warning.
    """
    settings = subject.found.django
    if settings is None or not subject.uses_django or (storage := _known_storage(subject, settings)) is None:
        return
    plain: Diagnostic | None = None
    for template, text in templates:
        for match in _STATIC.finditer(text):
            name, place = match[2], subject.place(template, match.start(2), match.end(2))
            if _finds(subject, settings, name):
                is_released = subject.manifest is not None and name in subject.manifest.assets
                if plain is None and is_released and storage in _PLAIN:
                    message = f"`{{% static %}}` gives the URL of the plain `{name}`, not of the one in the release"
                    plain = warning("doctor/storage", message, place, hint=_hint(name))
            elif _is_source(subject, name):
                message = f"`{{% static %}}` does not use the release, and Django finds no `{name}`"
                yield error("doctor/storage", message, place, hint=_hint(name))
                break
    if plain is not None:
        yield plain


def _hint(name: str) -> str:
    hint = f'let `staticfiles` in `STORAGES` be `{{"BACKEND": "{_STORAGE}.ReleaseStaticFilesStorage"}}`'
    return f'{hint}, or write `{{% asset "{name}" %}}`'


def _known_storage(subject: Subject, settings: DjangoSettings) -> str | None:
    """The storage, Django's own being empty; None if it is ours, or the settings do not show it and all folders."""
    if any(_STORAGE in subject.files.text(name) for name in subject.files.ending(".py")):
        return None
    backend = settings.table("STORAGES").get("staticfiles", {})
    named = [settings.value("STATICFILES_STORAGE", ""), backend.get("BACKEND") if isinstance(backend, dict) else None]
    counting = named[: 2 if settings.last("STORAGES") else 1]
    is_literal = all(isinstance(one, str) for one in counting)
    has_all = is_literal and not settings.last("STATICFILES_FINDERS") and settings.folders() is not None
    return next(filter(None, counting), "") if has_all else None


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
