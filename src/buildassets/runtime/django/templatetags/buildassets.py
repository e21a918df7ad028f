"""`{% load buildassets %}`: the helpers as template tags, each of which also accepts `as variable`, and two filters.

A constant name in a template is checked when the template is compiled.
"""

from typing import Any, Final

from django import template
from django.template.context import Context

from buildassets.runtime.django import assets
from buildassets.runtime.django.constants import with_constants
from buildassets.runtime.vite import Page, on

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


@register.simple_tag(takes_context=True)
def script(context: Context, name: str, **attributes: Any) -> str:
    """`<script src>`; a nonce as `nonce=request.csp_nonce`."""
    release = assets()
    if not release.reload:
        return release.script(name, **attributes)

    # Inner templates have contexts of their own, but the same request.
    around: Any = getattr(context, "request", None) or context
    page = around.__dict__.setdefault("_buildassets_page", Page())
    with on(page):
        return release.script(name, **attributes)


@register.simple_tag
def vite_refresh(**attributes: Any) -> str:
    """`<script>` that React's plugin for Vite needs before the first component, while Vite's server runs."""
    return assets().vite_refresh(**attributes)


@register.simple_tag
def image(name: str, alt: str = "", **attributes: Any) -> str:
    """`<img>`."""
    return assets().image(name, alt, **attributes)


@register.simple_tag
def picture(name: str, alt: str = "", **attributes: Any) -> str:
    """`<picture>` with the variants of a picture; widths as `widths="480, 960"`."""
    return assets().picture(name, alt, **attributes)


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
def icon(name: str, label: object = None, **attributes: Any) -> str:
    """`<svg>` with an icon of a sprite."""
    return assets().icon(name, label, **attributes)


@register.simple_tag
def css(module: str, *names: str, bundle: str | None = None) -> str:
    """What names of a CSS module are in the release, for the attribute `class`."""
    return assets().css(module, *names, bundle=bundle)


@register.simple_tag
def livereload(**attributes: Any) -> str:
    """The live reload client under `DEBUG`; nothing in a release. A nonce as `nonce=request.csp_nonce`."""
    return assets().livereload(**attributes)


@register.simple_tag
def release_watch(**attributes: Any) -> str:
    """The script that notices a newer release. A nonce as `nonce=request.csp_nonce`."""
    return assets().release_watch(**attributes)


_NAMES: Final = {
    **dict.fromkeys(("importmap", "livereload", "release_watch", "vite_refresh", "css", "icon"), slice(0)),
    "modulepreload": slice(None),
}
for _tag, _compile in tuple(register.tags.items()):
    register.tags[_tag] = with_constants(_compile, names=_NAMES.get(_tag, slice(1)))
