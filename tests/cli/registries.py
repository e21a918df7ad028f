"""Registries of real packages, which are read and described once in a module."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.packages.server import Registry, serving


@contextmanager
def serving_copy(published: Registry) -> Iterator[Registry]:
    """Serve what `published` has, at another port, so that a test may change it."""
    with serving() as copy:
        copy.archives.update(published.archives)
        copy.packages = json.loads(json.dumps(published.packages).replace(published.url, copy.url))
        yield copy
