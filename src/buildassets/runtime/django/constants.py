"""What can be done once of a tag whose arguments a template writes as constants: to look its name up, and to make it.

Takes functions that compile tags, gives others. Imports Django.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Final

import django
from django.core.exceptions import ImproperlyConfigured
from django.template.base import FilterExpression, Node, Parser, Token, Variable
from django.template.context import Context
from django.template.exceptions import TemplateSyntaxError
from django.template.library import SimpleNode

from buildassets.errors import ManifestError
from buildassets.runtime.assets import AssetNotFound, Assets
from buildassets.runtime.django import assets

__all__ = ["with_constants"]

Compile = Callable[[Parser, Token], Node]

_DJANGO_NAMES_TEMPLATE: Final = django.VERSION >= (6, 0)  # in the message of a TemplateSyntaxError


def with_constants(compile_tag: Compile, *, names: slice) -> Compile:
    """`compile_tag`, which refuses a constant that names no asset; `names` are the arguments that are names.

    A tag of constants alone is made when it is first rendered, and kept for as long as the release.
    """

    @wraps(compile_tag)
    def compiled(parser: Parser, token: Token) -> Node:
        node = compile_tag(parser, token)
        if not isinstance(node, SimpleNode):
            return node
        for name in [*node.args[names], *filter(None, [node.kwargs.get("name")])]:
            if not name.filters and isinstance(name.var, str):
                _refuse_unknown(name.var, parser, token)
        is_constant = node.target_var is None and _are_constant([*node.args, *node.kwargs.values()])
        return _MadeOnce(node) if is_constant else node

    return compiled


def _are_constant(arguments: Iterable[FilterExpression]) -> bool:
    return all(not one.filters and _is_literal(one.var) for one in arguments)


def _is_literal(var: object) -> bool:
    return isinstance(var, str) or (isinstance(var, Variable) and var.literal is not None)


def _refuse_unknown(name: str, parser: Parser, token: Token) -> None:
    try:
        assets().url(name)
    except AssetNotFound as fault:
        place = f"line {token.lineno}" if _DJANGO_NAMES_TEMPLATE else f"{parser.origin}, line {token.lineno}"
        raise TemplateSyntaxError(f"{place}: {fault}") from None
    except (ImproperlyConfigured, ManifestError):
        pass  # said when the page is made: templates are also compiled where there is no release


class _MadeOnce(Node):
    """What the node `made_by` gives, for each release made once as it is escaped and once as it is not."""

    def __init__(self, made_by: SimpleNode) -> None:
        self._made_by = made_by
        self._kept: tuple[Assets | None, dict[bool, str]] = (None, {})

    def render(self, context: Context) -> str:
        """See Node. In development nothing is kept, as each build makes another release."""
        release = assets()
        kept_of, kept = self._kept
        if kept_of is not release:
            kept = {}
            self._kept = (release, kept)
        made = kept.get(context.autoescape)
        if made is None:
            made = str(self._made_by.render(context))
            if not release.reload:
                kept[context.autoescape] = made
        return made
