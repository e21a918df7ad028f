"""Templates as they stand, for pages that a watch has loaded again: without what Django keeps of them in memory.

Django forgets an edited template when its own reloader has looked, once a second, and never where the server is
another one. A watch reports the edit at once, and what the browser asks for then must be the new page.

Takes Django's template engines, changes their loaders. Imports Django.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import request_started
from django.template import Engine, engines
from django.template.backends.django import DjangoTemplates
from django.template.loaders.base import Loader
from django.template.loaders.cached import Loader as CachedLoader

from buildassets.errors import ManifestError
from buildassets.runtime.assets import release_of
from buildassets.runtime.django import assets
from buildassets.typed import IS_WATCHED

__all__ = ["read_templates_anew_under_watch"]

_US = "buildassets.uncached"


def read_templates_anew_under_watch() -> None:
    """From the first request on that finds a watch, or the release of one, templates are read whenever they are used.

    Before that, not all applications may be there whose tags templates use.
    """
    request_started.connect(_at_request, dispatch_uid=_US)


def _at_request(**_: Any) -> None:
    if not _is_watched():
        return
    for engine in _engines():
        engine.template_loaders = [*_uncached(engine.template_loaders)]
    request_started.disconnect(dispatch_uid=_US)


def _is_watched() -> bool:
    """Whether open pages follow a watch: that which has started us, or one beside us that has made the release."""
    if IS_WATCHED in os.environ:
        return True
    try:
        return bool(release_of(assets()).watcher_file)
    except (ImproperlyConfigured, ManifestError):  # which the page reports, if it needs the release
        return False


def _engines() -> Iterator[Any]:
    """The engines of Django's own language, with that of its forms; what they keep of loaders may be replaced."""
    from django.forms.renderers import get_default_renderer

    for backend in (*engines.all(), getattr(get_default_renderer(), "engine", None)):
        if isinstance(backend, DjangoTemplates):
            engine: Engine = backend.engine
            yield engine


def _uncached(loaders: Iterable[Loader]) -> Iterator[Loader]:
    """`loaders` with those behind a cache in its place; all of them find the same templates."""
    for loader in loaders:
        if isinstance(loader, CachedLoader):
            yield from _uncached(loader.loaders)
        else:
            yield loader
