"""The elements that load a package, or while it is off, the files that it is made of.

Takes a kind and the name of a package, gives markup. Imports the vocabulary, `runtime` and Django.
"""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from buildassets.foundation.nearest import nearest
from buildassets.runtime.assets import Assets, release_of
from buildassets.runtime.django import assets
from buildassets.runtime.tags import Markup

__all__ = ["KINDS", "asset_names", "markup", "members_key", "package_key"]

# The kinds, with the key of their packages in `PIPELINE`.
KINDS: Final = {"css": "STYLESHEETS", "js": "JAVASCRIPT"}
_TEMPLATE: Final = "pipeline/{}.html"  # of which a project may have its own
_LOG: Final = logging.getLogger("buildassets.compat.pipeline")


def pipeline_settings() -> Mapping[str, Any]:
    """`PIPELINE` as it is."""
    found: Mapping[str, Any] = getattr(settings, "PIPELINE", None) or {}
    return found


def asset_names(kind: str, name: str) -> list[str] | None:
    """The assets that a page loads for the package `name`; None for one that the release does not have."""
    blocks = release_of(assets()).blocks
    is_enabled = pipeline_settings().get("PIPELINE_ENABLED", not settings.DEBUG)
    key = package_key(kind, name) if is_enabled else members_key(kind, name)
    block = blocks.get(key, blocks.get(package_key(kind, name)))
    return None if block is None else [str(one["asset"]) for one in block]


def markup(kind: str, name: str) -> Markup:
    """The elements that load the package `name`.

    One that there is not gives nothing, as with django-pipeline, and is logged: `check` finds it in templates.
    """
    names = asset_names(kind, name)
    if names is None:
        near = nearest(name, pipeline_settings().get(KINDS[kind]) or ())
        _LOG.warning("package %r is unknown%s", name, f"; did you mean {near!r}?" if near else "")
        return Markup()
    package = (pipeline_settings().get(KINDS[kind]) or {}).get(name) or {}
    template = package.get("template_name") or _TEMPLATE.format(kind)
    context = dict(package.get("extra_context") or {})
    return Markup("\n".join(_element(assets(), kind, one, template, context=context) for one in names))


def _element(assets: Assets, kind: str, asset: str, template: str, *, context: dict[str, Any]) -> str:
    own = _own_template(template)
    if own is not None:
        media_type = "text/css" if kind == "css" else "text/javascript"
        return str(own.render({**context, "type": media_type, "url": Markup(assets.url(asset))}))
    integrity = release_of(assets).asks_integrity
    if kind == "css":
        given = {name: context.get(name) for name in ("media", "title", "charset")}
        return assets.stylesheet(asset, integrity=integrity, **given)
    is_async = bool(context.get("async"))
    return assets.script(asset, defer=bool(context.get("defer")), async_=is_async, integrity=integrity)


@cache
def _own_template(name: str) -> Any:
    """The project's own template; None if it has none."""
    try:
        return get_template(name)
    except TemplateDoesNotExist:
        return None


def package_key(kind: str, name: str) -> str:
    """The key of the package `name`, whose kind is `css` or `js`."""
    return f"pipeline {kind} {name}"


def members_key(kind: str, name: str) -> str:
    """The key of what pages load in its place where `PIPELINE_ENABLED` is off."""
    return f"pipeline {kind} {name} members"
