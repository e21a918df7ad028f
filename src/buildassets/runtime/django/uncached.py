"""Switches off Django's cache of templates under a watch, so that a reloaded page shows the edited template.

Django drops an edited template only when its own reloader has looked, once a second, and never under another server.
A watch reports the edit at once, and the browser then requests the page again.

Takes Django's template engines, changes their loaders. Imports Django.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_started
from django.forms.renderers import get_default_renderer
from django.template import Engine, engines
from django.template.backends.django import DjangoTemplates
from django.template.loaders.base import Loader
from django.template.loaders.cached import Loader as CachedLoader

from buildassets.errors import ManifestError
from buildassets.foundation.typed import IS_WATCHED
from buildassets.runtime.assets import release_of
from buildassets.runtime.django import assets

__all__ = ["read_templates_anew_under_watch"]

_US = "buildassets.uncached"


def read_templates_anew_under_watch() -> None:
    """Read templates at every use, from the first request on for which a watch runs or has made the release.

    Not earlier, as applications whose tags templates use may not be loaded yet.
    """
    request_started.connect(_at_request, dispatch_uid=_US)


def _at_request(**_: Any) -> None:
    if not _is_watched():
        return
    for engine in _engines():
        engine.template_loaders = [*_uncached(engine.template_loaders)]
    request_started.disconnect(dispatch_uid=_US)


def _is_watched() -> bool:
    """Whether open pages follow a watch: one that has started this process, or one that has made the release."""
    if IS_WATCHED in os.environ:
        return True
    try:
        return bool(release_of(assets()).watcher_file)
    except (ImproperlyConfigured, ManifestError):  # a page that needs the release reports it
        return False


def _engines() -> Iterator[Any]:
    """The engines of Django's template language, that of its forms included; their loaders may be replaced."""
    for backend in (*engines.all(), getattr(get_default_renderer(), "engine", None)):
        if isinstance(backend, DjangoTemplates):
            engine: Engine = backend.engine
            yield engine


def _uncached(loaders: Iterable[Loader]) -> Iterator[Loader]:
    """`loaders`, with each caching loader replaced by those that it wraps; they find the same templates."""
    for loader in loaders:
        if isinstance(loader, CachedLoader):
            yield from _uncached(loader.loaders)
        else:
            yield loader
