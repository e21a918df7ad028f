"""Whether a release, in a directory or still in its archive, is byte for byte what its manifest says."""

import os

from buildassets.files import content_of, held_still
from buildassets.frozen import frozen
from buildassets.manifest import MANIFEST_NAME
from buildassets.release.archive import inventory_of_archive, members_of_archive
from buildassets.release.examine import Report, examined
from buildassets.release.form import other_byte
from buildassets.release.inventory import Inventory, inventory
from buildassets.release.members import members_of_folder
from buildassets.release.refusals import refusal


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


def inventory_of_folder(folder: str, shown: str) -> Inventory:
    """What the manifest in the release directory says. Raises as `verified` does."""
    path, shown = os.path.join(folder, MANIFEST_NAME), os.path.join(shown, MANIFEST_NAME)
    try:
        content = content_of(path)
    except FileNotFoundError:
        hint = "run `buildassets build` first, or name another folder"
        raise refusal("verify/none", f"there is no `{shown}`", shown, hint=hint) from None
    return inventory(content, shown)


def _of_folder(folder: str, shown: str) -> Verified:
    with held_still(folder):
        wanted = inventory_of_folder(folder, shown)
        return Verified(wanted, examined(members_of_folder(folder), wanted))


def _of_archive(path: str, shown: str) -> Verified:
    wanted = inventory_of_archive(path, shown)
    report = examined(members_of_archive(path, shown), wanted)
    if report.is_clean and (offset := other_byte(path, shown, wanted)) is not None:
        notes = ["the release in it is whole"]
        raise refusal("archive/form", f"byte {offset:,} of `{shown}` is not as `pack` writes it", shown, notes=notes)
    return Verified(wanted, report)
