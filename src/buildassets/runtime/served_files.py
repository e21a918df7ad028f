"""The files of a release by the paths of their URLs: all that is served, and nothing else.

Takes the release that `Assets` has read and looks at each file that it names, once. A request's path is only ever
looked up here. Standard library and vocabulary only.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import islice

from buildassets.errors import ManifestError
from buildassets.manifest_json import ASSETS_FOLDER, no_manifest, refusal
from buildassets.media import DELTA, SUFFIXES, content_type, delta_file, media_of
from buildassets.paths import from_url
from buildassets.plain_files import linked_folder, plain_below
from buildassets.runtime.assets import Assets, Release, release_folder, release_of
from buildassets.runtime.negotiation import IDENTITY
from buildassets.runtime.serving import Representation, Resource

TYPE_CHECKING = False  # of our own: `typing` would be a third of the time in which a process starts
if TYPE_CHECKING:
    from typing import Any, Final

    from buildassets.runtime.extra_headers import ExtraHeaders

    Table = Mapping[str, Resource]

_NO_DELTAS: Final[Mapping[str, Representation]] = {}
_TAG_LENGTH: Final = 22  # characters of base64: 132 bits of a digest


class ServedFiles:
    """What may be served of a release, by path.

    `prefix` is the path of the URL prefix, that of `assets` by default; `headers` gives more headers for an asset, by
    its logical path and its entry in the manifest. Raises ManifestError where a file that the manifest names is not
    there as it says, ValueError for headers that must not be sent, TypeError for what is no `Assets` or
    no function. Where `assets` follows its manifest, so does this, and files that are not there are not served.
    """

    def __init__(self, assets: Assets, prefix: str | None = None, headers: ExtraHeaders | None = None) -> None:
        _refuse_others(assets, headers)
        self._assets = assets
        self._prefix = prefix
        self._headers = headers
        self._folder = release_folder(assets)
        release = release_of(assets)
        self._latest = (release, self._table(release))

    def find(self, *paths: str) -> Resource | None:
        """What the first of `paths` that names anything names; they are percent-decoded, their bytes as UTF-8."""
        release, table = self._latest
        if self._assets.reload:
            release, table = self._followed()
        for path in paths:
            if found := table.get(path):
                return found
        watcher_file = release.watcher_file if self._assets.reload else None
        if watcher_file and self._path(release, watcher_file) in paths:
            return _live(self._folder, f"{ASSETS_FOLDER}/{watcher_file}")
        return None

    def _followed(self) -> tuple[Release, Table]:
        try:
            release = release_of(self._assets)
            if release is not self._latest[0]:
                self._latest = (release, self._table(release))
        except ManifestError:
            pass  # the page says it better that needs the release
        return self._latest

    def _table(self, release: Release) -> Table:
        """Every resource by its path. Where the release stays as it is, each of its files has to be there."""
        table: dict[str, Resource] = {}
        faults: list[str] = []
        prefix, files = self._path(release, ""), _Files(self._folder, int(time.time()))
        try:
            for path, entry in release.all_entries():
                try:
                    resource = _resource(entry, files)
                    if release.has_dictionaries and media_of(entry["file"]).compressible:
                        resource = replace(resource, deltas=_deltas(entry, files))
                    if self._headers is not None:
                        resource = replace(resource, headers=self._added(path, entry))
                    table.setdefault(prefix + entry["file"], resource)
                except _OtherwiseError as fault:
                    faults.append(str(fault))
        except _RefusedError as fault:
            raise ValueError(str(fault)) from fault.__cause__
        except (KeyError, ValueError):  # an entry lacks something, or the name of a delta cannot be made
            raise no_manifest(release.manifest) from None
        if faults and not self._assets.reload:
            raise _incomplete(release.manifest, faults)
        return table

    def _added(self, path: str, entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        from buildassets.runtime.extra_headers import extra_headers

        try:
            return extra_headers(self._headers, path, entry)
        except ValueError as fault:  # which is the manifest's where it comes from elsewhere
            raise _RefusedError(str(fault)) from fault.__cause__

    def _path(self, release: Release, file: str) -> str:
        return _path_of(release.prefix if self._prefix is None else self._prefix) + file


def _refuse_others(assets: object, headers: object) -> None:
    """Raise TypeError for what is no `Assets`, and for headers that are no function."""
    if not isinstance(assets, Assets):
        path = os.fspath(assets) if isinstance(assets, str | os.PathLike) else "build/manifest.json"
        raise TypeError(f"`assets` is {assets!r}; give it `Assets({path!r})`")
    if headers is not None and not callable(headers):
        given = repr(headers) if isinstance(headers, Mapping) else "{…}"
        raise TypeError(f"`headers` is {headers!r}; give it a function, as in `lambda path, entry: {given}`")


def _incomplete(manifest: str, faults: list[str]) -> ManifestError:
    others = f"; {len(faults) - 1:,} more of its files are not as it says" if len(faults) > 1 else ""
    return refusal("manifest/file", f"`{manifest}` names {faults[0]}{others}", manifest)


def _path_of(prefix: str) -> str:
    """The path of a URL prefix, percent-decoded, with a slash at each end."""
    if "://" in prefix or prefix.startswith("//"):
        prefix = prefix.partition("//")[2].partition("/")[2]
    path = from_url(prefix).strip("/")
    return f"/{path}/" if path else "/"


class _RefusedError(Exception):
    """What the application adds to an answer must not be sent; the text says why."""


class _OtherwiseError(Exception):
    """A file is not as the manifest says; the text says what is."""


class _Files:
    """The files of the release in a `folder`, as a process that starts at `now_s` finds them."""

    def __init__(self, folder: str, now_s: int) -> None:
        self.folder = folder
        self._now_s = now_s
        self._linked: dict[str, str | None] = {}  # by folder: the first one on the way to it that is a link

    def modified(self, name: str, size: int) -> int:
        """When it was modified, in seconds since 1970. Raises _OtherwiseError if it is no file, or of another size."""
        path = f"{self.folder}/{name}"
        around = name.rpartition("/")[0]
        if around not in self._linked:
            self._linked[around] = linked_folder(self.folder, name)
        if linked := self._linked[around]:
            raise _OtherwiseError(f"`{path}`, and `{self.folder}/{linked}` is a link")
        try:
            status = os.lstat(path)
        except OSError:
            raise _OtherwiseError(f"`{path}`, which is not there") from None
        if not stat.S_ISREG(status.st_mode):
            raise _OtherwiseError(f"`{path}`, which is no regular file")
        if status.st_size != size:
            raise _OtherwiseError(f"`{path}` with {size} bytes, and it has {status.st_size}")
        return min(max(0, int(status.st_mtime)), self._now_s)


def _resource(entry: Mapping[str, Any], files: _Files) -> Resource:
    """What a manifest's entry says. Raises _OtherwiseError, and KeyError where it lacks something."""
    media_type, encodings = entry["type"], entry.get("encodings", {})
    name = f"{ASSETS_FOLDER}/{entry['file']}"
    sizes = {IDENTITY: entry["size"]} | {coding: encodings[coding] for coding in SUFFIXES if coding in encodings}
    modified_s = [files.modified(name + SUFFIXES.get(coding, ""), size) for coding, size in sizes.items()]
    return Resource(
        files.folder,
        name,
        sys.intern(content_type(media_type)),
        _shared(tuple(sizes)),
        tuple(sizes.values()),
        _tags(entry, sizes),
        modified_s[0],
    )


@cache  # of the few that there are, as every asset has one
def _shared(codings: tuple[str, ...]) -> tuple[str, ...]:
    return codings


def _tags(entry: Mapping[str, Any], sizes: Mapping[str, int]) -> tuple[str, ...]:
    """The opaque part of the ETag of each coding: digests as the manifest has them, no two alike."""
    digests = entry.get("digests", {})
    content = digests.get(IDENTITY) or (entry.get("integrity") or "").partition("-")[2]
    identity = content or _name_digest(entry["file"], entry["size"])
    others = (f"{_tag(digests.get(coding) or f'{size:x}.{identity}')}.{coding}" for coding, size in sizes.items())
    return _tag(identity), *islice(others, 1, None)


def _name_digest(file: str, size: int) -> str:
    """What stands for the content's digest where the manifest has none: the name is made from it."""
    from buildassets.digest import digest  # which loads OpenSSL, and what this version builds needs none

    return digest(f"{size:x} {file}".encode("utf-8", "surrogateescape"))


def _deltas(entry: Mapping[str, Any], files: _Files) -> Mapping[str, Representation]:
    """The deltas to a file, by the digest of what a browser must have. Raises as `_resource` does, and ValueError."""
    deltas = {}
    for dictionary, told in entry.get("deltas", {}).items():
        name = f"{ASSETS_FOLDER}/{delta_file(entry['file'], dictionary)}"
        files.modified(name, told["size"])
        deltas[dictionary] = Representation(files.folder, name, told["size"], f'"{_tag(told["digest"])}.{DELTA}"')
    return deltas or _NO_DELTAS


def _tag(digest: str) -> str:
    """A part of `digest` that may stand in an ETag and in the boundary of a multipart answer."""
    return digest[:_TAG_LENGTH].replace("/", "_").replace("+", "-")


def _live(folder: str, name: str) -> Resource | None:
    """A file that is written anew, of no size that a manifest could know."""
    try:
        status = os.lstat(f"{folder}/{name}")
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    tag = f"{status.st_mtime_ns:x}.{status.st_size:x}"
    return Resource(
        folder, name, "application/json", (IDENTITY,), (status.st_size,), (tag,), int(status.st_mtime), is_lasting=False
    )


def opened(file: Representation) -> int | None:
    """A descriptor for reading `file`; None where it is no longer there as it was."""
    try:
        descriptor = plain_below(file.folder, file.name)
    except OSError:
        return None
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_size == file.size:
        return descriptor
    os.close(descriptor)
    return None


def normal_origins(origins: str | Iterable[str]) -> frozenset[str]:
    """The origins that are named, as browsers name them in `Origin`. Raises ValueError for what is none."""
    names = frozenset((origins,) if isinstance(origins, str) else origins)
    for name in names:
        scheme, separator, host = name.partition("://")
        if name != "*" and not (scheme and separator and host and "/" not in host and name.isprintable()):
            raise ValueError(f"{name!r} is no origin, such as `https://example.com`, nor `*`")
    return names
