"""Writes the archive of a release directory; an unfinished file is never left in its place."""

from hashlib import sha256
from typing import BinaryIO, Final

from buildassets.disk.files import whole_file
from buildassets.disk.locks import locked
from buildassets.foundation.frozen import frozen
from buildassets.release.archive.pack import pack
from buildassets.release.archive.read import Form, largest_bytes
from buildassets.release.inventory.contents import FolderContents
from buildassets.release.inventory.inventory import Inventory, inventory_of_folder
from buildassets.release.inventory.names import Taken, is_utf8, refusal

_AROUND_BYTES: Final = 2560  # the most that headers and padding of one file take
_NO_BOMB: Final = "pack a .zip or a plain .tar"


@frozen
class PackedArchive:
    """An archive that was written: its release, its number of files, and its own size and SHA-256."""

    release: str
    files: int
    size_bytes: int
    digest: str


def pack_folder(folder: str, shown: str, archive: str, form: Form) -> PackedArchive:
    """Write the release in `folder` as an `archive` of that form.

    Raises OSError; ManifestError and ReleaseError where the folder does not match its manifest, and where other systems
    could not unpack the archive.
    """
    with locked(folder, shared=True):
        inventory = inventory_of_folder(folder, shown)
        _refuse_names(inventory, form, shown)
        return _written(inventory, FolderContents(folder, inventory.files, shown), archive, form)


def _written(inventory: Inventory, contents: FolderContents, archive: str, form: Form) -> PackedArchive:
    with whole_file(archive) as file:
        written = _Written(file)
        pack(inventory, contents, form, written.write)
        if form != "zip" and _tar_bytes(inventory) > largest_bytes(written.size_bytes):
            raise refusal("archive/bomb", f"`{archive}` would hold too much for its size", archive, hint=_NO_BOMB)
    return PackedArchive(inventory.release, len(inventory.files), written.size_bytes, written.digest.hexdigest())


def _tar_bytes(inventory: Inventory) -> int:
    """An upper estimate of the size of the tar of a release."""
    return sum(expected.size_bytes + _AROUND_BYTES for expected in inventory.files.values())


class _Written:
    """Writes to a file, and counts and hashes what it writes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size_bytes = 0
        self.digest = sha256()

    def write(self, content: bytes) -> None:
        """Write `content`."""
        self._file.write(content)
        self.size_bytes += len(content)
        self.digest.update(content)


def _refuse_names(inventory: Inventory, form: Form, shown: str) -> None:
    """Raise ReleaseError for names that `unpack` would refuse, and for those that a zip cannot hold."""
    taken = Taken()
    for name in inventory.files:
        fault = taken.fault_of(name)
        if form == "zip" and not is_utf8(name):
            fault = "it is not UTF-8, as names in a zip are"
        if fault:
            hint = "rename one of the sources" if form != "zip" else "rename the source, or pack a .tar"
            raise refusal("archive/name", f"`{shown}` holds `{name}`: {fault}", shown, hint=hint)
