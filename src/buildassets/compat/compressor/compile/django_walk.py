"""Finds the blocks of Django's templates: goes through the nodes as rendering would, and renders blocks only.

Both branches of a condition are gone through; blocks, parents, included templates and inclusion tags are taken as
Django takes them. What cannot be known outside of a block matters only where it leads into one. Imports Django.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any, Final

from django.template.base import Node, Template, TextNode, VariableNode
from django.template.defaulttags import AutoEscapeControlNode, ForNode, IfNode, WithNode
from django.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from django.template.library import InclusionNode
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode, IncludeNode
from django.templatetags.i18n import LanguageNode
from django.templatetags.l10n import LocalizeNode
from django.templatetags.tz import LocalTimeNode, TimezoneNode

from buildassets.compat.compressor.compile.django_reach import NodeReach, assigned_names
from buildassets.compat.compressor.compile.django_templates import KnownContext
from buildassets.compat.compressor.compile.marks import has_mark
from buildassets.compat.compressor.compile.translations import asks_language
from buildassets.compat.compressor.run.nodes import CompressNode

__all__ = ["NoParent", "walk_template"]

Found = Callable[[CompressNode, KnownContext], None]
_MOST_INCLUDES: Final = 50  # in one another


class NoParent(Exception):  # noqa: N818 as Django's is named
    """The parent of a template is not there, or not known. `node` is the tag that names it."""

    def __init__(self, node: Any, fault: Exception) -> None:
        super().__init__(str(fault))
        self.node = node
        self.is_absent = isinstance(fault, TemplateDoesNotExist)


def walk_template(
    template: Template, context: KnownContext, found: Found, *, reach: NodeReach, walked: Collection[str]
) -> None:
    """Call `found` with each block that rendering `template` may come to. Raises NoParent, and what tags raise.

    What a template only inherits is left to the walk of its parent, if the origin of that is among those `walked`.
    """
    with context.bind_template(template), context.render_context.push_state(template):
        _TemplateWalk(found, reach, walked).nodes(template.nodelist, context)


class _TemplateWalk:
    """One walk over a template. Methods are named after the nodes that they visit."""

    def __init__(self, found: Found, reach: NodeReach, walked: Collection[str]) -> None:
        self._found = found
        self._reach = reach
        self._walked = walked
        self._leading: frozenset[str] = frozenset()  # the blocks of templates that lead to one of ours
        self._depth = 0

    def nodes(self, nodelist: Any, context: Any) -> None:
        for node in nodelist:
            reached = self._reach.of(node)
            if reached.leads or reached.assigns or not reached.blocks.isdisjoint(self._leading):
                self._node(node, context)

    def _node(self, node: Node, context: Any) -> None:
        if isinstance(node, CompressNode):
            self._found(node, context)
            return
        for kind, walk in _WALKS:
            if isinstance(node, kind):
                walk(self, node, context)
                return
        self._other(node, context)

    def _other(self, node: Any, context: Any) -> None:
        if assigned_names(node):
            _assign(node, context)
        mapping = getattr(node, "partial_mapping", None)
        if mapping is not None:
            with suppress(KeyError):
                self.nodes(mapping[node.partial_name].nodelist, context)
        for name in getattr(node, "child_nodelists", ()):
            self.nodes(getattr(node, name, None) or (), context)

    def _if(self, node: Any, context: Any) -> None:
        for _, nodelist in node.conditions_nodelists:
            self.nodes(nodelist, context)

    def _variable(self, node: Any, context: Any) -> None:
        """`{{ block.super }}` leads to the parent's block; nothing else does."""
        if node.filter_expression.token.strip() != "block.super" or "block" not in context:
            return
        block = context["block"]
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        if blocks is not None and blocks.get_block(block.name) is not None:
            self._block(block, context)

    def _with(self, node: Any, context: Any) -> None:
        with context.push(**_resolved(node.extra_context, context)):
            self.nodes(node.nodelist, context)

    def _setting(self, node: Any, context: Any) -> None:
        """A tag such as `autoescape` or `language`: it renders, so that its setting holds, and its inside is walked."""
        inner = node.nodelist
        node.nodelist = _Gone(lambda: self.nodes(inner, context))
        try:
            node.render(context)
        except Exception:  # what it is set to is not known
            self.nodes(inner, context)
        finally:
            node.nodelist = inner

    def _for(self, node: Any, context: Any) -> None:
        values = _sequence(node, context)
        with context.push():
            for number, value in enumerate(values):
                context["forloop"] = _loop(number, len(values), context)
                with context.push(**_unpacked(node.loopvars, value)):
                    self.nodes(node.nodelist_loop, context)
            if not values:
                self.nodes(node.nodelist_loop, context)
        self.nodes(node.nodelist_empty, context)

    def _extends(self, node: Any, context: Any) -> None:
        try:
            parent = _parent_of(node, context)
        except (TemplateDoesNotExist, TemplateSyntaxError) as fault:
            self._without_parent(node, context)
            raise NoParent(node, fault) from None
        blocks = context.render_context.setdefault(BLOCK_CONTEXT_KEY, BlockContext())
        blocks.add_blocks(node.blocks)
        self._leading = self._reach.leading(blocks.blocks)
        if not (self._leading or self._depth) and self._is_inherited(parent, blocks.blocks):
            return
        first = next((one for one in parent.nodelist if not isinstance(one, TextNode)), None)
        if not isinstance(first, ExtendsNode):
            blocks.add_blocks({one.name: one for one in parent.nodelist.get_nodes_by_type(BlockNode)})
            self._leading = self._reach.leading(blocks.blocks)
        with context.render_context.push_state(parent, isolated_context=False):
            self.nodes(parent.nodelist, context)

    def _is_inherited(self, parent: Template, blocks: Collection[str]) -> bool:
        """Whether a template with these `blocks` has nothing to show but what its `parent` shows, which is walked."""
        reached = self._reach.of(parent)
        is_same = not reached.unknown and reached.shown.isdisjoint(blocks)
        return is_same and str(parent.origin) in self._walked

    def _without_parent(self, node: Any, context: Any) -> None:
        """Visit the blocks of a template, whose content does not depend on its parent."""
        for block in node.blocks.values():
            block.context = context
            with context.push(block=block):
                self.nodes(block.nodelist, context)

    def _block(self, node: Any, context: Any) -> None:
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        with context.push():
            if blocks is None:
                context["block"] = node
                self.nodes(node.nodelist, context)
                return
            pushed = block = blocks.pop(node.name)
            block = type(node)(node.name, (block or node).nodelist)
            block.context = context
            context["block"] = block
            self.nodes(block.nodelist, context)
            if pushed is not None:
                blocks.push(node.name, pushed)

    def _include(self, node: Any, context: Any) -> None:
        template = _included(node, context)
        if template is None or self._depth > _MOST_INCLUDES or not self._reach.of(template).leads:
            return
        values = _resolved(node.extra_context, context)
        if node.isolated_context:
            self._inner(template, context.new(values))
            return
        with context.push(**values):
            self._inner(template, context)

    def _inclusion(self, node: Any, context: Any) -> None:
        """The template of an inclusion tag, in the context that its function gives, where it can be called."""
        with suppress(Exception):
            template = _as_template(node.filename, context)
            if not self._reach.of(template).leads:
                return
            arguments, named = node.get_resolved_arguments(context)
            self._inner(template, context.new(node.func(*arguments, **named)))

    def _inner(self, template: Any, context: Any) -> None:
        leading, self._leading = self._leading, frozenset()
        self._depth += 1
        with context.render_context.push_state(template):
            self.nodes(template.nodelist, context)
        self._depth -= 1
        self._leading = leading


class _Gone:
    """In the place of a node's inside: goes through it when it is to be rendered."""

    def __init__(self, walk: Callable[[], None]) -> None:
        self._walk = walk

    def render(self, _: Any) -> str:
        self._walk()
        return ""


_WALKS: Final[tuple[tuple[type, Callable[[_TemplateWalk, Any, KnownContext], None]], ...]] = (
    (IfNode, _TemplateWalk._if),
    (VariableNode, _TemplateWalk._variable),
    (WithNode, _TemplateWalk._with),
    (ForNode, _TemplateWalk._for),
    (ExtendsNode, _TemplateWalk._extends),
    (BlockNode, _TemplateWalk._block),
    (IncludeNode, _TemplateWalk._include),
    (InclusionNode, _TemplateWalk._inclusion),
    (AutoEscapeControlNode, _TemplateWalk._setting),
    (LanguageNode, _TemplateWalk._setting),
    (LocalizeNode, _TemplateWalk._setting),
    (LocalTimeNode, _TemplateWalk._setting),
    (TimezoneNode, _TemplateWalk._setting),
)


def _assign(node: Any, context: Any) -> None:
    """Let a tag set its variables, and note those that depend on the language."""
    before = dict(context.dicts[-1])

    def render() -> None:
        with suppress(Exception):  # its variable stays unknown
            node.render(context)

    if asks_language(render):
        after = context.dicts[-1]
        changed = {name for name, value in after.items() if name not in before or before[name] is not value}
        context.of_language |= {*changed, *assigned_names(node)}


def _parent_of(node: Any, context: Any) -> Any:
    """The template that an `{% extends %}` node names.

    If a variable in its name is unknown, the name that a filter such as `default` gives in its place counts.
    """
    try:
        return node.get_parent(context)
    except TemplateDoesNotExist:
        other = node.parent_name.resolve(context, ignore_failures=True)
        if not isinstance(other, str) or has_mark(other):
            raise
        return node.find_template(other, context)


def _resolved(given: dict[str, Any], context: Any) -> dict[str, Any]:
    """The values of the expressions `given`, without those that cannot be resolved."""
    values: dict[str, Any] = {}
    for name, expression in given.items():
        with suppress(Exception):
            values[name] = expression.resolve(context)
    return values


def _sequence(node: Any, context: Any) -> list[Any]:
    """The values that a `{% for %}` goes through; none if they are unknown."""
    try:
        values = node.sequence.resolve(context, ignore_failures=True)
        return [] if values is None or (isinstance(values, str) and has_mark(values)) else list(values)
    except Exception:
        return []


def _loop(number: int, count: int, context: Any) -> dict[str, Any]:
    last = {"revcounter": count - number, "revcounter0": count - number - 1, "last": number == count - 1}
    return {"counter": number + 1, "counter0": number, "first": number == 0, **last, "parentloop": {}}


def _unpacked(names: list[str], value: Any) -> dict[str, Any]:
    """The variables of a loop with their values in one round."""
    if len(names) == 1:
        return {names[0]: value}
    with suppress(TypeError):
        return dict(zip(names, value, strict=False))
    return {}


def _included(node: Any, context: Any) -> Any:
    with suppress(Exception):  # what is not there at run time either, or is not known
        return _as_template(node.template.resolve(context), context)
    return None


def _as_template(given: Any, context: Any) -> Any:
    if isinstance(given, Template):
        return given
    if isinstance(getattr(given, "template", None), Template):
        return given.template
    names = [given] if isinstance(given, str) else list(given)
    engine: Any = context.template.engine
    return engine.select_template(names)
