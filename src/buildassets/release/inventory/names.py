"""Which names the files of a release may have, wherever they come from: a manifest or an archive. Pure."""

from collections.abc import Iterable
from unicodedata import normalize


def fault_of(name: str) -> str | None:
    """What is wrong with `name` as that of a file in a release directory, if anything is."""
    if "\0" in name:
        return "it holds a NUL"
    if name.startswith("/"):
        return "it is absolute"
    segments = name.split("/")
    if ".." in segments:
        return "it climbs out of the release"
    if "" in segments or "." in segments:
        return "it has segments without a name"
    return None


class Taken:
    """The names given so far, as the least discerning file systems see them: neither case nor composition counts."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def fault_of(self, name: str) -> str | None:
        """Why `name` cannot stand beside those that are taken; if it can, it is taken now."""
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
