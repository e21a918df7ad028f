"""Finds which nodes of Django's templates lead to blocks, so that walks leave out the others.

Takes compiled templates, gives for each node whether its inside can come to a block, to a value for one, or to the
block of a template that extends it. What an include, a parent or a partial leads to, when its name is written there, is
a fact of its template. Imports Django.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from django.template.base import FilterExpression, Node, Template, TextNode, VariableNode
from django.template.defaulttags import ForNode, IfNode, WithNode
from django.template.engine import Engine
from django.template.library import InclusionNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode

from buildassets.compat.compressor.run.nodes import CompressNode
from buildassets.foundation.frozen import frozen, replace

__all__ = ["NodeReach", "Reached", "assigned_names"]

# Where nodes keep the name after `as`.
_ASSIGNING: Final = ("target_var", "varname", "asvar", "var_name", "variable", "variable_name")
_SCOPES: Final = (BlockNode, ForNode, WithNode)  # what is assigned there ends there


@frozen
class Reached:
    """Whether a node `leads` to a `{% compress %}`, and whether it `assigns` variables.

    `blocks` are the names of the template's blocks in it, `shown` of those that decide what a `{% compress %}` has in
    it. The parent of a template may be `unknown`.
    """

    leads: bool = False
    assigns: bool = False
    unknown: bool = False
    blocks: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()


_NOTHING: Final = Reached()
_ANYTHING: Final = Reached(leads=True, unknown=True)


class NodeReach:
    """What the nodes of an engine's templates reach; each node is looked at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._named: dict[str, Template | None] = {}
        self._reached: dict[object, Reached] = {}

    def renew(self) -> None:
        """Forget everything if a name leads to another template than before, as one of another theme."""
        if any(self._template(name) is not template for name, template in self._named.items()):
            self._named.clear()
            self._reached.clear()

    def of(self, item: Node | Template) -> Reached:
        """What a node or a template reaches; anything, while that is found out."""
        if isinstance(item, TextNode):
            return _NOTHING
        if item not in self._reached:
            self._reached[item] = _ANYTHING  # for a template that includes itself
            # A partial of a template is of another class than Template.
            self._reached[item] = self._of_node(item) if isinstance(item, Node) else self._of_template(item)
        return self._reached[item]

    def leading(self, blocks: dict[str, Any]) -> frozenset[str]:
        """The names of those `blocks`, each with its definitions, of which one leads to a `{% compress %}`."""
        reached = {name: _joined(map(self.of, nodes)) for name, nodes in blocks.items()}
        found: frozenset[str] = frozenset()
        while more := {name for name, one in reached.items() if one.leads or one.blocks & found} - found:
            found |= more
        return found

    def _of_template(self, template: Template) -> Reached:
        return _joined(map(self.of, template.nodelist))

    def _of_node(self, node: Any) -> Reached:
        if isinstance(node, VariableNode):
            return Reached(leads=node.filter_expression.token.strip() == "block.super")
        if isinstance(node, IncludeNode):
            return Reached(self._of_name(node.template).leads)
        if isinstance(node, InclusionNode):
            return Reached(self._of_name(node.filename).leads)
        inside = _joined(map(self.of, _inner_nodes(node)))
        if isinstance(node, ExtendsNode):
            return self._of_child(node, _joined([inside, self._of_name(node.parent_name)]))
        if isinstance(node, BlockNode):
            inside = replace(inside, blocks=inside.blocks | {node.name})
        is_compress, is_assigning = isinstance(node, CompressNode), bool(assigned_names(node))
        if is_compress or is_assigning:
            inside = replace(inside, shown=inside.blocks)
        assigns = is_assigning or (inside.assigns and not isinstance(node, _SCOPES))
        return replace(inside, leads=inside.leads or is_compress, assigns=assigns)

    def _of_child(self, node: ExtendsNode, whole: Reached) -> Reached:
        """What a template reaches with its parent: the blocks in a block that is shown are so, too."""
        shown = whole.shown
        while more := {name for one in shown & node.blocks.keys() for name in self.of(node.blocks[one]).blocks} - shown:
            shown |= more
        return replace(whole, shown=shown)

    def _of_name(self, given: object) -> Reached:
        """What the template reaches that has a written name; anything, for any other name."""
        if isinstance(given, FilterExpression) and not given.filters:
            given = given.var
        if not isinstance(given, str):
            return _ANYTHING
        if given not in self._named:
            self._named[given] = self._template(given)
        template = self._named[given]
        return _ANYTHING if template is None else self.of(template)

    def _template(self, name: str) -> Template | None:
        """The template of that name; None for one that a walk has to report."""
        try:
            return self._engine.get_template(name)
        except Exception:  # it is missing, or cannot be read
            return None


def assigned_names(node: object) -> list[str]:
    """The variables to which the tag of a node gives values."""
    return [name for one in _ASSIGNING if isinstance(name := getattr(node, one, None), str)]


def _inner_nodes(node: Any) -> Iterator[Node]:
    """The nodes inside of a node, as walks come to them."""
    if isinstance(node, IfNode):
        for _, nodelist in node.conditions_nodelists:
            yield from nodelist
        return
    with suppress(AttributeError, KeyError):  # of other nodes; of a partial that is not there
        yield from node.partial_mapping[node.partial_name].nodelist
    for name in getattr(node, "child_nodelists", ()):
        yield from getattr(node, name, None) or ()


def _joined(parts: Iterable[Reached]) -> Reached:
    found = [*parts]
    return Reached(
        any(one.leads for one in found),
        any(one.assigns for one in found),
        any(one.unknown for one in found),
        blocks=frozenset().union(*(one.blocks for one in found)),
        shown=frozenset().union(*(one.shown for one in found)),
    )
