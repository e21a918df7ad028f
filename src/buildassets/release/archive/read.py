"""Reads an archive of a release: its form, its files, and the manifest among them."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Final, Literal, TypeAlias

from buildassets.disk.archives import gunzipped, limited, members_of_tar
from buildassets.disk.codings import is_available, unzstd
from buildassets.disk.files import MOST_MANIFEST_BYTES, chunks_of
from buildassets.disk.plain_files import plain
from buildassets.errors import ReleaseError
from buildassets.manifest.model import MANIFEST_NAME
from buildassets.release.archive.zip import MAGICS, members_of_zip
from buildassets.release.inventory.inventory import Inventory, inventory
from buildassets.release.inventory.members import ReleaseMember
from buildassets.release.inventory.names import Taken, fault_of, refusal

Form: TypeAlias = Literal["tar", "tar.gz", "tar.zst", "zip"]
FORMS: Final[tuple[Form, ...]] = ("tar", "tar.gz", "tar.zst", "zip")
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_SHOWN_CHARACTERS: Final = 40
# The manifest, which lists the sizes, comes after all else; until it is read, these are the limits.
_LARGEST_RATIO: Final = 100
_ALWAYS_FINE_BYTES: Final = 1 << 28


def form_of(path: str) -> Form:
    """The form of the archive at `path` by its first bytes; a tar where they match no other form. Raises OSError."""
    begin = _begin_of(path)
    if begin.startswith(_GZIP_MAGIC):
        return "tar.gz"
    if begin.startswith(_ZSTD_MAGIC):
        return "tar.zst"
    return "zip" if begin.startswith(MAGICS) else "tar"


def is_archive(path: str) -> bool:
    """Whether the first bytes of the file at `path` are those of an archive. Raises OSError."""
    begin = _begin_of(path)
    return begin.startswith((_GZIP_MAGIC, _ZSTD_MAGIC, *MAGICS)) or begin[257:262] == b"ustar"


def members_of_archive(path: str, shown: str) -> Iterator[ReleaseMember]:
    """The files in the archive at `path`, in its order; errors call it `shown`. Each call reads the archive again.

    Raises OSError; ReleaseError for a damaged archive, a member that is no plain file and a name that is not allowed.
    """
    _refuse_text(path, shown)
    taken = Taken()
    members = members_of_zip(path, shown) if form_of(path) == "zip" else _members_of_tar(path, shown)
    for member in members:
        fault = fault_of(member.name) or taken.fault_of(member.name)
        if fault:
            raise refusal("archive/name", f"`{shown}` holds `{member.name}`: {fault}", shown)
        yield member


def _members_of_tar(path: str, shown: str) -> Iterator[ReleaseMember]:
    too_much = _refusal(shown, "bomb", f"holds more than {_LARGEST_RATIO} times its size")
    chunks = limited(_decompressed(path, shown), largest_bytes(os.path.getsize(path)), too_much)
    for info, content in members_of_tar(chunks, partial(_refusal, shown)):
        if not info.isdir():
            yield ReleaseMember(info.name.removeprefix("./"), info.size, content)


def _decompressed(path: str, shown: str) -> Iterator[bytes]:
    form = form_of(path)
    if form == "tar.gz":
        return gunzipped(chunks_of(path), partial(_refusal, shown))
    return _unzstd(path, shown) if form == "tar.zst" else chunks_of(path)


def _unzstd(path: str, shown: str) -> Iterator[bytes]:
    if not is_available("zstd"):
        message, hint = f"this Python cannot read `{shown}`", 'run `pip install "buildassets[zstd]"`'
        raise refusal("archive/zstd", message, shown, hint=hint)
    with open(plain(path), "rb") as file:
        try:
            yield from unzstd(file)
        except (OSError, ValueError) as fault:
            raise _refusal(shown, "damaged", f"is damaged: {fault}") from None


def _refusal(shown: str, kind: str, complaint: str) -> ReleaseError:
    return refusal(f"archive/{kind}", f"`{shown}` {complaint}", shown)


def largest_bytes(archive_bytes: int) -> int:
    """The most bytes that a compressed archive of `archive_bytes` may hold once decompressed."""
    return max(_ALWAYS_FINE_BYTES, _LARGEST_RATIO * archive_bytes)


def _begin_of(path: str) -> bytes:
    """The first 512 bytes of the file at `path`, enough to recognise every form of archive. Raises OSError."""
    with open(plain(path), "rb") as file:
        return file.read(512)


def _refuse_text(path: str, shown: str) -> None:
    """Raise ReleaseError for a text, such as the error page of a server that has no such archive."""
    begin = _begin_of(path)
    with suppress(UnicodeDecodeError):
        first = begin.decode().lstrip().partition("\n")[0][:_SHOWN_CHARACTERS]
        if first.isprintable() and first and b"\0" not in begin:
            raise refusal("archive/damaged", f"`{shown}` is not an archive: it begins with `{first}`", shown)


def inventory_of_archive(path: str, shown: str) -> Inventory:
    """The inventory that the manifest in the archive describes. Raises OSError, ManifestError and ReleaseError."""
    content = _manifest(members_of_archive(path, shown), shown)
    listed = inventory(content, f"{shown}:{MANIFEST_NAME}")
    unproven = next((name for name, expected in listed.files.items() if not expected.digest), None)
    if unproven:
        hint = "build and pack again with this version"
        raise refusal("archive/manifest", f"the manifest in `{shown}` has no digest of `{unproven}`", shown, hint=hint)
    return listed


def _manifest(members: Iterable[ReleaseMember], shown: str) -> bytes:
    content = None
    for member in members:
        if member.name == MANIFEST_NAME:
            if member.size_bytes > MOST_MANIFEST_BYTES:
                raise refusal("archive/bomb", f"`{shown}` holds a manifest of {member.size_bytes:,} bytes", shown)
            content = b"".join(member.chunks())
    if content is None:
        raise refusal("archive/manifest", f"`{shown}` holds no `{MANIFEST_NAME}`", shown)
    return content
