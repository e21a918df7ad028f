"""Opens an earlier release to carry files over from: a release directory, an archive, or one that a server has.

Takes the name that the user gives, returns the manifest and a function that reads the files. None of the content has
been checked.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from buildassets.disk.files import MOST_MANIFEST_BYTES, chunks_of, content_of, write_chunks
from buildassets.disk.folders import temporary_folder
from buildassets.errors import BuildError, ManifestError
from buildassets.foundation.credentials import masked_url
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.paths import to_url
from buildassets.foundation.permission import Permission
from buildassets.manifest.model import MANIFEST_NAME, loads
from buildassets.net.download import download, download_to
from buildassets.release.archive.read import inventory_of_archive, is_archive
from buildassets.release.archive.unpack import unpack

_HTTP: Final = ("http://", "https://")
_ASSETS: Final = "assets/"
_REQUESTS_AT_ONCE: Final = 8
_MANIFEST_SECONDS: Final = 300.0


@frozen
class EarlierRelease:
    """An earlier release: its name as the user writes it, its manifest, and a function that fetches its files.

    `fetch` takes the name of a file below `assets/`, its size in bytes and a path, to which it writes the content; it
    stops soon after that size if there is more. It raises FileNotFoundError where there is no such file, and another
    OSError where it cannot find out. At most `at_once` calls may run at the same time.
    """

    shown: str
    manifest: bytes
    fetch: Callable[[str, int, str], None]
    at_once: int = 1


@contextmanager
def previous_release(source: str, url: str | None = None, *, permission: Permission) -> Iterator[EarlierRelease]:
    """The release that `source` names: a folder, an archive, a manifest, or the URL of a manifest.

    `url` is the URL or folder of its files, if they are not next to the manifest. Raises FileNotFoundError where there
    is not a release, and BuildError where it cannot be read.
    """
    manifest = manifest_at(source, permission=permission)
    if url is None and _is_archive(source):
        with temporary_folder() as folder:
            release = os.path.join(folder, "release")
            with _faults_as_build_error(source):
                unpack(_path(source), source, release, release, permission=permission)
            yield EarlierRelease(source, manifest, _reader(os.path.join(release, _ASSETS), permission))
        return
    files = url or _beside(source)
    yield EarlierRelease(
        masked_url(source), manifest, _reader(files, permission), _REQUESTS_AT_ONCE if files.startswith(_HTTP) else 1
    )


def manifest_at(source: str, *, permission: Permission) -> bytes:
    """The manifest that `source` names, parsed once to prove that it is one. Raises as `previous_release` does."""
    with _faults_as_build_error(source):
        if _is_archive(source):
            return inventory_of_archive(_path(source), source).content
        if source.startswith(_HTTP):
            manifest = download(source, MOST_MANIFEST_BYTES, _MANIFEST_SECONDS, permission=permission)
        else:
            manifest = content_of(_manifest_path(source), MOST_MANIFEST_BYTES)
        loads(manifest, masked_url(source))
        return manifest


@contextmanager
def _faults_as_build_error(source: str) -> Iterator[None]:
    """Raise BuildError for every fault of `source`, but FileNotFoundError as it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise _unreadable(f"cannot read `{masked_url(source)}`: {reason_text(fault)}", source) from None
    except ManifestError as fault:
        raise _unreadable(fault.diagnostics[0].message, source) from None


def _is_archive(source: str) -> bool:
    path = _path(source)
    return not source.startswith(_HTTP) and os.path.isfile(path) and is_archive(path)


def _unreadable(message: str, source: str) -> BuildError:
    hint = "name a release directory, an archive of one, or a manifest by its path or URL"
    return BuildError([error("manifest/unreadable", message, Location(masked_url(source)), hint=hint)])


def _manifest_path(source: str) -> str:
    path = _path(source)
    return os.path.join(path, MANIFEST_NAME) if os.path.isdir(path) else path


def _beside(source: str) -> str:
    """The folder, or its URL, of the files of a release whose manifest `source` names."""
    if source.startswith(_HTTP):
        return urljoin(source, _ASSETS)
    return os.path.join(os.path.dirname(_manifest_path(source)), _ASSETS)


def _reader(folder: str, permission: Permission) -> Callable[[str, int, str], None]:
    """The `fetch` of an EarlierRelease whose files are below `folder`, which may be a URL."""
    if folder.startswith(_HTTP):
        return partial(_from_url, folder.rstrip("/") + "/", permission=permission)
    return partial(_from_folder, _path(folder))


def _path(source: str) -> str:
    """`source`, which may be a `file:` URL, as a path."""
    return url2pathname(urlsplit(source).path) if source.startswith("file:") else source


def _from_url(folder: str, file: str, size_bytes: int, place: str, *, permission: Permission) -> None:
    download_to(place, folder + to_url(file), size_bytes, permission=permission)


def _from_folder(folder: str, file: str, size_bytes: int, place: str) -> None:
    write_chunks(place, _at_most(chunks_of(os.path.join(folder, file)), size_bytes))


def _at_most(chunks: Iterable[bytes], size_bytes: int) -> Iterator[bytes]:
    """The same `chunks`, up to the first that exceeds `size_bytes` in total."""
    for chunk in chunks:
        yield chunk
        size_bytes -= len(chunk)
        if size_bytes < 0:
            return
