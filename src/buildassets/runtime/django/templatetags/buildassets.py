"""`{% load buildassets %}`: the helpers as template tags, each of which also takes `as variable`, and two filters.

A name that a template writes as a constant is looked up when the template is compiled.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import django
from django import template
from django.core.exceptions import ImproperlyConfigured
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.exceptions import TemplateSyntaxError
from django.template.library import SimpleNode

from buildassets.errors import ManifestError
from buildassets.runtime.assets import AssetNotFound
from buildassets.runtime.django import assets

register = template.Library()


@register.filter("asset")
@register.simple_tag
def asset(name: str) -> str:
    """The URL of `name`."""
    return assets().url(name)


@register.filter("integrity")
def integrity(name: str) -> str | None:
    """Subresource Integrity metadata of `name`, or None."""
    return assets().integrity(name)


@register.simple_tag
def stylesheet(name: str, **attributes: Any) -> str:
    """`<link rel="stylesheet">`."""
    return assets().stylesheet(name, **attributes)


@register.simple_tag
def script(name: str, **attributes: Any) -> str:
    """`<script src>`; a nonce as `nonce=request.csp_nonce`."""
    return assets().script(name, **attributes)


@register.simple_tag
def image(name: str, alt: str = "", **attributes: Any) -> str:
    """`<img>`."""
    return assets().image(name, alt, **attributes)


@register.simple_tag
def preload(name: str, **attributes: Any) -> str:
    """`<link rel="preload">`, or `modulepreload`."""
    return assets().preload(name, **attributes)


@register.simple_tag
def modulepreload(*names: str, **attributes: Any) -> str:
    """`<link rel="modulepreload">` for modules and all that they import."""
    return assets().modulepreload(*names, **attributes)


@register.simple_tag
def importmap(**attributes: Any) -> str:
    """`<script type="importmap">`."""
    return assets().importmap(**attributes)


@register.simple_tag
def inline_asset(name: str, **attributes: Any) -> str:
    """The asset itself in the page."""
    return assets().inline(name, **attributes)


@register.simple_tag
def livereload(**attributes: Any) -> str:
    """The live reload client under `DEBUG`; nothing in a release. A nonce as `nonce=request.csp_nonce`."""
    return assets().livereload(**attributes)


_TAKE_A_NAME: Final = ("asset", "stylesheet", "script", "image", "preload", "inline_asset")
_DJANGO_NAMES_TEMPLATE: Final = django.VERSION >= (6, 0)  # in the message of a TemplateSyntaxError
_Compile = Callable[[Parser, Token], Node]


def _checking(compile_tag: _Compile) -> _Compile:
    """`compile_tag`, which then refuses a constant that is the name of no asset."""

    @wraps(compile_tag)
    def compiled(parser: Parser, token: Token) -> Node:
        node = compile_tag(parser, token)
        if isinstance(node, SimpleNode):
            name = _constant([*node.args, node.kwargs.get("name")][0])
            if name is not None:
                _refuse_unknown(name, parser, token)
        return node

    return compiled


def _constant(given: FilterExpression | None) -> str | None:
    """The text that a template writes in quotes, without filters."""
    return given.var if given and isinstance(given.var, str) and not given.filters else None


def _refuse_unknown(name: str, parser: Parser, token: Token) -> None:
    try:
        assets().url(name)
    except AssetNotFound as fault:
        place = f"line {token.lineno}" if _DJANGO_NAMES_TEMPLATE else f"{parser.origin}, line {token.lineno}"
        raise TemplateSyntaxError(f"{place}: {fault}") from None
    except (ImproperlyConfigured, ManifestError):
        pass  # said when the page is made: templates are also compiled where there is no release


for _tag in _TAKE_A_NAME:
    register.tags[_tag] = _checking(register.tags[_tag])
