"""The edits of Django's settings. Takes the files of a project, gives an edit, or the lines to write by hand."""

import ast
import posixpath
import re
from collections.abc import Iterator
from typing import Final

from buildassets.project.django_files import DjangoSettings, below
from buildassets.project.django_serving import unserved_module
from buildassets.project.django_statements import Assigned
from buildassets.project.files import ProjectFiles
from buildassets.start.edits import ByHand, FileEdit, Insertion, appended, inserted

_APPLICATION: Final = "buildassets.runtime.django"
_BACKEND: Final = f"{_APPLICATION}.storage.ReleaseStaticFilesStorage"
_STATIC_FILES: Final = "django.contrib.staticfiles"
_STORAGES: Final = (
    "STORAGES = {",
    '    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},',
    f'    "staticfiles": {{"BACKEND": "{_BACKEND}"}},',
    "}",
)
# Before Django 5.1 one of the latter two excludes `STORAGES`.
_OF_STORAGES: Final = ("STORAGES", "STATICFILES_STORAGE", "DEFAULT_FILE_STORAGE")


def edited_settings(files: ProjectFiles, settings: DjangoSettings, manifest: str) -> Iterator[FileEdit | ByHand]:
    """Our application, first of all, its storage, and `BUILDASSETS` with the path of the `manifest`.

    Then what is left to write by hand: the storage among those of the project, and the line that serves a release.
    """
    places = [one for one in settings.counting("INSTALLED_APPS") if _elements(one)]
    location = _location(settings, places[0].file, manifest) if len(places) == 1 else None
    of_static = [*_static_lines(files, settings)]
    if location is None:
        lines = (
            f'INSTALLED_APPS = ["{_APPLICATION}", *INSTALLED_APPS]  # before {_STATIC_FILES}',
            *of_static,
            f'BUILDASSETS = {{"manifest": BASE_DIR / "{manifest}"}}',
        )
        yield ByHand(settings.files[0], "at the end of the settings", lines)
    else:
        place = places[0]
        text = inserted(files.text(place.file), [_application(files.text(place.file), place)])
        line = f'BUILDASSETS = {{"manifest": {location}}}'
        yield FileEdit(place.file, files.text(place.file), appended(text, ["", *of_static, line]))
    yield from _storage_by_hand(files, settings)
    yield from _serving_by_hand(files, settings)


def _static_lines(files: ProjectFiles, settings: DjangoSettings) -> Iterator[str]:
    """The settings that let `{% static %}` use the release, as far as the project has none of them."""
    if not _has_static_files(settings):
        return
    if not _files_with(files, settings, ("STATIC_URL",)):
        yield 'STATIC_URL = "/static/"'
    if not _files_with(files, settings, _OF_STORAGES):
        yield from _STORAGES


def _has_static_files(settings: DjangoSettings) -> bool:
    """Whether `django.contrib.staticfiles`, without which no storage counts, is installed or may be."""
    applications = settings.applications()
    return applications is None or any(one.startswith(_STATIC_FILES) for one in applications)


def _files_with(files: ProjectFiles, settings: DjangoSettings, names: tuple[str, ...]) -> list[str]:
    """The files of settings that mention one of `names`; also those beside them, for another environment."""
    folders = {posixpath.dirname(file) for file in settings.files}
    beside = (name for name in files.ending(".py") if posixpath.dirname(name) in folders)
    mention = re.compile(rf"\b(?:{'|'.join(names)})\b")
    return [name for name in dict.fromkeys((*settings.files, *beside)) if mention.search(files.text(name))]


def _storage_by_hand(files: ProjectFiles, settings: DjangoSettings) -> Iterator[ByHand]:
    """The storage for each file in which the project chooses its own."""
    if not _has_static_files(settings):
        return
    for file in _files_with(files, settings, _OF_STORAGES):
        if re.search(r"\bSTORAGES\b", files.text(file)):
            line = f'"staticfiles": {{"BACKEND": "{_BACKEND}"}},'
            yield ByHand(file, "in `STORAGES`, so that `{% static %}` uses the release", (line,))
        else:
            lines = (f'STATICFILES_STORAGE = "{_BACKEND}"', "# since Django 5.1 it is `staticfiles` in `STORAGES`")
            yield ByHand(file, "beside its storages, so that `{% static %}` uses the release", lines)


def _serving_by_hand(files: ProjectFiles, settings: DjangoSettings) -> Iterator[ByHand]:
    """The line by which servers other than `runserver`, which needs none, serve the release."""
    module = unserved_module(files, settings)
    if module is not None:
        place = "in place of Django's import, if a server other than `runserver` is to serve the release"
        yield ByHand(module.file, place, (module.line,))


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
    return below(base.value, manifest) if base and base.file == file else None
