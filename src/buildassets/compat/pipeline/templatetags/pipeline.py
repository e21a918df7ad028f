"""The tags of django-pipeline: `{% load pipeline %}{% stylesheet "site" %}{% javascript "site" %}`."""

from django.template import Library
from django.utils.safestring import SafeString, mark_safe

from buildassets.compat.pipeline.run import packages

register = Library()


@register.simple_tag
def stylesheet(name: str) -> SafeString:
    """The style sheets of a package."""
    return mark_safe(packages.markup("css", name))  # noqa: S308 made by us


@register.simple_tag
def javascript(name: str) -> SafeString:
    """The scripts of a package."""
    return mark_safe(packages.markup("js", name))  # noqa: S308 made by us
