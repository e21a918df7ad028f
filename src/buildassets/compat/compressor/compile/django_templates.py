"""Django's templates as a build reads them: engines of its own with the settings of the project's, and their names.

Takes the backends of the settings, gives engines and names of templates. Imports Django.
"""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.context import Context
from django.template.engine import Engine

from buildassets.compat.compressor.compile.marks import TEMPLATE
from buildassets.compat.compressor.compile.unknowns import Recorder

__all__ = ["KnownContext", "build_engines", "has_suffix", "template_names"]

_TAGS: Final = "buildassets.compat.compressor.compile.django_tags"


class KnownContext(Context):
    """A context that records which variables were asked for in vain."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.recorder = Recorder()

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            self.recorder.missing.append(str(key))
            raise


def build_engines() -> Iterator[Engine]:
    """One for each backend: what is not known is marked, and no template is kept from what the project has loaded."""
    for backend in engines.all():
        if isinstance(backend, DjangoTemplates):
            yield _engine(backend.engine)


def _engine(given: Any) -> Engine:
    own = [one for one in given.builtins if one not in Engine.default_builtins]
    return Engine(
        dirs=given.dirs,
        app_dirs=False,  # which its loaders have taken into account
        context_processors=given.context_processors,
        debug=True,
        loaders=given.loaders,
        string_if_invalid=TEMPLATE,
        file_charset=given.file_charset,
        libraries=given.libraries,
        builtins=[*own, _TAGS],
        autoescape=given.autoescape,
    )


def template_names(engine: Engine, suffixes: Sequence[str], *, follow_links: bool) -> list[str]:
    """The names of all templates that the engine's loaders have and that end in one of `suffixes`, sorted."""
    found: set[str] = set()
    for loader in _loaders(engine.template_loaders):
        found |= _names_of(loader, follow_links=follow_links)
    return sorted(name for name in found if has_suffix(name, suffixes))


def has_suffix(name: str, suffixes: Sequence[str]) -> bool:
    """Whether `name` ends in one of `suffixes`, in which `*` and `?` stand for what they do in a shell."""
    return name.endswith(tuple(suffixes)) or any(fnmatchcase(name, f"*{one}") for one in suffixes)


def _loaders(given: Any) -> Iterator[Any]:
    for loader in given:
        if hasattr(loader, "loaders"):
            yield from _loaders(loader.loaders)
        else:
            yield loader


def _names_of(loader: Any, *, follow_links: bool) -> set[str]:
    names = set(getattr(loader, "templates_dict", {}))
    try:
        folders = [str(origin) for origin in loader.get_template_sources("")]
    except Exception:
        return names
    for folder in folders:
        for path, inner, files in os.walk(folder, followlinks=follow_links):
            inner.sort()
            below = os.path.relpath(path, folder)
            prefix = "" if below == os.curdir else below.replace(os.sep, "/") + "/"
            names |= {prefix + name for name in files if not name.startswith(".")}
    return names
