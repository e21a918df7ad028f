"""Verifies that a release, in a directory or still in its archive, matches its manifest byte for byte."""

import os
from collections.abc import Callable, Iterable, Iterator

from buildassets.disk.locks import locked
from buildassets.foundation.frozen import frozen
from buildassets.release.archive.canonical import first_mismatch
from buildassets.release.archive.read import inventory_of_archive, members_of_archive
from buildassets.release.inventory.compare import Report, examined
from buildassets.release.inventory.inventory import Inventory, inventory_of_folder
from buildassets.release.inventory.members import ReleaseMember, members_of_folder
from buildassets.release.inventory.refusals import refusal


@frozen
class Verified:
    """The inventory of a release by its manifest, and how its files differ from that."""

    inventory: Inventory
    report: Report


Progress = Callable[[int, int, str], None]  # files examined, files in all, the name of the latest


def verified(path: str, shown: str, progress: Progress | None = None) -> Verified:
    """Compare the release at `path`, a directory or an archive, with its manifest; `progress` is called for each file.

    Raises OSError; ManifestError where its manifest cannot be read; ReleaseError where the manifest itself is damaged,
    or the archive is damaged, holds forbidden members, or differs from what `pack` writes.
    """
    return _of_folder(path, shown, progress) if os.path.isdir(path) else _of_archive(path, shown, progress)


def _counted(
    members: Iterable[ReleaseMember], inventory: Inventory, progress: Progress | None
) -> Iterator[ReleaseMember]:
    """The same `members`; `progress` is called when each has been examined."""
    for done, member in enumerate(members, 1):
        yield member
        if progress is not None:
            progress(done, max(done, len(inventory.files)), member.name)


def _of_folder(folder: str, shown: str, progress: Progress | None) -> Verified:
    with locked(folder, shared=True):
        inventory = inventory_of_folder(folder, shown)
        return Verified(inventory, examined(_counted(members_of_folder(folder), inventory, progress), inventory))


def _of_archive(path: str, shown: str, progress: Progress | None) -> Verified:
    inventory = inventory_of_archive(path, shown)
    report = examined(_counted(members_of_archive(path, shown), inventory, progress), inventory)
    if report.is_clean and (offset := first_mismatch(path, shown, inventory)) is not None:
        notes = ["the release in it is whole"]
        raise refusal("archive/form", f"byte {offset:,} of `{shown}` is not as `pack` writes it", shown, notes=notes)
    return Verified(inventory, report)
