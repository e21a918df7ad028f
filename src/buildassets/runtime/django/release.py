"""Lists the files of a release, for commands and checks; web processes do not need the whole list.

Takes the path of a manifest, and opens it. Imports the vocabulary.
"""

from binascii import a2b_base64
from collections.abc import Callable, Iterator

from buildassets.disk.plain_files import plain
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import SUFFIXES
from buildassets.manifest.json import refusal
from buildassets.manifest.model import IDENTITY, Manifest, loads


@frozen
class ReleaseFile:
    """A file of a release: the logical `path` of its asset, its name `file` below `assets/`, and its `size` in bytes.

    A precompressed copy has a value of its own, with the `path` of its original. `digest` is that of its content in
    base64, with the algorithm before it; empty if the manifest has none.
    """

    path: str
    file: str
    size: int
    digest: str = ""

    def is_of(self, digest_by: Callable[[str], bytes]) -> bool:
        """Whether it is the file of which `digest_by` gives the digest by an algorithm."""
        algorithm, _, expected = self.digest.partition("-")
        return bool(expected) and a2b_base64(expected) == digest_by(algorithm)


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
    return files_of(read_manifest(manifest))


def files_of(manifest: Manifest) -> list[ReleaseFile]:
    """All files that `manifest` names, sorted; those of retained releases, too."""
    return sorted(_files(manifest), key=lambda released: released.file)


def _files(manifest: Manifest) -> Iterator[ReleaseFile]:
    releases = (manifest.assets, *(earlier.assets for earlier in manifest.retained))
    for path, entry in (named for assets in releases for named in assets.items()):
        digests = {coding: f"sha256-{digest}" for coding, digest in entry.digests.items()}
        yield ReleaseFile(path, entry.file, entry.size, entry.integrity or digests.get(IDENTITY, ""))
        for coding in (coding for coding in entry.encodings if coding in SUFFIXES):
            size, digest = entry.encodings[coding], digests.get(coding, "")
            yield ReleaseFile(path, entry.file + SUFFIXES[coding], size, digest)
