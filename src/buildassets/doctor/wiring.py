"""Findings about the way from a release to pages: whether the application has it, and what serves its static files."""

import re
from collections.abc import Iterator
from typing import Final

from buildassets.doctor.application import has_release_storage
from buildassets.doctor.django_serving import static_server
from buildassets.doctor.page import Page, can_be_requested
from buildassets.doctor.subject import Subject
from buildassets.foundation.diagnostics import Diagnostic, Location, warning

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


def page_findings(subject: Subject, page: Page) -> Iterator[Diagnostic]:
    """A warning for each asset that `page` does not get, unless a comment in its module names what serves them."""
    for url, status in page.answers.items():
        if status != 200 and not _SERVED.search(subject.files.text(page.file)):
            message = f"the page `/` names `{url}`, for which the application answers {status}"
            hint = "let the application serve the release, or name what serves it: `# buildassets: served by nginx`"
            yield warning("doctor/serving", message, Location(page.file), hint=hint)


def not_tried(subject: Subject, page: Page | None) -> str:
    """What was not seen of the way to pages, in words; empty where it was, or where there is no application."""
    found = subject.found
    is_application = bool(found.framework.name) and not found.is_library and found.framework.is_for_web
    if not is_application or (page and page.answers):
        return ""
    why = f": {page.fault}" if page else ", which `--run` requests" if can_be_requested(subject) else ": open one"
    return f"not tried: whether pages get their assets{why}"
