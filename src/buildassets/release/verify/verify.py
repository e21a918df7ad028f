"""Verifies that a release, in a directory or still in its archive, matches its manifest byte for byte."""

import os
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Final

from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.disk.locks import is_at_work, locked
from buildassets.foundation.frozen import frozen, replace
from buildassets.manifest.model import MANIFEST_NAME
from buildassets.release.archive.canonical import first_mismatch
from buildassets.release.archive.read import inventory_of_archive, members_of_archive
from buildassets.release.inventory.compare import Report, examined
from buildassets.release.inventory.inventory import Inventory, inventory_of_folder
from buildassets.release.inventory.members import ReleaseMember, members_of_folder
from buildassets.release.inventory.names import refusal

_PATIENCE_SECONDS: Final = 10.0


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
    """Compare while no build writes, or after a while all the same: then again where the release may have changed."""
    end = monotonic() + _PATIENCE_SECONDS
    for is_last in (False, True):
        with locked(folder, shared=True, limit_seconds=max(0.0, end - monotonic())) as is_still:
            is_final = is_still or is_last
            verification = _read_once(folder, shown, progress, is_final=is_final)
            if verification and (is_final or (verification.report.is_clean and _is_same(folder, verification))):
                break
    assert verification is not None
    is_settled = is_still or not is_at_work(folder)
    return replace(verification, report=replace(verification.report, is_settled=is_settled))


def _read_once(folder: str, shown: str, progress: Progress | None, *, is_final: bool) -> Verified | None:
    """Compare now; None where a build removes files meanwhile, unless it `is_final`."""
    try:
        inventory = inventory_of_folder(folder, shown)
        return Verified(inventory, examined(_counted(members_of_folder(folder), inventory, progress), inventory))
    except FileNotFoundError:
        if is_final:
            raise
        return None


def _is_same(folder: str, verification: Verified) -> bool:
    """Whether the manifest is still the one that was read."""
    return bytes_at(os.path.join(folder, MANIFEST_NAME), MOST_MANIFEST_BYTES) == verification.inventory.content


def _of_archive(path: str, shown: str, progress: Progress | None) -> Verified:
    inventory = inventory_of_archive(path, shown)
    report = examined(_counted(members_of_archive(path, shown), inventory, progress), inventory)
    if report.is_clean and (offset := first_mismatch(path, shown, inventory)) is not None:
        notes = ["the release in it is whole"]
        raise refusal("archive/form", f"byte {offset:,} of `{shown}` is not as `pack` writes it", shown, notes=notes)
    return Verified(inventory, report)
