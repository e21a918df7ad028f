"""Turns the finders of static files into source roots: each application's `static/`, and `STATICFILES_DIRS`.

Lists the folders of templates, too. Takes the settings, gives folders in Django's order of precedence. Looks for
folders, opens no file. Imports Django.
"""

import os
from collections.abc import Iterator
from typing import Any, Literal

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder, get_finders
from django.core.exceptions import ImproperlyConfigured
from django.template import engines
from django.template.backends.django import DjangoTemplates

from buildassets.foundation.frozen import frozen

__all__ = ["StaticRoot", "as_glob", "source_roots", "template_folders"]


@frozen
class StaticRoot:
    """A source root: an absolute folder, the `prefix` of its files' names, and globs; an empty `include` means all."""

    path: str
    prefix: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def source_roots() -> list[StaticRoot]:
    """The existing folders that `collectstatic` searches, in its order.

    Empty without `django.contrib.staticfiles`. Files that a finder does not keep in folders are left out.
    """
    if not apps.is_installed("django.contrib.staticfiles"):
        return []

    ignored: tuple[str, ...] = tuple(getattr(apps.get_app_config("staticfiles"), "ignore_patterns", ()))
    roots: dict[tuple[str, str], StaticRoot] = {}
    for finder in get_finders():
        for root in _roots(finder, ignored):
            if os.path.isdir(root.path):
                roots.setdefault((os.path.realpath(root.path), root.prefix), root)
    return list(roots.values())


def _roots(finder: Any, ignored: tuple[str, ...]) -> Iterator[StaticRoot]:
    if isinstance(finder, FileSystemFinder):
        for prefix, path in finder.locations:
            yield StaticRoot(os.path.abspath(path), prefix, exclude=ignored)
    elif isinstance(finder, AppDirectoriesFinder):
        for storage in finder.storages.values():
            yield StaticRoot(os.path.abspath(storage.location), exclude=ignored)
    else:
        yield from _listed(finder, ignored)


def _listed(finder: Any, ignored: tuple[str, ...]) -> Iterator[StaticRoot]:
    """Roots with exactly the files that a custom finder lists, since its folders may hold more."""
    names: dict[tuple[str, str], list[str]] = {}
    for name, storage in finder.list(list(ignored)):
        try:
            folder = os.path.abspath(storage.path(""))
        except (NotImplementedError, ImproperlyConfigured):
            continue
        names.setdefault((folder, getattr(storage, "prefix", None) or ""), []).append(name.replace(os.sep, "/"))
    for (folder, prefix), included in names.items():
        yield StaticRoot(folder, prefix, tuple(f"./{as_glob(name)}" for name in sorted(included)), ignored)


def as_glob(name: str) -> str:
    """A glob that matches `name` alone."""
    return "".join(f"[{character}]" if character in "*?[{" else character for character in name)


def template_folders() -> Iterator[tuple[str, Literal["django", "jinja"]]]:
    """The existing template folders of each backend, from settings and applications, each with its language."""
    for backend in engines.all():
        language: Literal["django", "jinja"] = "django" if isinstance(backend, DjangoTemplates) else "jinja"
        for folder in backend.template_dirs:
            if os.path.isdir(folder):
                yield os.path.abspath(folder), language
