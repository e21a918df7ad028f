"""The edits of Django's settings: our storage, where it collects to, our application. Gives edits, or lines to write.

An edit is given only where the settings, read again with it, have what is wanted: no form of settings is known here.
"""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.frozen import frozen
from buildassets.project.calls import read_module
from buildassets.project.django_files import WITH_RUNSERVER, DjangoSettings, below, django_settings, path_expression
from buildassets.project.django_statements import file_of
from buildassets.project.files import ProjectFiles, is_aside
from buildassets.project.python import Maybe, dotted, text_of
from buildassets.start.edits import ByHand, FileEdit, Insertion, appended, inserted

_APPLICATION: Final = "buildassets.runtime.django"
_BACKEND: Final = f"{_APPLICATION}.storage.ReleaseStaticFilesStorage"
_STATIC_FILES: Final = "django.contrib.staticfiles"
_DEFAULT: Final = '{"BACKEND": "django.core.files.storage.FileSystemStorage"}'
_LENIENT: Final = '"OPTIONS": {"strict": False, "required": False}'
# Before Django 5.1 one of the latter two excludes `STORAGES`.
_OF_STORAGES: Final = ("STORAGES", "STATICFILES_STORAGE", "DEFAULT_FILE_STORAGE")
_PLAIN: Final = (f"{_STATIC_FILES}.storage.StaticFilesStorage", "whitenoise.storage.CompressedStaticFilesStorage")
_WITH_NAMES: Final = (
    f"{_STATIC_FILES}.storage.ManifestStaticFilesStorage",
    "whitenoise.storage.CompressedManifestStaticFilesStorage",
)
_KNOWN: Final = (*_PLAIN, *_WITH_NAMES)
_NAMING: Final = ("url", "stored_name", "hashed_name")  # methods of Django's storage that raise for an unknown name
_SPECIFIER: Final = (
    r"""(?im)(?:^|[\[,])\s*["']?django["']?\s*(?:=\s*["'])?\s*((?:[=<~^]=?=?\s*[\d.*]+\s*,?\s*|>=?\s*[\d.]+\s*,\s*)+)"""
)
_IS_SETTINGS: Final = re.compile(r"(?m)^(?:INSTALLED_APPS\b|from \S*(?:settings|base)\S* import \*)")
_NAMED: Final = re.compile(r"[\"']DJANGO_SETTINGS_MODULE[\"']\s*,\s*[\"']([\w.]+)[\"']")
_NEWEST_TOO_OLD: Final = (4, 2)  # the first version with `STORAGES`
FOLDER: Final = "staticfiles"
"""The folder to collect to, where a project has none."""


@frozen
class _Wanted:
    """The changes of settings: `lines` at the end of `file`, and by file our storage."""

    file: str
    lines: tuple[str, ...]
    storages: Mapping[str, list[Insertion]]


def too_old(files: ProjectFiles, declared: Iterable[str]) -> Iterator[Diagnostic]:
    """The refusal of a Django that ignores `STORAGES`, by the newest version that the `declared` lists permit."""
    for name in declared:
        for match in re.finditer(_SPECIFIER, files.text(name)):
            newest = _newest(match[1])
            if newest and newest < _NEWEST_TOO_OLD:
                shown = match[0].strip()
                message = f"`{name}` asks for a Django that ignores `STORAGES`: `{shown}`"
                yield error("init/django", message, Location(name), hint="run this with Django 4.2 or newer")
                return


def _newest(specifiers: str) -> tuple[int, ...] | None:
    """The newest version that specifiers permit, as far as they have an end: `<4`, `==3.2.*`, `~=3.2`, `^3.1`."""
    ends: list[tuple[int, ...]] = []
    for operator, version in re.findall(r"([=<~^>]=?=?)\s*([\d.]+)", specifiers):
        numbers = tuple(int(one) for one in version.split(".") if one)[:2]
        major, minor = (*numbers, 0)[:2]
        if operator == "<":
            ends.append((major, minor - 1) if minor else (major - 1, 99))
        elif operator in ("~=", "^"):
            ends.append((major, 99))
        elif not operator.startswith(">"):
            ends.append((major, minor if len(numbers) > 1 else 99))
    return min(ends) if ends else None


def settings_modules(files: ProjectFiles, settings: DjangoSettings | None) -> list[str]:
    """The modules of settings among which a person has to choose: `manage.py` names none, or servers others."""
    if settings is None:
        named = (
            name for name in files.own if name.endswith(".py") and "settings" in name and "manage.py" in files.names
        )
        return sorted(module_of(name) for name in named if _IS_SETTINGS.search(files.text(name)))
    seen = (*settings.files, *_beside(files, settings))
    others = [match[1] for name in files.called("wsgi.py", "asgi.py") for match in _NAMED.finditer(files.text(name))]
    unseen = [one for one in others if (file := file_of(files, one)) and file not in seen]
    return sorted({settings.module, *unseen}) if unseen else []


def module_of(file: str) -> str:
    """The name of the module in `file`."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def edited_settings(files: ProjectFiles, settings: DjangoSettings) -> Iterator[FileEdit | ByHand]:
    """Our storage in the place of the project's, `STATIC_ROOT` where there is none, and our application.

    The storage is all that is needed: where it is not known how to write the application, that is left out.
    """
    own_files = (settings.own_file, *settings.files)
    if unread := [one for one in own_files if read_module(files.text(one)).tree is None]:
        yield _storage_by_hand(files, unread[0], optional=False)
        return
    wanted = _wanted(files, settings)
    texts = {name: inserted(files.text(name), insertions) for name, insertions in wanted.storages.items()}
    if wanted.lines:
        texts[wanted.file] = appended(texts.get(wanted.file, files.text(wanted.file)), ["", *wanted.lines])
    texts |= next(_with_application(files, settings, texts), {})
    yield from (FileEdit(file, files.text(file), text) for file, text in texts.items())
    if settings.value("STATIC_ROOT") is None and not any(line.startswith("STATIC_ROOT") for line in wanted.lines):
        line = f"STATIC_ROOT = {path_expression(settings, FOLDER)}"
        yield ByHand(wanted.file, "so that `collectstatic` has a folder", (line,), optional=True)
    remote = [file for file in _beside(files, settings) if _is_remote(files.text(file))]
    is_of_others = bool(wanted.storages) and wanted.storages.keys().isdisjoint(settings.files)
    is_done = is_of_others or _chooses_ours(files, settings, texts)
    own = [] if is_done else _files_with(files, settings, _OF_STORAGES)
    for file in dict.fromkeys((*(own or ([] if is_done else [settings.own_file])), *remote)):
        yield _storage_by_hand(files, file, optional=file in remote)


def _wanted(files: ProjectFiles, settings: DjangoSettings) -> _Wanted:
    storages = _storages(files, settings)
    last = settings.last("STATIC_URL") or settings.last("INSTALLED_APPS")
    file = last.file if last else settings.own_file
    lines = []
    if settings.value("STATIC_ROOT") is None and (location := _location(settings, file)):
        lines.append(f"STATIC_ROOT = {location}  # where `collectstatic` puts the release")
    if not storages and not _files_with(files, settings, _OF_STORAGES):
        entry = f'{{\n        "BACKEND": "{_BACKEND}",\n        {_LENIENT},\n    }}'
        lines += ["STORAGES = {", f'    "default": {_DEFAULT},', *f'    "staticfiles": {entry},'.split("\n"), "}"]
    return _Wanted(file, tuple(lines), storages)


def _location(settings: DjangoSettings, file: str) -> str | None:
    """The expression for the folder to collect to, by the `BASE_DIR` that `file` has; None where it has none."""
    base = settings.last("BASE_DIR")
    is_known = base and base.file == file and settings.value("BASE_DIR") == ""
    return below(base.value, FOLDER) if base and is_known else None


def is_installed(settings: DjangoSettings) -> bool:
    """Whether `django.contrib.staticfiles`, without which no storage counts, is installed or may be."""
    applications = settings.applications()
    return applications is None or any(one.startswith(_STATIC_FILES) for one in applications)


def _with_application(
    files: ProjectFiles, settings: DjangoSettings, texts: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """The `texts` by which the settings have our application before those with a `runserver` of their own."""
    edited = files.edited(texts)
    again = django_settings(edited, settings.module)
    for file, elements in _lists(again) if again else ():
        after = inserted(edited.text(file), [_application(edited.text(file), elements)])
        changed = django_settings(edited.edited({file: after}), settings.module)
        if changed is not None and _has_ours(changed):
            yield {file: after}


def _lists(settings: DjangoSettings) -> Iterator[tuple[str, ast.List | ast.Tuple]]:
    """The literal lists of applications, those with Django's static files first."""
    own = settings.counting("INSTALLED_APPS")
    others = [one for name, one in settings.assigned if name != "INSTALLED_APPS" and one.is_used]
    found = [
        (one.file, node)
        for one in (*own, *others)
        for node in ast.walk(one.value)
        if isinstance(node, ast.List | ast.Tuple) and node.elts and hasattr(node, "end_lineno")
    ]
    yield from (one for one in found if any(text_of(each) == _STATIC_FILES for each in one[1].elts))
    literal = {id(one.value) for one in own}
    yield from (one for one in found if id(one[1]) in literal)


def _has_ours(settings: DjangoSettings) -> bool:
    """Whether our application is installed, and only known ones that may stand there are before it."""
    given = settings.value("INSTALLED_APPS")
    if not isinstance(given, list) or _APPLICATION not in given:
        return False
    before = [one.value if isinstance(one, Maybe) else one for one in given[: given.index(_APPLICATION)]]
    return all(isinstance(one, str) and not one.startswith(WITH_RUNSERVER) for one in before)


def _application(text: str, elements: ast.List | ast.Tuple) -> Insertion:
    """The line, or the element, above the first application."""
    first = elements.elts[0]
    line = text.split("\n")[first.lineno - 1].encode("utf-8")
    quote = "'" if line[first.col_offset :].startswith(b"'") else '"'
    written = f"{quote}{_APPLICATION}{quote},"
    if line[: first.col_offset].strip():
        return Insertion(first.lineno, f"{written} ", first.col_offset)
    return Insertion(first.lineno, line[: first.col_offset].decode("utf-8") + written)


def _files_with(files: ProjectFiles, settings: DjangoSettings, names: tuple[str, ...]) -> list[str]:
    """The files of settings that mention one of `names`; of those beside them, only such as are not remote."""
    mention = re.compile(rf"\b(?:{'|'.join(names)})\b")
    beside = [name for name in _beside(files, settings) if not _is_remote(files.text(name))]
    return [name for name in (*settings.files, *beside) if mention.search(files.text(name))]


def _beside(files: ProjectFiles, settings: DjangoSettings) -> list[str]:
    """The modules in the folders of the settings, which may be settings for other environments."""
    folders = {posixpath.dirname(file) for file in settings.files}
    named = (name for name in files.ending(".py") if posixpath.dirname(name) in folders and not is_aside(name))
    return [name for name in named if name not in settings.files]


def _storages(files: ProjectFiles, settings: DjangoSettings) -> dict[str, list[Insertion]]:
    """Our storage in place of each text that names one with fingerprints, or else of the plain one of these settings.

    Where environments differ, those without fingerprints, such as tests, keep their plain storage.
    """
    own, all_files = [*settings.files], [*settings.files, *_beside(files, settings)]
    wanted = {**_of_project(files), **dict.fromkeys(_WITH_NAMES, False)}
    found = {name: [*_replaced(files, name, wanted, all_files)] for name in all_files}
    if not any(found.values()):
        found = {name: [*_replaced(files, name, dict.fromkeys(_PLAIN, True), all_files)] for name in own}
    if not any(found.values()) and (pair := _pair(files, settings)):
        found = {pair[0]: [pair[1]]}
    return {name: insertions for name, insertions in found.items() if insertions}


def _of_project(files: ProjectFiles) -> dict[str, bool]:
    """The storages of the project that only change what becomes of unknown names, with whether they pass over these."""
    found: dict[str, bool] = {}
    bases = {one.rpartition(".")[2] for one in _WITH_NAMES}
    for name in files.own:
        text = files.text(name) if name.endswith(".py") else ""
        tree = read_module(text).tree if any(base in text for base in bases) else None
        for node in tree.body if tree else ():
            is_one = isinstance(node, ast.ClassDef) and any(
                dotted(one).rpartition(".")[2] in bases for one in node.bases
            )
            if isinstance(node, ast.ClassDef) and is_one and all(map(_is_of_names, node.body)):
                is_lenient = any(isinstance(one, ast.FunctionDef | ast.Assign) for one in node.body)
                found[f"{module_of(name)}.{node.name}"] = is_lenient
    return found


def _is_of_names(statement: ast.stmt) -> bool:
    """Whether a statement of a class of Django's storages decides at most what becomes of an unknown name."""
    if isinstance(statement, ast.Assign):
        return dotted(statement.targets[0]) == "manifest_strict"
    is_text = isinstance(statement, ast.Expr) and text_of(statement.value) is not None
    return is_text or isinstance(statement, ast.Pass) or getattr(statement, "name", "") in _NAMING


def _replaced(files: ProjectFiles, file: str, wanted: Mapping[str, bool], among: Iterable[str]) -> Iterator[Insertion]:
    """Our storage in place of literal texts that are `wanted`, each with whether it passes over unknown names.

    The setting `STATICFILES_STORAGE`, which Django 5.1 ignores, becomes `STORAGES` where nothing excludes that.
    """
    tree = read_module(files.text(file)).tree
    nodes = [*ast.walk(tree)] if tree else []
    entries = [one for one in nodes if isinstance(one, ast.Dict)]
    can_rename = not any(re.search(r"\b(?:STORAGES|DEFAULT_FILE_STORAGE)\b", files.text(one)) for one in among)
    renamed = {}
    for one in nodes:
        if isinstance(one, ast.Assign) and dotted(one.targets[0]) == "STATICFILES_STORAGE" and can_rename:
            renamed[id(one.value)] = one
    for node in nodes:
        text = text_of(node) if isinstance(node, ast.Constant) and node.lineno == node.end_lineno else None
        if text is None or text not in wanted or not isinstance(node, ast.Constant):
            continue
        assignment, options = renamed.get(id(node)), f", {_LENIENT}" if wanted[text] else ""
        entry = next((one for one in entries if any(value is node for value in one.values)), None)
        if assignment is not None:
            line = f'STORAGES = {{"default": {_DEFAULT}, "staticfiles": {{"BACKEND": "{_BACKEND}"{options}}}}}'
            yield Insertion(assignment.lineno, line, assignment.col_offset, node.end_col_offset)
        elif not options or (entry and not any(key and text_of(key) == "OPTIONS" for key in entry.keys)):
            yield Insertion(node.lineno, f'"{_BACKEND}"{options}', node.col_offset, node.end_col_offset)


def _pair(files: ProjectFiles, settings: DjangoSettings) -> tuple[str, Insertion] | None:
    """Our storage as the first pair of a literal `STORAGES` that has none for static files."""
    last = settings.last("STORAGES")
    if last is None or not isinstance(last.value, ast.Dict) or not last.value.keys or last.adds:
        return None
    first = last.value.keys[0]
    if first is None or any(key is not None and text_of(key) == "staticfiles" for key in last.value.keys):
        return None
    line = files.text(last.file).split("\n")[first.lineno - 1].encode("utf-8")
    if line[: first.col_offset].strip():
        return last.file, Insertion(first.lineno, f"{_entry()} ", first.col_offset)
    return last.file, Insertion(first.lineno, line[: first.col_offset].decode("utf-8") + _entry())


def _entry() -> str:
    return f'"staticfiles": {{"BACKEND": "{_BACKEND}", {_LENIENT}}},'


def _chooses_ours(files: ProjectFiles, settings: DjangoSettings, texts: Mapping[str, str]) -> bool:
    """Whether the settings with these `texts` name our storage, not known to be another, or to have its options."""
    again = django_settings(files.edited(texts), settings.module) or settings
    chosen = again.table("STORAGES").get("staticfiles")
    backend = chosen.get("BACKEND") if isinstance(chosen, dict) else again.value("STATICFILES_STORAGE")
    options = chosen.get("OPTIONS", {}) if isinstance(chosen, dict) else {}
    is_other = (isinstance(backend, str) and backend != _BACKEND) or (
        isinstance(options, dict) and options.keys() - {"strict", "required"}
    )
    return not is_other and any(_BACKEND in text for text in texts.values())


def _is_remote(text: str) -> bool:
    """Whether settings for another environment keep static files by none of the known storages."""
    tree = read_module(text).tree
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in _OF_STORAGES] if tree else []
    wholes = {id(one.targets[0]): one.value for one in tree.body if isinstance(one, ast.Assign)} if tree else {}
    texts = {text_of(node) for name in names for node in ast.walk(wholes.get(id(name), name))}
    return "staticfiles" in texts and texts.isdisjoint(_KNOWN) and all(id(name) in wholes for name in names)


def _storage_by_hand(files: ProjectFiles, file: str, *, optional: bool) -> ByHand:
    """The storage for the file in which the project chooses its own."""
    has_table = re.search(r"\bSTORAGES\b", files.text(file))
    place = "in `STORAGES`" if has_table else "in a dict `STORAGES`, next to `default`"
    return ByHand(file, f"{place}, so that `{{% static %}}` uses the release", (_entry(),), optional)
