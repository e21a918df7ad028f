"""Django's templates as a build reads them: engines of its own with the settings of the project's, and their names.

Takes the backends of the settings, gives engines and names of templates. Imports Django.
"""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.base import Template
from django.template.context import Context
from django.template.engine import Engine
from django.template.exceptions import TemplateDoesNotExist
from django.template.loaders import cached
from django.template.loaders.base import Loader
from django.utils.module_loading import import_string

from buildassets.compat.compressor.compile.marks import TEMPLATE
from buildassets.compat.compressor.compile.translations import note_language
from buildassets.compat.compressor.compile.unknowns import Recorder

__all__ = ["KnownContext", "build_engines", "has_suffix", "template_names"]

_TAGS: Final = "buildassets.compat.compressor.compile.django_tags"


class KnownContext(Context):
    """A context that records which variables were asked for in vain, and that one depends on the language.

    `of_language` are the names of those that do.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.recorder = Recorder()
        self.of_language: set[str] = set()

    def get(self, key: Any, otherwise: Any = None) -> Any:
        """See Context."""
        if key in self.of_language:
            note_language()
        return super().get(key, otherwise)

    def flatten(self) -> dict[Any, Any]:
        """See Context."""
        if self.of_language:
            note_language()
        return super().flatten()

    def __getitem__(self, key: Any) -> Any:
        if key in self.of_language:
            note_language()
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
        loaders=[one if _keeps_templates(one) else (_COMPILED_ONCE, [one]) for one in given.loaders],
        string_if_invalid=TEMPLATE,
        file_charset=given.file_charset,
        libraries=given.libraries,
        builtins=[*own, _TAGS],
        autoescape=given.autoescape,
    )


def _keeps_templates(given: Any) -> bool:
    """Whether a loader of the settings finds templates in a way of its own, as Django's cached one does."""
    loader: Any = import_string(given if isinstance(given, str) else given[0])
    return loader.get_template is not Loader.get_template


class CompiledOnceLoader(cached.Loader):
    """Asks the loaders in it for a text each time, as they may find another one, and compiles each text once."""

    def __init__(self, engine: Any, loaders: Any) -> None:
        super().__init__(engine, loaders)
        self._compiled: dict[tuple[Any, ...], Template] = {}

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """See Loader. Raises TemplateDoesNotExist."""
        tried: list[tuple[Any, str]] = []
        for origin in self.get_template_sources(template_name):
            if skip is not None and origin in skip:
                tried.append((origin, "Skipped to avoid recursion"))
                continue
            try:
                text = self.get_contents(origin)
            except TemplateDoesNotExist:
                tried.append((origin, "Source does not exist"))
                continue
            key = (origin.name, template_name, text)
            if key not in self._compiled:
                self._compiled[key] = Template(text, origin, template_name, self.engine)
            return self._compiled[key]
        raise TemplateDoesNotExist(template_name, tried=tried)


_COMPILED_ONCE: Final = f"{__name__}.{CompiledOnceLoader.__name__}"


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
