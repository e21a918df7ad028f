"""django-compressor: lists what each of its settings means, since builds keep reading them, and the changes to make.

Takes a folder and the module of Django's settings, gives a frozen value. Reads that module and `manage.py`. Imports
Django.
"""

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any, Final

from buildassets.diagnostics import error
from buildassets.errors import ConfigError
from buildassets.frozen import frozen
from buildassets.migrate.django_settings import VARIABLE, settings_module
from buildassets.migrate.plan import Announce
from buildassets.programs.permission import Permission
from buildassets.programs.project_python import importable

_LIBSASS: Final = {
    "LIBSASS_ADDITIONAL_INCLUDE_PATHS": "used: Sass also looks there",
    "LIBSASS_CUSTOM_FUNCTIONS": "used; `static` is known anyway",
    "LIBSASS_OUTPUT_STYLE": "nothing to do: what is released is minified",
    "LIBSASS_PRECISION": "decides nothing any more: the engine has its own",
    "LIBSASS_SOURCEMAPS": "nothing to do: see `source_maps` in the configuration",
    "LIBSASS_SOURCE_COMMENTS": "nothing to do: what is released is minified",
}
_MINIFYING: Final = ("min", "yui", "yuglify", "closure", "cleancss")


@frozen
class Settled:
    """The result: `settings` are those in use with the meaning of each, `changes` are to be done by hand.

    `file` is the text of a `buildassets.toml` for the project.
    """

    settings: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]
    file: str

    def report(self) -> Sequence[str]:
        """The settings, then the changes, for a person."""
        lines = ["settings:", *(f"  {name}: {meaning}" for name, meaning in self.settings)]
        return [*lines, "to be done by hand:", *(f"  {change}" for change in self.changes or ("nothing",))]

    def document(self) -> dict[str, Any]:
        """The result for JSON."""
        return {"settings": dict(self.settings), "changes": list(self.changes)}

    def summary(self) -> str:
        """The numbers of settings and changes."""
        return f"settings: {len(self.settings):,}; to be done by hand: {len(self.changes):,}"


def plan(folder: str, module: str | None, *, permission: Permission, announce: Announce) -> Settled:
    """The migration of the project in `folder`, with the settings `module`, or those that its `manage.py` names.

    Raises ConfigError if the settings cannot be found or loaded.
    """
    with importable(folder, permission=permission, first=True):
        return _plan(folder, module, announce=announce)


def _plan(folder: str, module: str | None, *, announce: Announce) -> Settled:
    settings = _settings(folder, module, announce=announce)
    from buildassets.compat.compressor.build.settings import build_options, given_settings, meaning_of

    found = [(name, meaning_of(name) or "not known to django-compressor: remove it") for name in given_settings()]
    found += [(name, meaning) for name, meaning in _LIBSASS.items() if hasattr(settings, name)]
    return Settled(tuple(found), tuple(_changes(settings)), "".join(_lines(settings, build_options())))


def _settings(folder: str, module: str | None, *, announce: Announce) -> Any:
    name = settings_module(folder, module)
    if name is None:
        hint = f"run this where `manage.py` is, set `{VARIABLE}`, or name the module with `--settings`"
        raise ConfigError([error("compressor/project", "there are no settings of a Django project", hint=hint)])
    announce(name)
    try:
        return _loaded(name)
    except Exception as fault:
        message = f"cannot load the settings `{name}`: {type(fault).__name__}: {fault}"
        raise ConfigError([error("compressor/project", message)]) from None


def _loaded(name: str) -> Any:
    """Django's settings in the module `name`; restores the environment afterwards."""
    from django.conf import settings

    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = name
    try:
        settings.INSTALLED_APPS  # noqa: B018 loads them
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before
    return settings


def _changes(settings: Any) -> Iterator[str]:
    apps = list(settings.INSTALLED_APPS)
    if "buildassets.compat.compressor" not in apps:
        there = "replace `compressor` by" if "compressor" in apps else "add"
        yield f"INSTALLED_APPS: {there} `buildassets.compat.compressor`"
    if "buildassets.runtime.django" not in apps:
        yield "INSTALLED_APPS: add `buildassets.runtime.django`"
    if not hasattr(settings, "BUILDASSETS"):
        yield 'BUILDASSETS: add `{"manifest": BASE_DIR / "build/manifest.json"}`'
    backend = settings.STORAGES.get("staticfiles", {}).get("BACKEND", "")
    if not backend.startswith("buildassets."):
        yield "STORAGES: let `staticfiles` have `buildassets.runtime.django.storage.ReleaseStaticFilesStorage`"
    for options in settings.TEMPLATES:
        for extension in options.get("OPTIONS", {}).get("extensions", ()):
            if extension == "compressor.contrib.jinja2ext.CompressorExtension":
                yield f"TEMPLATES: `{extension}` becomes `buildassets.compat.compressor.CompressorExtension`"


def _lines(settings: Any, options: Any) -> Iterator[str]:
    yield "# static files are found by Django's finders: `manage.py assets build`\n"
    yield 'output = "build"\n'
    yield f"url = {json.dumps(str(settings.STATIC_URL or '/static/'))}\n"
    folders = [os.path.relpath(str(one)) for one in getattr(settings, "LIBSASS_ADDITIONAL_INCLUDE_PATHS", None) or ()]
    if folders:
        yield f"load_paths = {json.dumps(folders)}\n"
    named = getattr(settings, "COMPRESS_FILTERS", None) or {}
    left = [kind for kind in ("css", "js") if kind in named and not _minifies(named[kind])]
    if left:
        yield "\n[engines]\n"
        yield from (f'{kind} = "none" # its filters minify nothing\n' for kind in left)
    if options.data_url_bytes:
        yield f"\n[data_urls]\nlimit = {options.data_url_bytes}\n"


def _minifies(filters: Any) -> bool:
    return any(word in str(one).lower() for one in filters for word in _MINIFYING)
