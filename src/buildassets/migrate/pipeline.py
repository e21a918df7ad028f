"""django-pipeline: builds keep reading `PIPELINE`, so one line of ours is enough. Takes a folder, gives a Plan."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Final

from buildassets.compat.meaning import Meaning
from buildassets.compat.pipeline.build.settings import PACKAGE_KEYS, compiler_meaning, key_meaning
from buildassets.migrate.django_settings import (
    STATICFILES,
    STORAGE_PARTS,
    STORAGES,
    accounts,
    judge_of,
    project_of,
)
from buildassets.migrate.plan import Announce, Plan, written
from buildassets.migrate.python_lines import Answer, Judgement, settings_in, text_of, worst
from buildassets.programs.permission import Permission

_PIPELINE: Final = "PIPELINE"
_KINDS: Final = ("STYLESHEETS", "JAVASCRIPT")
_RELEASE: Final = "let it be `buildassets.runtime.django.storage.ReleaseStaticFilesStorage`"
_STORAGES: Final[Mapping[str, Meaning]] = {
    **STORAGE_PARTS,
    **{
        f"pipeline.storage.{name}": Meaning("changed", _RELEASE)
        for name in (
            *("NonPackagingPipelineManifestStorage", "NonPackagingPipelineStorage", "PipelineCachedStorage"),
            *("PipelineManifestStorage", "PipelineStorage"),
        )
    },
}
_GONE: Final = Meaning("changed", "not needed: remove it, or leave it where it is")
_FINDERS: Final[Mapping[str, Meaning]] = {
    f"pipeline.finders.{name}": _GONE
    for name in ("AppDirectoriesFinder", "CachedFileFinder", "FileSystemFinder", "ManifestFinder", "PipelineFinder")
}
_APPS: Final = {
    "pipeline": Meaning("changed", "put `buildassets.compat.pipeline` and `buildassets.runtime.django` in its place")
}
_MIDDLEWARE: Final = {
    "pipeline.middleware.MinifyHTMLMiddleware": Meaning("not possible", "remove it: pages stay as they are")
}
_EXTENSIONS: Final = {
    "pipeline.jinja2.PipelineExtension": Meaning("changed", "it is `buildassets.compat.pipeline.PipelineExtension`"),
    "pipeline.templatetags.ext.PipelineExtension": Meaning(
        "changed", "it is `buildassets.compat.pipeline.PipelineExtension`"
    ),
}
_PARTS: Final = {
    **dict.fromkeys(STORAGES, _STORAGES),
    "INSTALLED_APPS": _APPS,
    "MIDDLEWARE": _MIDDLEWARE,
    "STATICFILES_FINDERS": _FINDERS,
    "TEMPLATES": _EXTENSIONS,
}
_BEGIN: Final[Answer] = ("taken over", "it is read as it is, on every build")


def plan(folder: str, module: str | None, *, permission: Permission, announce: Announce) -> Plan:
    """The migration of the packages of the project in `folder`. Raises ConfigError."""
    project = project_of(folder, module, "django-pipeline", permission=permission, announce=announce)
    others = judge_of(STATICFILES, _PARTS)
    compressors: dict[str, Any] = {}

    def judge(statement: ast.stmt) -> Judgement | None:
        for name, value in settings_in(statement):
            if name == _PIPELINE or _is_of_pipeline(statement):
                given = value if name == _PIPELINE else ast.Dict([ast.Constant(name)], [value])
                compressors.update(_without_compressor(given))
                return Judgement(_BEGIN, worst(_lines(given)))
        return others(statement)

    lines = tuple(accounts(folder, project, judge))
    engines = {"engines": compressors} if compressors else {}
    return Plan(lines, written({_PIPELINE.lower(): project.module, **engines}))


def _is_of_pipeline(statement: ast.stmt) -> bool:
    """Whether the statement is `PIPELINE["KEY"] = …`."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(
        isinstance(one, ast.Subscript) and isinstance(one.value, ast.Name) and one.value.id == _PIPELINE
        for one in targets
    )


def _without_compressor(given: ast.expr) -> Iterator[tuple[str, str]]:
    """Our engines for kinds that are not compressed."""
    for key, value in _items(given):
        if _is_uncompressed(key, value):
            yield _engine(key), "none"


def _is_uncompressed(key: str, value: ast.expr) -> bool:
    return key in ("CSS_COMPRESSOR", "JS_COMPRESSOR") and isinstance(value, ast.Constant) and not value.value


def _engine(key: str) -> str:
    return key.partition("_")[0].lower()


def _items(given: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The keys and values of a dict, or of a call such as `dict(key=value)`."""
    if isinstance(given, ast.Dict):
        for key, value in zip(given.keys, given.values, strict=True):
            name = text_of(key) if key is not None else None
            if name is not None:
                yield name, value
    elif isinstance(given, ast.Call):
        yield from ((one.arg, one.value) for one in given.keywords if one.arg)


def _lines(given: ast.expr) -> Iterator[tuple[int, Answer]]:
    for key, value in _items(given):
        unminified = Meaning("taken over", f'it is `{_engine(key)} = "none"` in `engines`')
        yield from _marked(unminified if _is_uncompressed(key, value) else key_meaning(key), key, value)
        if key in _KINDS:
            for _, package in _items(value):
                for inner, of_package in _items(package):
                    meaning = PACKAGE_KEYS.get(inner) or Meaning("not possible", "no key of a package: remove it")
                    yield from _marked(meaning, inner, of_package)
        elif key == "COMPILERS":
            for node in ast.walk(value):
                if name := text_of(node):
                    meaning = compiler_meaning(name)
                    yield node.lineno, (meaning.outcome, f"`{name}`: {meaning.note}")  # type: ignore[attr-defined]  # it is an expression


def _marked(meaning: Meaning, key: str, value: ast.expr) -> Iterator[tuple[int, Answer]]:
    """The answer for the lines of a value, if it has any of its own; packages are answered for one by one."""
    answer = (meaning.outcome, f"`{key}`: {meaning.note}")
    last = value.lineno if key in _KINDS else value.end_lineno or value.lineno
    yield from ((line, answer) for line in range(value.lineno, last + 1))
