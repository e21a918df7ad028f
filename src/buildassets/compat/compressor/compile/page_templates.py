"""Templates of the project's own for what takes the place of a block: `compressor/css_file.html` and the like.

Takes what a block became, gives markup in which URLs and contents have placeholders, and lets the listeners of
`post_compress` know. Imports Django.
"""

from importlib import import_module
from importlib.util import find_spec
from os.path import dirname, sep
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, engines
from django.template.backends.django import DjangoTemplates
from django.utils.safestring import mark_safe

from buildassets.compat.compressor.run.key import Block
from buildassets.compat.compressor.run.lookup import CONTENT_PLACEHOLDER, URL_PLACEHOLDER
from buildassets.compat.compressor.run.settings import blocks_prefix
from buildassets.runtime.tags import element

__all__ = ["has_listeners", "own_markup"]

_DEFERRING: Final = ("async", "defer")
_AS: Final = {"css": "style", "js": "script"}


def own_markup(block: Block, asset: str, attributes: dict[str, Any], values: dict[str, Any]) -> str | None:
    """The element that the project's template makes of one file of a block; None without a template and listeners.

    Raises whatever the template or a listener raises.
    """
    url = blocks_prefix() + asset
    compressed = _compressed(block, asset, url, attributes)
    context = {**values, "compressed": dict(compressed)}
    template = _template(f"compressor/{block.kind}_{block.mode}.html")
    if has_listeners():  # an installed django-compressor adds settings when its classes are imported
        _signal().send(sender=_sender(block.kind), type=block.kind, mode=block.mode, context=context)
    if template is not None:
        made = str(template.render(context)).strip()
    elif context["compressed"] != compressed:
        made = _default(block, context["compressed"])
    else:
        return None
    return made.replace(url, URL_PLACEHOLDER + asset)


def _default(block: Block, compressed: dict[str, Any]) -> str:
    """The element for a block without a template, made of what listeners left in `compressed`."""
    media = {"media": compressed["media"]} if compressed.get("media") else {}
    if block.mode == "inline":
        return element("style" if block.kind == "css" else "script", media, str(compressed["content"]))
    if block.mode == "preload":
        return element("link", {"rel": "preload", "href": compressed["url"], "as": _AS[block.kind], **media})
    if block.kind == "css":
        return element("link", {"rel": "stylesheet", "href": compressed["url"], **media})
    extra = {str(compressed["extra"]).strip(): True} if compressed.get("extra") else {}
    return element("script", {"src": compressed["url"], **extra}, "")


def has_listeners() -> bool:
    """Whether listeners are connected to the signal for finished blocks."""
    return bool(_signal().receivers)


def _signal() -> Any:
    return getattr(import_module("compressor.signals"), "post_compress")  # noqa: B009 of whichever is installed


def _sender(kind: str) -> Any:
    """The class that listeners may be connected to: django-compressor's if that is installed, else ours."""
    try:
        return getattr(import_module(f"compressor.{kind}"), f"{kind.capitalize()}Compressor")
    except (ImportError, ImproperlyConfigured):  # theirs reads settings that need not be there any more
        return Block


def _compressed(block: Block, asset: str, url: str, attributes: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": block.name, "media": attributes.get("media")}
    if block.mode == "inline":
        found["content"] = mark_safe(CONTENT_PLACEHOLDER + asset)  # noqa: S308 it is no markup yet
    else:
        found["url"] = mark_safe(url)  # noqa: S308 the same
    if block.kind == "js":
        found["extra"] = next((f" {name}" for name in _DEFERRING if name in attributes), "")
    return found


def _template(name: str) -> Any:
    """The project's template of that name; those of an installed django-compressor are what we do anyway."""
    package = find_spec("compressor")
    theirs = dirname(package.origin) + sep if package and package.origin else None
    for backend in engines.all():
        if isinstance(backend, DjangoTemplates):
            try:
                found = backend.get_template(name)
            except TemplateDoesNotExist:
                continue
            if theirs is None or not str(found.origin).startswith(theirs):
                return found
    return None
