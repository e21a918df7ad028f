"""Maps the paths of URLs to the files of a release: these are served, and nothing else.

Takes the release that `Assets` has read, and looks at each of its files once. The path of a request is only looked up
in this table, never used as a path on disk. Standard library and vocabulary only.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from buildassets.disk.plain_files import linked_folder, plain_below
from buildassets.errors import ManifestError
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import DELTA, SUFFIXES, content_type, delta_file, media_of
from buildassets.foundation.paths import from_url
from buildassets.manifest.json import ASSETS_FOLDER, RELEASE_FILE, no_manifest, refusal, release_content
from buildassets.runtime.assets import Assets, Release, release_folder, release_of
from buildassets.runtime.negotiation import IDENTITY
from buildassets.runtime.serving import GeneratedTarget, Representation, Resource

if TYPE_CHECKING:
    from buildassets.runtime.extra_headers import ExtraHeaders

    Table = Mapping[str, "Resource | GeneratedTarget | _Plain"]

_NO_DELTAS: Final[Mapping[str, Representation]] = {}
_TAG_LENGTH: Final = 22  # characters of base64: 132 bits of a digest


class ServedFiles:
    """The files of a release that may be served, by path.

    `prefix` is the path of the URL prefix, by default that of `assets`; `headers` is a function from the logical path
    and the manifest's entry of an asset to additional headers. Raises ManifestError where a file that the manifest
    names is missing or has another size, ValueError for headers that must not be sent, TypeError where `assets` is no
    `Assets` or `headers` no function. If `assets` reloads its manifest, so does this object, and missing files are not
    served instead of raising.
    """

    def __init__(self, assets: Assets, prefix: str | None = None, headers: ExtraHeaders | None = None) -> None:
        _check_types(assets, headers)
        self._assets = assets
        self._prefix = prefix
        self._headers = headers
        self._folder = release_folder(assets)
        release = release_of(assets)
        self._latest = (release, self._table(release))

    def find(self, *paths: str) -> Resource | GeneratedTarget | None:
        """The resource of the first of `paths` that has one; they are percent-decoded, their bytes as UTF-8."""
        release, table = self._latest
        if self._assets.reload:
            release, table = self._reloaded()
        for path in paths:
            if resource := table.get(path):
                return resource.now(self._folder) if isinstance(resource, _Plain) else resource
        watcher_file = release.watcher_file if self._assets.reload else None
        if watcher_file and self._path(release, watcher_file) in paths:
            return _live(self._folder, f"{ASSETS_FOLDER}/{watcher_file}", "application/json")
        return None

    def _reloaded(self) -> tuple[Release, Table]:
        try:
            release = release_of(self._assets)
            if release is not self._latest[0]:
                self._latest = (release, self._table(release))
        except ManifestError:
            pass  # the page that needs the release reports it better
        return self._latest

    def _table(self, release: Release) -> Table:
        """Every resource by its path. Unless the release is reloaded, missing files raise ManifestError."""
        table: dict[str, Resource | GeneratedTarget | _Plain] = {}
        faults: list[str] = []
        prefix, files = self._path(release, ""), _Files(self._folder, release.folder, int(time.time()))
        try:
            for path, entry in release.all_entries():
                try:
                    table.setdefault(prefix + entry["file"], self._made(release, path, entry, files))
                except _MismatchError as fault:
                    faults.append(str(fault))
        except _RefusedError as fault:
            raise ValueError(str(fault)) from fault.__cause__
        except (KeyError, ValueError):  # an entry lacks something, or the name of a delta cannot be made
            raise no_manifest(release.manifest) from None
        for name, size in release.lists.items():
            with suppress(_MismatchError):  # it is for other programs, so pages work without it
                table.setdefault(prefix + name, _list(name, size, files))
        if release.digest and not release.watcher_file:
            served = GeneratedTarget("application/json", release_content(release.digest))
            table.setdefault(prefix + RELEASE_FILE, served)
        if faults and not self._assets.reload:
            raise _incomplete(release.manifest, faults)
        return table

    def _made(self, release: Release, path: str, entry: Mapping[str, Any], files: _Files) -> Resource | _Plain:
        """The resource of an asset. Raises _MismatchError, and KeyError and ValueError for an unsound entry."""
        if entry.get("plain"):
            headers = () if self._headers is None else self._added(path, entry)
            return _Plain(release.folder + entry["file"], sys.intern(content_type(entry["type"])), headers)
        resource = _resource(entry, files)
        if release.has_dictionaries and media_of(entry["file"]).compressible:
            resource = replace(resource, deltas=_deltas(entry, files))
        return resource if self._headers is None else replace(resource, headers=self._added(path, entry))

    def _added(self, path: str, entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        from buildassets.runtime.extra_headers import extra_headers

        try:
            return extra_headers(self._headers, path, entry)
        except ValueError as fault:  # kept apart from the ValueErrors that a bad manifest causes
            raise _RefusedError(str(fault)) from fault.__cause__

    def _path(self, release: Release, file: str) -> str:
        return _path_of(release.prefix if self._prefix is None else self._prefix) + file


def _check_types(assets: object, headers: object) -> None:
    """Raise TypeError where `assets` is not an `Assets`, or `headers` no function."""
    if not isinstance(assets, Assets):
        path = os.fspath(assets) if isinstance(assets, str | os.PathLike) else "build/manifest.json"
        raise TypeError(f"`assets` is {assets!r}; give it `Assets({path!r})`")
    if headers is not None and not callable(headers):
        given = repr(headers) if isinstance(headers, Mapping) else "{…}"
        raise TypeError(f"`headers` is {headers!r}; give it a function, as in `lambda path, entry: {given}`")


def _incomplete(manifest: str, faults: list[str]) -> ManifestError:
    more = f"; {len(faults) - 1:,} more of its files do not match it" if len(faults) > 1 else ""
    return refusal("manifest/file", f"`{manifest}` names {faults[0]}{more}", manifest)


def _path_of(prefix: str) -> str:
    """The path of a URL prefix, percent-decoded, with a slash at each end."""
    if "://" in prefix or prefix.startswith("//"):
        prefix = prefix.partition("//")[2].partition("/")[2]
    path = from_url(prefix).strip("/")
    return f"/{path}/" if path else "/"


class _Plain:
    """A file whose name later releases use again: what it holds when it is asked for is not in the manifest."""

    def __init__(self, name: str, media_type: str, headers: tuple[tuple[str, str], ...]) -> None:
        self._name = name
        self._type = media_type
        self._headers = headers

    def now(self, folder: str) -> Resource | None:
        """The resource as it is in the release directory `folder`; None where it is missing."""
        resource = _live(folder, self._name, self._type)
        return resource and replace(resource, headers=self._headers)


class _RefusedError(Exception):
    """A header that the application adds must not be sent; the text gives the reason."""


class _MismatchError(Exception):
    """A file differs from the manifest; the text names the file and the difference."""


class _Files:
    """The files of the release in `folder`, whose names there begin with `below`.

    The process starts at `now_s`, which bounds modification times.
    """

    def __init__(self, folder: str, below: str, now_s: int) -> None:
        self.folder = folder
        self.below = below
        self._now_s = now_s
        self._linked: dict[str, str | None] = {}  # for each folder, the first symbolic link on the way to it

    def modified(self, name: str, size: int) -> int:
        """The modification time of a file, in seconds since 1970. Raises _MismatchError unless it has that `size`."""
        path = f"{self.folder}/{name}"
        around = name.rpartition("/")[0]
        if around not in self._linked:
            self._linked[around] = linked_folder(self.folder, name)
        if linked := self._linked[around]:
            raise _MismatchError(f"`{path}`, and `{self.folder}/{linked}` is a link")
        try:
            status = os.lstat(path)
        except OSError:
            raise _MismatchError(f"`{path}`, which is not there") from None
        if not stat.S_ISREG(status.st_mode):
            raise _MismatchError(f"`{path}`, which is not a regular file")
        if status.st_size != size:
            raise _MismatchError(f"`{path}` with {size} bytes, and it has {status.st_size}")
        return min(max(0, int(status.st_mtime)), self._now_s)


def _list(name: str, size: int, files: _Files) -> Resource:
    """The resource of a file that keeps its name in every release. Raises _MismatchError."""
    path = files.below + name
    modified_s = files.modified(path, size)
    tag = f"{modified_s:x}.{size:x}"
    return Resource(
        files.folder,
        path,
        type="application/json",
        codings=(IDENTITY,),
        sizes=(size,),
        tags=(tag,),
        modified=modified_s,
        is_lasting=False,
    )


def _resource(entry: Mapping[str, Any], files: _Files) -> Resource:
    """The resource that a manifest's entry describes. Raises _MismatchError, and KeyError for an incomplete entry."""
    media_type, encodings = entry["type"], entry.get("encodings", {})
    name = files.below + entry["file"]
    sizes = {IDENTITY: entry["size"]} | {coding: encodings[coding] for coding in SUFFIXES if coding in encodings}
    modified_s = [files.modified(name + SUFFIXES.get(coding, ""), size) for coding, size in sizes.items()]
    return Resource(
        files.folder,
        name,
        type=sys.intern(content_type(media_type)),
        codings=_shared(tuple(sizes)),
        sizes=tuple(sizes.values()),
        tags=_tags(entry, sizes),
        modified=modified_s[0],
    )


@cache  # every asset has such a tuple, and there are few different ones
def _shared(codings: tuple[str, ...]) -> tuple[str, ...]:
    return codings


def _tags(entry: Mapping[str, Any], sizes: Mapping[str, int]) -> tuple[str, ...]:
    """The opaque part of the ETag for each coding, from the manifest's digests; all of them differ."""
    digests = entry.get("digests", {})
    content = digests.get(IDENTITY) or (entry.get("integrity") or "").partition("-")[2]
    identity = content or _name_digest(entry["file"], entry["size"])
    coded = (f"{_tag(digests.get(coding) or f'{size:x}.{identity}')}.{coding}" for coding, size in sizes.items())
    return _tag(identity), *islice(coded, 1, None)


def _name_digest(file: str, size: int) -> str:
    """A digest of size and name, in place of the content's where the manifest has none; the name has a fingerprint."""
    from buildassets.foundation.digest import digest  # loads OpenSSL; releases of this version never come here

    return digest(f"{size:x} {file}".encode("utf-8", "surrogateescape"))


def _deltas(entry: Mapping[str, Any], files: _Files) -> Mapping[str, Representation]:
    """The deltas to a file, by the digest of the file a browser must have. Raises as `_resource`, and ValueError."""
    deltas = {}
    for dictionary, delta in entry.get("deltas", {}).items():
        name = files.below + delta_file(entry["file"], dictionary)
        files.modified(name, delta["size"])
        deltas[dictionary] = Representation(files.folder, name, delta["size"], f'"{_tag(delta["digest"])}.{DELTA}"')
    return deltas or _NO_DELTAS


def _tag(digest: str) -> str:
    """A part of `digest`, in characters allowed in an ETag and in the boundary of a multipart answer."""
    return digest[:_TAG_LENGTH].replace("/", "_").replace("+", "-")


def _live(folder: str, name: str, media_type: str) -> Resource | None:
    """A file that is written again under its name: the manifest does not have its size. None where it is missing."""
    try:
        status = os.lstat(f"{folder}/{name}")
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    tag = f"{status.st_mtime_ns:x}.{status.st_size:x}"
    modified_s = int(status.st_mtime)
    return Resource(
        folder,
        name,
        type=media_type,
        codings=(IDENTITY,),
        sizes=(status.st_size,),
        tags=(tag,),
        modified=modified_s,
        is_lasting=False,
    )


def opened(file: Representation) -> int | None:
    """A descriptor for reading `file`; None where it is gone or has another size."""
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
    """`origins` as a set, each in the form of the header `Origin`. Raises ValueError for an invalid one."""
    names = frozenset((origins,) if isinstance(origins, str) else origins)
    for name in names:
        scheme, separator, host = name.partition("://")
        if name != "*" and not (scheme and separator and host and "/" not in host and name.isprintable()):
            raise ValueError(f"{name!r} is not an origin, such as `https://example.com`, nor `*`")
    return names
