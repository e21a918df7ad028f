"""Reads the settings of Django: their static folders, and an account of each line.

Takes a folder and the module of the settings, which is loaded in a separate process. Gives frozen values.
"""

import ast
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from buildassets.compat.meaning import Meaning
from buildassets.compat.run_program import ProgramError, printed_by
from buildassets.compiler.config.file import read_text, relative_to
from buildassets.diagnostics import error
from buildassets.errors import ConfigError
from buildassets.files import small_text_of
from buildassets.frozen import frozen
from buildassets.migrate.plan import Accounted, Announce, nothing_there
from buildassets.migrate.python_lines import Answer, Judgement, accounts_of, settings_in, text_of, together, worst
from buildassets.programs.permission import Permission

VARIABLE: Final = "DJANGO_SETTINGS_MODULE"
_PROGRAM: Final = "buildassets.compat.pipeline.build.collect"
_NAMED: Final = re.compile(rf"[\"']{VARIABLE}[\"']\s*,\s*[\"']([\w.]+)[\"']")
_STORAGE: Final = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"

_DIRS: Final = "STATICFILES_DIRS"

# The meanings of the texts in a setting whose value is a list or a table, by the beginning of the text.
Parts = Mapping[str, Mapping[str, Meaning]]

# The meanings of the settings of `django.contrib.staticfiles`.
STATICFILES: Final[Mapping[str, Meaning]] = {
    "STATICFILES_DIRS": Meaning("taken over", "they are source roots"),
    "STATICFILES_FINDERS": Meaning("taken over", "what they find in folders is in source roots"),
    "STATIC_ROOT": Meaning("changed", "a release is a folder of its own: `build/assets`, see docs/django.md"),
    "STATIC_URL": Meaning("taken over", "it is `url`"),
}
_KEPT: Final = "or keep it, build with `--staticfiles-json` and let `STATIC_ROOT` be `build/assets`: docs/companions.md"
STORAGE_PARTS: Final[Mapping[str, Meaning]] = {
    "django.contrib.staticfiles.storage.ManifestStaticFilesStorage": Meaning(
        "changed", f"let it be `{_STORAGE}`, {_KEPT}"
    ),
    "django.contrib.staticfiles.storage.StaticFilesStorage": Meaning("changed", f"let it be `{_STORAGE}`"),
}
STORAGES: Final = ("STATICFILES_STORAGE", "STORAGES")


@frozen
class Project:
    """A Django project: the module of its settings, its static folders and URL, and its files.

    `dirs` are the paths in `STATICFILES_DIRS`, None if that is a text.
    """

    module: str
    roots: tuple[Mapping[str, Any], ...]
    dirs: tuple[str, ...] | None
    url: str
    files: tuple[str, ...]


def project_of(folder: str, module: str | None, system: str, *, permission: Permission, announce: Announce) -> Project:
    """The project in `folder`, with the settings `module`, or those that `manage.py` names. Raises ConfigError."""
    name = settings_module(folder, module)
    if name is None:
        raise nothing_there(system, ["manage.py"])
    announce(name)
    try:
        described = printed_by(_PROGRAM, name, folder, permission=permission)
    except ProgramError as fault:
        message = f"cannot load the settings `{name}`: {fault}"
        hint = "name the module with `--settings`, and run this where `manage.py` is"
        raise ConfigError([error("migrate/settings", message, hint=hint)]) from None
    dirs = described["dirs"]
    return Project(
        name,
        tuple(described["roots"]),
        None if dirs is None else tuple(dirs),
        described["url"],
        tuple(described["files"]),
    )


def settings_module(folder: str, given: str | None) -> str | None:
    """The module of the settings: the given one, or that of the environment, or the one that `manage.py` names."""
    if given or os.environ.get(VARIABLE):
        return given or os.environ[VARIABLE]
    match = _NAMED.search(small_text_of(os.path.join(folder, "manage.py")) or "")
    return match[1] if match else None


def own_sources(folder: str, project: Project) -> list[Any]:
    """The static folders inside `folder`, as source roots."""
    own = [root for root in project.roots if not root["vendored"]]
    return [_source(folder, root) for root in own if not relative_to(folder, root["path"]).startswith("..")]


def _source(folder: str, root: Mapping[str, Any]) -> Any:
    path = relative_to(folder, root["path"])
    return {"path": path, "prefix": root["prefix"]} if root["prefix"] else path


def static_settings(folder: str, project: Project) -> dict[str, Any]:
    """Our configuration for the static files of a project."""
    own = own_sources(folder, project)
    sources: dict[str, Any] = {"sources": own} if own else {}
    return {**sources, "url": project.url} if project.url.startswith(("/", "http://", "https://")) else sources


def accounts(folder: str, project: Project, judge: Callable[[ast.stmt], Judgement | None]) -> Iterator[Accounted]:
    """The account of each line of the files of the project that `judge` knows, the settings first."""
    own = os.path.join(folder, *project.module.split("."))
    for path in sorted(project.files, key=lambda path: (not path.startswith(own), path)):
        shown = relative_to(folder, path)
        text = read_text(path, shown)
        yield from accounts_of(shown, text, lambda statement: _of_dirs(folder, project, statement) or judge(statement))


def without_own(folder: str, project: Project) -> Iterator[Accounted]:
    """A line for a project that has no static folder of its own."""
    if not own_sources(folder, project):
        note = "no static folder is the project's own: build with `manage.py assets build`, which finds those installed"
        yield Accounted("manage.py", 1, "manage.py", "changed", note)


def _of_dirs(folder: str, project: Project, statement: ast.stmt) -> Judgement | None:
    """The answers for `STATICFILES_DIRS` if it names no folder somewhere."""
    given = next((value for name, value in settings_in(statement) if name == _DIRS), None)
    if given is None:
        return None
    if project.dirs is None:
        return Judgement(("not possible", f"`{_DIRS}` is a text, whose letters are taken for paths: write a list"))
    gone: dict[int, Answer] = {
        index: ("not possible", f"there is no folder `{relative_to(folder, path)}`: make it, or remove it here")
        for index, path in enumerate(project.dirs)
        if not os.path.isdir(path)
    }
    return Judgement(*_placed(given, gone, len(project.dirs))) if gone else None


def _placed(given: ast.expr, gone: Mapping[int, Answer], count: int) -> tuple[Answer, Mapping[int, Answer]]:
    """The usual answer for the folders `given`, and those by line for what is `gone`, where they are listed."""
    elements = given.elts if isinstance(given, ast.List | ast.Tuple) else []
    if len(elements) != count:
        return together([*gone.values()]), {}
    lines: dict[int, list[Answer]] = {}
    for index, answer in gone.items():
        lines.setdefault(elements[index].lineno, []).append(answer)
    meaning = STATICFILES[_DIRS]
    return (meaning.outcome, f"`{_DIRS}`: {meaning.note}"), {one: together(every) for one, every in lines.items()}


def judge_of(
    meanings: Mapping[str, Meaning], parts: Parts, prefix: str = "", unknown: Meaning | None = None
) -> Callable[[ast.stmt], Judgement | None]:
    """A function that judges settings by their names; one with the `prefix` but without a meaning is `unknown`."""

    def judge(statement: ast.stmt) -> Judgement | None:
        for name, value in settings_in(statement):
            meaning = meanings.get(name) or (unknown if prefix and name.startswith(prefix) else None)
            if name in parts:
                lines = worst(_part_lines(value, parts[name]))
                usual = (meaning.outcome, meaning.note) if meaning else None
                return Judgement(usual, lines) if usual or lines else None
            if meaning is not None:
                return Judgement((meaning.outcome, f"`{name}`: {meaning.note}"))
        return None

    return judge


def _part_lines(value: ast.expr, meanings: Mapping[str, Meaning]) -> Iterator[tuple[int, Answer]]:
    for node in ast.walk(value):
        written = text_of(node)
        if written is not None and isinstance(node, ast.Constant) and written in meanings:
            meaning = meanings[written]
            yield node.lineno, (meaning.outcome, f"`{written}`: {meaning.note}")
