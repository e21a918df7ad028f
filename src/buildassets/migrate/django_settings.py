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
from buildassets.frozen import frozen
from buildassets.migrate.plan import Accounted, nothing_there
from buildassets.migrate.python_lines import Answer, Judgement, accounts_of, settings_in, text_of, worst

VARIABLE: Final = "DJANGO_SETTINGS_MODULE"
_PROGRAM: Final = "buildassets.compat.pipeline.build.collect"
_NAMED: Final = re.compile(rf"[\"']{VARIABLE}[\"']\s*,\s*[\"']([\w.]+)[\"']")
_STORAGE: Final = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"

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
    """A Django project: the module of its settings, its static folders and URL, and its files."""

    module: str
    roots: tuple[Mapping[str, Any], ...]
    url: str
    files: tuple[str, ...]


def project_of(folder: str, module: str | None, system: str) -> Project:
    """The project in `folder`, with the settings `module`, or those that `manage.py` names. Raises ConfigError."""
    name = settings_module(folder, module)
    if name is None:
        raise nothing_there(system, ["manage.py"])
    try:
        described = printed_by(_PROGRAM, name, folder)
    except ProgramError as fault:
        message = f"cannot load the settings `{name}`: {fault}"
        hint = "name the module with `--settings`, and run this where `manage.py` is"
        raise ConfigError([error("migrate/settings", message, hint=hint)]) from None
    return Project(name, tuple(described["roots"]), described["url"], tuple(described["files"]))


def settings_module(folder: str, given: str | None) -> str | None:
    """The module of the settings: the given one, or that of the environment, or the one that `manage.py` names."""
    if given or os.environ.get(VARIABLE):
        return given or os.environ[VARIABLE]
    try:
        with open(os.path.join(folder, "manage.py"), encoding="utf-8") as file:
            match = _NAMED.search(file.read())
    except (OSError, UnicodeDecodeError):
        return None
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
    sources: dict[str, Any] = {"sources": own_sources(folder, project)}
    return {**sources, "url": project.url} if project.url.startswith(("/", "http://", "https://")) else sources


def accounts(folder: str, project: Project, judge: Callable[[ast.stmt], Judgement | None]) -> Iterator[Accounted]:
    """The account of each line of the files of the project that `judge` knows, the settings first."""
    own = os.path.join(folder, *project.module.split("."))
    for path in sorted(project.files, key=lambda path: (not path.startswith(own), path)):
        shown = relative_to(folder, path)
        yield from accounts_of(shown, read_text(path, shown), judge)


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
