"""From an environment to what is known of its project. Reads templates; looks for folders. Imports Jinja."""

import glob
import os
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from inspect import isclass
from typing import Any, Final

from jinja2 import Environment as Jinja

from buildassets.compat.webassets.compile.described import Described, Static, Trees, plain_settings
from buildassets.compat.webassets.compile.settings import is_of_assets
from buildassets.compat.webassets.compile.template_tags import bundles_in_templates
from buildassets.compat.webassets.compile.yaml_file import connect, read_yaml_file
from buildassets.compat.webassets.run.environment import Environment
from buildassets.compat.webassets.run.settings import name_in_flask
from buildassets.disk.folders import path_below
from buildassets.foundation.frozen import replace

_EXTENSIONS: Final = ["buildassets.compat.webassets.AssetsExtension", "jinja2.ext.do", "jinja2.ext.i18n"]


def described_yaml(folder: str, files: Sequence[str]) -> Described:
    """The project of the YAML `files`, as seen from `folder`. Raises ConfigError, and TooLargeError.

    Bundles may name those of other files. Of several with one name, the first has it; the others are anonymous.
    """
    paths = [os.path.normpath(os.path.join(folder, file)) for file in files]
    read = [read_yaml_file(path, file) for path, file in zip(paths, files, strict=True)]
    bundles: dict[str, Any] = {}
    for name, bundle in (pair for one in read for pair in one.bundles.items()):
        bundles.setdefault(name, bundle)
    for one in read:
        connect(one.bundles, bundles)
    settings = [_settings_of_yaml(path, one.settings) for path, one in zip(paths, read, strict=True)]
    environment = Environment(**{key: value for one in reversed(settings) for key, value in one.items()})
    environment.register(bundles)
    whole, trees = described(environment, folder), Trees()
    others = [bundle for one in read for name, bundle in one.bundles.items() if bundle is not bundles[name]]
    return replace(
        whole,
        anonymous=(*whole.anonymous, *map(trees.tree_of, others)),
        beside={
            path: _static_at(one.get("directory") or os.path.dirname(path), folder)
            for path, one in zip(paths, settings, strict=True)
        },
        files=tuple(paths),
    )


def _static_at(path: str, folder: str) -> Static:
    """The folder at `path`, whose prefix is that path as seen from `folder`; none outside of it."""
    return Static(path, path_below(folder, path) or "")


def is_app(value: object) -> bool:
    """Whether `value` is an application of Flask, or something like it."""
    return not isclass(value) and hasattr(value, "jinja_env") and hasattr(value, "static_folder")


def environment_of_yaml(path: str, settings: Any, bundles: Any) -> Environment:
    """The environment that a YAML file has."""
    environment = Environment(**_settings_of_yaml(path, settings))
    environment.register(bundles)
    return environment


def _settings_of_yaml(path: str, settings: Any) -> dict[str, Any]:
    """The settings in the YAML file at `path`, from which its `directory` is seen."""
    own = {key: value for key, value in settings.items() if key not in ("config", "filters") and value is not None}
    if isinstance(own.get("directory"), str):
        own["directory"] = os.path.normpath(os.path.join(os.path.dirname(path), own["directory"]))
    return {**own, **(settings.get("config") or {})}


def described(environment: Environment, folder: str) -> Described:
    """The project of `environment`, whose relative paths are seen from `folder`. Raises TooLargeError."""
    app = environment.application
    templates = tuple(_template_folders(app, folder))
    jinja = app.jinja_env if app is not None else Jinja(extensions=_EXTENSIONS)  # noqa: S701 it only parses
    tags = bundles_in_templates(jinja, templates, environment.bundles)
    settings = plain_settings(_settings(environment, app))
    patterns = [os.path.normpath(os.path.join(folder, path)) for path in environment.load_path]
    load_path = [one for pattern in patterns for one in sorted(glob.glob(pattern))]
    directory = os.path.normpath(os.path.join(folder, _directory(environment, app, folder)))
    trees = Trees()
    return Described(
        bundles={name: trees.tree_of(one) for name, one in environment.bundles.items()},
        anonymous=tuple(trees.tree_of(one) for one in (*(one for one in environment if not one.name), *tags)),
        settings=settings,
        folders=tuple(map(Static, load_path)) if load_path else tuple(_static_folders(app, directory)),
        is_searched=bool(load_path),
        directory=directory,
        url=environment.url,
        static_url=getattr(app, "static_url_path", None),
        has_deep_globs=find_spec("glob2") is not None,
        templates=templates,
    )


def _settings(environment: Environment, app: Any) -> dict[str, Any]:
    """The settings that are given, as Flask-Assets calls them."""
    if app is not None:
        return {key: value for key, value in app.config.items() if is_of_assets(key)}
    return {name_in_flask(key): value for key, value in environment.config.items()}


def _static_folders(app: Any, directory: str) -> Iterator[Static]:
    if app is None:
        yield Static(directory)
        return
    for name, blueprint in app.blueprints.items():
        if blueprint.has_static_folder:
            yield Static(os.path.abspath(blueprint.static_folder), name)
    if app.has_static_folder:
        yield Static(os.path.abspath(app.static_folder))


def _directory(environment: Environment, app: Any, folder: str) -> str:
    """The folder of outputs; the usual one if none is named."""
    given = environment.config.get("directory") or (app.static_folder if app is not None else None)
    return str(given or next(iter(_usual(folder, "static")), "static"))


def _usual(folder: str, name: str) -> list[str]:
    """The folders `name` in `folder`, and one level below."""
    paths = (os.path.join(folder, name), *sorted(glob.glob(os.path.join(glob.escape(folder), "*", name))))
    return [path for path in paths if os.path.isdir(path)]


def _template_folders(app: Any, folder: str) -> Iterator[str]:
    """Where templates are that may have tags."""
    if app is None:
        yield from _usual(folder, "templates")
        return
    for one in (app, *app.blueprints.values()):
        if one.template_folder is not None:
            yield os.path.abspath(os.path.join(one.root_path, one.template_folder))
