"""Whether a release, in a directory or still in its archive, is byte for byte what its manifest says."""

import os

from buildassets.frozen import frozen
from buildassets.locks import locked
from buildassets.release.archive.canonical import other_byte
from buildassets.release.archive.read import inventory_of_archive, members_of_archive
from buildassets.release.inventory.compare import Report, examined
from buildassets.release.inventory.inventory import Inventory, inventory_of_folder
from buildassets.release.inventory.members import members_of_folder
from buildassets.release.inventory.refusals import refusal


@frozen
class Verified:
    """What a release was found to be: what its manifest says, and how it differs from that."""

    wanted: Inventory
    report: Report


def verified(path: str, shown: str) -> Verified:
    """What the release at `path`, a directory or an archive, is.

    Raises OSError; ManifestError where it has no manifest that can be read; ReleaseError where the manifest itself is
    damaged, or the archive is damaged, holds what it must not, or is not as `pack` writes it.
    """
    return _of_folder(path, shown) if os.path.isdir(path) else _of_archive(path, shown)


def _of_folder(folder: str, shown: str) -> Verified:
    with locked(folder, shared=True):
        wanted = inventory_of_folder(folder, shown)
        return Verified(wanted, examined(members_of_folder(folder), wanted))


def _of_archive(path: str, shown: str) -> Verified:
    wanted = inventory_of_archive(path, shown)
    report = examined(members_of_archive(path, shown), wanted)
    if report.is_clean and (offset := other_byte(path, shown, wanted)) is not None:
        notes = ["the release in it is whole"]
        raise refusal("archive/form", f"byte {offset:,} of `{shown}` is not as `pack` writes it", shown, notes=notes)
    return Verified(wanted, report)
