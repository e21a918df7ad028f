"""Checks the names of files in a release, whether a manifest or an archive lists them; makes the errors. Pure."""

import os
from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

from buildassets.errors import ReleaseError
from buildassets.foundation.diagnostics import Location, error
from buildassets.manifest.soundness import is_refused_by_windows

_HINTS: Final = {
    "archive/bomb": "do not unpack it; get it again from where it was packed",
    "archive/damaged": "get it again from where it was packed",
    "archive/form": "pack the release again with `buildassets pack`",
    "archive/manifest": "pack a release directory with `buildassets pack`",
    "archive/member": "pack a release directory with `buildassets pack`, which takes plain files only",
    "archive/name": "pack a release directory with `buildassets pack`",
}


def fault_of(name: str, *, on_windows: bool = os.name == "nt") -> str | None:
    """The fault of `name` for a file in a release directory; None if it is valid.

    Names that only Windows refuses are refused on Windows only: there `aux.js` would be written to a device.
    """
    if "\0" in name:
        return "it holds a NUL"
    if name.startswith("/"):
        return "it is absolute"
    segments = name.split("/")
    if ".." in segments:
        return "it climbs out of the release"
    if "" in segments or "." in segments:
        return "it has segments without a name"
    if on_windows and is_refused_by_windows(name):
        return "Windows has no such name"
    return None


def is_utf8(name: str) -> bool:
    """Whether no byte of `name` is one that no text in UTF-8 has, as `os.fsdecode` keeps them."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


class Taken:
    """The names so far, compared as by the least strict file systems, which ignore case and Unicode composition."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def fault_of(self, name: str) -> str | None:
        """Why `name` conflicts with an earlier name; None if it does not, and then it counts as taken."""
        alike = normalize("NFC", name).casefold()
        folders = list(_folders_of(alike))
        other = self._files.get(alike) or self._folders.get(alike)
        other = other or next((self._files[folder] for folder in folders if folder in self._files), None)
        if other == name:
            return "it is there twice"
        if other is not None:
            return f"it would overwrite `{other}` where case does not count"
        self._files[alike] = name
        self._folders.update(dict.fromkeys(folders, name))
        return None


def _folders_of(name: str) -> Iterable[str]:
    while name := name.rpartition("/")[0]:
        yield name


def refusal(code: str, message: str, file: str, *, notes: Iterable[str] = (), hint: str | None = None) -> ReleaseError:
    """The error for a `file` that cannot be used; without `hint`, the one that `code` stands for."""
    return ReleaseError([error(code, message, Location(file), notes=notes, hint=hint or _HINTS[code])])
