"""A release in the place of an application's static files: by their names, in the framework's own URL function.

Takes the arguments that the extensions of all frameworks have in common, gives URLs, or None where the framework's own
URL counts. Finds the manifest if nobody named one. Standard library and vocabulary only.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Final, TypedDict, TypeVar

from buildassets.disk.owners import distrust_of_manifest
from buildassets.errors import ManifestError
from buildassets.foundation.typed import IS_WATCHED, REQUIRED_VARIABLE
from buildassets.manifest.json import ASSETS_FOLDER, refusal
from buildassets.runtime.assets import Assets, release_folder, release_of

__all__ = ["ReleaseOptions", "StaticUrls", "below_path", "optional_release", "read_release", "static_name"]

_T = TypeVar("_T")

_LOGGER: Final = logging.getLogger("buildassets")
_MOST_LOGGED: Final = 1_000  # names that a release lacks: they may come from requests
MANIFEST: Final = os.path.join("build", "manifest.json")


class ReleaseOptions(TypedDict, total=False):
    """Arguments of the extensions for Starlette, Litestar and aiohttp.

    - `manifest`: the path of the manifest. By default the nearest `build/manifest.json` at `near` or above.
    - `near`: a file or folder of the application, such as `__file__`. By default the working directory.
    - `url`: the URL prefix. By default that of the manifest.
    - `static`: whether the framework's own function gives the URLs of assets for what is called `static`, or, as a
      text, by another name. By default False.
    - `serve`: whether the application serves the files of the release. By default True.
    - `strict`: whether that function raises AssetNotFound for a name that the release lacks. By default True; with
      False the framework's own URL counts, and the name is logged once.
    - `required`: whether a missing or broken release is an error. By default True, and always where the environment has
      `BUILDASSETS_REQUIRED=1`; with False the application then starts without a release, and logs a warning.
    """

    manifest: str | os.PathLike[str] | None
    near: str
    url: str | None
    static: bool | str
    serve: bool
    strict: bool
    required: bool


def read_release(options: ReleaseOptions) -> Assets:
    """Return the release that `options` name; in a watch each new one. Raises ManifestError."""
    manifest = options.get("manifest")
    if manifest is None:
        near = os.path.abspath(options.get("near", "."))
        manifest = nearest_manifest(near if os.path.isdir(near) else os.path.dirname(near))
    return Assets(manifest, url=options.get("url"), reload=IS_WATCHED in os.environ)


def optional_release(read: Callable[[], _T], *, is_required: bool) -> _T | None:
    """Return what `read` returns; None, and a warning in the log, where it finds no release and none is required."""
    try:
        return read()
    except ManifestError as fault:
        if is_required or os.environ.get(REQUIRED_VARIABLE) == "1":
            raise
        _LOGGER.warning("static files have plain URLs, as there is no release: %s", fault)
        return None


def static_name(options: ReleaseOptions) -> str | None:
    """Return the name by which the application calls its static files; None where their URLs stay."""
    static = options.get("static", False)
    return static if isinstance(static, str) else "static" if static else None


class StaticUrls:
    """The URLs of a release for names of static files.

    In development a release counts only while a watch runs, or for a file that the application itself does not have: an
    old release must not hide an edit.
    """

    def __init__(self, assets: Assets, *, is_strict: bool) -> None:
        self._assets = assets
        self._is_strict = is_strict
        self._logged: set[str] = set()

    def url(
        self, name: str, has_own: Callable[[], bool], *, below: str = "", is_strict: bool | None = None
    ) -> str | None:
        """Return the URL of the asset `name`; None where the framework's own one counts.

        `has_own` tells whether the application has the file itself; `below` is the path that the application has at its
        server. Raises AssetNotFound for a name that the release lacks, if that is strict.
        """
        if self._assets.reload and not self._is_watched() and has_own():
            return None
        if name not in self._assets:
            if self._is_strict if is_strict is None else is_strict:
                self._assets.url(name)  # raises an error that names the nearest ones
            self._log(name)
            return None
        return below_path(self._assets.url(name), below)

    def _is_watched(self) -> bool:
        file = release_of(self._assets).watcher_file
        path = os.path.join(release_folder(self._assets), ASSETS_FOLDER, file) if isinstance(file, str) else ""
        return IS_WATCHED in os.environ or (bool(path) and os.path.exists(path))

    def _log(self, name: str) -> None:
        if name not in self._logged and len(self._logged) < _MOST_LOGGED:
            self._logged.add(name)
            _LOGGER.warning("the release has no asset %s: its URL is that of the application's own file", ascii(name))


def below_path(url: str, root: str) -> str:
    """Return `url` below the path `root`, unless it is there already, or has a host."""
    root = root.rstrip("/")
    is_path = url.startswith("/") and not url.startswith("//")
    return root + url if root and is_path and not url.startswith(f"{root}/") else url


def nearest_manifest(folder: str) -> str:
    """`build/manifest.json` in `folder`, or in the nearest folder above that has one.

    Raises ManifestError, also for one of another user.
    """
    above = folder
    while not os.path.exists(found := os.path.join(above, MANIFEST)):
        if above == (above := os.path.dirname(above)):
            message = f"there is no `{MANIFEST}` in `{folder}`, nor in a folder above"
            raise refusal("manifest/missing", message, os.path.join(folder, MANIFEST))
    if reason := distrust_of_manifest(found, folder):
        raise refusal("config/owner", f"`{found}` is not used: {reason}", found)
    return found
