"""Lists the files of a release, for commands and checks; web processes do not need the whole list.

Takes the path of a manifest, and opens it. Imports the vocabulary.
"""

from collections.abc import Iterator

from buildassets.disk.plain_files import plain
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import SUFFIXES
from buildassets.manifest.json import refusal
from buildassets.manifest.model import Manifest, loads


@frozen
class ReleaseFile:
    """A file of a release: the logical `path` of its asset, its name `file` below `assets/`, and its `size` in bytes.

    A precompressed copy has a value of its own, with the `path` of its original.
    """

    path: str
    file: str
    size: int


def read_manifest(path: str) -> Manifest:
    """The whole manifest at `path`. Raises ManifestError."""
    try:
        with open(plain(path), "rb") as stream:
            content = stream.read()
    except OSError as fault:
        message = f"cannot read the manifest `{path}`: {reason_text(fault)}"
        raise refusal("manifest/missing", message, path) from None
    return loads(content, path)


def release_files(manifest: str) -> list[ReleaseFile]:
    """All files below `assets/` that the manifest at that path names, sorted; those of retained releases, too.

    Raises ManifestError.
    """
    return sorted(_files(read_manifest(manifest)), key=lambda released: released.file)


def _files(manifest: Manifest) -> Iterator[ReleaseFile]:
    releases = (manifest.assets, *(earlier.assets for earlier in manifest.retained))
    for path, entry in (named for assets in releases for named in assets.items()):
        yield ReleaseFile(path, entry.file, entry.size)
        copies = (coding for coding in entry.encodings if coding in SUFFIXES)
        yield from (ReleaseFile(path, entry.file + SUFFIXES[coding], entry.encodings[coding]) for coding in copies)
