"""Lists the files that a release must hold by its manifest: each with size, digest and what it is a copy of."""

import json
import os
import posixpath
from base64 import b64decode
from collections.abc import Iterator, Mapping
from errno import EFBIG
from typing import Final

from buildassets.disk.files import MOST_MANIFEST_BYTES, content_of
from buildassets.errors import ManifestError, ReleaseError
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.media import SUFFIXES, delta_file
from buildassets.foundation.typed import typed
from buildassets.manifest.model import (
    ASSETS_FOLDER,
    IDENTITY,
    MANIFEST_NAME,
    Entry,
    Manifest,
    is_whole,
    loads,
    release_content,
)
from buildassets.release.inventory.names import fault_of, refusal

_AGAIN: Final = "build again, or get the release again from where it was built"


@frozen
class Copied:
    """The original of a precompressed copy, and the content coding of the copy."""

    name: str
    coding: str


@frozen
class Expected:
    """The manifest's record of a file. `digest` is in hex, and empty where an older manifest has none.

    `copies` maps content codings to the names of its precompressed copies; `copy_of` is set if it is such a copy
    itself. `type` is the media type, for a copy that of the original; empty for the manifest and for companions.
    `keeps_name` marks files whose names later releases use again for other contents.
    """

    size_bytes: int
    algorithm: str = "sha256"
    digest: str = ""
    copies: Mapping[str, str] = field(default_factory=dict)
    copy_of: Copied | None = None
    type: str = field(default="", compare=False)
    keeps_name: bool = False


@frozen
class Inventory:
    """The files of a release by their names below the release directory, sorted; the manifest is among them.

    `passing` are files that may be there or not; they are not checked.
    """

    manifest: Manifest
    content: bytes
    files: Mapping[str, Expected]
    passing: frozenset[str] = frozenset()

    @property
    def release(self) -> str:
        """The digest in the manifest's key `release`."""
        return str(json.loads(self.content)["release"])


def inventory(content: bytes, shown: str) -> Inventory:
    """The inventory that the manifest in `content` describes; errors call it `shown`.

    Raises ManifestError where it is no manifest, ReleaseError where it is damaged or holds values that no build writes.
    """
    if not is_whole(content.decode("utf-8", "replace"), shown):
        raise refusal("verify/manifest", f"`{shown}` is not as a build wrote it", shown, hint=_AGAIN)
    try:
        manifest = loads(content, shown)
    except ManifestError as fault:
        raise refusal("verify/manifest", fault.diagnostics[0].message, shown, hint=_AGAIN) from None
    files = {MANIFEST_NAME: Expected(len(content), "sha256", digest(content))}
    try:
        for name, expected in _listed(manifest, content):
            if files.setdefault(name, expected) != expected:
                raise ValueError(f"`{name}` twice")
    except ValueError as fault:
        raise _meaningless(str(fault), shown) from None
    faults = ((name, fault_of(name)) for name in files)
    if named := next(((name, fault) for name, fault in faults if fault), None):
        raise _meaningless(f"`{named[0]}` as a name: {named[1]}", shown)
    passing = frozenset([f"{ASSETS_FOLDER}/{manifest.livereload}"] if manifest.livereload else [])
    return Inventory(manifest, content, dict(sorted(files.items())), passing)


def hidden_maps(of_release: Inventory, shown: str) -> Inventory:
    """The inventory of the folder of hidden source maps, which contains no manifest; empty if the release has none.

    Raises ReleaseError as `inventory` does.
    """
    maps = of_release.manifest.maps
    files = {
        name: Expected(one.size, "sha256", _hex(one.digest), type="application/json") for name, one in maps.items()
    }
    if named := next(((name, fault) for name in files if (fault := fault_of(f"{ASSETS_FOLDER}/{name}"))), None):
        raise _meaningless(f"`{named[0]}` as a name: {named[1]}", shown)
    return Inventory(of_release.manifest, of_release.content, dict(sorted(files.items())))


def _entries(manifest: Manifest) -> Iterator[Entry]:
    yield from manifest.assets.values()
    for release in manifest.retained:
        yield from release.assets.values()


def _listed(manifest: Manifest, content: bytes) -> Iterator[tuple[str, Expected]]:
    """The files that the manifest lists. Raises ValueError where a digest is none."""
    for entry in _entries(manifest):
        yield from _files_of(entry)
    for name, companion in manifest.companions.items():
        yield (
            f"{ASSETS_FOLDER}/{name}",
            Expected(companion.size, "sha256", _hex(companion.digest), keeps_name=True),
        )
    yield from _release_file(manifest, content)


def _release_file(manifest: Manifest, content: bytes) -> Iterator[tuple[str, Expected]]:
    """The file in which open pages look for the release, if there is one; the manifest determines its content."""
    if manifest.release_file is not None:
        text = release_content(str(json.loads(content)["release"]))
        yield f"{ASSETS_FOLDER}/{manifest.release_file}", Expected(len(text), "sha256", digest(text), keeps_name=True)


def _files_of(entry: Entry) -> Iterator[tuple[str, Expected]]:
    name = f"{ASSETS_FOLDER}/{entry.file}"
    copies = {coding: name + SUFFIXES[coding] for coding in entry.encodings if coding in SUFFIXES}
    algorithm, in_base64 = "sha256", entry.digests.get(IDENTITY, "")
    if entry.integrity:
        algorithm, _, in_base64 = entry.integrity.partition("-")
    yield name, Expected(entry.size, algorithm, _hex(in_base64), copies, type=entry.type, keeps_name=entry.plain)
    for coding, copy in copies.items():
        in_hex = _hex(entry.digests.get(coding, ""))
        yield copy, Expected(entry.encodings[coding], "sha256", in_hex, copy_of=Copied(name, coding), type=entry.type)
    for dictionary, delta in entry.deltas.items():
        expected = Expected(delta.size, "sha256", _hex(delta.digest), copy_of=Copied(name, "dcz"), type=entry.type)
        yield delta_file(name, dictionary), expected


def _hex(in_base64: str) -> str:
    return b64decode(in_base64, validate=True).hex()


def _meaningless(what: str, shown: str) -> ReleaseError:
    return refusal("verify/manifest", f"`{shown}` holds what no build writes: {what}", shown, hint=_AGAIN)


def inventory_of_folder(folder: str, shown: str) -> Inventory:
    """The inventory that the manifest in the release directory describes. Raises as `verified` does."""
    path = os.path.join(folder, MANIFEST_NAME)
    try:
        content = content_of(path, MOST_MANIFEST_BYTES)
    except FileNotFoundError:
        raise no_release(shown) from None
    except OSError as fault:
        if fault.errno != EFBIG:
            raise
        manifest = posixpath.join(shown, MANIFEST_NAME)
        message = f"cannot read `{manifest}`: {reason_text(fault)}"
        raise refusal("verify/manifest", message, manifest, hint=_AGAIN) from None
    return inventory(content, posixpath.join(shown, MANIFEST_NAME))


def no_release(shown: str) -> ReleaseError:
    """The error for a folder, called `shown`, in which there is no release."""
    manifest = posixpath.join(shown, MANIFEST_NAME)
    hint = f"run `{typed('build')}` first, or name another folder"
    return refusal("verify/none", f"there is no `{manifest}`", manifest, hint=hint)
