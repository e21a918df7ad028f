"""Earlier releases to carry files over from: a release directory, an archive of one, or one that is served.

Takes what the user names, gives its manifest and what reads its files. What it gives is not to be trusted yet.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from buildassets.compiler.carry import Previous
from buildassets.diagnostics import Location, error, reason_text
from buildassets.errors import BuildError, ManifestError
from buildassets.manifest import MANIFEST_NAME, loads
from buildassets.paths import to_url
from buildassets.release.download import download

_HTTP: Final = ("http://", "https://")
_ASSETS: Final = "assets/"
_MANIFEST_BYTES: Final = 1 << 27  # more than any manifest has


@contextmanager
def previous_release(source: str, url: str | None = None) -> Iterator[Previous]:
    """The release that `source` names: a folder, an archive, a manifest, or the URL of a manifest.

    `url` is that below which its files are, if they are not beside the manifest. Raises FileNotFoundError where there
    is none, and BuildError where it cannot be read.
    """
    manifest = manifest_at(source)
    yield Previous(source, manifest, _reader(url or _beside(source)))


def manifest_at(source: str) -> bytes:
    """The manifest that `source` names, as for `previous_release`; sure to be one. Raises the same."""
    try:
        if source.startswith(_HTTP):
            manifest = download(source, _MANIFEST_BYTES)
        else:
            manifest = _content_of(_manifest_path(source), _MANIFEST_BYTES)
        loads(manifest.decode("utf-8", "replace"), source)
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise _unreadable(f"cannot read the manifest `{source}`: {reason_text(fault)}", source) from None
    except ManifestError as fault:
        raise _unreadable(fault.diagnostics[0].message, source) from None
    return manifest


def _unreadable(message: str, source: str) -> BuildError:
    hint = "name a release directory, or the manifest of a release by its path or URL"
    return BuildError([error("manifest/unreadable", message, Location(source), hint=hint)])


def _manifest_path(source: str) -> str:
    path = _path(source)
    return os.path.join(path, MANIFEST_NAME) if os.path.isdir(path) else path


def _beside(source: str) -> str:
    """Where the files are of a release whose manifest `source` names: a folder, or its URL."""
    if source.startswith(_HTTP):
        return urljoin(source, _ASSETS)
    return os.path.join(os.path.dirname(_manifest_path(source)), _ASSETS)


def _reader(folder: str) -> Callable[[str, int], bytes]:
    """What reads files below `folder`, which is one or the URL of one."""
    if folder.startswith(_HTTP):
        return partial(_from_url, folder.rstrip("/") + "/")
    return partial(_from_folder, _path(folder))


def _path(source: str) -> str:
    """`source`, which may be a `file:` URL, as a path."""
    return url2pathname(urlsplit(source).path) if source.startswith("file:") else source


def _from_url(folder: str, file: str, size_bytes: int) -> bytes:
    return download(folder + to_url(file), size_bytes)


def _from_folder(folder: str, file: str, size_bytes: int) -> bytes:
    return _content_of(os.path.join(folder, file), size_bytes)


def _content_of(path: str, size_bytes: int) -> bytes:
    """What the file at `path` holds, or a byte more than `size_bytes` of that."""
    with open(path, "rb") as file:
        return file.read(size_bytes + 1)
