"""The blocks of all of Jinja's templates, rendered in one context.

Takes environments and contexts, gives renderings, and what is wrong with templates. Templates are run by Jinja's own
compiler, from trees of which `jinja_tree` has left what leads to blocks. Imports Jinja and Django.
"""

import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import Any

import jinja2
from django.conf import settings
from django.template import engines
from django.template.utils import InvalidTemplateEngineError

from buildassets.compat.compressor.compile.django_templates import has_suffix
from buildassets.compat.compressor.compile.jinja_tree import (
    BEGIN,
    CHOOSE,
    COUNT,
    ELSE,
    PARENT,
    RENDERING,
    structure_of,
)
from buildassets.compat.compressor.compile.marks import has_mark, mark, marked_names
from buildassets.compat.compressor.compile.rendering import BlockPlace, Rendering
from buildassets.compat.compressor.compile.static_files import plain_static_urls
from buildassets.compat.compressor.compile.translations import in_each_language
from buildassets.compat.compressor.compile.unknowns import MANY, Recorder, variants
from buildassets.compat.compressor.run.jinja import CompressorExtension, UnknownKindError
from buildassets.compat.compressor.run.key import Block
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning

__all__ = ["JinjaBlocks", "build_environments"]


def build_environments() -> Iterator[Any]:
    """The environments that know our tag: that of COMPRESS_JINJA2_GET_ENVIRONMENT, and each backend's."""
    found: list[Any] = []
    given = getattr(settings, "COMPRESS_JINJA2_GET_ENVIRONMENT", None)
    if callable(given):
        found += _given_environment(given)
    found += [backend.env for backend in engines.all() if hasattr(backend, "env")]
    for environment in dict.fromkeys(one for one in found if one is not None):
        if any(isinstance(one, CompressorExtension) for one in environment.extensions.values()):
            yield environment


def _given_environment(make: Callable[[], Any]) -> list[Any]:
    """The environment from COMPRESS_JINJA2_GET_ENVIRONMENT. Raises BuildError."""
    try:
        return [make()]
    except InvalidTemplateEngineError:  # of django-compressor's default, where there is no such backend
        return []
    except Exception as fault:
        message = f"cannot call `COMPRESS_JINJA2_GET_ENVIRONMENT`: {type(fault).__name__}: {fault}"
        raise BuildError([error("compressor/setting", message)]) from None


class JinjaBlocks:
    """The templates of one environment: read once, run in each context. `shown` turns a path into a name."""

    def __init__(self, environment: Any, suffixes: Sequence[str], shown: Callable[[str], str]) -> None:
        self._broken: list[Diagnostic] = []
        self._lost: dict[str, Diagnostic] = {}
        self._orphans: set[str] = set()  # of those, the ones of this context
        self._followed: set[str] = set()
        self._tag: BlockPlace | None = None
        self.files: set[str] = set()
        self.roots: set[str] = set()
        self._shown = shown
        self._recorder = Recorder()
        self._found: list[Rendering] = []
        self._in_block = False
        self._chosen: list[tuple[str, bool]] = []
        self._environment = self._overlay(environment)
        self._templates = [one for one in (self._template(name) for name in self._names(suffixes)) if one is not None]

    def _names(self, suffixes: Sequence[str]) -> list[str]:
        try:
            return [name for name in self._environment.list_templates() if has_suffix(name, suffixes)]
        except TypeError:  # a loader that cannot list them, or none
            return []

    def _overlay(self, environment: Any) -> Any:
        """A copy of the environment that compiles only what leads to blocks, and records what is not known.

        It has a cache of its own, so that the site's templates stay unchanged.
        """
        own = environment.overlay(undefined=_undefined_of(self), bytecode_cache=None, auto_reload=False, cache_size=-1)
        parse = own._parse
        own._parse = lambda source, name, filename: _structured(parse(source, name, filename), name, own)
        own.globals = {
            **environment.globals,
            BEGIN: self._begin,
            CHOOSE: self._choose,
            ELSE: self._else,
            PARENT: self._parent,
            COUNT: lambda: len(self._recorder.missing),
            RENDERING: lambda: self._in_block,
        }
        own.compress_blocks = self._collect
        return own

    def _choose(self, before: int, value: Any, condition: str) -> bool:
        if len(self._recorder.missing) == before and not (isinstance(value, str) and has_mark(value)):
            return bool(value)
        del self._recorder.missing[before:]
        return self._recorder.chosen(condition)

    def _begin(self, number: str, before: int, value: Any, condition: str) -> bool:
        """Whether the first branch of a condition is run."""
        if not self._in_block:
            return True
        chosen = self._choose(before, value, condition)
        self._chosen.append((number, chosen))
        return chosen

    def _else(self, number: str) -> bool:
        """Whether the other branch is, of the condition with that number."""
        if not self._in_block:
            return True
        while self._chosen:
            begun, chosen = self._chosen.pop()
            if begun == number:
                return not chosen
        return False

    def _parent(self, given: Any, name: str, line: int) -> Any:
        """The parent that a template names; where it is not known, one that shows all blocks of the template."""
        source = self._source(name)
        begin = sum(map(len, source.splitlines(keepends=True)[: line - 1]))
        self._tag = BlockPlace(self._shown(self._file(name)), source, line, start=max(source.find("{%", begin), begin))
        unknown = str(given) if isinstance(given, jinja2.Undefined | str) else ""
        if not has_mark(unknown):
            return given
        root = marked_names(unknown)[0]
        self._lose(name, f"`{root}` is known at run time only", self._tag.variable(root))
        self._recorder.missing.clear()
        parent = self._environment.from_string("")
        parent.root_render_func = _each_block_later if self._environment.is_async else _each_block
        return parent

    def _lose(self, name: str, reason: str, where: Location) -> None:
        self._orphans.add(name)
        message = f"cannot follow the template `{name}`: {reason}"
        self._lost.setdefault(name, warning("compressor/template", message, where))

    def _template(self, name: str) -> Any:
        try:
            found = self._environment.get_template(name)
        except jinja2.TemplateSyntaxError as fault:
            source = fault.source or ""
            start = sum(map(len, source.splitlines(keepends=True)[: fault.lineno - 1]))
            where = locate(self._shown(fault.filename or name), source, start) if source else Location(name)
            message = f"cannot read the template `{name}`: {fault.message}"
            self.files |= {fault.filename} if fault.filename else set()  # it is read again once it is mended
            make = error if isinstance(fault, UnknownKindError) else warning
            self._broken.append(make("compressor/template", message, where))
            return None
        except (jinja2.TemplateNotFound, OSError, UnicodeDecodeError) as fault:
            message = f"cannot read the template `{name}`: {type(fault).__name__}"
            self._broken.append(warning("compressor/template", message))
            return None
        if found.filename and os.path.exists(found.filename):
            self.files.add(found.filename)
            self.roots.add(os.path.abspath(found.filename.removesuffix(name)))
        return found

    def renderings(self, values: dict[str, Any]) -> Iterator[Rendering]:
        """The blocks that any template comes to in a context of these `values`."""
        for template in self._templates:
            yield from in_each_language(partial(self._of_template, template, values))

    def _of_template(self, template: Any, values: dict[str, Any]) -> list[Rendering]:
        """The blocks that this template comes to, in the language that is active."""
        self._recorder, self._tag = Recorder(), None
        self._orphans.clear()
        try:
            with plain_static_urls():
                template.render(values)
        except Exception as fault:
            self._unreached(template, fault)
        if template.name not in self._orphans:
            self._followed.add(template.name)
        found, self._found = self._found, []
        return found

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The diagnostics for templates that cannot be read, or whose parents no context names."""
        return [*self._broken, *(one for name, one in self._lost.items() if name not in self._followed)]

    def _unreached(self, template: Any, fault: Exception) -> None:
        """Report a template whose rendering failed, if it may have blocks."""
        if "compress" not in self._source(template.name):
            return
        where = Location(self._shown(template.filename or template.name))
        reason = str(fault)
        if isinstance(fault, jinja2.TemplateNotFound) and fault.name:
            reason = f"there is no template `{fault.name}`"
            where = self._tag.location("extends") if self._tag else where
        self._lose(template.name, reason, where)

    def _collect(self, block: Block, tag: tuple[str | None, int, int], caller: Callable[[], Any]) -> None:
        name, line, number = tag
        place = BlockPlace(self._shown(self._file(name)), self._source(name), line, number=number)
        outer = self._recorder

        def render(recorder: Recorder) -> str:
            self._recorder = recorder
            return _completed(caller())

        def report(message: str) -> None:
            self._broken.append(warning("compressor/unknown", message, place.location(), hint=MANY))

        self._in_block = True
        for one in variants(render, report):
            self._found.append(Rendering(block, one.text, place=place, missing=one.missing, fault=one.fault))
        self._recorder, self._in_block = outer, False

    def _source(self, name: str | None) -> str:
        try:
            return str(self._environment.loader.get_source(self._environment, name)[0])
        except Exception:
            return ""

    def _file(self, name: str | None) -> str:
        try:
            return str(self._environment.loader.get_source(self._environment, name)[1] or name)
        except Exception:
            return name or ""


def _completed(given: Any) -> str:
    """The text of a block; of an environment that is asynchronous, where nothing in the block is waited for."""
    if not isinstance(given, Coroutine):
        return str(given)
    try:
        given.send(None)
    except StopIteration as end:
        return str(end.value)
    given.close()
    raise RuntimeError("it waits for something")


def _each_block(context: Any) -> Iterator[str]:
    """The text of a template that shows nothing but the blocks of those that extend it."""
    for stack in [*context.blocks.values()]:
        yield from stack[0](context)


async def _each_block_later(context: Any) -> AsyncIterator[str]:
    """As `_each_block`, for an asynchronous environment."""
    for stack in [*context.blocks.values()]:
        async for text in stack[0](context):
            yield text


def _structured(tree: Any, name: str | None, environment: Any) -> Any:
    structure = structure_of(tree, name)
    structure.set_environment(environment)
    return structure


def _undefined_of(blocks: JinjaBlocks) -> type[jinja2.Undefined]:
    """The class of unknown values: every operation on one gives an unknown value, and writing one writes a mark."""

    class Unknown(jinja2.ChainableUndefined):
        """Records its name when it is made. Outside of blocks a loop over it runs once."""

        def __init__(
            self, hint: Any = None, obj: Any = jinja2.utils.missing, name: Any = None, exc: Any = None
        ) -> None:
            super().__init__(hint, obj, name, exc or jinja2.UndefinedError)
            blocks._recorder.missing.append(str(name))

        def __str__(self) -> str:
            return mark(str(self._undefined_name))

        def __html__(self) -> str:
            return str(self)

        def __iter__(self) -> Iterator[Any]:
            return iter(() if blocks._in_block else (type(self)(name=self._undefined_name),))

        def _itself(self, *_: Any, **__: Any) -> Any:
            return self

        def _fail_with_undefined_error(self, *_: Any, **__: Any) -> Any:
            raise jinja2.TemplateNotFound(str(self._undefined_name))

        __call__ = __add__ = __radd__ = __sub__ = __mul__ = __mod__ = __getitem__ = _itself

    return Unknown
