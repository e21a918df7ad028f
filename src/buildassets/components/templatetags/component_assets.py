"""`{% load component_assets %}`: the blocks of components, `{% component_root %}` and `{% component_assets %}`."""

from typing import Any

from django.template import Library, TemplateSyntaxError
from django.template.base import Node, Parser, TextNode, Token, TokenType
from django.utils.safestring import SafeString, mark_safe

from buildassets.components.run import assets_markup, root_markup
from buildassets.runtime.django import assets

register = Library()
_NOTHING = TextNode("")


@register.tag("style")
@register.tag("behaviour")
def block(parser: Parser, token: Token) -> Node:
    """Nothing: the build has the content. Syntax of a template in it is an error, as in the build."""
    name = token.split_contents()[0]
    while parser.tokens:
        inner = parser.next_token()
        if inner.token_type is TokenType.BLOCK and inner.contents == f"end{name}":
            return _NOTHING
        if inner.token_type is not TokenType.TEXT:
            message = f"a template cannot evaluate what is in `{{% {name} %}}`: pass values by `data-` attributes"
            raise parser.error(inner, TemplateSyntaxError(message))
    raise parser.error(token, f"`{{% {name} %}}` is not closed")


@register.tag("components")
def components(_parser: Parser, _token: Token) -> Node:
    """Nothing: the build reads which components the template may include."""
    return _NOTHING


@register.tag("component_root")
def component_root(parser: Parser, _token: Token) -> Node:
    """The attribute that marks the root element of the component in this template."""
    origin: Any = parser.origin
    return TextNode(root_markup(str(origin.template_name or "")))


@register.simple_tag(takes_context=True, name="component_assets")
def component_assets(context: Any, nonce: object = None) -> SafeString:
    """The elements that load the assets of all components of the page."""
    page = context.template.name if context.template else None
    return mark_safe(assets_markup(assets(), page, nonce=nonce))  # noqa: S308 made by us
