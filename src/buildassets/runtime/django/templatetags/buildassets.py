"""`{% load buildassets %}`: the helpers as template tags, each of which also accepts `as variable`, and two filters.

A constant name in a template is checked when the template is compiled.
"""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any, Final, cast

from django import template
from django.template.context import Context

from buildassets.features.import_map.page import noting_page
from buildassets.foundation.template_helpers import TEMPLATE_HELPERS, Takes, TemplateHelper
from buildassets.runtime.assets import Assets
from buildassets.runtime.django import assets
from buildassets.runtime.django.constants import with_constants
from buildassets.runtime.vite import Page, on

register = template.Library()

# Which positional arguments of a tag name assets.
_NAMES: Final = {Takes.ASSET: slice(1), Takes.ASSETS: slice(None)}


@register.filter("asset")
def asset_filter(name: str) -> str:
    """The URL of `name`."""
    return assets().url(name)


@register.filter("integrity")
def integrity_filter(name: str) -> str | None:
    """Subresource Integrity metadata of `name`, or None."""
    return assets().integrity(name)


def _tag(helper: TemplateHelper) -> Callable[..., str]:
    """The function of a tag, with the parameters of the method of `Assets`; Django reads a tag by these."""

    def called(*arguments: Any, **attributes: Any) -> str:
        made: str = getattr(assets(), helper.method)(*arguments, **attributes)
        return made

    def called_on_page(context: Context, *arguments: Any, **attributes: Any) -> str:
        if not assets().reload:
            return called(*arguments, **attributes)

        # Inner templates have contexts of their own, but the same request.
        around: Any = getattr(context, "request", None) or context
        page = around.__dict__.setdefault("_buildassets_page", Page())
        with on(page):
            return called(*arguments, **attributes)

    first = [Parameter("context", Parameter.POSITIONAL_OR_KEYWORD)] if helper.needs_page else []
    parameters = list(signature(getattr(Assets, helper.method)).parameters.values())[1:]
    tag: Any = called_on_page if helper.needs_page else called
    tag.__doc__ = helper.result
    tag.__signature__ = signature(called).replace(parameters=[*first, *parameters])
    return cast("Callable[..., str]", tag)


for _helper in TEMPLATE_HELPERS:
    register.simple_tag(_tag(_helper), takes_context=_helper.needs_page, name=_helper.name)
    _compile = register.tags[_helper.name]
    register.tags[_helper.name] = with_constants(_compile, names=_NAMES.get(_helper.takes, slice(0)))
register.tags["importmap"] = noting_page(register.tags["importmap"])
