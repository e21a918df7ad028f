"""The edits of Django's settings and of `wsgi.py`. Takes the files of a project, gives edits, or lines to write.

An edit is given only where the settings, read again with it, have what is wanted: no form of settings is known here.
"""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.project.calls import read_module
from buildassets.project.django_files import WITH_RUNSERVER, DjangoSettings, below, django_settings
from buildassets.project.django_serving import server_modules, web_servers
from buildassets.project.files import ProjectFiles, is_aside
from buildassets.project.python import Maybe, dotted, text_of
from buildassets.start.edits import ByHand, FileEdit, Insertion, appended, inserted
from buildassets.start.python_code import import_lines

_APPLICATION: Final = "buildassets.runtime.django"
_BACKEND: Final = f"{_APPLICATION}.storage.ReleaseStaticFilesStorage"
_STATIC_FILES: Final = "django.contrib.staticfiles"
_DEFAULT: Final = '{"BACKEND": "django.core.files.storage.FileSystemStorage"}'
_STORAGES: Final = (
    "STORAGES = {",
    f'    "default": {_DEFAULT},',
    f'    "staticfiles": {{"BACKEND": "{_BACKEND}"}},',
    "}",
)
_PAIR: Final = f'"staticfiles": {{"BACKEND": "{_BACKEND}"}},'
# Before Django 5.1 one of the latter two excludes `STORAGES`.
_OF_STORAGES: Final = ("STORAGES", "STATICFILES_STORAGE", "DEFAULT_FILE_STORAGE")
_PLAIN: Final = (f"{_STATIC_FILES}.storage.StaticFilesStorage", "whitenoise.storage.CompressedStaticFilesStorage")
_WITH_NAMES: Final = (
    f"{_STATIC_FILES}.storage.ManifestStaticFilesStorage",
    "whitenoise.storage.CompressedManifestStaticFilesStorage",
)
_KNOWN: Final = (*_PLAIN, *_WITH_NAMES)


@frozen
class _Wanted:
    """The changes of settings: the path of the `manifest`, `lines` at their end, and by file our storage."""

    manifest: str
    lines: tuple[str, ...]
    storages: Mapping[str, list[Insertion]]


def edited_settings(files: ProjectFiles, settings: DjangoSettings, manifest: str) -> Iterator[FileEdit | ByHand]:
    """Our application, first of all, its storage, `BUILDASSETS` with the path of the `manifest`, and `wsgi.py`."""
    wanted = _Wanted(manifest, tuple(_static_lines(files, settings)), _storages(files, settings))
    texts = {name: inserted(files.text(name), insertions) for name, insertions in wanted.storages.items()}
    equipped = next(_equipped(files, settings, wanted), None)
    if equipped is None:
        yield _settings_by_hand(files, settings, wanted)
    texts |= equipped or {}
    for file, text in texts.items():
        yield FileEdit(file, files.text(file), text)
    if _has_static_files(settings):
        remote = _remote(files, settings)
        own = [] if _chooses_ours(files, settings, texts) else _files_with(files, settings, _OF_STORAGES)
        for file in dict.fromkeys((*own, *remote)):
            yield _storage_by_hand(files, file, optional=file in remote)
    yield from _servers(files, settings)
    for name in [*web_servers(files)][:1]:
        url = settings.text("STATIC_URL") or "/static/"
        line = f"serve `{posixpath.dirname(manifest)}/assets/` below `{url}`: docs/deploy/nginx.md"
        yield ByHand(name, "if it serves static files", (line,), optional=True)


def _settings_by_hand(files: ProjectFiles, settings: DjangoSettings, wanted: _Wanted) -> ByHand:
    """The same lines for the end of the settings, whatever is above."""
    location, imports = _location(files, settings, settings.own_file, wanted.manifest)
    application = f'INSTALLED_APPS = ["{_APPLICATION}", *INSTALLED_APPS]  # before {_STATIC_FILES}'
    lines = (*imports, application, *wanted.lines, f'BUILDASSETS = {{"manifest": {location}}}')
    return ByHand(settings.own_file, "at the end of the settings", lines)


def _equipped(files: ProjectFiles, settings: DjangoSettings, wanted: _Wanted) -> Iterator[dict[str, str]]:
    """The texts by which the settings have our application before those that stand behind it, and the manifest."""
    for file, elements in _lists(settings):
        location, imports = _location(files, settings, file, wanted.manifest)
        text = files.text(file)
        above = import_lines(read_module(text), imports, len(text.split("\n")))
        insertions = [*above, _application(text, elements), *wanted.storages.get(file, ())]
        line = f'BUILDASSETS = {{"manifest": {location}}}'
        after = appended(inserted(text, insertions), ["", *wanted.lines, line])
        again = django_settings(files.edited({file: after}), settings.module)
        if again is not None and _has_ours(again) and again.table("BUILDASSETS").get("manifest") == wanted.manifest:
            yield {file: after}
    yield from _equipped_at_end(files, settings, wanted)


def _equipped_at_end(files: ProjectFiles, settings: DjangoSettings, wanted: _Wanted) -> Iterator[dict[str, str]]:
    """The text with our lines at the end of the one module that assigns `INSTALLED_APPS`, which are computed above.

    Whatever that is, the last statement of the module counts. In a module that others import by `*` it counts for all.
    """
    own = {one.file for one in settings.of("INSTALLED_APPS") if one.statement.col_offset == 0 and not one.adds}
    if len(own) == 1 and (file := own.pop()) == settings.of("INSTALLED_APPS")[-1].file:
        location, imports = _location(files, settings, file, wanted.manifest)
        text = inserted(files.text(file), wanted.storages.get(file, ()))
        application = f'INSTALLED_APPS = ["{_APPLICATION}", *INSTALLED_APPS]  # before {_STATIC_FILES}'
        lines = [*imports, application, *wanted.lines, f'BUILDASSETS = {{"manifest": {location}}}']
        after = appended(text, ["", *lines])
        yield from [{file: after}] if read_module(after).tree else []


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


def _location(files: ProjectFiles, settings: DjangoSettings, file: str, manifest: str) -> tuple[str, list[str]]:
    """The expression for the path of the manifest by names that `file` has, and the lines that import others."""
    base = settings.last("BASE_DIR")
    folder = settings.value("BASE_DIR")
    if base and base.file == file and folder == "" and (found := below(base.value, manifest)):
        return found, []
    levels = 1 + file.count("/")
    imported = read_module(files.text(file)).imported
    if "pathlib.Path" not in imported and "os" in imported:
        owner = "os.path.abspath(__file__)"
        for _ in range(levels):
            owner = f"os.path.dirname({owner})"
        return f"os.path.join({owner}, {', '.join(repr(part) for part in manifest.split('/'))})".replace("'", '"'), []
    imports = [] if "pathlib.Path" in imported else ["from pathlib import Path"]
    return f'Path(__file__).resolve(){".parent" * levels} / "{manifest}"', imports


def _static_lines(files: ProjectFiles, settings: DjangoSettings) -> Iterator[str]:
    """The settings that let `{% static %}` use the release, as far as the project has none of them."""
    if not _has_static_files(settings):
        return
    if not _files_with(files, settings, ("STATIC_URL",)):
        yield 'STATIC_URL = "/static/"'
    if not {*_files_with(files, settings, _OF_STORAGES)}.difference(_remote(files, settings)):
        yield from _STORAGES


def _has_static_files(settings: DjangoSettings) -> bool:
    """Whether `django.contrib.staticfiles`, without which no storage counts, is installed or may be."""
    applications = settings.applications()
    return applications is None or any(one.startswith(_STATIC_FILES) for one in applications)


def _files_with(files: ProjectFiles, settings: DjangoSettings, names: tuple[str, ...]) -> list[str]:
    """The files of settings that mention one of `names`; also those beside them, for another environment."""
    mention = re.compile(rf"\b(?:{'|'.join(names)})\b")
    return [name for name in (*settings.files, *_beside(files, settings)) if mention.search(files.text(name))]


def _beside(files: ProjectFiles, settings: DjangoSettings) -> list[str]:
    """The modules in the folders of the settings, which may be settings for other environments."""
    folders = {posixpath.dirname(file) for file in settings.files}
    named = (name for name in files.ending(".py") if posixpath.dirname(name) in folders and not is_aside(name))
    return [name for name in named if name not in settings.files]


def _storages(files: ProjectFiles, settings: DjangoSettings) -> dict[str, list[Insertion]]:
    """Our storage in place of each text that names one of Django's or WhiteNoise's.

    Settings for other environments that choose a storage without fingerprints, as those of tests do, keep it. The
    setting `STATICFILES_STORAGE`, which Django 5.1 ignores, becomes `STORAGES` unless the project has that, or
    `DEFAULT_FILE_STORAGE`: Django excludes one of these beside it.
    """
    if not _has_static_files(settings):
        return {}
    texts = {**dict.fromkeys(settings.files, _KNOWN), **dict.fromkeys(_beside(files, settings), _WITH_NAMES)}
    found = {name: [*_texts(files.text(name), replaced)] for name, replaced in texts.items()}
    if not _files_with(files, settings, ("STORAGES", "DEFAULT_FILE_STORAGE")):
        for name, replaced in texts.items():
            found[name] = [*_renamed(files.text(name), replaced)] or found[name]
    if not any(found[name] for name in settings.files):
        pair = _pair(files, settings)
        found |= {pair[0]: [pair[1]]} if pair else {}
    return {name: insertions for name, insertions in found.items() if insertions}


def _texts(text: str, wanted: Iterable[str]) -> Iterator[Insertion]:
    """Our storage in place of the literal texts that are `wanted`, each on one line."""
    tree = read_module(text).tree
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Constant) and (text_of(node) or "") in wanted and node.lineno == node.end_lineno:
            yield Insertion(node.lineno, f'"{_BACKEND}"', node.col_offset, node.end_col_offset)


def _renamed(text: str, wanted: Iterable[str]) -> Iterator[Insertion]:
    """`STORAGES` in place of assignments to `STATICFILES_STORAGE`, with our storage where one is `wanted`."""
    tree = read_module(text).tree
    for node in ast.walk(tree) if tree else ():
        if not (isinstance(node, ast.Assign) and dotted(node.targets[0]) == "STATICFILES_STORAGE"):
            continue
        backend = text_of(node.value) or ""
        if backend in _KNOWN and node.lineno == node.end_lineno:
            chosen = _BACKEND if backend in wanted else backend
            line = f'STORAGES = {{"default": {_DEFAULT}, "staticfiles": {{"BACKEND": "{chosen}"}}}}'
            yield Insertion(node.lineno, line, node.col_offset, node.end_col_offset)


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
        return last.file, Insertion(first.lineno, f"{_PAIR} ", first.col_offset)
    return last.file, Insertion(first.lineno, line[: first.col_offset].decode("utf-8") + _PAIR)


def _chooses_ours(files: ProjectFiles, settings: DjangoSettings, texts: Mapping[str, str]) -> bool:
    """Whether the settings with these `texts` name our storage, not known to be another, and with no options of one."""
    again = django_settings(files.edited(texts), settings.module) or settings
    chosen = again.table("STORAGES").get("staticfiles")
    backend = chosen.get("BACKEND") if isinstance(chosen, dict) else again.value("STATICFILES_STORAGE")
    is_other = (isinstance(backend, str) and backend != _BACKEND) or (isinstance(chosen, dict) and "OPTIONS" in chosen)
    return not is_other and any(_BACKEND in text for text in texts.values())


def _remote(files: ProjectFiles, settings: DjangoSettings) -> list[str]:
    """The settings for other environments whose own `STORAGES` keep static files by none of the known storages."""
    return [file for file in _beside(files, settings) if _is_remote(files.text(file))]


def _is_remote(text: str) -> bool:
    tree = read_module(text).tree
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in _OF_STORAGES] if tree else []
    wholes = {id(one.targets[0]): one.value for one in tree.body if isinstance(one, ast.Assign)} if tree else {}
    texts = {text_of(node) for name in names for node in ast.walk(wholes.get(id(name), name))}
    return "staticfiles" in texts and texts.isdisjoint(_KNOWN) and all(id(name) in wholes for name in names)


def _storage_by_hand(files: ProjectFiles, file: str, *, optional: bool) -> ByHand:
    """The storage for the file in which the project chooses its own."""
    if re.search(r"\bSTORAGES\b", files.text(file)):
        return ByHand(file, "in `STORAGES`, so that `{% static %}` uses the release", (_PAIR,), optional)
    lines = (f'STATICFILES_STORAGE = "{_BACKEND}"', "# since Django 5.1 it is `staticfiles` in `STORAGES`")
    return ByHand(file, "next to its storages, so that `{% static %}` uses the release", lines, optional)


def _servers(files: ProjectFiles, settings: DjangoSettings) -> Iterator[FileEdit]:
    """The line by which servers other than `runserver`, which needs none, serve the release."""
    for module in server_modules(files, settings):
        text = files.text(module.file)
        yield FileEdit(module.file, text, text[: module.start] + module.line + text[module.end :])
