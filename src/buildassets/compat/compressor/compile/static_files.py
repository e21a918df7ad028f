"""Finds static files for a build, and their URLs without a release.

Takes logical paths, gives files. Imports Django.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from posixpath import normpath
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders, utils
from django.contrib.staticfiles.storage import StaticFilesStorage, staticfiles_storage
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import FileSystemStorage

from buildassets.compat.compressor.run.stand_ins.files import CompressorFinder
from buildassets.runtime.django.compiler import is_installed
from buildassets.runtime.django.plain_urls import plain_urls
from buildassets.runtime.django.sources import StaticRoot, source_roots

__all__ = ["StaticFiles", "collected_root", "files_listed_once", "plain_static_urls"]

_SETTLED_NS: Final = 2_000_000_000  # a later change of a folder has another time, also where times are whole seconds


class StaticFiles:
    """The files that the finders have, and behind them those that COMPRESS_ROOT or STATIC_ROOT hold."""

    @cached_property
    def roots(self) -> list[StaticRoot]:
        """The finders' folders."""
        return source_roots()

    def find(self, path: str) -> str | None:
        """The absolute path of the file with the logical `path`, as the finders have it."""
        if _names_folder(path) or not apps.is_installed("django.contrib.staticfiles"):
            return None

        try:
            paths = (finder.find(path) for finder in self._finders)
            found: Any = next(filter(None, paths), None)
        except (SuspiciousOperation, ValueError):
            return None
        return os.path.abspath(found) if found and os.path.isfile(found) else None

    @cached_property
    def _finders(self) -> list[Any]:
        """The finders of sources: that of blocks finds results of an earlier build."""
        return [finder for finder in finders.get_finders() if not isinstance(finder, CompressorFinder)]

    def normal(self, path: str) -> str:
        """`path` as the finders read it, without empty segments and dots; as it is where it names no file."""
        return normpath(path) if self.find(path) or self.collected(path) else path

    def collected(self, path: str) -> str | None:
        """The absolute path of the file with the logical `path` below the root of collected files; None without one."""
        root = collected_root()
        if not root or _names_folder(path):
            return None
        found = os.path.abspath(os.path.join(root, path))
        return found if found.startswith(root + os.sep) and os.path.isfile(found) else None

    def candidates(self, path: str) -> Iterator[str]:
        """Where the file with the logical `path` is, or might be."""
        for root in self.roots:
            below = path.removeprefix(f"{root.prefix}/") if root.prefix else path
            yield os.path.join(root.path, below)

    def root_of(self, file: str) -> StaticRoot | None:
        """The finders' folder that a file lies in."""
        return next((root for root in self.roots if file.startswith(root.path + os.sep)), None)

    def is_of_package(self, file: str) -> bool:
        """Whether a file lies in a folder that the compiler takes as others built it."""
        root = self.root_of(file)
        return root is not None and is_installed(root.path)


def _names_folder(path: str) -> bool:
    """Whether `path` can only be that of a folder: finders ignore a slash at its end, and a server does not."""
    return path.rpartition("/")[2] in ("", ".", "..")


def collected_root() -> str:
    """The absolute path of the folder of collected files; empty if no setting names it."""
    root = getattr(settings, "COMPRESS_ROOT", None) or settings.STATIC_ROOT
    return os.path.abspath(root) if root else ""


@contextmanager
def plain_static_urls() -> Iterator[None]:
    """Let `static` give STATIC_URL and the name meanwhile, whatever storage the project has."""
    with plain_urls():
        if not apps.is_installed("django.contrib.staticfiles"):
            yield
            return

        lazy: Any = staticfiles_storage
        before = lazy._wrapped
        lazy._wrapped = StaticFilesStorage()
        try:
            yield
        finally:
            lazy._wrapped = before


class _NotedFolders:
    """A storage that notes the time of each folder that it lists; `times` by path."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.times: dict[str, int] = {}

    def listdir(self, path: str) -> Any:
        folder = str(self._storage.path(path))
        self.times[folder] = _changed_ns(folder)
        return self._storage.listdir(path)


def _changed_ns(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return -1


@contextmanager
def files_listed_once() -> Iterator[None]:
    """Let finders list a folder again only if it, or a folder in it, has changed.

    A precompiler may list all static files for each import: in horizon that is two thirds of compiling its sheets.
    """
    list_files = utils.get_files
    listed: dict[tuple[Any, ...], tuple[list[str], dict[str, int]]] = {}

    def files(storage: Any, ignore_patterns: Iterable[str] | None = None, location: str = "") -> Iterator[str]:
        if getattr(type(storage), "listdir", None) is not FileSystemStorage.listdir:  # it lists in a way of its own
            return list_files(storage, ignore_patterns, location)
        key = (storage.location, *(ignore_patterns or ()), location)
        paths, times = listed.get(key, ([], {}))
        if not times or any(_changed_ns(folder) != changed_ns for folder, changed_ns in times.items()):
            noted: Any = _NotedFolders(storage)
            began_ns = time.time_ns()
            try:
                paths, times = [*list_files(noted, ignore_patterns, location)], noted.times
            except OSError:  # perhaps behind the file that is looked for
                return list_files(storage, ignore_patterns, location)
            listed[key] = paths, times if began_ns - max(times.values()) > _SETTLED_NS else {}
        return iter(paths)

    utils.get_files = files
    try:
        yield
    finally:
        utils.get_files = list_files
