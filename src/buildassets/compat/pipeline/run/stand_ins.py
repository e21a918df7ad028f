"""Replacements for the names of django-pipeline in settings and modules, if it is no longer installed.

Storages are that of the release, finders find nothing more, compilers and compressors do nothing.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.staticfiles import finders

from buildassets.compat.pipeline.run.packages import asset_names
from buildassets.compat.pipeline.run.stand_in_names import COMPILERS, COMPRESSORS
from buildassets.runtime.django.storage import ReleaseStaticFilesStorage


class _FindsNothing(finders.BaseFinder):
    """A finder of files that only django-pipeline has made."""

    def find(self, path: str, *_: Any, **__: Any) -> Any:
        """Nothing."""
        return []

    def list(self, ignore_patterns: Any) -> Any:
        """Nothing."""
        return iter(())


PipelineFinder = CachedFileFinder = ManifestFinder = _FindsNothing
AppDirectoriesFinder = finders.AppDirectoriesFinder
FileSystemFinder = finders.FileSystemFinder
PipelineStorage = PipelineManifestStorage = PipelineCachedStorage = ReleaseStaticFilesStorage
NonPackagingPipelineStorage = NonPackagingPipelineManifestStorage = ReleaseStaticFilesStorage


class CompilerBase:
    """The base of compilers of the project's own, which no build runs."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass


SubProcessCompiler = CompressorBase = SubProcessCompressor = CompilerBase


def __getattr__(name: str) -> Any:
    if name in (*COMPILERS.values(), *COMPRESSORS.values()):
        return CompilerBase
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class MinifyHTMLMiddleware:
    """Leaves pages as they are."""

    def __init__(self, get_response: Any) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> Any:
        """The response."""
        return self._get_response(request)


class _FormMediaType(type):
    """Gives `css` and `js` of a form's Media the assets of its packages."""

    @property
    def css(cls) -> dict[str, list[str]]:
        """The sheets by their media, those of packages first."""
        found: dict[str, list[str]] = {}
        for media, packages in (getattr(cls, "css_packages", None) or {}).items():
            found[media] = _names("css", packages)
        for media, names in (cls.__dict__.get("_css") or {}).items():
            found.setdefault(media, []).extend(names)
        return found

    @property
    def js(cls) -> list[str]:
        """The scripts, those of packages first."""
        return [*_names("js", getattr(cls, "js_packages", None) or ()), *(cls.__dict__.get("_js") or ())]

    def __new__(mcs, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> Any:
        """The class, whose own `css` and `js` are behind those of packages."""
        own = {f"_{key}": attributes.pop(key, None) for key in ("css", "js")}
        return super().__new__(mcs, name, bases, {**attributes, **own})


class PipelineFormMedia(metaclass=_FormMediaType):
    """`class Media(PipelineFormMedia): css_packages = {"all": ("site",)}; js_packages = ("site",)`."""


def _names(kind: str, packages: Sequence[str]) -> list[str]:
    return [name for package in packages for name in asset_names(kind, package) or ()]
