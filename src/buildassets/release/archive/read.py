"""Reads an archive of a release: its form, its files, and the manifest among them."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final, Literal, TypeAlias

from buildassets.manifest import MANIFEST_NAME
from buildassets.release.archive.streams import GZIP_MAGIC, ZSTD_MAGIC, Stream, begin_of
from buildassets.release.archive.tar import members_of_tar
from buildassets.release.archive.zip import MAGICS, members_of_zip
from buildassets.release.inventory.inventory import Inventory, inventory
from buildassets.release.inventory.members import Member
from buildassets.release.inventory.names import Taken, fault_of
from buildassets.release.inventory.refusals import refusal

Form: TypeAlias = Literal["tar", "tar.gz", "tar.zst", "zip"]
FORMS: Final[tuple[Form, ...]] = ("tar", "tar.gz", "tar.zst", "zip")
_SHOWN_CHARACTERS: Final = 40
_LARGEST_MANIFEST_BYTES: Final = 1 << 26  # enough for 150,000 assets; the manifest is held in memory


def form_of(path: str) -> Form:
    """The form of the archive at `path` by its first bytes; a tar where they match no other form. Raises OSError."""
    begin = begin_of(path)
    if begin.startswith(GZIP_MAGIC):
        return "tar.gz"
    if begin.startswith(ZSTD_MAGIC):
        return "tar.zst"
    return "zip" if begin.startswith(MAGICS) else "tar"


def is_archive(path: str) -> bool:
    """Whether the first bytes of the file at `path` are those of an archive. Raises OSError."""
    begin = begin_of(path)
    return begin.startswith((GZIP_MAGIC, ZSTD_MAGIC, *MAGICS)) or begin[257:262] == b"ustar"


def members_of_archive(path: str, shown: str) -> Iterator[Member]:
    """The files in the archive at `path`, in its order; errors call it `shown`. Each call reads the archive again.

    Raises OSError; ReleaseError for a damaged archive, a member that is no plain file and a name that is not allowed.
    """
    _refuse_text(path, shown)
    taken = Taken()
    members = members_of_zip(path, shown) if form_of(path) == "zip" else members_of_tar(Stream(path, shown), shown)
    for member in members:
        fault = fault_of(member.name) or taken.fault_of(member.name)
        if fault:
            raise refusal("archive/name", f"`{shown}` holds `{member.name}`: {fault}", shown)
        yield member


def _refuse_text(path: str, shown: str) -> None:
    """Raise ReleaseError for a text, such as the error page of a server that has no such archive."""
    begin = begin_of(path)
    with suppress(UnicodeDecodeError):
        first = begin.decode().lstrip().partition("\n")[0][:_SHOWN_CHARACTERS]
        if first.isprintable() and first and b"\0" not in begin:
            raise refusal("archive/damaged", f"`{shown}` is no archive: it begins with `{first}`", shown)


def inventory_of_archive(path: str, shown: str) -> Inventory:
    """The inventory that the manifest in the archive describes. Raises OSError, ManifestError and ReleaseError."""
    content = _manifest(members_of_archive(path, shown), shown)
    listed = inventory(content, f"{shown}:{MANIFEST_NAME}")
    unproven = next((name for name, expected in listed.files.items() if not expected.digest), None)
    if unproven:
        hint = "build and pack again with this version"
        raise refusal("archive/manifest", f"the manifest in `{shown}` has no digest of `{unproven}`", shown, hint=hint)
    return listed


def _manifest(members: Iterable[Member], shown: str) -> bytes:
    content = None
    for member in members:
        if member.name == MANIFEST_NAME:
            if member.size_bytes > _LARGEST_MANIFEST_BYTES:
                raise refusal("archive/bomb", f"`{shown}` holds a manifest of {member.size_bytes:,} bytes", shown)
            content = b"".join(member.chunks())
    if content is None:
        raise refusal("archive/manifest", f"`{shown}` holds no `{MANIFEST_NAME}`", shown)
    return content
