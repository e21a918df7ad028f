"""Findings about templates: tags without their library, and names that no asset of the release has."""

import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import partial
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.templates.check import check_released
from buildassets.compiler.templates.elsewhere import Elsewhere
from buildassets.compiler.templates.files import find_templates
from buildassets.compiler.templates.names import LackingName, NamingRule
from buildassets.disk.files import MOST_MANIFEST_BYTES, content_of
from buildassets.doctor.application import HELPER_CALL, HELPER_TAG
from buildassets.doctor.static_tags import static_tag_findings
from buildassets.doctor.subject import Subject
from buildassets.errors import ManifestError
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.manifest.model import COLLECTED_NAME, Manifest, loads
from buildassets.project.blanks import Blanks

_LOAD: Final = re.compile(r"\{%-?\s*load\s++([^%]*?)-?%\}")
_COMMENTS: Final = Blanks(
    (r"\{#", r"#\}"),
    (r"\{%\s*comment\b", r"endcomment\s*+%\}"),
    (r"\{%\s*verbatim\b", r"endverbatim\s*+%\}"),
)
# Libraries of Django, none of which has a tag like ours. Any other may have one.
_OF_DJANGO: Final = frozenset(("static", "i18n", "l10n", "tz", "cache", "humanize", "admin_urls", "from"))
_LIBRARY: Final = "buildassets.runtime.django.templatetags.buildassets"


def template_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What is wrong with the templates."""
    lacking = [*_without_library(subject), *_calls_of_jinja(subject)]
    yield from lacking
    yield from static_tag_findings(subject, _of_django(subject))
    if subject.manifest is not None and not subject.config.templates.extensions:
        files = {one.location.file for one in lacking if one.location}
        checked = check_released(subject.config, subject.manifest.assets, partial(_reasons, subject.config))
        for fault in checked.diagnostics:
            if fault.is_error and not (fault.location and fault.location.file in files):
                hint = fault.hint or f"correct the name, or run `{subject.build_command}` if the asset is new"
                yield error("doctor/template", fault.message, fault.location, notes=fault.notes, hint=hint)
    elif (collected := _collected(subject)) is not None:
        yield from _not_collected(subject, collected)


def _reasons(config: Config, names: Collection[LackingName]) -> dict[LackingName, str]:
    """Why names that the release lacks are no errors; Django's finders are asked only where Python may run."""
    may_ask = config.permission.python
    return Elsewhere(config)([one for one in names if may_ask or one[0] is not NamingRule.STATIC])


def _collected(subject: Subject) -> Manifest | None:
    """The manifest that `collectstatic` left in `STATIC_ROOT`; None if there is none that can be read."""
    root = subject.found.django.text("STATIC_ROOT") if subject.found.django else None
    if not root:
        return None
    with suppress(OSError, ManifestError):
        return loads(content_of(os.path.join(subject.folder, root, COLLECTED_NAME), MOST_MANIFEST_BYTES))
    return None


def _not_collected(subject: Subject, manifest: Manifest) -> Iterator[Diagnostic]:
    """A warning for each name in templates that the collected release lacks, as Django's check `buildassets.W009`."""
    for fault in check_released(subject.config, manifest.assets).diagnostics:
        name = fault.message.split("`")[1] if fault.code == "template/missing" else ""
        if name and not name.startswith(manifest.unreleased or ()):
            hint = "correct the name, or run `python manage.py collectstatic` again"
            yield warning("doctor/template", fault.message, fault.location, notes=fault.notes, hint=hint)


def _without_library(subject: Subject) -> Iterator[Diagnostic]:
    """Templates of Django with a tag of ours that do not load the library; once a template."""
    settings = subject.found.django
    is_builtin = _LIBRARY in subject.config.templates.builtins or (
        settings is not None and any(_LIBRARY in subject.files.text(file) for file in settings.files)
    )
    if is_builtin:
        return
    for name, text in _of_django(subject):
        loaded = {library for match in _LOAD.finditer(text) for library in match[1].split()}
        tag = HELPER_TAG.search(text)
        if tag and not loaded - _OF_DJANGO:
            group = tag.lastindex or 0
            place = subject.place(name, *tag.span(group))
            message = f"`{tag[group]}` is a tag of `buildassets`, which the template does not load"
            hint = "write `{% load buildassets %}` above it; each template has its own"
            yield error("doctor/tag-library", message, place, hint=hint)


def _calls_of_jinja(subject: Subject) -> Iterator[Diagnostic]:
    """Templates of Django that call our helpers as Jinja does; once a template."""
    settings = subject.found.django
    if settings is None or any("jinja2" in subject.files.text(file).lower() for file in settings.files):
        return  # whose templates are Jinja's is then not known for sure
    for name, text in _of_django(subject):
        call = HELPER_CALL.search(text)
        if call:
            place = subject.place(name, call.start(1), call.end(1))
            message = f"`{call[1]}(…)` is a call of Jinja, and this is a template of Django"
            hint = "write it as a tag, as docs/frameworks/django.md shows it, with `{% load buildassets %}` above"
            yield error("doctor/tag-library", message, place, hint=hint)


def _of_django(subject: Subject) -> Iterator[tuple[str, str]]:
    """The names of Django's templates, and their texts with blanks in place of comments."""
    for template in find_templates(subject.config).files:
        if template.engine == "django":
            text = subject.files.text(template.shown)
            yield template.shown, _COMMENTS.in_place(text)
