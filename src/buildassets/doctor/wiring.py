"""Findings about the way from a release to pages: whether the application has it, and what serves its static files."""

import re
from collections.abc import Iterator
from typing import Final

from buildassets.doctor.application import has_release_storage
from buildassets.doctor.django_serving import static_server
from buildassets.doctor.subject import Subject
from buildassets.foundation.diagnostics import Diagnostic, warning

_SERVED: Final = re.compile(r"#\s*buildassets: served by \S")
_STORES: Final = "`collectstatic` puts static files into `STATIC_ROOT`"


def wiring_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What keeps the release from pages."""
    found = subject.found
    has_application = found.django is not None or bool(found.applications() and found.framework.is_for_web)
    if has_application and not found.is_equipped and subject.config.file is None and subject.manifest is None:
        message = f"the application of {found.framework.name} was never set up: no page gets a release"
        yield warning("doctor/wiring", message, hint="run `buildassets init`, which shows the line first")
    yield from _unserved(subject)


def _unserved(subject: Subject) -> Iterator[Diagnostic]:
    """Settings of production for static files that nothing serves, as far as the project shows it."""
    settings = subject.found.django
    if settings is None or not has_release_storage(subject, settings) or "manifest" in settings.table("BUILDASSETS"):
        return
    server = static_server(subject.files, settings)
    texts = (subject.files.text(name) for name in (*settings.files, *([server.file] if server else [])))
    if server is None or settings.value("DEBUG") is not False or any(map(_SERVED.search, texts)):
        return
    message = f"{_STORES}, `DEBUG` is off, and nothing here serves them: `{server.file}` has Django's own application"
    hint = "add WhiteNoise, or name what serves them in the settings: `# buildassets: served by nginx`"
    yield warning("doctor/serving", message, subject.place(server.file, server.start, server.end), hint=hint)


def not_tried(subject: Subject) -> str:
    """What was not seen of the way to pages, in words; empty where Django's checks ran, or there is no application."""
    found = subject.found
    if found.framework.name == "" or found.is_library or not found.framework.is_for_web:
        return ""
    if found.django is not None and subject.config.permission.python:
        return ""
    run = ", which `--run` lets Django check" if found.django is not None else ": open one"
    return f"not tried: whether pages get their assets{run}"
