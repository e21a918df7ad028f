"""Django's static files: static folders become source roots. Takes what is asked, gives a Plan.

Systems that are used with Django's settings add their own tables.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.machinery import PathFinder
from typing import Any, Final

from buildassets.compat.meaning import Meaning
from buildassets.compat.run_program import ProgramError, printed_by
from buildassets.compiler.config.file import read_text, relative_to
from buildassets.compiler.config.no_sources import DEFAULT_ROOTS
from buildassets.compiler.config.roots import root_at
from buildassets.compiler.config.values import SourceRoot
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error
from buildassets.foundation.frozen import frozen, replace
from buildassets.migrate.plan import Accounted, Answer, Plan, ProjectToMigrate, nothing_there, together
from buildassets.migrate.python_lines import Judgement, Reader, SettingsTable, accounts_of, answer_of, over
from buildassets.project.django_files import (
    Changes,
    DjangoSettings,
    django_settings,
    path_expression,
    settings_module,
)
from buildassets.project.django_statements import Assigned, file_of
from buildassets.project.environments import project_path
from buildassets.project.files import ProjectFiles
from buildassets.project.found import template_folders
from buildassets.project.occurrences import ANY
from buildassets.project.python import UNKNOWN, Maybe, text_of

_NAME_IT: Final = "name the module with `--settings`, and run this where `manage.py` is"
_VARIABLE: Final = "DJANGO_SETTINGS_MODULE"
# Where projects name their settings, the most likely file first.
_NAMING: Final = ("wsgi.py", "asgi.py", "pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini")
_NAMED: Final = re.compile(rf"{_VARIABLE}[\"']?\]?[ \t]*[,=][ \t]*[\"']?([\w.]+)")
_ASSIGNED: Final = re.compile(r"^INSTALLED_APPS\b[^=\n]*=", re.MULTILINE)
_RUNTIME: Final = "buildassets.runtime.django"
_INSTALLED: Final = re.compile(r"\bbuildassets\.runtime\.django(?:\.apps\.\w+)?[\"']")
_STATIC_FILES: Final = "django.contrib.staticfiles"
_RUNTIME_FIRST: Final = Meaning("changed", f"put `{_RUNTIME}` before it")
_OF_STORAGES: Final = ("STORAGES", "STATICFILES_STORAGE")
RELEASE: Final = "let it be `buildassets.runtime.django.storage.ReleaseStaticFilesStorage`"
_COPIES: Final = f"{RELEASE}: builds make the copies"
_DIRS: Final = "STATICFILES_DIRS"
_APPLICATIONS: Final = "INSTALLED_APPS"
_COMPUTED: Final[Mapping[str, str]] = {
    _DIRS: "name the folders in `sources`",
    _APPLICATIONS: "name the static folders of applications in `sources`",
    "STATICFILES_FINDERS": "name the folders that they find in `sources`",
    "STATIC_URL": "write its value as `url`",
}
_ANYTHING: Final[Answer] = (
    "not possible",
    "it may change any setting, and is not run here: see which, or name the module with `--settings`",
)
_FINDERS: Final = ("django.contrib.staticfiles.", "pipeline.", "compressor.")
_PROGRAM: Final = "buildassets.compat.pipeline.compile.collect"
STATICFILES: Final[Mapping[str, Meaning]] = {
    _DIRS: Meaning("taken over", "they are source roots"),
    "STATICFILES_FINDERS": Meaning("taken over", "what they find in folders is in source roots"),
    "STATIC_ROOT": Meaning(
        "taken over", "`collectstatic` copies the release there; or serve `build/assets`, see docs/deploy/serving.md"
    ),
    "STATIC_URL": Meaning("taken over", "it is `url`"),
}
_KEPT: Final = (
    "or keep it, build with `--staticfiles-json` and let `STATIC_ROOT` be `build/assets`: docs/deploy/companions.md"
)
_SERVES: Final = "it goes on, and serves what `collectstatic` copies of the release into `STATIC_ROOT`"
_STORAGES: Final[Mapping[str, Meaning]] = {
    "whitenoise.middleware.WhiteNoiseMiddleware": Meaning("taken over", _SERVES),
    "django.contrib.staticfiles.storage.ManifestStaticFilesStorage": Meaning("changed", f"{RELEASE}, {_KEPT}"),
    "django.contrib.staticfiles.storage.StaticFilesStorage": Meaning("changed", RELEASE),
    "whitenoise.storage.CompressedManifestStaticFilesStorage": Meaning("changed", _COPIES),
    "whitenoise.storage.CompressedStaticFilesStorage": Meaning("changed", _COPIES),
}
_KNOWN: Final = ("django.", "buildassets.", "whitenoise.")  # whose storages have their own meaning, or need none


@frozen
class DjangoProject:
    """A Django project: its settings, the folders of its static files with their prefixes, and `STATIC_URL`.

    `dirs` are the paths in `STATICFILES_DIRS`, None if that is a text. `computed` are the settings without an answer.
    `installed` are the static folders of applications elsewhere, of which those that are not found are `absent`.
    """

    folder: str
    settings: DjangoSettings
    roots: tuple[tuple[str, str], ...]
    dirs: tuple[str, ...] | None
    url: str
    computed: tuple[str, ...] = ()
    installed: tuple[SourceRoot, ...] = ()
    absent: tuple[str, ...] = ()

    def plan(self, lines: Iterable[Accounted], settings: Mapping[str, Any]) -> Plan:
        """The plan with `lines` and `settings`, which collects what Django does, and the commands that serve a page."""
        own = (replace(root_at(self.folder, relative_to(self.folder, path)), prefix=one) for path, one in self.roots)
        folders = template_folders(ProjectFiles(self.folder), is_django=True)
        has_command = os.path.isfile(os.path.join(self.folder, "manage.py"))  # by which `check` knows the engine
        engine = {"engine": "django"} if folders and not has_command else None
        whole = {"sources": self._sources(), **settings, "templates": engine}
        return Plan(
            tuple(lines),
            {key: value for key, value in whole.items() if value is not None},
            templates=tuple(f'{{ path = "{path}", engine = "{_engine(path)}" }}' for path in folders),
            collected=(*own, *self.installed),
            absent=self._absent(),
            commands=self.commands(),
        )

    def _absent(self) -> str:
        """Where Django may have files that the plan does not know."""
        unknown = [one for one in self.computed if one != "STATIC_URL"]
        of_settings = f"{' and '.join(f'`{one}`' for one in unknown)}, not known here" if unknown else ""
        elsewhere = f"{', '.join(f'`{one}`' for one in self.absent)}, not installed here" if self.absent else ""
        return ", or of ".join(filter(None, [of_settings, elsewhere]))

    def commands(self) -> tuple[str, ...]:
        """The commands that build a release, and copy it into the folder that a server has."""
        program = f"django-admin {{}} --settings {self.settings.module}"
        if os.path.isfile(os.path.join(self.folder, "manage.py")):
            program = "python manage.py {}"
        copies = [program.format("collectstatic --noinput")] if self.settings.last("STATIC_ROOT") else []
        return (program.format("assets build"), *copies)

    def build(self, note: str) -> Iterator[Accounted]:
        """The account of its `manage.py`, with a `note` on builds; none where it has none."""
        if os.path.isfile(os.path.join(self.folder, "manage.py")):
            yield Accounted("manage.py", 1, text="manage.py", outcome="changed", note=note)

    def accounts(self, table: SettingsTable) -> Iterator[Accounted]:
        """The account of each line of its files that is in `table`, or is about static files; the settings first."""
        changes, files = self.settings.changes(), self.settings.files
        texts = [read_text(os.path.join(self.folder, shown), shown) for shown in files]
        lacks_runtime = not any(map(_INSTALLED.search, texts))
        added = {_STATIC_FILES: _RUNTIME_FIRST} if lacks_runtime else {}
        whole = replace(table, texts={**_STORAGES, **self._storage(), **added, **table.texts})
        answered = set[str]()
        for shown, text in zip(files, texts, strict=True):
            for one in self._accounts_in(shown, text, whole, changes):
                answered.update(name for name in self.computed if one.outcome == "not possible" and name in one.note)
                yield one
        for name in (name for name in self.computed if name not in answered):
            last = self.settings.last(name)
            place = (last.file, last.statement.lineno) if last else (self.settings.own_file, 1)
            yield Accounted(*place, name, *_not_known(name))
        is_listed = any(
            _STATIC_FILES in (text_of(node) for node in ast.walk(one.value)) for one in self.settings.of(_APPLICATIONS)
        )
        yield from self._needed(lacks_runtime=lacks_runtime and not is_listed)

    def _storage(self) -> dict[str, Meaning]:
        """The meaning of a storage of static files that is neither Django's nor ours."""
        backend = self.settings.table("STORAGES").get("staticfiles")
        named = [
            backend.get("BACKEND") if isinstance(backend, dict) else None,
            self.settings.value("STATICFILES_STORAGE"),
        ]
        note = f"{RELEASE}; `buildassets publish` uploads a release: docs/deploy/publish.md"
        return {one: Meaning("changed", note) for one in named if isinstance(one, str) and not one.startswith(_KNOWN)}

    def _needed(self, *, lacks_runtime: bool) -> Iterator[Accounted]:
        """What the settings have to have for our storage, and do not assign."""
        location = path_expression(self.settings, "build/manifest.json")
        missing = {
            _APPLICATIONS: f"put `{_RUNTIME}` first" if lacks_runtime else None,
            "BUILDASSETS": None if self.settings.last("BUILDASSETS") else f'add `{{"manifest": {location}}}`',
            "STORAGES": None if any(map(self.settings.last, _OF_STORAGES)) else f"for `staticfiles` {RELEASE}",
        }
        for name, note in missing.items():
            if note:
                yield Accounted(self.settings.own_file, 1, text=name, outcome="changed", note=f"`{name}`: {note}")

    def _accounts_in(self, shown: str, text: str, table: SettingsTable, changes: Changes) -> Iterator[Accounted]:
        computed: dict[str, Reader] = dict.fromkeys(self.computed, partial(self._of_computed, shown))
        readers = {_DIRS: self._of_dirs, **table.readers, **computed}
        whole = SettingsTable(lambda name: table.meaning(name) or STATICFILES.get(name), table.texts, readers)

        def judge(statement: ast.stmt) -> Judgement | None:
            place = (shown, statement.lineno, statement.col_offset)
            return self._changed(changes.get(place, ()), statement, whole)

        yield from accounts_of(relative_to(self.folder, os.path.join(self.folder, shown)), text, judge)

    def _changed(
        self, changes: Iterable[tuple[str, Assigned]], statement: ast.stmt, table: SettingsTable
    ) -> Judgement | None:
        """The judgement of `table` on a statement that makes `changes`, with what it makes unknown."""
        for name, one in changes:
            if name == ANY and self.computed:
                return _ANYTHING, ()
            if name in STATICFILES and not one.is_used:
                note = f"`{name}`: its condition is false with these settings, so it is left out"
                return ("not possible", note), ()
        if judged := table.judge(statement):
            return judged
        lost = [name for name, one in changes if name in self.computed and one.unknown]
        return (_not_known(lost[0]), ()) if lost else None

    def _sources(self) -> list[Any] | None:
        """Its source roots for builds that do not ask Django, unless these find all by themselves."""
        sources = self.sources()
        usual = next((one for one in DEFAULT_ROOTS if os.path.isdir(os.path.join(self.folder, one))), None)
        return None if sources in ([], [usual]) else sources

    def sources(self) -> list[Any]:
        """Its static folders that lie in it, as source roots."""
        shown = [(relative_to(self.folder, path), prefix) for path, prefix in self.roots]
        own = [(path, prefix) for path, prefix in shown if not path.startswith("..")]
        return [{"path": path, "prefix": prefix} if prefix else path for path, prefix in own]

    def _of_computed(self, shown: str, name: str, value: ast.expr) -> Judgement:
        """The answer for a setting that is not known; of applications, for those parts of `value` that are not."""
        place = (shown, value.lineno, value.col_offset)
        found = [one for one in self.settings.of(name) if place == (one.file, one.value.lineno, one.value.col_offset)]
        answer = _not_known(name, is_conditional=any(one.is_conditional for one in found))
        if name != _APPLICATIONS:
            return answer, ()
        return None, [line for one in found for part in one.unknown for line in over(part, answer)]

    def _of_dirs(self, name: str, given: ast.expr) -> Judgement:
        """The answers for `STATICFILES_DIRS`; for each folder that is not there, by line where they are listed."""
        usual = answer_of(name, STATICFILES[name])
        if self.dirs is None:
            return ("not possible", f"`{name}` is a text, whose letters are taken for paths: write a list"), ()
        gone: dict[int, Answer] = {
            number: (
                "not possible",
                f"there is no folder `{relative_to(self.folder, path)}`: make it, or remove it here",
            )
            for number, path in enumerate(self.dirs)
            if not os.path.isdir(path)
        }
        listed = given.elts if isinstance(given, ast.List | ast.Tuple) else []
        if gone and len(listed) != len(self.dirs):
            return together([*gone.values()]), ()
        return usual, [(listed[number].lineno, answer) for number, answer in gone.items()]


def _engine(folder: str) -> str:
    return "jinja" if folder.endswith("jinja2") else "django"


def _not_known(name: str, *, is_conditional: bool = False) -> Answer:
    why = "depends on a condition" if is_conditional else "is computed"
    note = f"`{name}` {why}: {_COMPUTED[name]}, or name the module with `--settings`, which then is imported"
    return "not possible", note


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of the static files of a project. Raises ConfigError."""
    project = project_of(asked, "Django")
    return static_plan(project, SettingsTable(lambda _: None), {})


def static_plan(project: DjangoProject, table: SettingsTable, settings: Mapping[str, Any]) -> Plan:
    """The migration of a project by `table`: `settings`, which it may fill, beside those of its static files."""
    lines = [*project.accounts(table)]
    sources = project.sources()
    if not sources:
        note = "no static folder is the project's own: build with `manage.py assets build`, which finds those installed"
        lines += project.build(note)
    has_url = project.url.startswith(("/", "http://", "https://"))
    found = {"sources": sources or None, "url": project.url if has_url else None, **settings}
    return project.plan(lines, found)


def project_of(asked: ProjectToMigrate, system: str) -> DjangoProject:
    """The project, with the settings that are asked for, or those that its files name. Raises ConfigError.

    Its files are read. The settings are imported where that is permitted, and files do not show all about static files.
    """
    files = ProjectFiles(asked.folder)
    name = settings_module(asked.folder, asked.settings) or _likely_module(files, system)
    settings = django_settings(files, name)
    if settings is None and not asked.permission.python:
        raise _unread(_no_file(name), _possible(files) or _NAME_IT)
    read = _project(files, settings) if settings else None
    if read and not (read.computed and asked.permission.python):
        return read
    asked.announce(name)
    try:
        found = printed_by(_PROGRAM, name, asked.folder, permission=asked.permission)
    except ProgramError as fault:
        raise _unread(f"cannot load the settings `{name}`: {fault}", hint=fault.hint(name, _NAME_IT)) from None
    roots = tuple((root["path"], root["prefix"]) for root in found["roots"] if not root["vendored"])
    vendored = [{**root, "shown": root["path"]} for root in found["roots"] if root["vendored"]]
    dirs = None if found["dirs"] is None else tuple(found["dirs"])
    loaded = settings or DjangoSettings(name, tuple(found["files"]), {}, ())
    installed = tuple(
        SourceRoot(**{**root, "include": tuple(root["include"]), "exclude": tuple(root["exclude"])})
        for root in vendored
    )
    return DjangoProject(asked.folder, loaded, roots=roots, dirs=dirs, url=found["url"], installed=installed)


def _likely_module(files: ProjectFiles, system: str) -> str:
    """The module of the settings in a project whose `manage.py` is absent or names none. Raises ConfigError."""
    named = [match[1] for name in files.called(*_NAMING) for match in _NAMED.finditer(files.text(name))]
    here = [module for module in named if file_of(files, module)]
    possible = [] if here else _settings_modules(files)
    if len(possible) > 1:
        raise _unread(_no_file(named[0]) if named else "no file here names the settings of Django", _possible(files))
    found = [*here, *possible, *named]
    if not found:
        raise nothing_there(system, ["manage.py"])
    return found[0]


def _no_file(module: str) -> str:
    return f"there is no file of the settings `{module}` here"


def _settings_modules(files: ProjectFiles) -> list[str]:
    """The modules of the application that assign its `INSTALLED_APPS`."""
    found = [name for name in files.own if name.endswith(".py") and _ASSIGNED.search(files.text(name))]
    return [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in found]


def _possible(files: ProjectFiles) -> str:
    """The hint that names the modules which may be the settings; empty without one."""
    modules = _settings_modules(files)
    listed = " or ".join(f"`{_VARIABLE}={one}`" for one in modules)
    return f"run it with {listed} in the environment, which reads that module as text" if modules else ""


def _unread(message: str, hint: str = _NAME_IT) -> ConfigError:
    return ConfigError([error("migrate/settings", message, hint=hint)])


def _project(files: ProjectFiles, settings: DjangoSettings) -> DjangoProject:
    """The project as far as the files of its settings show it."""
    url, script, finders = (settings.value(name) for name in ("STATIC_URL", "FORCE_SCRIPT_NAME", "STATICFILES_FINDERS"))
    folders, applications = settings.folders(), settings.value(_APPLICATIONS, [])
    listed = applications if isinstance(applications, list) else [UNKNOWN]
    texts = [one for one in listed if isinstance(one, str)]
    is_text = settings.text(_DIRS) is not None
    possible = [one.value for one in listed if isinstance(one, Maybe)]
    named = settings.texts("STATICFILES_FINDERS")
    known = {
        "STATIC_URL": all(type(one) is str or one is None for one in (url, script)),
        _DIRS: folders is not None or is_text,
        _APPLICATIONS: len(listed) == len(texts) + len(possible) and not [*_static_folders(files, possible)],
        "STATICFILES_FINDERS": finders == named and all(one.startswith(_FINDERS) for one in named or ()),
    }
    dirs = [(os.path.normpath(files.path(path)), prefix) for prefix, path in folders or ()]
    roots = [one for one in dirs if os.path.isdir(one[0])] if _uses(named, "FileSystemFinder") else []
    if _uses(named, "AppDirectoriesFinder"):
        roots += ((files.path(folder), "") for folder in _static_folders(files, texts))
    computed = tuple(name for name, is_known in known.items() if not is_known)
    paths = None if is_text else tuple(path for path, _ in dirs)
    installed = [*_installed(files, [*texts, *(one for one in possible if isinstance(one, str))])]
    return DjangoProject(
        files.folder,
        settings,
        roots=tuple(dict.fromkeys(roots)),
        dirs=paths,
        url=_static_url(url, script),
        computed=computed,
        installed=tuple(one for one in installed if isinstance(one, SourceRoot)),
        absent=tuple(one for one in installed if isinstance(one, str)),
    )


def _static_url(url: object, script: object) -> str:
    """The URL prefix as Django makes it: a relative one follows the prefix of the script."""
    if type(url) is not str:  # nor a path of the project, which is absolute there
        return ""
    prefix = script.rstrip("/") if isinstance(script, str) else ""
    return url if url.startswith(("/", "http://", "https://")) else f"{prefix}/{url}"


def _uses(finders: Sequence[str] | None, finder: str) -> bool:
    return finders is None or any(one.endswith(f".{finder}") for one in finders)


def _static_folders(files: ProjectFiles, applications: Sequence[str]) -> Iterator[str]:
    """The static folders of those applications that lie in the project."""
    owners = {name[: name.index("/static/")] for name in files.names if "/static/" in name}
    for application in applications:
        path = _folder_of(files, application)
        if os.path.isdir(files.path(path)):
            found = [path] if os.path.isdir(files.path(f"{path}/static")) else []
        else:  # below a folder that `sys.path` has
            found = [owner for owner in owners if owner.endswith(f"/{path}")]
        yield from (f"{owner}/static" for owner in sorted(found, key=len)[:1])


def _installed(files: ProjectFiles, applications: Sequence[str]) -> Iterator[SourceRoot | str]:
    """The static folders of the applications that lie elsewhere; the name of each that is not found."""
    elsewhere = [
        folder for folder in project_path(files.folder) if os.path.realpath(folder) != os.path.realpath(files.folder)
    ]
    tops = {part for name in files.names if name.endswith(".py") for part in name.removesuffix(".py").split("/")}
    for application in applications:
        parts = application.split(".")
        spec = PathFinder.find_spec(parts[0], elsewhere)
        if spec is None:
            yield from () if parts[0] in tops else [application]
            continue
        top = next(iter(spec.submodule_search_locations or ()), "")
        places = (os.path.join(top, *parts[1:end]) for end in range(len(parts), 0, -1))
        path = os.path.join(next(filter(os.path.isdir, places), top), "static")
        if top and os.path.isdir(path):
            yield SourceRoot(path, path.replace(os.sep, "/"), vendored=True)


def _folder_of(files: ProjectFiles, application: str) -> str:
    """The folder of an application, which names its package or a class of configuration in a module of that."""
    path = application.partition(".apps.")[0].replace(".", "/")
    while "/" in path and not os.path.isdir(files.path(path)) and os.path.isdir(files.path(path.split("/")[0])):
        path = path.rpartition("/")[0]
    return path
