"""Modules that django-compressor's tests import, as far as the project has no compatible ones.

Takes nothing, puts modules `compressor.…` into `sys.modules`; whatever they make is made by a build of ours.
"""

import sys
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import CommandError
from django.test import override_settings
from django.utils.html import strip_spaces_between_tags
from jinja2 import Environment, FileSystemLoader, nodes
from jinja2.ext import Extension

from buildassets.compat.compressor.compile import collect
from buildassets.compat.compressor.compile.contexts import ProbedContexts
from buildassets.compat.compressor.management.commands.compress import Command as OurCommand
from buildassets.compat.compressor.run.lookup import current_release, markup_at
from tests.corpus.compressor_suite import project
from tests.corpus.compressor_suite.meaning import Content, Rendered

_PAGES = Path("pages")


def install(tests: Path) -> None:
    """Let `compressor.tests` be the package in `tests`, and the modules that it imports be those of this file."""
    package: Any = import_module("compressor")
    package.__path__ = [str(tests)]
    exceptions = import_module("compressor.exceptions")
    for name in ("OfflineGenerationError", "TemplateSyntaxError", "TemplateDoesNotExist"):
        if not hasattr(exceptions, name):
            setattr(exceptions, name, type(name, (Exception,), {}))
    _module("compressor.base", SOURCE_FILE="file", SOURCE_HUNK="inline")
    css, js = import_module("compressor.css"), import_module("compressor.js")
    css.CssCompressor = type("CssCompressor", (Compressor, css.CssCompressor), {})  # type: ignore[attr-defined]
    js.JsCompressor = type("JsCompressor", (Compressor, js.JsCompressor), {})  # type: ignore[attr-defined]
    hashes = {"get_hashed_content": _hash_of, "get_hashed_mtime": _hash_of}
    absent = ("get_cachekey", "get_precompiler_cachekey", "cache", "get_offline_manifest", "flush_offline_manifest")
    _module("compressor.cache", **hashes, **dict.fromkeys(absent))
    _module("compressor.utils", get_mod_func=_split, get_class=None, staticfiles=ModuleType("none"))
    _module("compressor.utils.staticfiles", finders=finders)
    _module("compressor.offline")
    _module("compressor.offline.jinja2", url_for=_url_for, SpacelessExtension=Spaceless)
    _module("compressor.management")
    _module("compressor.management.commands")
    _module("compressor.management.commands.compress", Command=Command)
    storage = import_module("compressor.storage")
    storage.DefaultStorage = type("DefaultStorage", (), {})  # type: ignore[attr-defined]
    storage.default_offline_manifest_storage = NoStorage()  # type: ignore[attr-defined]
    storage.default_storage = storage.compressor_file_storage = NoStorage()  # type: ignore[attr-defined]
    import_module("compressor.conf").CompressorConf = type("CompressorConf", (), {})  # type: ignore[attr-defined]
    sheets = import_module("compressor.filters.css_default")
    for name in ("CssAbsoluteFilter", "CssRelativeFilter"):
        setattr(sheets, name, type(name, (Rebasing,), {}))


def _module(name: str, **values: Any) -> None:
    module = sys.modules[name] = ModuleType(name)
    module.__dict__.update(values)
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)


def _hash_of(path: str, length: int = 12) -> str:
    return sha256(path.encode()).hexdigest()[:length]


def _split(name: str) -> tuple[str, str]:
    module, _, function = name.rpartition(".")
    return module, function


def _url_for(_: str, filename: str) -> str:
    from django.templatetags.static import static

    return str(static(filename))


class NoStorage:
    """Theirs keep files and a manifest in storages; ours are in the release."""

    def exists(self, _: str) -> bool:
        return False


class Spaceless(Extension):
    """Jinja's `spaceless`, which their tests put around blocks."""

    tags = {"spaceless"}  # noqa: RUF012 as Jinja declares it

    def parse(self, parser: Any) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endspaceless",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_spaceless"), [], [], body).set_lineno(line)

    def _spaceless(self, caller: Any) -> str:
        return strip_spaces_between_tags(caller().strip())


class Compressor:
    """A block of one kind."""

    def __init__(self, kind: str, content: str = "", **_: Any) -> None:
        self.kind = kind
        self.content = content
        self.context: dict[str, Any] = {}

    def output(self, mode: str = "file", basename: str | None = None, **_: Any) -> Rendered:
        try:
            return project.block(self.kind, self.content, mode, basename)
        except CommandError as fault:
            raise _exception(str(fault)) from fault

    def hunks(self, **_: Any) -> list[Any]:
        return project.contents(self.kind, self.content)

    filter_input = hunks


def _exception(report: str) -> Exception:
    """Return the exception of django-compressor for what ours reports."""
    exceptions: Any = import_module("compressor.exceptions")
    if "error[compressor/precompiler]" not in report:
        return CommandError(report)
    kind = exceptions.FilterDoesNotExist if "cannot import" in report else exceptions.FilterError
    made: Exception = kind(report)
    return made


class Rebasing:
    """A filter that rewrites the URLs of a sheet, as a build does for one that lies where the filter is shown it."""

    prefix: str | None = None

    def __init__(self, content: str, **_: Any) -> None:
        self.content = content

    def input(self, filename: str, basename: str) -> Content:
        path = Path("added") / basename
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.content, encoding="utf-8")
        link = f'<link rel="stylesheet" href="{settings.COMPRESS_URL}{basename}">'
        try:
            (made,) = project.contents("css", link)
        finally:
            path.unlink()
        assert isinstance(made, Content), made
        return made


class Command:
    """The command, with the blocks that it has built: their number, and what takes their place."""

    def handle(self, **options: Any) -> None:
        """As `manage.py compress` does, where it comes to compile."""
        ours: Any = OurCommand()
        ours._run = lambda *_, **__: self.compress()
        ours.handle(**{"verbosity": 0, **options})

    def compress(self) -> None:
        """Build the release."""
        project.build()

    def handle_inner(self, *, engines: list[str], verbosity: int = 1, **_: Any) -> tuple[int, list[Rendered]]:
        with collect.scope(collect.TemplateScope(engines=tuple(engines))):
            document, _sources = collect._Collection(ProbedContexts()).document(
                "unused"
            )  # the order of blocks is only here
            if wrong := [one["message"] for one in document["diagnostics"] if "OFFLINE_CONTEXT" in one["message"]]:
                raise ImportError(wrong[0])
            project.build()
        release = current_release()
        assert release is not None
        found = [markup_at(release, key, "") for key in document["blocks"]]
        placeholder = settings.COMPRESS_URL_PLACEHOLDER
        texts = [str(one).replace(str(settings.COMPRESS_URL), placeholder) for one in found]
        return len(texts), [Rendered(one) for one in texts]


class Templates(Environment):
    """An environment of Jinja whose templates from texts are built before they are rendered."""

    def from_string(self, source: Any, *given: Any, **named: Any) -> Any:
        template = super().from_string(source, *given, **named)
        return _Built(self, source, template)


class _Built:
    def __init__(self, environment: Templates, source: str, template: Any) -> None:
        self._environment, self._source, self._template = environment, source, template

    def render(self, values: dict[str, Any] | None = None) -> Rendered:
        _PAGES.mkdir(exist_ok=True)
        (_PAGES / "page.html").write_text(self._source, encoding="utf-8")
        environment = self._environment.overlay(loader=FileSystemLoader(_PAGES))
        known = {"COMPRESS_OFFLINE_CONTEXT": values or {}, "COMPRESS_JINJA2_GET_ENVIRONMENT": lambda: environment}
        with override_settings(TEMPLATES=[], **known):
            if settings.COMPRESS_ENABLED:
                project.build()
            return Rendered(self._template.render(values or {}))
