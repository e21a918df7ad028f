"""Checks and renders tags with constant arguments once: their names at compile time, their markup at first use.

Wraps functions that compile tags. Imports Django.
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
from buildassets.runtime.assets import AssetNotFound, Assets, release_of
from buildassets.runtime.django import assets

__all__ = ["with_constants"]

Compile = Callable[[Parser, Token], Node]

_DJANGO_NAMES_TEMPLATE: Final = django.VERSION >= (6, 0)  # in the message of a TemplateSyntaxError


def with_constants(compile_tag: Compile, *, names: slice) -> Compile:
    """`compile_tag`, wrapped so that a constant that names no asset is an error.

    `names` selects the arguments to check. The markup of a tag whose arguments are all constants is kept from its first
    use until the release changes.
    """

    @wraps(compile_tag)
    def compiled(parser: Parser, token: Token) -> Node:
        node = compile_tag(parser, token)
        if not isinstance(node, SimpleNode):
            return node
        tag = token.contents.partition(" ")[0]
        for name in [*node.args[names], *filter(None, [node.kwargs.get("name")])]:
            if not name.filters and isinstance(name.var, str):
                _refuse_unknown(tag, name.var, parser, token)
        is_constant = node.target_var is None and _are_constant([*node.args, *node.kwargs.values()])
        return _Kept(node) if is_constant else node

    return compiled


def _are_constant(arguments: Iterable[FilterExpression]) -> bool:
    return all(not argument.filters and _is_literal(argument.var) for argument in arguments)


def _is_literal(var: object) -> bool:
    return isinstance(var, str) or (isinstance(var, Variable) and var.literal is not None)


def _refuse_unknown(tag: str, name: str, parser: Parser, token: Token) -> None:
    try:
        if tag != "script" or not release_of(assets()).running:
            assets().url(name)
    except AssetNotFound as fault:
        place = f"line {token.lineno}" if _DJANGO_NAMES_TEMPLATE else f"{parser.origin}, line {token.lineno}"
        raise TemplateSyntaxError(f"{place}: {fault}") from None
    except (ImproperlyConfigured, ManifestError):
        pass  # reported when the page is rendered: templates are also compiled where there is no release


class _Kept(Node):
    """Renders `node` once for each release with autoescaping and once without, and keeps both results."""

    def __init__(self, node: SimpleNode) -> None:
        self._node = node
        self._kept: tuple[Assets | None, dict[bool, str]] = (None, {})

    def render(self, context: Context) -> str:
        """See Node. In development nothing is kept, since each build makes a new release."""
        release = assets()
        kept_of, kept = self._kept
        if kept_of is not release:
            kept = {}
            self._kept = (release, kept)
        made = kept.get(context.autoescape)
        if made is None:
            made = str(self._node.render(context))
            if not release.reload:
                kept[context.autoescape] = made
        return made
