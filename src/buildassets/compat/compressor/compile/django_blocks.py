"""The blocks of all of Django's templates, rendered in one context.

Takes engines and contexts, gives renderings, and what is wrong with templates. Imports Django.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

from django.template.base import Template
from django.template.engine import Engine
from django.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.cache import CacheNode

from buildassets.compat.compressor.compile.django_reach import NodeReach
from buildassets.compat.compressor.compile.django_templates import KnownContext
from buildassets.compat.compressor.compile.django_walk import NoParent, walk_template
from buildassets.compat.compressor.compile.marks import marked_names
from buildassets.compat.compressor.compile.rendering import BlockPlace, Rendering
from buildassets.compat.compressor.compile.static_files import plain_static_urls
from buildassets.compat.compressor.compile.translations import in_each_language
from buildassets.compat.compressor.compile.unknowns import MANY, Recorder, variants
from buildassets.compat.compressor.run.nodes import CompressNode, UnknownKindError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning

__all__ = ["DjangoBlocks"]


class DjangoBlocks:
    """The templates of one engine: read once, gone through in each context. `shown` turns a path into a name."""

    def __init__(self, engine: Engine, names: list[str], shown: Callable[[str], str]) -> None:
        self._broken: list[Diagnostic] = []
        self._lost: dict[str, Diagnostic] = {}
        self._followed: set[str] = set()
        self.files: set[str] = set()
        self.roots: set[str] = set()
        self._shown = shown
        self._sources: dict[str, str] = {}
        self._templates = [one for one in (self._template(engine, name) for name in names) if one is not None]
        self._reach = NodeReach(engine)

    def _template(self, engine: Engine, name: str) -> Template | None:
        try:
            found = engine.get_template(name)
        except TemplateSyntaxError as fault:
            self._broken.append(self._unreadable(name, fault))
        except (TemplateDoesNotExist, OSError, UnicodeDecodeError) as fault:
            message = f"cannot read the template `{name}`: {type(fault).__name__}"
            self._broken.append(warning("compressor/template", message))
        else:
            self.files.add(str(found.origin))
            if os.path.isabs(str(found.origin)):
                self.roots.add(str(found.origin).removesuffix(name))
            return found
        return None

    def _unreadable(self, name: str, fault: TemplateSyntaxError) -> Diagnostic:
        """A template that the tags of this engine cannot read: it may well be one of another engine's.

        Not so where a tag of ours is at fault: that is an error.
        """
        details: dict[str, Any] = getattr(fault, "template_debug", None) or {}
        self.files |= {str(details["name"])} if details.get("name") else set()  # it is read again once it is mended
        where = None
        if details:
            source = "".join(line for _, line in details.get("source_lines", ()))
            file = self._shown(str(details.get("name", name)))
            where = locate(file, source, 0) if not source else _line_of(file, source, int(details["line"]))
        reason = getattr(fault, "raw_error_message", fault)  # Django 6.1 puts the path before it
        message = f"cannot read the template `{name}`: {reason}"
        make = error if isinstance(fault, UnknownKindError) else warning
        return make("compressor/template", message, where or Location(name))

    def renderings(self, values: dict[str, Any]) -> Iterator[Rendering]:
        """The blocks that any template comes to in a context of these `values`."""
        self._reach.renew()
        for template in self._templates:
            if self._reach.of(template).leads:
                yield from in_each_language(partial(self._of_template, template, values))

    def _of_template(self, template: Template, values: dict[str, Any]) -> list[Rendering]:
        """The blocks that this template comes to, in the language that is active."""
        found: list[Rendering] = []

        def keep(node: CompressNode, context: KnownContext) -> None:
            found.extend(self._rendered(node, context))

        try:
            with plain_static_urls():
                context = KnownContext(dict(values))
                walk_template(template, context, keep, reach=self._reach, walked=self._origins)
        except Exception as fault:
            if "compress" in str(template.source):
                self._lost.setdefault(str(template.origin), self._unreached(template, fault))
        else:
            self._followed.add(str(template.origin))
        return found

    @cached_property
    def _origins(self) -> frozenset[str]:
        return frozenset(str(one.origin) for one in self._templates)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The diagnostics for templates that cannot be read, or whose parents no context names."""
        return [*self._broken, *(one for origin, one in self._lost.items() if origin not in self._followed)]

    def _unreached(self, template: Template, fault: Exception) -> Diagnostic:
        reason = str(fault)
        where = Location(self._shown(str(template.origin)))
        if isinstance(fault, NoParent):
            unknown = marked_names(reason)
            is_named = fault.is_absent and not unknown
            reason = f"there is no template `{reason}`" if is_named else reason
            reason = f"`{unknown[0]}` is known at run time only" if unknown else reason
            where = self._tag(fault.node)
        return warning("compressor/template", f"cannot follow the template `{template.name}`: {reason}", where)

    def _tag(self, node: Any) -> Location:
        """The place of a tag."""
        start, end = node.token.position
        return locate(self._shown(str(node.origin)), self._source(node.origin), start, end)

    def _rendered(self, node: CompressNode, context: KnownContext) -> Iterator[Rendering]:
        """The renderings of one block: one for each way in which its unknown conditions may go."""
        origin: Any = node.origin
        position = getattr(node.token, "position", None)  # of an engine for debugging, as ours is
        line = getattr(node.token, "lineno", None) or 1
        place = BlockPlace(self._shown(str(origin)), self._source(origin), line, position[0] if position else None)

        def render(recorder: Recorder) -> str:
            with _restored(context), _fresh_fragments():
                context.recorder = recorder
                return str(node.nodelist.render(context))

        def report(message: str) -> None:
            self._broken.append(warning("compressor/unknown", message, place.location(), hint=MANY))

        for one in variants(render, report):
            yield Rendering(node.block, one.text, place=place, missing=one.missing, fault=one.fault)

    def _source(self, origin: Any) -> str:
        key = str(origin)
        if key not in self._sources:
            try:
                self._sources[key] = str(origin.loader.get_contents(origin))
            except Exception:
                self._sources[key] = ""
        return self._sources[key]


def _line_of(file: str, source: str, line: int) -> Location:
    start = sum(map(len, source.splitlines(keepends=True)[: line - 1]))
    return locate(file, source, start)


@contextmanager
def _fresh_fragments() -> Iterator[None]:
    """Let `{% cache %}` render its content: the site's cache may be outdated, and must not get marks."""
    node: Any = CacheNode
    kept = node.render
    node.render = lambda self, context: self.nodelist.render(context)
    try:
        yield
    finally:
        node.render = kept


@contextmanager
def _restored(context: KnownContext) -> Iterator[None]:
    """Restore a context afterwards, also if rendering raises."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    stacks = {name: [*stack] for name, stack in blocks.blocks.items()} if blocks is not None else {}
    kept = context.dicts[:], context.render_context.dicts[:], context.recorder
    context.dicts = [*context.dicts, {}]
    try:
        yield
    finally:
        context.dicts, context.render_context.dicts, context.recorder = kept
        if blocks is not None:
            blocks.blocks.clear()
            blocks.blocks.update(stacks)
