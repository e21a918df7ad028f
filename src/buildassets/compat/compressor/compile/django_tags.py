"""Tags in place of Django's while a build renders: unknown conditions go both ways, what a response decides is marked.

A tag library, put behind the built-in ones by `django_templates`. Imports Django.
"""

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.template.defaulttags import IfNode, do_if

from buildassets.compat.compressor.compile.marks import has_mark, mark

register = template.Library()


class ForkingIf(IfNode):
    """`{% if %}`: where a condition depends on something unknown, the recorder of the rendering decides."""

    def render(self, context: Context) -> Any:
        """See Node."""
        for condition, nodelist in self.conditions_nodelists:
            if condition is None or _holds(condition, context):
                return nodelist.render(context)
        return ""


def _holds(condition: Any, context: Context) -> bool:
    """Whether a condition holds; if it asks for something unknown, whether the recorder takes its branch."""
    recorder = getattr(context, "recorder", None)
    before = len(recorder.missing) if recorder else 0
    try:
        value = condition.eval(context)
    except template.VariableDoesNotExist:
        value = None
    if recorder is None or (len(recorder.missing) == before and not _is_marked(value)):
        return bool(value)
    del recorder.missing[before:]
    return bool(recorder.chosen(_text_of(condition)))


def _is_marked(value: object) -> bool:
    return isinstance(value, str) and has_mark(value)


def _text_of(condition: Any) -> str:
    """A text that identifies a condition."""
    parts = [getattr(condition, "text", None) or str(getattr(condition, "id", ""))]
    parts += [_text_of(one) for one in (condition.first, condition.second) if one is not None]
    return f"({' '.join(parts)})"


class MarkNode(Node):
    """Stands for a tag whose value only a response has."""

    def __init__(self, name: str, variable: str | None = None) -> None:
        self._name = name
        self._variable = variable

    def render(self, context: Context) -> str:
        """See Node."""
        if self._variable:
            context[self._variable] = mark(self._name)
            return ""
        return mark(self._name)


@register.tag("if")
def forking_if(parser: Parser, token: Token) -> Node:
    """`{% if %}`."""
    node = do_if(parser, token)
    return ForkingIf(node.conditions_nodelists)


@register.tag("now")
def now(_: Parser, token: Token) -> Node:
    """`{% now "Y" [as variable] %}`."""
    given = token.split_contents()
    return MarkNode("now", given[-1] if len(given) > 3 and given[-2] == "as" else None)


@register.tag("csrf_token")
def csrf_token(_: Parser, __: Token) -> Node:
    """`{% csrf_token %}`."""
    return MarkNode("csrf_token")
