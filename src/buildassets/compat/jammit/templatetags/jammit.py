"""Jammit's helpers as tags: `{% load jammit %}{% include_stylesheets "common" "workspace" media="print" %}`."""

from django.template import Library
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from buildassets.compat.jammit.run import packages
from buildassets.runtime.django import assets

register = Library()


@register.simple_tag(takes_context=True)
def include_stylesheets(context: Context, *names: str, **attributes: object) -> SafeString:
    """The style sheets of packages; keyword arguments are attributes of each link."""
    return mark_safe(packages.stylesheets(assets(), names, attributes, context.get("request")))  # noqa: S308 made by us


@register.simple_tag(takes_context=True)
def include_javascripts(context: Context, *names: str, **attributes: object) -> SafeString:
    """The scripts of packages."""
    return mark_safe(packages.scripts(assets(), names, attributes, context.get("request")))  # noqa: S308 made by us


@register.simple_tag(takes_context=True)
def include_templates(context: Context, *names: str, **attributes: object) -> SafeString:
    """The templates of packages."""
    return mark_safe(packages.templates(assets(), names, attributes))  # noqa: S308 made by us
