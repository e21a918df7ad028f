"""Leaves out of a configuration what only code of the project can do, and reports each as a warning."""

import re
from collections.abc import Iterator
from typing import Any, Final

from buildassets.compiler.config.values import Config, EngineNames
from buildassets.compiler.engines.failures import NOT_RUN_HINT, NotRunError, UnavailableError
from buildassets.compiler.engines.registry import BUILT_IN, MINIFIED
from buildassets.foundation.diagnostics import Diagnostic, warning
from buildassets.foundation.frozen import replace, values_by_name

_OWN_EXTENSION: Final = re.compile(r"jinja2\.ext\.\w+|buildassets\.([a-z]\w*\.)+[A-Z]\w+Extension")


def is_own_extension(name: str) -> bool:
    """Whether an extension of Jinja is Jinja's own or ours, and so no module of the project."""
    return _OWN_EXTENSION.fullmatch(name) is not None


def without_project_python(config: Config) -> Config:
    """`config` without Jinja extensions that may be of the project, and without minifiers and Sass engines that are."""
    extensions = tuple(filter(is_own_extension, config.templates.extensions))
    engines = _of_project(config)
    default = values_by_name(EngineNames())
    kept: dict[str, Any] = {kind: "none" if kind in MINIFIED else default[kind] for kind in engines}
    return replace(
        config,
        templates=replace(config.templates, extensions=extensions),
        engines=replace(config.engines, **kept),
        notices=(*config.notices, *_notices(config, engines)),
    )


def without_project_esbuild(config: Config) -> Config:
    """`config` that minifies no script if the esbuild for it lies in the project. Starts an esbuild for its version."""
    from buildassets.compiler.engines.esbuild.command import find_esbuild

    if config.engines.js != "esbuild":
        return config
    try:
        find_esbuild(config.folder, permission=config.permission)
    except NotRunError as why:
        notice = why.diagnostic("js/unavailable", config.place("engines", "js"))
        return replace(config, engines=replace(config.engines, js="none"), notices=(*config.notices, notice))
    except UnavailableError:  # which the start of the engines reports
        pass
    return config


def _of_project(config: Config) -> dict[str, str]:
    """The engines that the project brings itself, by kind."""
    from buildassets.compiler.engines.entry_points import is_brought

    names = {"scss": config.engines.scss, **config.engines.minifiers}
    others = {kind: name for kind, name in names.items() if name not in (*BUILT_IN, "none")}
    return {kind: name for kind, name in others.items() if is_brought(name, config.folder)}


def _notices(config: Config, engines: dict[str, str]) -> Iterator[Diagnostic]:
    for index, name in enumerate(config.templates.extensions):
        if not is_own_extension(name):
            message = f"the Jinja extension `{name}` is not loaded: that would run code of the project"
            place = config.place("templates", "extensions", index)
            yield warning("config/not-run", message, place, hint=NOT_RUN_HINT)
    for kind, name in engines.items():
        message = f"the engine `{name}` is not loaded: that would run code of the project"
        yield warning("config/not-run", message, config.place("engines", kind), hint=NOT_RUN_HINT)
