"""django-pipeline: builds keep reading `PIPELINE`, so one line of ours is enough. Takes what is asked, gives a Plan."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Final

from buildassets.compat.meaning import Meaning
from buildassets.compat.pipeline.compile.settings import PACKAGE_KEYS, compiler_meaning, key_meaning
from buildassets.migrate.django import RELEASE, project_of
from buildassets.migrate.plan import Answer, Plan, ProjectToMigrate
from buildassets.migrate.python_lines import Judgement, SettingsTable, answer_of, over
from buildassets.project.python import items, text_of

_PIPELINE: Final = "PIPELINE"
_STORAGES: Final = (
    *("NonPackagingPipelineManifestStorage", "NonPackagingPipelineStorage", "PipelineCachedStorage"),
    *("PipelineManifestStorage", "PipelineStorage"),
)
_FINDERS: Final = (
    *("AppDirectoriesFinder", "CachedFileFinder", "FileSystemFinder", "ManifestFinder", "PipelineFinder"),
)
_GONE: Final = Meaning("changed", "not needed: remove it, or leave it where it is")
_EXTENSION: Final = Meaning("changed", "it is `buildassets.compat.pipeline.PipelineExtension`")
_TEXTS: Final[Mapping[str, Meaning]] = {
    **dict.fromkeys((f"pipeline.storage.{name}" for name in _STORAGES), Meaning("changed", RELEASE)),
    **dict.fromkeys((f"pipeline.finders.{name}" for name in _FINDERS), _GONE),
    "pipeline": Meaning("changed", "put `buildassets.compat.pipeline` in its place"),
    "pipeline.middleware.MinifyHTMLMiddleware": Meaning("not possible", "remove it: pages stay unchanged"),
    "pipeline.jinja2.PipelineExtension": _EXTENSION,
    "pipeline.templatetags.ext.PipelineExtension": _EXTENSION,
}
_NO_KEY: Final = Meaning("not possible", "no key of a package: remove it")


def plan(asked: ProjectToMigrate) -> Plan:
    """The migration of the packages of a project. Raises ConfigError."""
    project = project_of(asked, "django-pipeline")
    engines: dict[str, Any] = {}

    def of_pipeline(_: str, value: ast.expr) -> Judgement:
        return ("taken over", "every build reads it unchanged"), _lines(value, engines)

    lines = tuple(project.accounts(SettingsTable(lambda _: None, _TEXTS, {_PIPELINE: of_pipeline})))
    return project.plan(lines, {"pipeline": project.settings.module, "engines": engines})


def _lines(given: ast.expr, engines: dict[str, Any]) -> Iterator[tuple[int, Answer]]:
    """The answers to the keys of `PIPELINE`; sets the `engines` of kinds that are not compressed to `none`."""
    for key, value in items(given):
        kind, _, of_kind = key.partition("_")
        if of_kind == "COMPRESSOR" and isinstance(value, ast.Constant) and not value.value:
            engines[kind.lower()] = "none"
            yield value.lineno, ("taken over", f'`{key}`: it is `{kind.lower()} = "none"` in `engines`')
        elif key in ("STYLESHEETS", "JAVASCRIPT"):
            yield value.lineno, answer_of(key, key_meaning(key))
            for inner, of_package in (pair for _, package in items(value) for pair in items(package)):
                yield from over(of_package, answer_of(inner, PACKAGE_KEYS.get(inner, _NO_KEY)))
        else:
            yield from over(value, answer_of(key, key_meaning(key)))
            for node in ast.walk(value) if key == "COMPILERS" else ():
                if name := text_of(node):
                    yield from over(node, answer_of(name, compiler_meaning(name)))
