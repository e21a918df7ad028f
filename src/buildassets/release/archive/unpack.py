"""Unpacks a release from an archive: every byte is checked before any file is moved into place.

Whatever the archive holds, files are written into a new folder next to the destination only, no more than the manifest
names, and no links. Afterwards the destination holds the whole release, or on an error what it held before.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from buildassets.disk.files import STAGING_PREFIX, chunks_of, put_below, put_in_place, sync, write_chunks
from buildassets.disk.folders import NamesInFolder, make_folders, remove_temporary
from buildassets.disk.locks import locked
from buildassets.disk.plain_files import linked_folder
from buildassets.disk.removal import remove_empty_folder, remove_file
from buildassets.errors import ManifestError, ReleaseError
from buildassets.foundation.frozen import replace
from buildassets.foundation.permission import OWN, Permission
from buildassets.manifest.model import MANIFEST_NAME
from buildassets.programs.places import reason_not_own
from buildassets.release.archive.read import inventory_of_archive, members_of_archive
from buildassets.release.inventory.compare import diagnostics_of, examined
from buildassets.release.inventory.inventory import Inventory, inventory_of_folder
from buildassets.release.inventory.members import ReleaseMember
from buildassets.release.inventory.names import refusal


def unpack(
    archive: str,
    shown: str,
    destination: str,
    shown_destination: str,
    *,
    replaces: bool = False,
    permission: Permission,
) -> Inventory:
    """Unpack the release in `archive` into the folder `destination`, and return its inventory.

    The folder is new or empty, or with `replaces` holds an earlier release. Raises OSError; ManifestError and
    ReleaseError where the archive is not exactly one whole release, or the destination holds anything else.
    """
    destination = os.path.realpath(destination)
    earlier = _earlier(destination, shown_destination, replaces=replaces)
    inventory = inventory_of_archive(archive, shown)
    with _staging(destination) as folder:
        report = examined(_written(members_of_archive(archive, shown), folder), inventory)
        if not report.is_clean:
            raise ReleaseError(diagnostics_of(report, shown))
        sync(folder)
        if earlier is None:
            around, name = os.path.split(destination)
            make_folders(around)
            if sys.platform == "win32":  # which renames no folder over an empty one
                remove_empty_folder(around, name, permission=OWN)
            put_in_place(folder, destination)
        else:
            _take_over(folder, destination, shown_destination, inventory, earlier=earlier, permission=permission)
    return inventory


def refuse_foreign(project: str, destination: str, shown: Callable[[str], str]) -> None:
    """Raise ReleaseError if `destination`, which the `project` configures, may not be its own."""
    if message := reason_not_own(project, destination, shown):
        hint = "name the folder with `-o` if it is the right one; nothing was written"
        raise refusal("unpack/foreign", message, shown(destination), hint=hint)


def _earlier(destination: str, shown: str, *, replaces: bool) -> Inventory | None:
    """The release that will be replaced; None where the destination is missing or empty."""
    if not os.path.lexists(destination) or (os.path.isdir(destination) and not os.listdir(destination)):
        return None
    if not replaces:
        hint = "name another folder with `-o`, or replace the release in it with `--replace`"
        raise refusal("unpack/exists", f"`{shown}` is there already", shown, hint=hint)
    try:
        return inventory_of_folder(destination, shown)
    except (ManifestError, NotADirectoryError, ReleaseError):
        hint = "name another folder with `-o`; nothing was written"
        raise refusal(
            "unpack/foreign", f"`{shown}` holds no release that could be replaced", shown, hint=hint
        ) from None


@contextmanager
def private_copy(archive: str, destination: str) -> Iterator[str]:
    """A copy of `archive` that no other user may change, on the disk of `destination`. Raises OSError."""
    with _staging(os.path.realpath(destination)) as folder:
        copy = os.path.join(folder, "archive")
        write_chunks(copy, chunks_of(archive))
        yield copy


@contextmanager
def _staging(destination: str) -> Iterator[str]:
    """A temporary folder in the nearest folder above `destination` that exists.

    It has the permissions of any new folder, unlike those of `mkdtemp`.
    """
    around = os.path.dirname(destination)
    while not os.path.isdir(around) and around != os.path.dirname(around):
        around = os.path.dirname(around)
    outer = tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=around)
    try:
        folder = os.path.join(outer, "release")
        os.mkdir(folder)
        yield folder
    finally:
        remove_temporary(outer)


def _written(members: Iterable[ReleaseMember], folder: str) -> Iterator[ReleaseMember]:
    """The same `members`; whatever is read of one is also written into `folder`."""
    folders: set[str] = set()
    for member in members:
        yield replace(member, chunks=partial(_chunks_written, member, folder, folders))


def _chunks_written(member: ReleaseMember, folder: str, folders: set[str]) -> Iterator[bytes]:
    path = os.path.join(folder, member.name)
    if (around := os.path.dirname(path)) not in folders:
        make_folders(around)
        folders.add(around)
    with open(path, "xb", buffering=0) as file:
        for chunk in member.chunks():
            rest = memoryview(chunk)
            while rest:
                rest = rest[file.write(rest) :]
            yield chunk


def _take_over(
    folder: str, destination: str, shown: str, inventory: Inventory, *, earlier: Inventory, permission: Permission
) -> None:
    """Move the files of a release into place, the manifest last, as a build does; then remove those of the earlier."""
    with locked(destination):
        leftover = {*earlier.files, *earlier.passing} - inventory.files.keys()
        _refuse_links(destination, shown, [*inventory.files, *leftover])
        names = (*(name for name in inventory.files if name != MANIFEST_NAME), MANIFEST_NAME)
        put_below(destination, {name: os.path.join(folder, name) for name in names})
        taken = NamesInFolder(destination, inventory.files)
        for name in (name for name in leftover if name not in taken):
            with suppress(FileNotFoundError):
                remove_file(destination, name, permission=permission)
            remove_empty_folder(destination, os.path.dirname(name), permission=permission)


def _refuse_links(destination: str, shown: str, names: Iterable[str]) -> None:
    """Raise ReleaseError where a folder of the files `names` is a link: its target belongs to no release."""
    for folder in sorted({os.path.dirname(name) for name in names}):
        if linked := linked_folder(destination, f"{folder}/"):
            path = f"{shown}/{linked}"
            hint = "remove the link, or name another folder with `-o`; nothing was written"
            raise refusal("unpack/foreign", f"`{path}` is a symbolic link, and not followed", path, hint=hint)
