"""Findings about the code of the project: Django's settings, applications without our runtime, paths of manifests."""

import ast
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from buildassets.disk.folders import is_within
from buildassets.doctor.subject import Subject
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.nearest import nearest
from buildassets.foundation.template_helpers import TEMPLATE_HELPERS
from buildassets.manifest.model import ASSETS_FOLDER, STATICFILES_NAME
from buildassets.programs.start import run, with_project_python
from buildassets.project.django_files import WITH_RUNSERVER, DjangoSettings, path_expression, path_of
from buildassets.project.python import items, settings_in, text_of

_OURS: Final = "buildassets.runtime.django"
_STORAGE: Final = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"
_KEYS: Final = ("manifest", "url", "early_hints")  # of `BUILDASSETS`; their module imports Django
_LOADED: Final = re.compile(r"\{%-?\s*load\s[^%]*\bbuildassets\b")
_COMMON: Final = "|".join(helper.name for helper in TEMPLATE_HELPERS if helper.is_common_word)
_OWN: Final = "|".join(helper.name for helper in TEMPLATE_HELPERS if not helper.is_common_word)
# A call of one of our helpers in Jinja. With a common word as its name it is taken for ours if it names something.
HELPER_CALL: Final = re.compile(rf"""\{{\{{-?\s*((?:{_OWN})(?=\s*\()|(?:{_COMMON})(?=\s*\(\s*["']))""")
HELPER_TAG: Final = re.compile(rf"""\{{%-?\s*(?:({_OWN})\b|({_COMMON})(?=\s+["']))""")
# How a module gives our helpers to templates; an import by another name may do so.
_GIVES: Final = re.compile(
    r"\b(?:with_assets|FlaskAssets|QuartAssets)\s*(?:\(|as\b)|AssetsExtension|buildassets\.(?:compat|runtime\.(?:pyramid|jinja))\b"
)
_WITHOUT_STATICFILES_STORAGE: Final = (5, 1)  # the first version of Django
_CHECK_SECONDS: Final = 120
_MESSAGE: Final = re.compile(r"^\S.*?: \((buildassets\.[EW]\d+)\) (.*)\n(?:\tHINT: (.*)\n)?", re.MULTILINE)


def application_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What is wrong with the code of the project."""
    settings = subject.found.django
    yield from _no_python(subject, settings.files if settings else ())
    if settings is not None:
        yield from _unknown(subject, settings)
        yield from _installed(subject, settings)
        yield from _order(subject, settings)
        yield from _unset(subject, settings)
        yield from _static_root(subject, settings)
        yield from _static_url(subject, settings)
        yield from _below_script_name(subject, settings)
        yield from _ignored_storage(subject, settings)
        yield from _collected(subject, settings)
    else:
        yield from _unequipped(subject)
    yield from _other_manifest(subject)


def _no_python(subject: Subject, settings: Sequence[str]) -> Iterator[Diagnostic]:
    """Files of settings, and modules with our name in them, that this version of Python cannot parse."""
    for name in subject.files.ending(".py"):
        text = subject.files.text(name)
        if name not in settings and "buildassets" not in text:
            continue
        try:
            ast.parse(text)
        except SyntaxError as fault:
            lines = text.split("\n")[: (fault.lineno or 1) - 1]
            start = min(sum(len(line) + 1 for line in lines) + max((fault.offset or 1) - 1, 0), len(text))
            hint = "correct the line; the application does not start, and what it would do is not examined"
            yield error("doctor/python", f"`{name}` is not Python: {fault.msg}", subject.place(name, start), hint=hint)
        except (ValueError, RecursionError, MemoryError):
            continue  # a null byte, or more than this parser takes


def _unknown(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    """The first key of `BUILDASSETS` that our application does not know."""
    key = next((one for one in settings.table("BUILDASSETS") if one not in _KEYS), None)
    if key is not None:
        meant = nearest(key, _KEYS)
        known = ", ".join(f"`{one}`" for one in _KEYS)
        hint = f"did you mean `{meant}`?" if meant else f"known are {known}"
        message = f"`BUILDASSETS` has the unknown key `{key}`"
        yield error("doctor/settings", message, _place(subject, settings, "BUILDASSETS"), hint=hint)


def _place(subject: Subject, settings: DjangoSettings, name: str) -> Location | None:
    """Where the setting `name` is assigned."""
    last = settings.last(name)
    if last is None:
        return Location(settings.files[0])
    lines = subject.files.text(last.file).split("\n")
    return subject.place(last.file, sum(len(line) + 1 for line in lines[: last.statement.lineno - 1]))


def is_collected(subject: Subject) -> bool:
    """Whether `collectstatic` makes the release of this project, which development does without."""
    settings = subject.found.django
    if settings is None or "manifest" in settings.table("BUILDASSETS"):
        return False
    return has_release_storage(subject, settings)


def _is_ours(application: str) -> bool:
    return application == _OURS or application.startswith(f"{_OURS}.apps.")


def _installed(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    applications = settings.applications()
    if applications is None or any(map(_is_ours, applications)):
        return
    use = _use(subject, settings)
    if use:
        message = f"`{_OURS}` is not in `INSTALLED_APPS`, and {use}"
        hint = f'write `"{_OURS}",` as the first of `INSTALLED_APPS`'
        yield error("doctor/installed-apps", message, _place(subject, settings, "INSTALLED_APPS"), hint=hint)


def _use(subject: Subject, settings: DjangoSettings) -> str:
    """What needs our application, in words; empty if nothing does."""
    if settings.last("BUILDASSETS"):
        return "`BUILDASSETS` is set"
    name = next((name for name in _templates(subject) if _LOADED.search(subject.files.text(name))), "")
    return f"`{name}` loads its tags" if name else ""


def has_release_storage(subject: Subject, settings: DjangoSettings) -> bool:
    """Whether the settings name our storage."""
    return any(_STORAGE in subject.files.text(file) for file in settings.files)


def _order(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    applications = settings.applications() or []
    ours = next((number for number, one in enumerate(applications) if _is_ours(one)), None)
    before = [one for one in applications[:ours] if one.startswith(WITH_RUNSERVER)] if ours is not None else []
    if before:
        message = f"`{before[0]}` comes before `{_OURS}`: its `runserver` serves no release"
        hint = f"put `{_OURS}` before it in `INSTALLED_APPS`"
        yield error("doctor/app-order", message, _place(subject, settings, "INSTALLED_APPS"), hint=hint)


def _unset(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    applications = settings.applications() or []
    is_named = any("BUILDASSETS" in subject.files.text(file) for file in settings.files)
    if any(map(_is_ours, applications)) and not is_named and not has_release_storage(subject, settings):
        message = f"`{_OURS}` is installed, and `BUILDASSETS` is not set"
        location = path_expression(settings, "build/manifest.json")
        hint = f'write `BUILDASSETS = {{"manifest": {location}}}` into `{settings.files[0]}`'
        yield error("doctor/settings", message, _place(subject, settings, "INSTALLED_APPS"), hint=hint)


def _static_root(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    """`collectstatic` writes to `STATIC_ROOT`: neither among sources nor into the release."""
    root = settings.text("STATIC_ROOT")
    if not root:
        return
    path = _collected_path(subject, root)
    if _reads_names_in_release(subject, settings):
        if subject.manifest is not None and STATICFILES_NAME not in subject.manifest.companions:
            message = f"`STATIC_ROOT` is `{root}`, where the release has no `{STATICFILES_NAME}` for Django's storage"
            hint = "build with `--staticfiles-json`"
            yield error("doctor/static-root", message, _place(subject, settings, "STATIC_ROOT"), hint=hint)
        return
    configured = subject.config.sources if subject.config.file else ()  # a usual folder is no root beside the finders
    folders = {one.path: f"the source root `{one.shown}`" for one in configured}
    folders[subject.config.output] = f"the release directory `{subject.shown(subject.config.output)}`"
    for folder, name in folders.items():
        if is_within(folder, path) or is_within(path, folder):
            message = f"`STATIC_ROOT` is `{root}`, and so `collectstatic` writes into {name}"
            hint = f"give `STATIC_ROOT` a folder of its own, such as `{path_expression(settings, 'staticfiles')}`"
            yield error("doctor/static-root", message, _place(subject, settings, "STATIC_ROOT"), hint=hint)
            return


def _collected_path(subject: Subject, root: str) -> str:
    return os.path.normpath(os.path.join(subject.folder, root))


def _reads_names_in_release(subject: Subject, settings: DjangoSettings) -> bool:
    """Whether Django's own storage reads the names of the files from the companion of the release."""
    root = settings.text("STATIC_ROOT")
    is_in_release = root and _collected_path(subject, root) == os.path.join(subject.config.output, ASSETS_FOLDER)
    return bool(is_in_release) and _storage_with_names(settings) is not None


def _static_url(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    """With our storage, `STATIC_URL` and the `url` of `BUILDASSETS` are one prefix."""
    url, static = configured_url(settings), settings.text("STATIC_URL")
    if not static:
        return
    has_storage = has_release_storage(subject, settings)
    if url and has_storage and url.startswith("/") and url.strip("/") != static.strip("/"):
        message = f"`url` of `BUILDASSETS` is `{url}`, and `STATIC_URL` is `{static}`"
        hint = "leave `url` out: with the storage of buildassets, `STATIC_URL` is the prefix of all"
        yield error("doctor/static-url", message, _place(subject, settings, "BUILDASSETS"), hint=hint)


def _below_script_name(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    """A site below a path whose pages ask for static files at the top of the host."""
    below, static = settings.text("FORCE_SCRIPT_NAME"), settings.text("STATIC_URL")
    if below and static and static.startswith("/") and not static.startswith(f"{below.rstrip('/')}/"):
        message = f"`FORCE_SCRIPT_NAME` is `{below}`, and `STATIC_URL`, `{static}`, is not below it"
        hint = f'write `STATIC_URL = "{static.lstrip("/")}"`, which Django puts below it'
        yield warning("doctor/static-url", message, _place(subject, settings, "STATIC_URL"), hint=hint)


def _ignored_storage(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    """Our storage in a setting that the installed Django does not read."""
    if settings.text("STATICFILES_STORAGE") != _STORAGE:
        return
    try:
        installed = tuple(map(int, version("django").split(".")[:2]))
    except (PackageNotFoundError, ValueError):
        return
    if installed >= _WITHOUT_STATICFILES_STORAGE:
        message = "`STATICFILES_STORAGE` has no effect since Django 5.1"
        hint = f'let `staticfiles` in `STORAGES` be `{{"BACKEND": "{_STORAGE}"}}`'
        yield error("doctor/storage", message, _place(subject, settings, "STATICFILES_STORAGE"), hint=hint)


def configured_url(settings: DjangoSettings) -> str | None:
    """The `url` of `BUILDASSETS`, if the settings have it as a text."""
    url = settings.table("BUILDASSETS").get("url")
    return url if isinstance(url, str) else None


def _collected(subject: Subject, settings: DjangoSettings) -> Iterator[Diagnostic]:
    """What makes `collectstatic` give names of its own to files of a release."""
    given = settings.value("STATICFILES_DIRS")
    for path in given if isinstance(given, list) else ():
        folder = os.path.normpath(os.path.join(subject.folder, path)) if isinstance(path, str) else None
        if folder and is_within(subject.config.output, folder):
            message = f"`STATICFILES_DIRS` has `{path}`, a folder of the release: `collectstatic` takes it for sources"
            hint = (
                "name the folder of the sources there, or none: `manage.py assets build` builds what the finders find"
            )
            yield warning("doctor/collectstatic", message, _place(subject, settings, "STATICFILES_DIRS"), hint=hint)
    name = _storage_with_names(settings)
    if name and not _reads_names_in_release(subject, settings) and any(map(_is_ours, settings.applications() or [])):
        message = (
            f"`{name}` has a storage that gives its own names to what `collectstatic` copies, not those of a release"
        )
        hint = f"let it be `{_STORAGE}`; or keep it, and name what is built by `{{% asset %}}`"
        yield warning("doctor/collectstatic", message, _place(subject, settings, name), hint=hint)


def _storage_with_names(settings: DjangoSettings) -> str | None:
    """The setting with a storage that makes names from content, if one has such a storage."""
    return next((name for name in ("STORAGES", "STATICFILES_STORAGE") if _has_own_names(settings, name)), None)


def _has_own_names(settings: DjangoSettings, name: str) -> bool:
    """Whether the value of a setting holds the name of a storage that makes names from content."""
    last = settings.last(name)
    texts = [text_of(node) or "" for node in ast.walk(last.value)] if last else []
    return any(text.endswith("ManifestStaticFilesStorage") for text in texts)


def _templates(subject: Subject) -> Iterator[str]:
    """The files in the folders of templates."""
    folders = tuple(f"{folder}/" for folder in subject.found.templates)
    return (name for name in subject.files.names if folders and name.startswith(folders))


def _unequipped(subject: Subject) -> Iterator[Diagnostic]:
    """Templates that call helpers which no module gives to their environment."""
    found = subject.found
    is_given = found.is_equipped and any(_GIVES.search(subject.files.text(name)) for name in found.modules)
    if is_given or not found.applications():
        return
    for name in _templates(subject):
        match = HELPER_CALL.search(subject.files.text(name))
        if match:
            message = f"`{match[1]}` is called, and no module gives it to the templates"
            run_init = "" if found.is_equipped else "run `buildassets init`, or "
            hint = f"{run_init}write the lines of docs/{found.framework.page} into `{_first(subject)}`"
            yield error("doctor/helpers", message, subject.place(name, match.start(1), match.end(1)), hint=hint)
            return


def _first(subject: Subject) -> str:
    return subject.found.applications()[0]


def _other_manifest(subject: Subject) -> Iterator[Diagnostic]:
    """A manifest that code names, and that is not there, while the one that builds write is."""
    written = os.path.join(subject.config.output, "manifest.json")
    if not os.path.exists(written):
        return
    for file, node, path in _named_manifests(subject):
        around = os.path.dirname(subject.files.path(file))
        looked = [os.path.normpath(os.path.join(folder, path)) for folder in (subject.folder, around)]
        if not any(map(os.path.exists, looked)):
            message = f"`{path}` is not there: builds write `{subject.shown(written)}`"
            hint = "name that one, or set `output` to the folder of the other"
            lines = subject.files.text(file).split("\n")
            start = sum(len(line) + 1 for line in lines[: node.lineno - 1]) + node.col_offset
            end = start + (node.end_col_offset or 0) - node.col_offset
            yield error("doctor/manifest-path", message, subject.place(file, start, end), hint=hint)


def _named_manifests(subject: Subject) -> Iterator[tuple[str, ast.expr, str]]:
    """The paths of manifests that code gives to us, as far as they are literal, with the expressions."""
    for name, module in subject.found.modules.items():
        given = [one.call.args[0] for one in module.of("assets") if one.call.args]
        statements = [one for one in ast.walk(module.tree) if isinstance(one, ast.stmt)] if module.tree else []
        given += [one.value for each in statements for one in settings_in(each) if one.name == "BUILDASSETS_MANIFEST"]
        yield from ((name, value, path) for value in given if (path := path_of(value)))
    settings = subject.found.django
    last = settings.last("BUILDASSETS") if settings else None
    given = [value for key, value in items(last.value) if key == "manifest"] if last else []
    yield from ((last.file, value, path) for value in given if last and (path := path_of(value)))


def django_check_findings(subject: Subject) -> Iterator[Diagnostic]:
    """What `manage.py check`, which loads the settings, reports of us, or why it does not run."""
    program = os.path.join(subject.folder, "manage.py")
    if not os.path.isfile(program):
        return
    try:
        done = run(
            with_project_python([program, "check", "--no-color"], permission=subject.config.permission),
            cwd=subject.folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_CHECK_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as fault:
        yield error("doctor/django-check", f"cannot run `manage.py check`: {fault}", hint="run it by hand")
        return
    found = list(_MESSAGE.finditer(f"{done.stderr}\n{done.stdout}\n"))
    for match in found:
        make = error if ".E" in match[1] else warning
        message = match[2].rstrip(".")
        yield make("doctor/django-check", message, notes=[f"it is Django's `{match[1]}`"], hint=match[3])
    if done.returncode and not found:
        last = (done.stderr.strip() or done.stdout.strip()).split("\n")[-1]
        message = f"`manage.py check` fails: {last}"
        yield error("doctor/django-check", message, hint="run it by hand, and correct what it reports")
